package s3store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// On a store that verifies nothing, a piece is confirmed by what can be
// computed here: the ETag where it is an MD5, else the bytes read back. What
// was spoilt on the way is found and sent again.
func TestStoresThatLackFeatures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		store   *memStore
		options Options
		gets    bool // confirmation reads the object back
		parts   bool // multipart uploads too
	}{
		"no checksums, MD5 ETags": {&memStore{conditional: true, md5ETags: true}, Options{}, false, true},
		"no checksums, no MD5":    {&memStore{conditional: true}, Options{}, true, true},
		"echoes checksums":        {&memStore{conditional: true, checksums: true}, Options{}, true, false},
		"refuses CRC64NVME":       {&memStore{conditional: true, md5ETags: true, refuse: true}, Options{}, false, false},
		"no conditions":           {&memStore{md5ETags: true}, Options{}, false, false},
		"configured":              {&memStore{md5ETags: true, oneByOne: true}, Options{Capabilities: "no-conditional,no-checksum"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &fakeClock{}
			c.options.Endpoint, c.options.Now, c.options.Sleep = memory(t, c.store), clock.now, clock.sleep
			c.options.part = testPart
			s := open(t, c.options)
			if _, err := s.Probe(t.Context()); err != nil {
				t.Fatal(err)
			}
			putBytes(t, s, testSet, "clean", []byte("clean"))
			if read := c.store.gets > 0; read != c.gets {
				t.Errorf("read back %d times, want any: %v", c.store.gets, c.gets)
			}
			spoiltAndSentAgain(t, s, c.store, "small", 5000)
			if c.parts {
				spoiltAndSentAgain(t, s, c.store, "parts", testPart+5000)
			}
			staysSpoilt(t, s, c.store)
			if n, err := s.RemovePieces(t.Context(), testSet, testStart); n == 0 || err != nil {
				t.Errorf("removed %d objects, %v", n, err)
			}
			commitsOnce(t, s)
		})
	}
}

func spoiltAndSentAgain(t *testing.T, s *Store, m *memStore, name string, size int) {
	t.Helper()
	want := randomBytes(11, size)
	m.mu.Lock()
	m.spoil = 1
	m.mu.Unlock()
	p := putBytes(t, s, testSet, name, want)
	m.mu.Lock()
	spoilt, stored := m.spoil == 0, m.objects[p.Key].data
	m.mu.Unlock()
	if !spoilt || string(stored) != string(want) {
		t.Errorf("%s: spoilt %v; the store holds other bytes than the file", name, spoilt)
	}
	r, err := s.PutPiece(t.Context(), PutRequest{Path: writeFile(t, name, want), Key: p.Key})
	if err != nil || !r.Accepted {
		t.Errorf("%s again: %+v, %v", name, r, err)
	}
	want[1] ^= 1
	if _, err := s.PutPiece(t.Context(), PutRequest{Path: writeFile(t, name, want), Key: p.Key}); !errors.Is(err, ErrExists) {
		t.Errorf("%s over another: %v, want ErrExists", name, err)
	}
}

