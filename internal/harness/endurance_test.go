package harness

import (
	"context"
	"errors"
	"testing"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/run"
	"orabak-tui/internal/s3fault"
	"orabak-tui/restore"
)

// season is a database that lives through months of schedules, failures and
// disasters under an invented calendar.
type season struct {
	*world
	now       time.Time
	runs      int
	failures  int
	disasters int
}

// TestEndurance: 90 days (10 in the short version) of a level 0 each week, a
// level 1 each day, logs in between; runs that fail, are cancelled or meet a
// storm; crashes, losses and restores. At the end of each day the truth is
// looked at: everything archived is recoverable, and a restore proves it.
func TestEndurance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 900)
	w.lean = true
	w.env["ARCHIVELOG_KEEP_HOURS"] = "24"
	w.save()
	days := 10
	if *long {
		days = 90
	}
	s := &season{world: w, now: time.Now().AddDate(0, 0, -days).Truncate(24 * time.Hour)}
	for day := range days {
		s.day(day)
		if t.Failed() {
			t.Fatalf("day %d", day)
		}
	}
	w.lean = false
	w.check("endurance: the last day")
	t.Logf("%d days, %d runs, %d of them failed, %d disasters", days, s.runs, s.failures, s.disasters)
	if s.failures == 0 || s.disasters == 0 {
		t.Error("these were no hard times")
	}
}

// at sets the clock of the host.
func (s *season) at(t time.Time) {
	s.t.Helper()
	s.now = t
	must(s.t, s.db.SetClock(t))
}

func (s *season) day(n int) {
	s.t.Helper()
	start := s.now.Truncate(24 * time.Hour).Add(24 * time.Hour)
	kind := "incremental"
	if n%7 == 0 {
		kind = "full"
	}
	s.at(start.Add(time.Hour))
	s.work(5 + s.dice.IntN(40))
	s.attempt(kind)
	for _, hour := range []int{9, 17} {
		s.at(start.Add(time.Duration(hour) * time.Hour))
		s.work(5 + s.dice.IntN(20))
		s.attempt("archivelog")
	}
	s.at(start.Add(23 * time.Hour))
	s.settled()
	s.check("endurance: each day")
	s.truth()
	if n == 5 || n > 0 && s.dice.IntN(6) == 0 {
		s.calamity()
	}
}

// calm is an engine of the season's calendar.
func (s *season) calm(kind string) *engine {
	e := s.engine(kind)
	e.now, e.rman = s.db.Now, &nearby{home: s.db.Home()}
	return e
}

// attempt runs the schedule's run, into which something may come.
func (s *season) attempt(kind string) {
	s.t.Helper()
	s.tell("%s: %s", s.now.Format(time.DateTime), kind)
	e := s.calm(kind)
	ctx, cancel := context.WithCancelCause(s.t.Context())
	defer cancel(nil)
	mend := s.trouble(e, cancel)
	_, err := e.run(ctx)
	mend()
	s.runs++
	if err != nil {
		s.failures++
	}
}

// trouble is what befalls a run: mostly nothing.
func (s *season) trouble(e *engine, cancel context.CancelCauseFunc) (mend func()) {
	switch s.dice.IntN(12) {
	case 0:
		return s.proxy.Storm(0.15, s3fault.SlowDown(), s3fault.InternalError(), s3fault.Reset(), s3fault.LoseAnswer(), s3fault.CutUpload(s3fault.Anywhere))
	case 1:
		return s.proxy.Add(s3fault.Rule{Op: s3fault.PutObject, Skip: s.dice.IntN(6), Fault: s3fault.QuotaExceeded(507)})
	case 2:
		kinds := []string{"disk_full", "create", "channel", "area_full"}
		s.faults(rmansim.Faults{Pieces: []rmansim.PieceFault{{At: 1 + s.dice.IntN(4), Kind: kinds[s.dice.IntN(len(kinds))], After: 10000}}})
		return func() { s.faults(rmansim.Faults{}) }
	case 3:
		marks := s.dice.IntN(12)
		e.heard = func(ev run.Event) {
			if ev.Mark != nil {
				if marks--; marks == 0 {
					cancel(errors.New("somebody cancelled the run"))
				}
			}
		}
	case 4:
		must(s.t, s.db.Crash())
		_, err := s.db.Startup(s.t.Context(), oradb.StartupOptions{To: oradb.Opened})
		must(s.t, err)
	}
	return func() {}
}

// settled lets the day end well: what was interrupted is resumed or left to the
// next run.
func (s *season) settled() {
	s.t.Helper()
	if s.dice.IntN(2) == 0 {
		if _, err := s.calm("resume").run(s.t.Context()); err != nil && !errors.Is(err, backup.ErrNothing) {
			s.t.Errorf("resume: %v\n%s", err, s.lastRun())
		}
	}
	if _, err := s.calm("archivelog").run(s.t.Context()); err != nil {
		s.t.Errorf("the last run of the day: %v\n%s", err, s.lastRun())
	}
}

// truth: the plan of a restore reaches everything that was ever archived.
func (s *season) truth() {
	s.t.Helper()
	ctl, err := s.db.Control()
	must(s.t, err)
	end, err := s.db.ArchivedUpTo(ctl.Resetlogs)
	must(s.t, err)
	newest := s.sets()[0]
	var broken []string
	if newest.ToSCN < int64(end) {
		broken = []string{"the newest set reaches SCN " + itoa(newest.ToSCN) + ", archived is SCN " + itoa(int64(end))}
	}
	p, err := s.db.Prove(s.t.Context(), oradb.Target{})
	must(s.t, err)
	if !p.OK() {
		broken = append(broken, "the database itself is not the truth")
	}
	s.holds("endurance: each day", broken, 1)
}

// calamity is a loss of some kind and the way back.
func (s *season) calamity() {
	s.t.Helper()
	s.disasters++
	losses := [][]oradb.Loss{
		{oradb.LoseEverything}, {oradb.LoseEverything}, {oradb.LoseDatafile(4)}, {oradb.LoseDatafiles}, {oradb.LoseDatafiles, oradb.LoseArchived},
		{oradb.LoseControl, oradb.LoseRedo, oradb.LoseDatafiles},
	}
	loss := losses[s.dice.IntN(len(losses))]
	before, end := s.lose(loss...)
	if len(loss) > 0 && loss[0] != oradb.LoseEverything {
		must(s.t, s.db.Crash())
	}
	modes := []restore.Mode{restore.ModeIncremental, restore.ModeFull}
	res, err := s.calm("restore").restore(s.t.Context(), restore.Request{Mode: modes[s.dice.IntN(2)], Confirm: sid})
	if err != nil {
		s.t.Fatalf("restore after the loss of %v: %v\n%s", loss, err, s.lastRun())
	}
	if res.Plan.Complete {
		end = 0
	}
	s.proves("endurance: a disaster", before, end)
	if !res.Plan.Complete {
		if _, err := s.calm("full").run(s.t.Context()); err != nil {
			s.t.Errorf("the full after the restore: %v\n%s", err, s.lastRun())
		}
	}
	s.check("endurance: a disaster")
}
