package s3store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"orabak-tui/internal/s3fault"
)

// childEnv makes the test binary a process that uploads one piece and is
// killed on the way.
const childEnv = "S3STORE_TEST_CHILD"

type childTask struct {
	Endpoint, Path, Key, ResumeFile, CacheDir string
}

func TestMain(m *testing.M) {
	if os.Getenv(serverEnv) != "" {
		os.Exit(benchServer())
	}
	if text := os.Getenv(childEnv); text != "" {
		os.Exit(child(text))
	}
	os.Exit(m.Run())
}

func child(text string) int {
	var task childTask
	if err := json.Unmarshal([]byte(text), &task); err != nil {
		return 2
	}
	s, err := Open(context.Background(), Options{
		Endpoint: task.Endpoint, Bucket: testBucket, AccessKey: testKey, SecretKey: testSecret,
		ForcePathStyle: true, CacheDir: task.CacheDir, StallTimeout: time.Hour, part: testPart,
	})
	if err != nil {
		return 2
	}
	_, err = s.PutPiece(context.Background(), PutRequest{Path: task.Path, Key: task.Key, ResumeFile: task.ResumeFile})
	if err != nil {
		return 1
	}
	return 0
}

// After kill -9 the parts that the store had taken are not sent again.
func TestUploadResumesAfterKill(t *testing.T) {
	t.Parallel()
	const parts, taken = 4, 2
	s, proxy, _ := faulty(t, nil)
	want := randomBytes(7, (parts-1)*testPart+4711)
	p := pieceOf(s, testSet, "piece", want)
	task := childTask{
		Endpoint: s.opt.Endpoint, Path: writeFile(t, "piece", want), Key: p.Key,
		ResumeFile: filepath.Join(t.TempDir(), "resume"), CacheDir: s.opt.CacheDir,
	}
	stall := proxy.Add(s3fault.Rule{Op: s3fault.UploadPart, Skip: taken, Fault: s3fault.Stall()})
	killWhen(t, task, func() bool {
		_, done, ok := readJournal(task.ResumeFile)
		return ok && len(done) == taken
	})
	if info, err := os.Stat(task.ResumeFile); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("journal %v, %v; want mode 0600", info, err)
	}
	stall()
	before := proxy.Count(s3fault.UploadPart)
	r, err := s.PutPiece(t.Context(), PutRequest{Path: task.Path, Key: p.Key, ResumeFile: task.ResumeFile})
	if err != nil {
		t.Fatal(err)
	}
	if sent := proxy.Count(s3fault.UploadPart) - before; sent != parts-taken {
		t.Errorf("sent %d parts after the kill, want the %d that were missing", sent, parts-taken)
	}
	if r.CRC64NVME != p.CRC64NVME || r.Parts != parts {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(task.ResumeFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal stayed: %v", err)
	}
}

// killWhen starts a child and kills it as soon as ready says so.
func killWhen(t *testing.T, task childTask, ready func() bool) {
	t.Helper()
	text, _ := json.Marshal(task)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
	}()
	eventually(t, "the child's upload", ready)
}

// interrupted leaves an upload of two parts behind with one part taken.
func interrupted(t *testing.T, s *Store, proxy *s3fault.Proxy, path, key, resume string) {
	t.Helper()
	remove := proxy.Add(s3fault.Rule{Op: s3fault.UploadPart, Skip: 1, Fault: s3fault.AccessDenied()})
	defer remove()
	if _, err := s.PutPiece(t.Context(), PutRequest{Path: path, Key: key, ResumeFile: resume}); !errors.Is(err, ErrDenied) {
		t.Fatalf("%v, want ErrDenied", err)
	}
	if _, done, ok := readJournal(resume); !ok || len(done) != 1 {
		t.Fatalf("journal has %v, %v", done, ok)
	}
}

