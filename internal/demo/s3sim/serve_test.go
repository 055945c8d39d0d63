package s3sim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestOnlyLoopbackIsServed(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := New(t.TempDir(), testOptions()).Serve(t.Context(), l); !errors.Is(err, ErrNotLoopback) {
		t.Errorf("Serve on every interface: %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is still open: %v", err)
	}
	endpoint := start(t, t.TempDir(), testOptions())
	if !strings.HasPrefix(endpoint, "http://127.0.0.1:") {
		t.Errorf("endpoint %s", endpoint)
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- New(t.TempDir(), testOptions()).Serve(ctx, l) }()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the port still answers")
	}
}

func TestFilesArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c := client(start(t, dir, testOptions()))
	makeBucket(t, c)
	mustPut(t, c, "a/b", []byte("x"))
	begin(t, c, "m").part(1, []byte("x"))
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[e.IsDir()]; err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A body that ends early leaves nothing, neither visible nor in temp/.
func TestBrokenUploadLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	c := client(start(t, dir, testOptions()))
	makeBucket(t, c)
	cut := tampering(func(r *http.Request) {
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, 1<<20), failing{}))
	})
	broken := client(*c.Options().BaseEndpoint, func(o *s3.Options) { o.HTTPClient = &http.Client{Transport: cut} })
	if _, err := put(t, broken, "k", random(7, 3<<20)); err == nil {
		t.Fatal("the upload was not cut")
	}
	if exists(t.Context(), c, "k") {
		t.Error("half an object is visible")
	}
	waitFor(t, func() bool {
		left, err := os.ReadDir(filepath.Join(dir, testBucket, "temp"))
		return err == nil && len(left) == 0
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("cut") }

// waitFor gives the server, whose end of a cut connection comes later than
// ours, time to notice.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it did not happen within ten seconds")
		}
	}
}

func TestRatesAreKept(t *testing.T) {
	opt := testOptions()
	opt.UploadRate, opt.DownloadRate = 1<<20, 2<<20
	c := client(start(t, t.TempDir(), opt))
	makeBucket(t, c)
	body := random(8, 448<<10) // 64 KiB of it pass at once
	begun := time.Now()
	mustPut(t, c, "k", body)
	if took := time.Since(begun); took < 375*time.Millisecond {
		t.Errorf("448 KiB went up at 1 MiB/s in %v", took)
	}
	begun = time.Now()
	get(t, c, "k")
	if took := time.Since(begun); took < 187*time.Millisecond {
		t.Errorf("448 KiB came down at 2 MiB/s in %v", took)
	}
}

// Memory does not grow with the object: 64 MiB pass with little on the heap.
func TestMemoryIsConstant(t *testing.T) {
	s := New(t.TempDir(), testOptions())
	b, _ := s.bucketAt(testBucket)
	if err := b.create(time.Now()); err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	r, err := http.NewRequest(http.MethodPut, "/", io.LimitReader(zeros{}, size))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = size
	r.Header.Set("x-amz-content-sha256", unsignedPayload)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, got, err := s.receiveFile(&request{Request: r, key: "k"}, b, crc64NVME)
	runtime.ReadMemStats(&after)
	if err != nil || got.size != size {
		t.Fatalf("%v %+v", err, got)
	}
	discard(f)
	if used := after.TotalAlloc - before.TotalAlloc; used > 2<<20 {
		t.Errorf("%d bytes allocated for an object of %d", used, size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// An object whose file was damaged in its length is an error, never a short
// answer; damage within is for the client's checksum to find.
func TestTruncatedDataIsNotServed(t *testing.T) {
	dir := t.TempDir()
	c := client(start(t, dir, testOptions()))
	makeBucket(t, c)
	mustPut(t, c, "k", []byte("hello"))
	files, err := filepath.Glob(filepath.Join(dir, testBucket, "objects", "k@*"+dataSuffix))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	if err := os.Truncate(files[0], 3); err != nil {
		t.Fatal(err)
	}
	_, err = c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(testBucket), Key: aws.String("k")})
	wantCode(t, err, "InternalError")
}

// An overwrite that happens while an object is read does not tear it.
func TestReadersSeeOneVersion(t *testing.T) {
	c := newBucket(t)
	mustPut(t, c, "k", selfDescribing(1))
	stop := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		for v := uint32(2); ; v++ {
			select {
			case <-stop:
				ended <- nil
				return
			default:
				if err := putVersion(c, "k", v, false); err != nil {
					ended <- err
					return
				}
			}
		}
	}()
	for range 40 {
		body := get(t, c, "k")
		v := uint32(body[0])<<24 | uint32(body[1])<<16 | uint32(body[2])<<8 | uint32(body[3])
		if !bytes.Equal(body, selfDescribing(v)) {
			t.Fatal("a torn object")
		}
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
