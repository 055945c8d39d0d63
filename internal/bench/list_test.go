package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"orabak-tui/s3store"
)

// shelf is a bucket that lists a great many keys and keeps the manifests.
type shelf struct {
	requests atomic.Int64
	gets     atomic.Int64 // of objects

	mu     sync.Mutex // guards the variables below
	keys   []string
	sorted bool
	bodies map[string][]byte
	sets   map[string]string // key of the manifest, by all of it before the ~
}

const pageSize = 1000

func (s *shelf) add(key string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.sorted = append(s.keys, key), false
	if body != nil {
		s.bodies[key] = body
		set, _, _ := strings.Cut(key, "~")
		s.sets[set] = key
	}
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	key := strings.TrimPrefix(r.URL.Path, "/"+bucketName+"/")
	switch {
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		s.add(key, body)
	case r.URL.Query().Has("list-type"):
		s.list(w, r.URL.Query())
	default:
		s.gets.Add(1)
		s.mu.Lock()
		body, ok := s.bodies[key]
		s.mu.Unlock()
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(body)
	}
}

// list gives a page of keys, or of what rolls up to the delimiter.
func (s *shelf) list(w io.Writer, q url.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.Contains(q.Get("prefix"), "/catalog/ORCL-4711/2") {
		s.find(w, q.Get("prefix"))
		return
	}
	if !s.sorted {
		slices.Sort(s.keys)
		s.sorted = true
	}
	prefix, delimiter := q.Get("prefix"), q.Get("delimiter")
	after := max(q.Get("start-after"), q.Get("continuation-token"))
	var page strings.Builder
	count, last, more := 0, "", false
	at, _ := slices.BinarySearch(s.keys, max(prefix, after))
	for at < len(s.keys) && strings.HasPrefix(s.keys[at], prefix) {
		key := s.keys[at]
		if key <= after || after != "" && delimiter != "" && strings.HasSuffix(after, delimiter) && strings.HasPrefix(key, after) {
			at++
			continue
		}
		if count == pageSize {
			more = true
			break
		}
		count++
		if i := strings.Index(key[len(prefix):], delimiter); delimiter != "" && i >= 0 {
			last = key[:len(prefix)+i+len(delimiter)]
			fmt.Fprintf(&page, "<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>", last)
			at, _ = slices.BinarySearch(s.keys, last+"\xff")
			continue
		}
		last = key
		fmt.Fprintf(&page, "<Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>4096</Size><StorageClass>STANDARD</StorageClass></Contents>", key)
		at++
	}
	token := ""
	if more {
		token = "<NextContinuationToken>" + last + "</NextContinuationToken>"
	}
	fmt.Fprintf(w, "<ListBucketResult><Name>%s</Name><KeyCount>%d</KeyCount><IsTruncated>%v</IsTruncated>%s%s</ListBucketResult>", bucketName, count, more, token, page.String())
}

// find answers, while the shelf is filled, whether a set has a manifest; its
// keys are not sorted then.
func (s *shelf) find(w io.Writer, prefix string) {
	fmt.Fprint(w, "<ListBucketResult><IsTruncated>false</IsTruncated>")
	if key, ok := s.sets[strings.TrimSuffix(prefix, "~")]; ok {
		fmt.Fprintf(w, "<Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>4096</Size></Contents>", key)
	}
	fmt.Fprint(w, "</ListBucketResult>")
}

