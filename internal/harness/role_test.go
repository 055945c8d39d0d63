package harness

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"orabak-tui/backup"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
)

// roles is the instance of a database that may have changed its role: what the
// simulation cannot be, the facts say. A physical standby is mounted, does not
// archive by itself and takes no OPEN.
type roles struct {
	backup.Instance
	standby *atomic.Bool
}

func (r roles) Facts(ctx context.Context) (*oracle.Facts, error) {
	f, err := r.Instance.Facts(ctx)
	if err == nil && r.standby.Load() {
		f.Role, f.ControlfileType = "PHYSICAL STANDBY", "STANDBY"
	}
	return f, err
}

// switchOver makes the database a mounted standby, or the open primary again.
func (w *world) switchOver(standby *atomic.Bool, to bool) {
	w.t.Helper()
	state := oradb.Opened
	if to {
		state = oradb.Mounted
	}
	standby.Store(to)
	must(w.t, w.db.Crash())
	_, err := w.db.Startup(w.t.Context(), oradb.StartupOptions{To: state})
	must(w.t, err)
	w.tell("the database is a standby now: %v", to)
}

// TestSwitchedOver: the database becomes a standby in the middle of a run. The
// run ends well or clearly; backups of the standby are taken; once it is the
// primary again everything is as before.
func TestSwitchedOver(t *testing.T) {
	t.Parallel()
	const fault = "database switched over in mid run"
	w := newWorld(t, 680)
	w.batch("full")
	for n, moment := range w.some([]string{"rman-begin:1", "rman-end:1", "piece-confirmed:1", "rman-begin:2", "rman-done", "commit-begin"}, 2) {
		w.work(6)
		var standby atomic.Bool
		as := func(kind string) *engine {
			e := w.engine(kind)
			e.oracle = func(i backup.Instance) backup.Instance { return roles{i, &standby} }
			return e
		}
		e := as([]string{"full", "incremental"}[n%2])
		e.heard = atMark(moment, func() { w.switchOver(&standby, true) })
		_, err := e.run(t.Context())
		if !standby.Load() {
			t.Fatalf("the run never came to %s: %v", moment, err)
		}
		if err != nil && len(err.Error()) < 40 {
			t.Errorf("the error does not say what failed: %v", err)
		}
		if _, err := as("archivelog").run(t.Context()); err != nil {
			t.Errorf("a backup of the standby: %v\n%s", err, w.lastRun())
		}
		w.switchOver(&standby, false)
		w.work(3)
		w.batch("incremental", 0, 3)
		w.check(fault)
	}
	w.sometimes(true, fault)
}

// atMark calls do once, when a mark is made: "name" or "name:n" for the nth.
func atMark(point string, do func()) func(run.Event) {
	name, nth := splitPoint(point)
	return func(e run.Event) {
		if e.Mark == nil || e.Mark.Name != name {
			return
		}
		if nth--; nth == 0 {
			do()
		}
	}
}

func splitPoint(point string) (name string, nth int) {
	name, n, found := strings.Cut(point, ":")
	if !found {
		return name, 1
	}
	nth, _ = strconv.Atoi(n)
	return name, nth
}
