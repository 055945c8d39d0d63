package harness

import (
	"fmt"
	"os/signal"
	"syscall"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/run"
)

// losses are disasters of which a restore is killed on its way back: of all,
// and of what leaves control file and redo intact, so that nothing may be lost.
var losses = map[string][]oradb.Loss{
	"everything":    {oradb.LoseEverything},
	"all datafiles": {oradb.LoseDatafiles},
}

// TestCrashInRestore kills a restore before and after each of its marks; the
// same restore, started again, ends well, and every block is the truth.
func TestCrashInRestore(t *testing.T) {
	salt := uint64(120)
	for name, loss := range losses {
		salt++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salt)
			w.batch("full")
			w.work(10)
			w.batch("archivelog")
			before, end := w.dropped(loss)
			w.batch("restore --confirm "+sid, 0, 3)
			w.proves("kill -9 in a restore", before, end)
			points := w.points()
			if len(points) < 8 {
				t.Fatalf("the restore made only the marks %v", points)
			}
			w.batch("full", 0, 3)
			for _, p := range w.some(points, 1) {
				w.crashRestore(loss, p)
			}
		})
	}
}

// dropped loses files; the end of what must come back is 0 where that is all.
func (w *world) dropped(loss []oradb.Loss) (oradb.Branch, oradb.SCN) {
	w.t.Helper()
	before, end := w.lose(loss...)
	if loss[0] == oradb.LoseEverything {
		return before, end
	}
	must(w.t, w.db.Crash())
	return before, 0
}

func (w *world) crashRestore(loss []oradb.Loss, point string) {
	w.t.Helper()
	w.work(6)
	w.batch("archivelog", 0, 3)
	w.work(3)
	before, end := w.dropped(loss)
	w.tell("restore dies at %s", point)
	e := w.run([]string{point}, "--batch", "restore", "--confirm", sid)
	if e.signal != syscall.SIGKILL {
		w.t.Fatalf("the restore did not die at %s: %v\n%s", point, e, w.lastRun())
	}
	w.batch("restore --confirm "+sid, 0, 3)
	w.proves("kill -9 in a restore", before, end)
	w.batch("full", 0, 3)
	w.check("kill -9 in a restore")
}

// TestCrashInResume kills a resume at its marks, again and again, until one is
// let through.
func TestCrashInResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 130)
	w.batch("full")
	died := []string{"piece-confirmed:2", "rman-end:1", "rman-done", "commit-begin", "committed"}
	again := []string{"AT=rman-begin:1", "AT=piece-confirmed:1", "BEFORE=rman-done", "AT=rman-done", "BEFORE=commit-begin", "AT=commit-begin", "AT=committed", "AT=release-begin", "BEFORE=cleaned"}
	for n, first := range w.some(died, 2) {
		kind := kinds[n%3]
		w.work(6)
		w.tell("%s dies at %s", kind, first)
		w.killedAt(run.EnvCrashAt+"="+first, kind)
		for _, p := range w.some(again, 2) {
			w.run([]string{"ORABAK_CRASH_" + p}, "--batch", "resume") // may end before that mark
		}
		w.recover(kind, n)
		w.check("kill -9 in a resume")
	}
	w.sometimes(false, "kill -9 in a resume")
}

// TestRMANKilled: RMAN alone is killed, at the nth piece of each kind of run.
func TestRMANKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 150)
	w.batch("full")
	for n, kind := range kinds[:1+2*oneIf(*long)] {
		for at := 1; at <= 1+3*oneIf(*long); at++ {
			w.work(6)
			w.faults(rmansim.Faults{Pieces: []rmansim.PieceFault{{At: at, Kind: "kill", After: 8192, Once: true}}})
			e := w.batch(kind, 0, 1, 3)
			if e.code != 1 && at == 1 {
				t.Errorf("RMAN was killed at piece %d of %s: %v", at, kind, e)
			}
			w.faults(rmansim.Faults{})
			w.recover(kind, n+at)
			w.check("kill -9 of RMAN")
		}
	}
	w.sometimes(false, "kill -9 of RMAN")
}

// TestSignals: INT, TERM and HUP end a run cleanly: what was reached is kept,
// the exit code says which signal it was, resume finishes.
func TestSignals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 160)
	w.batch("full")
	for sig, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 143} {
		if sig == syscall.SIGHUP && signal.Ignored(sig) {
			code = 0 // under nohup nobody is to be disturbed
		}
		w.work(6)
		w.faults(rmansim.Faults{WriteRate: 1 << 20})
		b := w.start("full")
		w.eventually("a staged piece", func() bool { return w.staged("HARN_") > 0 })
		must(t, b.cmd.Process.Signal(sig))
		if e := b.wait(); e.code != code {
			t.Errorf("%v: want exit code %d: %v", sig, code, e)
		}
		w.faults(rmansim.Faults{})
		w.recover("full", 1)
		w.check(fmt.Sprintf("signal %v", sig))
	}
}
