package restore

import "testing"

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

// TestTwoRestoresToOneSCN: their incarnations have one RESETLOGS SCN, and the
// sets of the first one reach further than those of the second.
func TestTwoRestoresToOneSCN(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(50)
	w.logs()
	to := w.scn - 10
	w.resetlogs(to)
	w.tick(60)
	w.full()
	w.work(80)
	w.logs()
	w.resetlogs(to)
	w.tick(60)
	second := w.full()
	w.work(5)
	last := w.logs()
	p := mustPlan(t, w.input(Target{Kind: TargetLatest}))
	if p.SCN != last.ToSCN || p.ControlFile == nil || p.ControlFile.Set != last.ID || p.Files[0].Level0 != second.ID {
		t.Errorf("to SCN %d with control file %+v and level 0 %s, want %d, those of %s and %s", p.SCN, p.ControlFile, p.Files[0].Level0, last.ToSCN, last.ID, second.ID)
	}
}

// TestLaterIncarnationGoesBeforeTheClock: the host's clock was ahead until the
// restore that began the current incarnation; the sets of the one before are the
// newest by the clock.
func TestLaterIncarnationGoesBeforeTheClock(t *testing.T) {
	w := newWorld(2, 1)
	w.full()
	w.work(20)
	w.tick(3 * 3600)
	w.logs()
	w.resetlogs(w.scn - 5)
	w.tick(-2 * 3600)
	full := w.full()
	w.work(20)
	last := w.logs()
	p := mustPlan(t, w.input(Target{Kind: TargetLatest}))
	if p.ResetlogsSCN != full.ResetlogsSCN || p.SCN != last.ToSCN {
		t.Errorf("restores incarnation %d to SCN %d, want %d to %d", p.ResetlogsSCN, p.SCN, full.ResetlogsSCN, last.ToSCN)
	}
}
