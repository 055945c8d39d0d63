package harness

import (
	"bytes"
	"strings"
	"testing"

	"orabak-tui/internal/demo/rmansim"
)

// TestTwoAtOnce: the second run on a host is refused with 4 and names the
// first; the first is not disturbed.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 650)
	w.batch("full")
	w.work(4)
	w.faults(rmansim.Faults{WriteRate: 1 << 20})
	first := w.start("full")
	w.eventually("the first run to stage a piece", func() bool { return w.staged("HARN_") > 0 })
	for _, action := range []string{"archivelog", "resume", "restore --confirm " + sid} {
		e := w.batch(action, 4)
		if !bytes.Contains([]byte(e.err), []byte("-full-")) {
			t.Errorf("%s does not name the run that holds the lock: %v", action, e)
		}
	}
	w.faults(rmansim.Faults{})
	if e := first.wait(); e.code != 0 {
		t.Errorf("the first run: %v", e)
	}
	w.check("two runs at once")
}

// TestStartedTogether: runs that are started in the same moment, as two lines of
// a crontab are. Each has the database for itself or is refused; one at least
// goes through.
func TestStartedTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 655)
	w.batch("full")
	for range 2 + 8*oneIf(*long) {
		w.work(4)
		w.nextSecond()
		var all []*background
		for _, action := range []string{"archivelog", "incremental", "resume", "archivelog"} {
			all = append(all, w.start(action))
		}
		through := 0
		for _, b := range all {
			switch e := b.wait(); {
			case e.code == 0 || e.code == 3, e.code == 1 && strings.Contains(e.out, "no interrupted run"):
				through++
			case e.code == 4:
			default:
				t.Errorf("one of several: %v", e)
			}
		}
		if through == 0 {
			t.Error("none went through")
		}
		w.check("several runs started in one moment")
	}
}

// TestTwoHosts: two hosts (their own logs and staging) back up one database at
// the same time. Each ends well or clearly fails; nothing is lost.
func TestTwoHosts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 660)
	w.batch("full")
	for range 1 + 5*oneIf(*long) {
		w.work(6)
		w.faults(rmansim.Faults{WriteRate: 2 << 20})
		first := w.start(kinds[w.dice.IntN(2)])
		second := w.start("archivelog", "LOG_DIR="+w.path("logs2"), "TEMP_BACKUP_DIR="+w.path("staging2"), "CACHE_DIR="+w.path("cache2"))
		a, b := first.wait(), second.wait()
		w.faults(rmansim.Faults{})
		for _, e := range []ended{a, b} {
			if e.code != 0 && e.code != 1 && e.code != 3 {
				t.Errorf("a run on one of two hosts: %v", e)
			}
		}
		w.batchWith([]string{"LOG_DIR=" + w.path("logs2"), "TEMP_BACKUP_DIR=" + w.path("staging2"), "CACHE_DIR=" + w.path("cache2")}, "archivelog", 0, 3)
		w.batch("archivelog", 0, 3)
		w.check("two hosts at once")
	}
	w.disaster("two hosts at once")
}
