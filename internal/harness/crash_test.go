package harness

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/run"
)

// kinds are the actions that a crash is tried in.
var kinds = []string{"full", "incremental", "archivelog"}

// TestCrashAtEveryMark kills the program with kill -9 right before and right
// after each mark that a run of each kind makes. The next run, or a resume,
// ends well and nothing is lost, left or believed in vain.
func TestCrashAtEveryMark(t *testing.T) {
	for i, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 100+uint64(i))
			w.batch("full")
			w.work(20)
			w.ripen()
			w.batch(kind)
			points := w.points()
			if len(points) < 6 {
				t.Fatalf("the run of %s made only the marks %v", kind, points)
			}
			for n, p := range w.some(points, 4) {
				w.crash(kind, p, n)
			}
			w.sometimes(kind == "full", "kill -9 at a mark")
		})
	}
}

// ripen archives a log and lets it become old enough to be released: one of the
// second in which the run looks is too young.
func (w *world) ripen() {
	w.t.Helper()
	must(w.t, w.db.ArchiveLogCurrent(w.t.Context()))
	w.nextSecond()
}

// points are the crash points that a run's marks make: before and after each.
func (w *world) points() (points []string) {
	seen := map[string]int{}
	for _, e := range w.events() {
		if e.Mark != nil {
			seen[e.Mark.Name]++
			name := fmt.Sprintf("%s:%d", e.Mark.Name, seen[e.Mark.Name])
			points = append(points, run.EnvCrashBefore+"="+name, run.EnvCrashAt+"="+name)
		}
	}
	return points
}

// some are all in the long version, else n by the dice.
func (w *world) some(points []string, n int) []string {
	if *long {
		return points
	}
	points = slices.Clone(points)
	w.dice.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	return points[:min(n, len(points))]
}

// crash kills one run at a point and lets the next run, or a resume, follow.
func (w *world) crash(kind, point string, n int) {
	w.t.Helper()
	w.work(8)
	w.ripen()
	w.tell("crash of %s at %s", kind, point)
	e := w.run([]string{point}, "--batch", kind)
	if e.signal != syscall.SIGKILL {
		w.t.Fatalf("%s did not die at %s: %v", kind, point, e)
	}
	w.recover(kind, n)
	w.check("kill -9 at a mark")
}

// recover lets the next normal run follow, or a resume; both must be fine.
func (w *world) recover(kind string, n int) {
	w.t.Helper()
	if n%2 == 0 {
		w.batch(kind, 0, 3)
		return
	}
	e := w.batch("resume", 0, 1, 3)
	if e.code == 1 && !strings.Contains(e.err, "no interrupted run") {
		w.t.Fatalf("resume: %v\n%s", e, w.lastRun())
	}
	if e.code == 1 {
		w.batch(kind, 0, 3)
	}
}

// disaster loses everything and restores it; the database must equal the
// truth at the last archived change.
func (w *world) disaster(fault string) {
	w.t.Helper()
	w.work(5)
	w.batch("archivelog", 0, 3)
	before, end := w.lose(oradb.LoseEverything)
	w.batch("restore --confirm "+sid, 0, 3)
	w.proves(fault, before, end)
	w.batch("full", 0, 3)
	w.check(fault)
}

// sometimes is a disaster in the long version, and in the short one where said:
// it costs as much as five tries.
func (w *world) sometimes(said bool, fault string) {
	w.t.Helper()
	if said || *long {
		w.disaster(fault)
	}
}

// lose is the disaster; it gives the incarnation and the SCN that archived
// logs reach.
func (w *world) lose(what ...oradb.Loss) (oradb.Branch, oradb.SCN) {
	w.t.Helper()
	ctl, err := w.db.Control()
	must(w.t, err)
	end, err := w.db.ArchivedUpTo(ctl.Resetlogs)
	must(w.t, err)
	_, err = w.db.Lose(what...)
	must(w.t, err)
	w.tell("lost %v; archived up to SCN %d", what, end)
	return ctl.Resetlogs, end
}

// proves compares every block with the truth; end 0 is everything.
func (w *world) proves(fault string, b oradb.Branch, end oradb.SCN) {
	w.t.Helper()
	p, err := w.db.Prove(w.t.Context(), oradb.Target{Branch: &b, Until: end})
	must(w.t, err)
	var broken []string
	if !p.OK() || p.Blocks == 0 {
		broken = []string{fmt.Sprintf("%d of %d blocks are not the truth: %v", p.Total, p.Blocks, p.Differences)}
	}
	if end == 0 {
		w.holds(fault, broken, 1, 6)
		return
	}
	w.holds(fault, broken, 1)
}