// staysSpoilt uploads where every attempt arrives spoilt.
func staysSpoilt(t *testing.T, s *Store, m *memStore) {
	t.Helper()
	m.mu.Lock()
	m.spoil = 100
	m.mu.Unlock()
	key := s.PieceKey(testSet, testStart, "never")
	_, err := s.PutPiece(t.Context(), PutRequest{Path: writeFile(t, "never", randomBytes(13, 5000)), Key: key})
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("always spoilt: %v, want ErrCorrupt", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spoil = 0
	if _, left := m.objects[key]; left {
		t.Error("the corrupt object stayed")
	}
}

func commitsOnce(t *testing.T, s *Store) {
	t.Helper()
	m := manifestOf(testSet, pieceOf(s, testSet, "small", []byte("x")))
	key, err := s.Commit(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Commit(t.Context(), m); err != nil || again != key {
		t.Errorf("committing again: %s, %v", again, err)
	}
	m.Host = "elsewhere"
	if _, err := s.Commit(t.Context(), m); !errors.Is(err, ErrExists) {
		t.Errorf("committing another: %v, want ErrExists", err)
	}
}

func TestFilesThatAreNoPieces(t *testing.T) {
	m := &memStore{conditional: true, md5ETags: true}
	s := open(t, Options{Endpoint: memory(t, m)})
	path := writeFile(t, "piece", []byte("content"))
	dir := filepath.Dir(path)
	link, pipe := filepath.Join(dir, "link"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.Symlink("/etc/passwd", link), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	key := s.PieceKey(testSet, testStart, "piece")
	for name, r := range map[string]PutRequest{
		"symbolic link": {Path: link, Key: key}, "pipe": {Path: pipe, Key: key}, "folder": {Path: dir, Key: key},
		"missing": {Path: path + "x", Key: key},
	} {
		var pe *os.PathError
		if _, err := s.PutPiece(t.Context(), r); !errors.As(err, &pe) {
			t.Errorf("%s: %v, want a PathError", name, err)
		}
	}
	if _, err := s.PutPiece(t.Context(), PutRequest{Path: path, Key: key, ExpectSize: 8}); !errors.Is(err, ErrChanged) {
		t.Errorf("another size: %v, want ErrChanged", err)
	}
	for _, bad := range []string{"", "x", "backups/catalog/x", "backups/../x", key + "/..", key + "\n"} {
		if _, err := s.PutPiece(t.Context(), PutRequest{Path: path, Key: bad}); !errors.Is(err, ErrInvalid) {
			t.Errorf("key %q: %v, want ErrInvalid", bad, err)
		}
	}
	if len(m.objects) != 0 {
		t.Errorf("something was stored: %v", len(m.objects))
	}
	p := pieceOf(s, testSet, "piece", []byte("content"))
	putBytes(t, s, testSet, "piece", []byte("content"))
	if err := os.Symlink("/tmp/elsewhere", filepath.Join(dir, "got.part")); err != nil {
		t.Fatal(err)
	}
	if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: filepath.Join(dir, "got")}); err == nil {
		t.Error("a download went through a symbolic link")
	}
}

// A file that changes while it is read is not stored under a checksum of half
// of each.
func TestFileThatChanges(t *testing.T) {
	t.Parallel()
	m := &memStore{conditional: true, md5ETags: true}
	s := open(t, Options{Endpoint: memory(t, m), UploadLimit: 4 << 20, part: testPart})
	for name, change := range map[string]func(path string) error{
		"grows":   func(path string) error { return os.WriteFile(path, randomBytes(1, 3*testPart), 0o600) },
		"shrinks": func(path string) error { return os.Truncate(path, 10) },
		"touched": func(path string) error { return os.Chtimes(path, time.Now(), time.Now().Add(time.Hour)) },
	} {
		path := writeFile(t, "piece", randomBytes(12, 2*testPart+10))
		var once sync.Once
		_, err := s.PutPiece(t.Context(), PutRequest{
			Path: path, Key: s.PieceKey(testSet, testStart, name), ResumeFile: path + ".resume",
			Progress: func(int64) {
				once.Do(func() {
					if err := change(path); err != nil {
						t.Error(err)
					}
				})
			},
		})
		if !errors.Is(err, ErrChanged) {
			t.Errorf("%s: %v, want ErrChanged", name, err)
		}
		if _, err := os.Stat(path + ".resume"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the journal stayed", name)
		}
	}
	if len(m.uploads) != 0 || len(m.objects) != 0 {
		t.Errorf("left %d uploads, %d objects", len(m.uploads), len(m.objects))
	}
}

func TestUploadLimit(t *testing.T) {
	clock := &fakeClock{}
	l := newLimiter(Options{UploadLimit: 1 << 20, Now: clock.now, Sleep: clock.sleep})
	begin := clock.now()
	sent := 0
	for sent < 10<<20 {
		n := l.chunk(wideWrite)
		if err := l.wait(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		sent += n
	}
	if took := clock.now().Sub(begin); took < 9*time.Second || took > 11*time.Second {
		t.Errorf("10 MiB at 1 MiB a second took %s", took)
	}
	l.set(100 << 20)
	begin = clock.now()
	for range 100 {
		_ = l.wait(t.Context(), l.chunk(wideWrite))
	}
	if took := clock.now().Sub(begin); took > 2*time.Second {
		t.Errorf("100 MiB at 100 MiB a second took %s", took)
	}
	l.set(0)
	begin = clock.now()
	_ = l.wait(t.Context(), 1<<30)
	if took := clock.now().Sub(begin); took > time.Second {
		t.Errorf("no limit took %s", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.set(1)
	_ = l.wait(ctx, 1)
	if err := l.wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}

func TestSlotsAreServedInOrder(t *testing.T) {
	s := newSlots(1, time.Now)
	if err := s.acquire(t.Context()); err != nil {
		t.Fatal(err)
	}
	order := make(chan int, 3)
	for i := range 3 {
		go func() {
			if s.acquire(t.Context()) == nil {
				order <- i
				s.release()
			}
		}()
		eventually(t, "the waiter", func() bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return len(s.waiters) == i+1
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.acquire(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	s.release()
	for i := range 3 {
		if got := <-order; got != i {
			t.Errorf("waiter %d was served as number %d", got, i)
		}
	}
	if s.mu.Lock(); s.used != 0 && len(s.waiters) != 0 {
		t.Errorf("%d slots in use, %d waiters", s.used, len(s.waiters))
	}
	s.mu.Unlock()
}

func TestOptionsHideSecrets(t *testing.T) {
	s := open(t, Options{SessionToken: "canary-token-4711"})
	for _, text := range formatted(s.Options()) {
		if strings.Contains(text, "canary") {
			t.Errorf("%s shows a secret", text)
		}
	}
}
