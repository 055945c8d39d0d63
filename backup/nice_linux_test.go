package backup

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// niceness is the nice value of this thread.
func niceness() int {
	raw, _ := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	return 20 - raw
}

// reader notes with what priority pieces are read.
type reader struct {
	mu   sync.Mutex
	seen []int
}

func (r *reader) PutPiece(context.Context, s3store.PutRequest) (s3store.PutResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, niceness())
	return s3store.PutResult{Bytes: 1}, nil
}

// Only the threads that read pieces stand back, and no other inherits it.
func TestUploadsStandBack(t *testing.T) {
	usual := niceness()
	if usual >= 19 {
		t.Skip("this process is as nice as can be")
	}
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	st, err := beginState(dir, record{Run: "r"})
	must(err)
	defer st.close()
	store := &reader{}
	u := &uploader{store: store, track: newTracker(dir), state: st, sink: run.SinkFunc(func(run.Event) {}),
		key: func(name string) string { return name }, resume: dir, pressed: func() bool { return false }, nice: 19}
	u.start(t.Context())
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, []byte("x"), 0o600))
		p, err := u.track.handle(path, "", false)
		must(err)
		u.push(p)
	}
	must(u.drain())
	if len(store.seen) != 5 {
		t.Errorf("%d pieces were sent", len(store.seen))
	}
	for _, n := range store.seen {
		if n != 19 {
			t.Errorf("a piece was read at nice %d", n)
		}
	}
	var all sync.WaitGroup
	gate := make(chan struct{})
	for range 20 { // as many threads, old ones and new ones
		all.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			<-gate
			if n := niceness(); n != usual {
				t.Errorf("another thread has nice %d", n)
			}
		})
	}
	close(gate)
	all.Wait()
}
