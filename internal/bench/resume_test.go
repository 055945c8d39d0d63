package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"orabak-tui/internal/demo/s3sim"
)

// meter counts the bytes of the parts that a server is sent.
type meter struct {
	next http.Handler
	got  atomic.Int64
	half chan struct{} // closed when so many have come
	at   int64
}

func (m *meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut && r.URL.Query().Has("partNumber") {
		r.Body = &metered{r.Body, m}
	}
	m.next.ServeHTTP(w, r)
}

type metered struct {
	io.ReadCloser
	m *meter
}

func (r *metered) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if total := r.m.got.Add(int64(n)); total >= r.m.at && total-int64(n) < r.m.at {
		close(r.m.half)
	}
	return n, err
}

// BenchmarkResume kills an upload with SIGKILL in the middle of a piece and
// counts what the next process sends again.
func BenchmarkResume(b *testing.B) {
	const size = 512 << 20
	dir := memoryDir(b)
	writeFile(b, filepath.Join(dir, "piece"), size)
	var again spread
	for round := range *rounds {
		s3 := s3sim.New(filepath.Join(dir, fmt.Sprint("s3-", round)), s3sim.Options{AccessKey: "test", Secret: "testtest", NoSync: true})
		m := &meter{next: s3, half: make(chan struct{}), at: size * int64(2+round) / int64(4+*rounds)}
		server := httptest.NewServer(m)
		if err := s3.CreateBucket(bucketName); err != nil {
			b.Fatal(err)
		}
		args := []string{"-url", server.URL, "-cache", filepath.Join(dir, fmt.Sprint("cache-", round)), "-dir", dir, "-resume", dir, "piece"}
		first := role(b, "put", args...)
		if err := first.Start(); err != nil {
			b.Fatal(err)
		}
		<-m.half
		_ = first.Process.Kill()
		_ = first.Wait()
		measure(b, role(b, "put", args...))
		again = append(again, float64(m.got.Load()-size)/(8<<20))
		server.Close()
	}
	report("bytes sent again after kill -9, in parts of 8 MiB", "≤ 4 (one per upload in flight)", again.format("%.1f"), "one piece of 512 MiB, UPLOAD_CONCURRENCY 4; killed at various places")
}
