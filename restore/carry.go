package restore

import (
	"context"
	"errors"
	"fmt"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// carryOut does what the plan says, step by step; before each step the instance
// is asked what it needs.
func (s *session) carryOut(ctx context.Context) error {
	s.state = readState(s.statePath())
	s.state.Target, s.state.Mode, s.state.Opening = s.req.Target, s.req.Mode, false
	if err := run.MkdirAll(s.d.Config.RestoreDir); err != nil {
		return fmt.Errorf("RESTORE_SOURCE_DIR: %w", err)
	}
	if err := s.state.write(); err != nil {
		return err
	}
	var dctx context.Context
	s.down, dctx = startDownloads(ctx, s.d)
	defer s.down.stop()
	err := s.bringBack(dctx)
	s.result.Bytes, s.result.Pieces = s.down.fetched()
	if failed := s.down.failure(); failed != nil {
		return failed // why RMAN was interrupted
	}
	if err != nil {
		return s.afterFailure(ctx, err)
	}
	return s.phase(StepClean, func() error { return s.clean(ctx) })
}

// bringBack leads to the open database.
func (s *session) bringBack(ctx context.Context) error {
	s.down.add(s.early())
	s.mark("downloading")
	if err := s.shutdown(ctx); err != nil {
		return err
	}
	if err := s.mount(ctx); err != nil {
		return err
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	if !s.plan.keepsFiles() {
		if err := s.phase(StepRestore, func() error { return s.restoreFiles(ctx) }); err != nil {
			return err
		}
	}
	if err := s.phase(StepRecover, func() error { return s.recoverFiles(ctx) }); err != nil {
		return err
	}
	return s.phase(StepOpen, func() error { return s.open(ctx) })
}

// early are the pieces that are needed whatever the mounted control file will
// say about local logs: all but the logs. With the database's own control file
// mounted the plan is final already.
func (s *session) early() []PieceUse {
	if currentControl(s.facts) {
		return s.plan.Pieces
	}
	var uses []PieceUse
	for _, u := range s.plan.Pieces {
		if u.Wave < WaveLogs {
			uses = append(uses, u)
		}
	}
	return uses
}

// shutdown stops an open database, as late as possible: the level 0s are here
// by then.
func (s *session) shutdown(ctx context.Context) error {
	if !mustStop(s.facts, s.plan) {
		return nil
	}
	return s.phase(StepShutdown, func() error {
		if err := s.down.wait(WaveLevel0); err != nil {
			return err
		}
		if s.facts.ControlfileLost {
			return s.abort(ctx)
		}
		s.mark("shutdown")
		if closed, err := s.closeCleanly(ctx); closed || err != nil {
			return errors.Join(err, s.refresh(ctx))
		}
		script, err := rman.NewScript(StepShutdown, rman.Shutdown{Abort: true})
		if _, _, err = s.script(ctx, script, err); err != nil {
			return err
		}
		return s.refresh(ctx)
	})
}

// mustStop tells whether the instance has to be ended first: it is open, it
// lost its control file, or it is mounted and has to start with another SPFILE
// (RMAN takes no SET DBID from a mounted one).
func mustStop(f *oracle.Facts, p *Plan) bool {
	return f.Status == oracle.Open || f.ControlfileLost || mounted(f) && p.Spfile != nil
}

// settle makes the final plan now that the mounted control file can be asked,
// and tells RMAN what is here.
func (s *session) settle(ctx context.Context) error {
	return s.phase(StepCatalog, func() error {
		s.bringBackHidden(ctx) // what a killed run left
		if err := s.catalogLocalLogs(ctx); err != nil {
			return err
		}
		if err := s.replan(); err != nil {
			return err
		}
		s.down.add(s.plan.Pieces)
		s.makeFolders()
		if err := s.wakeRepository(ctx); err != nil {
			return err
		}
		if err := s.resetIncarnation(ctx); err != nil {
			return err
		}
		return s.hide(ctx)
	})
}

// wakeRepository gives a restored control file its first repository command. It
// crosschecks everything by itself then and catalogs what lies in the recovery
// area, which may make another incarnation the current one.
func (s *session) wakeRepository(ctx context.Context) error {
	if currentControl(s.facts) {
		return nil
	}
	_, err := s.catalogFolder(ctx)
	return err
}

// replan plans again with what the mounted control file knows.
func (s *session) replan() error {
	p, err := NewPlan(s.input())
	if err != nil {
		return err
	}
	if p.Complete != s.plan.Complete || p.SCN != s.plan.SCN {
		s.emit(run.Event{Type: run.TypePlan, Plan: p.event()})
	}
	s.plan, s.result.Plan = p, p
	return nil
}

// resetIncarnation makes the target's incarnation the current one of the
// control file. Cataloging files of a later incarnation may have switched it.
func (s *session) resetIncarnation(ctx context.Context) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if s.plan.Complete || s.facts.ResetlogsSCN == s.plan.ResetlogsSCN {
		return nil
	}
	n, ok := incarnationNumber(s.facts, branch{scn: s.plan.ResetlogsSCN, time: s.plan.resetlogsTime})
	if !ok {
		return fmt.Errorf("the mounted control file does not know the incarnation of RESETLOGS SCN %d; restore to a set of another incarnation", s.plan.ResetlogsSCN)
	}
	script, err := rman.NewScript("incarnation", rman.ResetDatabaseToIncarnation{Number: n})
	if _, _, err = s.script(ctx, script, err); err != nil {
		return err
	}
	return s.refresh(ctx)
}

// open opens the database and makes sure that it is open.
func (s *session) open(ctx context.Context) error {
	s.state.Opening, s.state.ResetlogsSCN, s.state.Complete = true, s.facts.ResetlogsSCN, s.plan.Complete
	if err := s.state.write(); err != nil {
		return err
	}
	s.mark("open")
	script, err := s.plan.openScript()
	_, _, err = s.script(ctx, script, err)
	if !s.plan.Complete && notIncomplete(err) {
		err = s.openComplete(ctx)
	}
	if err != nil {
		return openAdvice(err)
	}
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if s.facts.Status != oracle.Open {
		return fmt.Errorf("RMAN reported no error, but the database is %s, not open", s.facts.Status)
	}
	s.mark("opened")
	s.tellOpened(s.plan.Complete)
	return nil
}

// notIncomplete tells that OPEN RESETLOGS was refused because recovery had met
// the end of all redo before the target: everything there is was applied.
func notIncomplete(err error) bool {
	var e *rman.Error
	return errors.As(err, &e) && e.Stack != nil && e.Stack.Has("ORA-01139")
}

// openComplete opens a database without RESETLOGS whose target lay behind the
// end of its redo.
func (s *session) openComplete(ctx context.Context) error {
	s.state.Complete = true
	if err := s.state.write(); err != nil {
		return err
	}
	s.plan.Complete = true
	s.warn("ORA-01139", "the target lies behind the end of redo: everything there is was recovered, and the database is opened without RESETLOGS", "nothing was lost, and nothing was left behind")
	script, err := rman.NewScript(StepOpen, rman.OpenDatabase)
	_, _, err = s.script(ctx, script, err)
	return err
}

func (s *session) tellOpened(complete bool) {
	if !complete {
		s.notice("the database was opened with RESETLOGS: a new incarnation has begun, which no backup covers yet", "take a level 0 now: orabak-tui --batch full")
	}
}

// openAdvice adds what the catalogue cannot know: which online log is missed.
func openAdvice(err error) error {
	var e *rman.Error
	if errors.As(err, &e) && e.Stack != nil && (e.Stack.Has("ORA-00313") || e.Stack.Has("ORA-00312")) {
		return fmt.Errorf("%w; recovery is done and nothing is lost: ALTER DATABASE CLEAR LOGFILE for the group that is missing, then ALTER DATABASE OPEN", err)
	}
	return err
}

// resumeOpened tells whether an earlier run of the same request was killed
// between the open database and the end.
func (s *session) resumeOpened() bool {
	st := readState(s.statePath())
	same := st.Target == s.req.Target && st.Mode == s.req.Mode
	opened := s.facts.Status == oracle.Open && mounted(s.facts) && (st.Complete || s.facts.ResetlogsSCN != st.ResetlogsSCN)
	if !st.Opening || !same || !opened {
		return false
	}
	s.state = st
	s.emit(run.Event{Type: run.TypeLine, Line: &run.Line{Step: StepClean, Text: "an earlier run had opened the database already"}})
	s.tellOpened(st.Complete)
	return true
}
