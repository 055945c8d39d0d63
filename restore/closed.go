package restore

import (
	"context"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// closedAt is the SCN at which a mounted database was closed cleanly; ok only
// if every datafile that takes changes says so. Such a database needs no redo
// at all, and its datafiles hold more than any backup.
func closedAt(in *Input) (scn int64, ok bool) {
	f := &in.Facts
	if f.Status != oracle.Mounted || !currentControl(f) || !f.HeadersKnown || f.CheckpointSCN == 0 || len(damaged(in)) > 0 {
		return 0, false
	}
	for _, t := range f.Threads {
		if t.Status != "CLOSED" {
			return 0, false
		}
	}
	online := 0
	for _, d := range f.Datafiles {
		if d.Status != "SYSTEM" && d.Status != "ONLINE" || d.Enabled == "READ ONLY" {
			continue
		}
		if d.Fuzzy || d.HeaderSCN != f.CheckpointSCN {
			return 0, false
		}
		online++
	}
	return f.CheckpointSCN, online > 0 && len(f.Threads) > 0
}

// closed is the way of a database that was closed cleanly and lost its online
// redo: the datafiles stay as they are, nothing is restored. A recovery that
// has nothing to apply is what Oracle wants before RESETLOGS makes the redo
// anew. Nil for every other database.
func (res *resolved) closed(in *Input) *reach {
	scn, ok := closedAt(in)
	if !ok || redoIntact(in) || !in.Facts.Knows("V$LOG") || res.h.line.current().scn != in.Facts.ResetlogsSCN {
		return nil
	}
	l := res.h.instanceLayout(atSCN(endless))
	if l == nil {
		return nil
	}
	return &reach{point: atSCN(scn), layout: l}
}

// keepsFiles tells whether no datafile is restored.
func (p *Plan) keepsFiles() bool { return p.Reachable && len(p.Files) == 0 }

// closing is how long an open database that lost its online redo gets to close
// cleanly. It may hang for ever: the instance may need the log that is gone.
const closing = 5 * time.Minute

// closeCleanly tries SHUTDOWN IMMEDIATE where everything would be lost with an
// abort that only memory and datafiles hold: online redo is gone, the rest is
// whole. On many systems the instance still has the removed files open and can
// write them. False means that an abort is next.
func (s *session) closeCleanly(ctx context.Context) (bool, error) {
	if !s.worthClosing() {
		return false, nil
	}
	s.notice("online redo is lost while the database is open: SHUTDOWN IMMEDIATE is tried first, because a cleanly closed database needs no redo", "")
	limited, cancel := context.WithTimeout(ctx, closing)
	defer cancel()
	script, err := rman.NewScript(StepShutdown, rman.Shutdown{})
	_, _, err = s.tryScript(limited, script, err)
	if err == nil || ctx.Err() != nil {
		return err == nil, err
	}
	s.notice("the database could not be closed cleanly: what only the lost online redo held is lost", "")
	return false, nil
}

func (s *session) worthClosing() bool {
	in := s.input()
	latest := s.req.Target.Kind == TargetLatest || s.req.Target.Kind == ""
	return latest && s.facts.Status == oracle.Open && currentControl(s.facts) && s.facts.Knows("V$LOG") &&
		s.facts.HeadersKnown && !redoIntact(&in) && len(damaged(&in)) == 0
}
