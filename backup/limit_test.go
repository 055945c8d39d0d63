package backup

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// throttle records what it was told.
type throttle []int64

func (t *throttle) SetUploadLimit(n int64) { *t = append(*t, n) }

func TestLimitFileIsFollowed(t *testing.T) {
	const base = 10 * config.MiB
	var set throttle
	var told []string
	l := &limits{path: filepath.Join(t.TempDir(), LimitFile), base: base, now: base, store: &set,
		tell: func(text, _ string) { told = append(told, text) }}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(l.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		l.look()
		l.look() // what has not changed is not passed on again
	}
	asked := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		l.look()
	}
	l.look() // no file
	asked(SetLimit(filepath.Dir(l.path), 50*config.MiB))
	write("50M\n")
	write("") // being written
	write("fast")
	write("fast")
	write(strings.Repeat("1", 100))
	write("20M/s")
	write("0")
	asked(ResetLimit(filepath.Dir(l.path)))
	asked(ResetLimit(filepath.Dir(l.path)))
	if want := []int64{50 << 20, 20 << 20, 0, int64(base)}; !slices.Equal(set, want) {
		t.Errorf("limits %v, want %v", set, want)
	}
	if len(told) != 4+2 {
		t.Errorf("told %q", told)
	}
	if err := os.Symlink("/dev/zero", l.path); err != nil {
		t.Fatal(err)
	}
	l.look()
	if len(set) != 4 || len(told) != 4+3 {
		t.Errorf("a link was followed: %v, %q", set, told)
	}
}

// The limit of a run ends with the run: the store may serve another.
func TestLimitEndsWithTheRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, LimitFile), []byte("1M"), 0o600); err != nil {
		t.Fatal(err)
	}
	store := &throttledStore{changed: make(chan int64, 4)}
	s := &session{d: Deps{Config: &config.Config{UploadLimit: 7 * config.MiB}, Store: store, RunDir: dir, Sink: nowhere{}}}
	wait := s.followLimit(t.Context())
	if n := <-store.changed; n != 1<<20 {
		t.Errorf("limit %d", n)
	}
	wait()
	if n := <-store.changed; n != 7<<20 {
		t.Errorf("limit after the run %d", n)
	}
}

type throttledStore struct {
	Store
	changed chan int64
}

func (t *throttledStore) SetUploadLimit(n int64) { t.changed <- n }

type nowhere struct{}

func (nowhere) Emit(run.Event) {}
