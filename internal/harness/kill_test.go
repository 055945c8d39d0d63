package harness

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
)

// rmans are the processes of the world's rman; none where there is no /proc.
func (w *world) rmans() (pids []int) {
	begin := filepath.Join(w.db.Home(), "bin", "rman") + "\x00"
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && strings.HasPrefix(string(b), begin) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// victims are who can be killed: RMAN runs in a session of its own, so that a
// kill of the program does not reach it by itself.
var victims = []string{"the program", "RMAN", "the program and RMAN"}

// kill kills with kill -9.
func (b *background) kill(victim string) {
	rmans := b.w.rmans()
	if victim != "RMAN" {
		_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
	}
	if victim == "the program" {
		return // the kernel tells RMAN with a SIGTERM
	}
	for _, pid := range rmans {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// killedWithin kills who is named at a moment that the dice choose; nothing
// when the run has ended before.
func (b *background) killedWithin(most time.Duration, victim string) ended {
	b.w.t.Helper()
	moment := time.Duration(b.w.dice.Int64N(int64(most)))
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select { // the moment itself, not a wait for something
	case <-timer.C:
		b.kill(victim)
		e := b.wait()
		b.w.tell("%s was killed after %v", victim, moment)
		return e
	case e := <-b.done:
		return e
	}
}

// ageUnborn makes the folders of runs that died before their first record an hour
// old: a run leaves younger ones alone, which may be of another database's run
// that begins now, and the next one is never so soon.
func (w *world) ageUnborn() {
	w.t.Helper()
	folders, _ := filepath.Glob(w.path("staging", "*"))
	for _, dir := range folders {
		if fi, err := os.Stat(filepath.Join(dir, "state.jsonl")); err != nil || fi.Size() == 0 {
			hour := time.Now().Add(-time.Hour)
			must(w.t, os.Chtimes(dir, hour, hour))
			w.tell("%s was never begun", filepath.Base(dir))
		}
	}
}

// TestKillAtAnyMoment kills the program, or RMAN, or both, at moments that the
// dice choose, not the program.
func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 140)
	w.batch("full")
	first := w.dice.IntN(3)
	for n := range 3 + 60*oneIf(*long) {
		kind, victim := kinds[w.dice.IntN(3)], victims[(first+n)%3]
		w.work(6)
		w.faults(rmansim.Faults{WriteRate: int64(4+w.dice.IntN(12)) << 20})
		w.start(kind).killedWithin(2*time.Second, victim)
		w.ageUnborn()
		w.faults(rmansim.Faults{})
		w.recover(kind, n)
		w.check("kill -9 at any moment: " + victim)
	}
	w.disaster("kill -9 at any moment: (all of these in a row)")
}

// TestKillInRestoreAtAnyMoment: the same while a database is restored.
func TestKillInRestoreAtAnyMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 142)
	w.batch("full")
	first := w.dice.IntN(3)
	for n := range 1 + 20*oneIf(*long) {
		victim := victims[(first+n)%3]
		w.work(6)
		w.batch("archivelog", 0, 3)
		before, end := w.lose(oradb.LoseEverything)
		w.faults(rmansim.Faults{ReadRate: int64(4+w.dice.IntN(12)) << 20})
		b := w.start("restore --confirm " + sid)
		b.killedWithin(4*time.Second, victim)
		w.faults(rmansim.Faults{})
		w.eventually("RMAN to be gone", func() bool { return len(w.rmans()) == 0 })
		w.batch("restore --confirm "+sid, 0, 3)
		w.proves("kill -9 in a restore at any moment: "+victim, before, end)
		w.batch("full", 0, 3)
		w.check("kill -9 in a restore at any moment: " + victim)
	}
}

// nextSecond waits for the clock to show another second.
func (w *world) nextSecond() {
	w.t.Helper()
	now := time.Now().Unix()
	w.eventually("the next second", func() bool { return time.Now().Unix() != now })
}

// TestRMANOutlives: the program is killed and RMAN does not die with it: it goes
// on in the folder that the next run clears away.
func TestRMANOutlives(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("this system does not show its processes")
	}
	w := newWorld(t, 144)
	w.batch("full")
	for n, at := range w.some([]string{"AT=piece-confirmed:1", "BEFORE=rman-end:1", "AT=piece-confirmed:2"}, 1) {
		w.work(6)
		w.nextSecond() // ids of runs tell seconds apart, as no schedule is faster
		w.inject(injection{On: "datafiles", Mode: "stubborn"})
		w.faults(rmansim.Faults{WriteRate: 3 << 20})
		w.killedAt("ORABAK_CRASH_"+at, "full")
		w.tell("%d rman live on", len(w.rmans()))
		w.faults(rmansim.Faults{})
		w.recover("full", n)
		w.eventually("RMAN to be gone", func() bool { return len(w.rmans()) == 0 })
		before, _ := w.dropped(losses["all datafiles"])
		w.batch("restore --confirm "+sid, 0, 3) // with backups in the repository that nobody has
		w.proves("kill -9 of the program, RMAN goes on", before, 0)
		// What such an RMAN registered without anybody's knowledge is found by a
		// run two days later: nobody can be at work in that folder any more.
		e := w.engine("incremental")
		e.now = func() time.Time { return time.Now().Add(72 * time.Hour) }
		_, err := e.run(t.Context())
		must(t, err)
		w.check("kill -9 of the program, RMAN goes on")
	}
	w.sometimes(true, "kill -9 of the program, RMAN goes on")
}
