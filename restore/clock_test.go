package restore

import (
	"testing"
	"time"
)

// TestClocksThatJump: the control file came from the set that was newest by the
// host's clock, and recovery asked for logs between it and the level 0s that
// nobody had planned.
func TestClocksThatJump(t *testing.T) {
	w := newWorld(2, 1)
	w.full()
	w.work(20)
	w.tick(2 * 24 * 3600)
	w.logs()
	w.work(20)
	w.tick(-40 * 3600)
	full := w.full()
	w.work(20)
	w.tick(-30 * 3600)
	last := w.logs()
	p := mustPlan(t, w.input(Target{Kind: TargetLatest}))
	if p.SCN != last.ToSCN || p.ControlFile == nil || p.ControlFile.Set != last.ID {
		t.Errorf("to SCN %d with control file %+v, want %d and that of %s", p.SCN, p.ControlFile, last.ToSCN, last.ID)
	}
	for _, f := range p.Files {
		if f.Level0 != full.ID {
			t.Errorf("datafile %d: level 0 %s, want %s", f.Number, f.Level0, full.ID)
		}
	}
}

// TestOrderBySCNKeepsIncarnations: only sets of one incarnation change places.
func TestOrderBySCNKeepsIncarnations(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(50)
	w.logs()
	w.resetlogs(w.scn - 40) // the second incarnation begins below what the first one reached
	w.tick(60)
	second := w.full()
	rows, err := rowsOf(ptr(w.input(Target{})))
	if err != nil {
		t.Fatal(err)
	}
	if got := rows[len(rows)-1].ID; got != second.ID {
		t.Errorf("the newest set is %s, want %s", got, second.ID)
	}
	if !rows[0].StartedAt.Before(rows[1].StartedAt.Add(time.Second)) {
		t.Error("the first incarnation is out of order")
	}
}

func ptr[T any](v T) *T { return &v }
