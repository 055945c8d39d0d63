package restore

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// recoverFurther goes on behind the planned end with the redo that is still in
// online logs on this host. A restored control file cannot say what they hold,
// but RMAN reads their headers and applies what fits, so nothing is lost that
// is still there. It comes after the planned recovery, which leads to a
// consistent database by itself: where online redo does not fit (RMAN-06054,
// the usual end with a restored control file), that is what stays.
func (s *session) recoverFurther(ctx context.Context) error {
	if !s.mayGoFurther() {
		return nil
	}
	s.mark("recover-online")
	script, err := rman.NewScript("recover-online", rman.RunBlock{rman.RecoverDatabase{}})
	sum, _, err := s.tryScript(ctx, script, err)
	if err == nil {
		err = s.plan.judgeRecover(sum)
	}
	if err != nil {
		return s.backToPlan(ctx, err)
	}
	s.reachedEnd()
	return nil
}

// mayGoFurther: the latest moment is wanted, the plan ends with the archived
// logs only because the instance could not say what online redo holds, and at
// least one online log is there, or nobody could look.
func (s *session) mayGoFurther() bool {
	latest := s.req.Target.Kind == TargetLatest || s.req.Target.Kind == ""
	blind := !currentControl(s.facts) || !s.facts.Knows("V$LOG")
	if !latest || s.plan.Complete || !blind || s.state.NoOnline {
		return false
	}
	in := s.input()
	for _, g := range s.facts.Redo {
		if anyMember(&in, g) {
			return true
		}
	}
	return !s.facts.Knows("V$LOG")
}

// reachedEnd: with the database's own control file such a recovery is a
// complete one, which opens without RESETLOGS.
func (s *session) reachedEnd() {
	if currentControl(s.facts) {
		p := *s.plan
		p.Complete = true
		s.plan, s.result.Plan = &p, &p
	}
	s.notice("the online redo on this host was applied behind the archived logs: nothing is lost", "")
}

// requested is the log that recovery asked for and did not get.
var requested = regexp.MustCompile(`thread (\d+) with sequence (\d+) and starting SCN of (\d+)`)

// backToPlan deals with online redo that could not be applied: the planned end
// is stated once more, which a recovery that stopped behind it refuses.
func (s *session) backToPlan(ctx context.Context, cause error) error {
	if scn := requestedSCN(cause); scn > 0 && scn > s.plan.SCN {
		s.notice(fmt.Sprintf("online redo on this host was applied up to SCN %d", scn), "")
		return nil
	}
	script, err := s.plan.recoverScript()
	if _, _, err = s.tryScript(ctx, script, err); err != nil {
		s.state.NoOnline = true
		if werr := s.state.write(); werr != nil {
			return errors.Join(cause, werr)
		}
		return fmt.Errorf("online redo on this host cannot be used to its end: %w; run the restore again: it ends at the last archived log then", cause)
	}
	s.notice("no redo on this host leads further than the archived logs", "")
	return nil
}

// requestedSCN is where the log begins that RMAN-06054 asks for; 0 for any
// other error.
func requestedSCN(err error) int64 {
	var e *rman.Error
	if !errors.As(err, &e) || e.Stack == nil || !e.Stack.Has("RMAN-06054") {
		return 0
	}
	for _, l := range e.Stack.Lines {
		if m := requested.FindStringSubmatch(l.Text); m != nil && l.Code == "RMAN-06054" {
			scn, _ := strconv.ParseInt(m[3], 10, 64)
			return scn
		}
	}
	return 0
}

// aborter is what an instance can do that lost its control file while it ran;
// oracle.Instance is one.
type aborter interface {
	Abort(ctx context.Context) error
}

// abort ends such an instance: RMAN cannot connect to it.
func (s *session) abort(ctx context.Context) error {
	a, ok := s.d.Oracle.(aborter)
	if !ok {
		return errors.New("the instance lost its control file: end it with SHUTDOWN ABORT in sqlplus, then restore again")
	}
	s.mark("abort")
	if err := a.Abort(ctx); err != nil {
		return fmt.Errorf("end the instance that lost its control file: %w", err)
	}
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if s.facts.Status != oracle.Down {
		return fmt.Errorf("the instance is still %s after SHUTDOWN ABORT", s.facts.Status)
	}
	return nil
}