// Whatever became of the file, the journal or the upload: what is stored in
// the end is the file.
func TestResumeIsOnlyAHint(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(s *Store, path, resume string) error
		sent   int // of two parts
	}{
		"nothing":    {func(*Store, string, string) error { return nil }, 1},
		"torn line":  {func(_ *Store, _, resume string) error { return appendTo(resume, `{"n":2,"crc":"AA`) }, 1},
		"no journal": {func(_ *Store, _, resume string) error { return os.Remove(resume) }, 2},
		"garbage":    {func(_ *Store, _, resume string) error { return os.WriteFile(resume, []byte("{}\n"), 0o600) }, 2},
		"file changed": {func(_ *Store, path, _ string) error {
			return os.WriteFile(path, randomBytes(9, testPart+100_000), 0o600)
		}, 2},
		"same time and size": {func(_ *Store, path, _ string) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			return errors.Join(os.WriteFile(path, randomBytes(9, testPart+100_000), 0o600), os.Chtimes(path, info.ModTime(), info.ModTime()))
		}, 2},
		"aborted": {func(s *Store, _, resume string) error {
			h, _, _ := readJournal(resume)
			return s.abortUpload(context.Background(), h.Key, h.UploadID)
		}, 2},
		"lied": {func(_ *Store, _, resume string) error {
			return appendTo(resume, `{"n":2,"crc":"AAAAAAAAAAA=","etag":"\"x\""}`+"\n")
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, proxy, _ := faulty(t, func(o *Options) { o.Concurrency = 1 })
			path := writeFile(t, "piece", randomBytes(8, testPart+100_000))
			key, resume := s.PieceKey(testSet, testStart, "piece"), filepath.Join(t.TempDir(), "resume")
			interrupted(t, s, proxy, path, key, resume)
			if err := c.change(s, path, resume); err != nil {
				t.Fatal(err)
			}
			before := proxy.Count(s3fault.UploadPart)
			r, err := s.PutPiece(t.Context(), PutRequest{Path: path, Key: key, ResumeFile: resume})
			if err != nil {
				t.Fatal(err)
			}
			if sent := proxy.Count(s3fault.UploadPart) - before; sent != c.sent {
				t.Errorf("sent %d parts, want %d", sent, c.sent)
			}
			now, _ := os.ReadFile(path)
			if p := pieceOf(s, testSet, "piece", now); r.CRC64NVME != p.CRC64NVME {
				t.Errorf("stored %s, the file is %s", r.CRC64NVME, p.CRC64NVME)
			}
		})
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// What cannot be resumed is aborted at the store, also when the caller's
// context has ended.
func TestFailedUploadIsAborted(t *testing.T) {
	s, proxy, _ := faulty(t, nil)
	path := writeFile(t, "piece", randomBytes(8, testPart+100_000))
	ctx, cancel := context.WithCancel(t.Context())
	proxy.Add(s3fault.Rule{Op: s3fault.UploadPart, Fault: s3fault.Stall()})
	key := s.PieceKey(testSet, testStart, "piece")
	done := make(chan error)
	go func() {
		_, err := s.PutPiece(ctx, PutRequest{Path: path, Key: key})
		done <- err
	}()
	eventually(t, "the first part", func() bool { return proxy.Count(s3fault.UploadPart) > 0 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	if left, err := s.uploads(t.Context(), s.opt.Prefix); err != nil || len(left) != 0 {
		t.Errorf("uploads left: %v, %v", left, err)
	}
}

func TestUploadsAreFoundAndAborted(t *testing.T) {
	s, proxy, _ := faulty(t, func(o *Options) { o.Concurrency = 1 })
	path := writeFile(t, "piece", randomBytes(8, testPart+100_000))
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		interrupted(t, s, proxy, path, s.PieceKey(testSet, testStart, name), filepath.Join(dir, name))
	}
	if n, err := s.AbortUploads(t.Context(), "", time.Hour); n != 0 || err != nil {
		t.Errorf("aborted %d young uploads, %v", n, err)
	}
	if n, err := s.AbortUploads(t.Context(), strings.Replace(testSet, "7f3a", "ffff", 1), 0); n != 0 || err != nil {
		t.Errorf("aborted %d uploads of another set, %v", n, err)
	}
	if err := s.AbortResume(t.Context(), filepath.Join(dir, "a")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal stayed: %v", err)
	}
	if err := s.AbortResume(t.Context(), filepath.Join(dir, "a")); err != nil {
		t.Errorf("once more: %v", err)
	}
	if n, err := s.AbortUploads(t.Context(), testSet, 0); n != 1 || err != nil {
		t.Errorf("aborted %d uploads, %v; want the other one", n, err)
	}
}

// A download goes on where it stopped, and does not believe what is not on
// disk.
func TestDownloadResumes(t *testing.T) {
	t.Parallel()
	s, proxy, _ := faulty(t, func(o *Options) { o.Concurrency = 1 })
	want := randomBytes(10, 2*testPart+100_000)
	p := putBytes(t, s, testSet, "piece", want)
	for name, c := range map[string]struct {
		change func(path string) error
		gets   int
	}{
		"as it was": {func(string) error { return nil }, 1},
		"data lost": {func(path string) error { return os.Truncate(path+".part", testPart+5) }, 2},
		"log lost":  {func(path string) error { return os.Remove(path + ".part.ranges") }, 3},
		"log lies":  {func(path string) error { return appendTo(path+".part.ranges", "{\"n\":2,\"crc\":\"AAAAAAAAAAA=\"}\n") }, 1},
	} {
		path := filepath.Join(t.TempDir(), "piece")
		remove := proxy.Add(s3fault.Rule{Op: s3fault.GetObject, Skip: 2, Fault: s3fault.AccessDenied()})
		if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path}); !errors.Is(err, ErrDenied) {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a half piece stands under its name", name)
		}
		remove()
		if err := c.change(path); err != nil {
			t.Fatal(err)
		}
		before := proxy.Count(s3fault.GetObject)
		if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := proxy.Count(s3fault.GetObject) - before; n != c.gets {
			t.Errorf("%s: fetched %d ranges, want %d", name, n, c.gets)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
			t.Errorf("%s: came back different", name)
		}
		before = proxy.Count(s3fault.GetObject)
		if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path}); err != nil || proxy.Count(s3fault.GetObject) != before {
			t.Errorf("%s: an intact file was downloaded again: %v", name, err)
		}
	}
}
