package harness

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/run"
	"orabak-tui/internal/s3fault"
	"orabak-tui/s3store"
)

// Bugs that the harness found, each with the shortest way to it.

// slowly makes every upload take its time, so that pieces are still in staging
// when RMAN is done.
func (w *world) slowly(d time.Duration) (end func()) {
	one := w.proxy.Add(s3fault.Rule{Op: s3fault.PutObject, Path: "HARN_", Fault: s3fault.Delay(d)})
	two := w.proxy.Add(s3fault.Rule{Op: s3fault.UploadPart, Fault: s3fault.Delay(d)})
	return func() { one(); two() }
}

// killedAt runs an action that dies at a point.
func (w *world) killedAt(point, action string) {
	w.t.Helper()
	if e := w.run([]string{point}, "--batch", action); e.signal != syscall.SIGKILL {
		w.t.Fatalf("%s did not die at %s: %v", action, point, e)
	}
}

// TestResumeLeavesNoSurplus: objects of backup sets that were not complete when
// the run died stayed in the folder of the set that resume committed.
func TestResumeLeavesNoSurplus(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 500)
	w.env["RMAN_MAX_PIECE_SIZE"], w.env["RMAN_CHANNELS"] = "1M", "1"
	w.save()
	w.faults(rmansim.Faults{WriteRate: 6 << 20})
	w.killedAt(run.EnvCrashAt+"=piece-confirmed:6", "full")
	w.faults(rmansim.Faults{})
	w.batch("resume", 0, 3)
	w.check("kill -9 at a mark")
}

// TestResumeOfLostPiecesCommits: a resume whose staged pieces were gone ended
// with 0 and had committed nothing.
func TestResumeOfLostPiecesCommits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 501)
	fast := w.slowly(time.Second)
	w.killedAt(run.EnvCrashAt+"=rman-done", "full")
	fast()
	staged, err := filepath.Glob(w.path("staging", "*", "HARN_*"))
	must(t, err)
	if len(staged) == 0 {
		t.Fatal("nothing is staged")
	}
	for _, s := range staged {
		must(t, os.Remove(s))
	}
	w.batch("resume", 3)
	sets, err := w.store().List(t.Context(), s3store.Filter{})
	must(t, err)
	if len(sets) != 1 {
		t.Errorf("%d sets are committed", len(sets))
	}
	w.check("staged pieces removed by somebody")
}

// TestResumeForgetsWhatNobodyRemembers: an upload of which a power loss had taken
// the file, and RMAN's end the record, stayed beside the set that resume committed.
func TestResumeForgetsWhatNobodyRemembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 506)
	w.killedAt(run.EnvCrashAt+"=piece-confirmed:2", "full")
	set := ""
	for _, e := range w.events() {
		if e.Mark != nil && e.Mark.Name == "staged" {
			set = e.Mark.Data["set"]
		}
	}
	id, err := run.ParseID(set)
	must(t, err)
	w.put(w.store().PieceKey(set, id.Time, "HARN_forgotten_1_1"), []byte("whatever"))
	w.batch("resume", 0, 3)
	w.check("power loss")
}

// TestTornPiecesAreNotUploaded: pieces that RMAN had reported and nobody had
// synced were taken for whole after a power loss.
func TestTornPiecesAreNotUploaded(t *testing.T) {
	for name, point := range map[string]string{"RMAN done": "=rman-done", "RMAN at work": "=rman-end:1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 502+uint64(len(name)))
			fast := w.slowly(time.Second)
			w.cutPower("full", run.EnvCrashAt+point, true)
			fast()
			w.batch("resume", 0, 3)
			w.check("power loss")
		})
	}
}

// TestCrashWhileDiscarding: the run after one that died while it undid a failed
// run failed too, for no reason of its own.
func TestCrashWhileDiscarding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 504)
	w.batch("full")
	for _, point := range []string{"AT=discard-begin", "AT=discarded", "BEFORE=discarded"} {
		w.work(4)
		w.inject(injection{On: "logs", Mode: "after", Lines: stack("ORA-19502"), Exit: 1})
		w.killedAt("ORABAK_CRASH_"+point, "incremental")
		w.batch("incremental", 0, 3)
		w.check("kill -9 at a mark")
	}
}

// committed fills the disk, so to say, right behind the commit: nothing can be
// written down any more.
type committed struct {
	backup.Store
	then func()
}

func (c committed) Commit(ctx context.Context, m *s3store.Manifest) (string, error) {
	key, err := c.Store.Commit(ctx, m)
	if err == nil {
		c.then()
	}
	return key, err
}

// TestDiskFullAfterCommit: when the state file could not take the commit, the
// run was undone although its set existed: its pieces left RMAN's repository.
func TestDiskFullAfterCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 505)
	disk := w.smallDisk("staging", 24<<20)
	e := w.engine("full")
	e.around = func(s backup.Store) backup.Store {
		return committed{s, func() {
			fillPage(t, disk)
			fill(t, filepath.Join(disk, "ballast"))
		}}
	}
	if r, err := e.run(t.Context()); err != nil || r.SetID == "" || len(r.Warnings) == 0 {
		t.Errorf("set %q, warnings %v, error %v", r.SetID, r.Warnings, err)
	}
	must(t, os.Remove(filepath.Join(disk, "ballast")))
	w.batch("incremental", 0, 3)
	w.check("staging full")
}

// fillPage pads the state file with empty lines to the end of its last page,
// which a full disk would still let it fill.
func fillPage(t testing.TB, disk string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(disk, "*", "state.jsonl"))
	must(t, err)
	for _, path := range files {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		fi, err := f.Stat()
		must(t, err)
		_, err = f.Write(bytes.Repeat([]byte("\n"), int((4096-fi.Size()%4096)%4096)))
		must(t, err)
		must(t, f.Close())
	}
}

// TestTwoLogDirs: a run under another LOG_DIR, and so another lock, took the
// living run for an interrupted one and discarded it.
func TestTwoLogDirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 506)
	w.batch("full")
	w.work(4)
	w.faults(rmansim.Faults{WriteRate: 2 << 20})
	first := w.start("full")
	w.eventually("the first run to stage a piece", func() bool { return w.staged("HARN_") > 0 })
	e := w.batchWith([]string{"LOG_DIR=" + w.path("logs2")}, "archivelog", 4)
	if !strings.Contains(e.err+e.out, "staging") {
		t.Errorf("the error does not say where the other run is: %v", e)
	}
	if e := first.wait(); e.code != 0 && e.code != 3 {
		t.Errorf("the first run was disturbed: %v", e)
	}
	w.faults(rmansim.Faults{})
	w.check("two runs at once")
}