// decade fills a shelf with sets of one database, one every step until now,
// each with its pieces.
func decade(b *testing.B, url string, s *shelf, sets, pieces int, step time.Duration) {
	b.Helper()
	st, err := s3store.Open(b.Context(), s3store.Options{Bucket: bucketName, Endpoint: url, ForcePathStyle: true, Region: "us-east-1",
		AccessKey: "test", SecretKey: "testtest", Capabilities: "multipart-checksum"})
	if err != nil {
		b.Fatal(err)
	}
	begin := time.Now().UTC().Add(-time.Duration(sets) * step).Truncate(time.Hour)
	var g errgroup.Group
	g.SetLimit(8)
	for i := range sets {
		m := hourly(st, begin.Add(time.Duration(i)*step), i)
		for p := range pieces {
			s.add(fmt.Sprintf("%s_%d", m.Pieces[0].Key, p), nil)
		}
		g.Go(func() error {
			_, err := st.Commit(b.Context(), m)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
}

// hourly is the n-th set of a database that backs up its logs.
func hourly(st *s3store.Store, at time.Time, n int) *s3store.Manifest {
	from, to := int64(1000+100*n), int64(1100+100*n)
	m := &s3store.Manifest{Format: s3store.ManifestFormat, Kind: s3store.KindArchivelog, Level: -1, DBName: "ORCL", UniqueName: "ORCL", DBID: 4711,
		ResetlogsSCN: 1, ResetlogsTime: "2016-01-01 00:00:00", StartedAt: at, CompletedAt: at.Add(time.Minute),
		FromSCN: from, ToSCN: to, RecoverableTo: at, Tag: "T"}
	m.ID = fmt.Sprintf("%s-%s-ORCL-%04x", at.Format("20060102T150405Z"), m.Kind, n%65536)
	p := s3store.Piece{Name: "ORCL_logs", Handle: "/stage/ORCL_logs", Bytes: 1 << 20, CRC64NVME: noiseSum(1 << 20), SetStamp: 1, SetCount: int64(n + 1), Number: 1, Of: 1,
		Logs: []s3store.Log{{Thread: 1, Sequence: int64(n + 1), ResetlogsSCN: 1, FirstSCN: from, NextSCN: to, FirstTime: at.Add(-time.Hour), NextTime: at}}}
	p.Key = st.PieceKey(m.ID, at, p.Name)
	m.Pieces = []s3store.Piece{p}
	return m
}

// BenchmarkList lists 10,000 sets with 1,000,000 pieces as a user does.
func BenchmarkList(b *testing.B) {
	s := &shelf{bodies: map[string][]byte{}, sets: map[string]string{}}
	server := httptest.NewServer(s)
	defer server.Close()
	decade(b, server.URL, s, 10_000, 100, time.Hour)
	s.gets.Store(0)
	env := userEnv(b, server.URL)
	program := buildProgram(b)
	list := func() usage {
		cmd := exec.Command(program, "--batch", "list")
		cmd.Env = env.environ
		cmd.Dir = env.dir
		return measure(b, cmd)
	}
	var cold, warm, used spread
	var coldRequests, warmRequests int64
	for range *rounds {
		if err := os.RemoveAll(filepath.Join(env.dir, "cache")); err != nil {
			b.Fatal(err)
		}
		before := s.requests.Load()
		cold = append(cold, list().wall.Seconds()*1000)
		coldRequests = s.requests.Load() - before
		before = s.requests.Load()
		u := list()
		warm = append(warm, u.wall.Seconds()*1000)
		used = append(used, u.cpu.Seconds()*1000)
		warmRequests = s.requests.Load() - before
		if n := strings.Count(u.out, "\n"); n < 10_000 {
			b.Fatalf("%d lines: %s", n, lastLines(u.out))
		}
	}
	note := fmt.Sprintf("%d GET", s.gets.Load())
	report("list, 10,000 sets, cold: requests", "≤ 12, no GET", fmt.Sprint(coldRequests), note+"; leftovers are looked for too")
	report("list, 10,000 sets, warm: requests", "≤ 2", fmt.Sprint(warmRequests), note)
	report("--batch list, cold, ms", "", cold.format("%.0f"), "")
	report("--batch list, warm, ms", "≤ 150", warm.format("%.0f"), "server and client share the CPUs")
	report("--batch list, warm, CPU ms", "", used.format("%.0f"), "of the client, start included")
}
