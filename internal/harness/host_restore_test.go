package harness

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/restore"
)

// TestRMANFailsInRestore: RMAN is killed, hangs or loses a channel while it
// reads the nth piece; the same restore, started again, ends well.
func TestRMANFailsInRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 450)
	w.env["RMAN_CHANNELS"], w.env["RMAN_SILENCE_LIMIT"] = "1", "2s"
	w.save()
	w.batch("full")
	for at, kind := range w.some([]string{"hang", "kill", "channel"}, 1) {
		w.work(6)
		w.batch("archivelog", 0, 3)
		before, end := w.lose(oradb.LoseEverything)
		w.faults(rmansim.Faults{Pieces: []rmansim.PieceFault{{At: 1 + at, Reading: true, Kind: kind, After: 20000, Once: true}}})
		w.tell("RMAN: %s while it reads piece %d", kind, 1+at)
		if e := w.batch("restore --confirm "+sid, 0, 1, 3); e.code == 1 {
			w.batch("restore --confirm "+sid, 0, 3)
		}
		w.faults(rmansim.Faults{})
		w.proves("RMAN: "+kind+" in a restore", before, end)
		w.batch("full", 0, 3)
		w.check("RMAN: " + kind + " in a restore")
	}
}

// TestRestoreFolderFull: too little room is said before anything is touched;
// room that goes away in mid restore is a clear failure, and the same restore
// ends well later.
func TestRestoreFolderFull(t *testing.T) {
	t.Parallel()
	const fault = "restore folder full"
	w := newWorld(t, 615)
	disk := w.smallDisk("restore", 24<<20)
	w.batch("full")
	w.work(6)
	w.batch("archivelog")
	before, end := w.lose(oradb.LoseEverything)
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	had := w.fingerprint("oracle", "s3")
	if e := w.batch("restore --confirm "+sid, 1); !strings.Contains(e.err, "room") {
		t.Errorf("the error does not speak of room: %v", e)
	}
	if w.fingerprint("oracle", "s3") != had {
		t.Error("a restore without room changed something")
	}
	must(t, os.Remove(ballast))
	e := w.engine("restore")
	e.heard = atMark("downloading", func() {
		fill(t, ballast)
		must(t, os.Truncate(ballast, fileSize(t, ballast)-1<<20))
	})
	if _, err := e.restore(t.Context(), restore.Request{Mode: restore.ModeIncremental, Confirm: sid}); err == nil {
		t.Error("the restore did not notice a full disk")
	} else if !strings.Contains(err.Error(), "space") {
		t.Errorf("the error does not speak of space: %v", err)
	}
	must(t, os.Remove(ballast))
	w.batch("restore --confirm "+sid, 0, 3)
	w.proves(fault, before, end)
	w.batch("full", 0, 3)
	w.check(fault)
}

func fileSize(t testing.TB, path string) int64 {
	t.Helper()
	fi, err := os.Stat(path)
	must(t, err)
	return fi.Size()
}

// TestPowerLossInRestore cuts the power at marks of a restore. Oracle's files
// are as Oracle left them; what was downloaded may be torn, and what the restore
// wrote down for itself may be of an earlier moment.
func TestPowerLossInRestore(t *testing.T) {
	t.Parallel()
	const fault = "power loss in a restore"
	w := newWorld(t, 210)
	w.batch("full")
	points := []string{"AT=downloading", "AT=mounted", "BEFORE=cataloged", "AT=cataloged", "AT=restore:1", "AT=restored", "BEFORE=recovered", "AT=recovered", "AT=open", "AT=opened", "AT=clean"}
	for n, point := range w.some(points, 1) {
		w.work(6)
		w.batch("archivelog", 0, 3)
		before, end := w.lose(oradb.LoseEverything)
		p := w.powerOff([]string{"ORABAK_CRASH_" + point}, n%3 != 1, "restore", "--confirm", sid)
		must(t, w.db.Crash())
		w.strike(p)
		w.batch("restore --confirm "+sid, 0, 3)
		w.proves(fault, before, end)
		w.batch("full", 0, 3)
		w.check(fault)
	}
}

// TestReadOnlyLogDir: LOG_DIR that cannot be written to any more stops nothing
// half way: no journal, no run.
func TestReadOnlyLogDir(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 625)
	disk := w.smallDisk("logs", 4<<20)
	w.batch("full")
	w.work(4)
	w.remount(disk, "ro")
	had := w.fingerprint("oracle", "s3", "staging")
	e := w.batch("incremental", 1)
	if !strings.Contains(e.err, "logs") || !strings.Contains(e.err, "read-only") {
		t.Errorf("the error does not say that LOG_DIR is read-only: %v", e)
	}
	if w.fingerprint("oracle", "s3", "staging") != had {
		t.Error("a run without a journal changed something")
	}
	for _, a := range []string{"list", "runs", "check"} {
		w.batch(a, 0, 1, 3)
	}
	w.remount(disk, "rw")
	w.batch("incremental", 0, 3)
	w.check("LOG_DIR read-only")
}
