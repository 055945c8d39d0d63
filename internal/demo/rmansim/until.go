package rmansim

import (
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// limit is the end of an incomplete restore or recovery. The zero value is no
// end.
type limit struct {
	until oradb.Until // for the recovery
	scn   oradb.SCN   // backups must have a checkpoint at or below it
	time  time.Time   // or one at or before it
}

// admits tells whether a backup with this checkpoint may be used.
func (l limit) admits(scn oradb.SCN, t time.Time) bool {
	return (l.scn == 0 || scn <= l.scn) && (l.time.IsZero() || !t.After(l.time))
}

// untilTime evaluates the date of UNTIL TIME, so that a bad one is refused where
// it stands.
func (s *session) untilTime(u *syntax.Until) (time.Time, error) {
	if u.Kind != "TIME" {
		return time.Time{}, nil
	}
	return s.nls.evalDate(u.Time, s.now())
}

// limitOf resolves the clause of a command, or that of SET UNTIL.
func (s *session) limitOf(own *syntax.Until, c *oradb.Control) (limit, error) {
	u := own
	if u == nil {
		u = s.scope().until
	}
	if u == nil {
		return limit{}, nil
	}
	switch u.Kind {
	case "TIME":
		t, err := s.untilTime(u)
		if err == nil && t.Before(c.Resetlogs.Time) {
			err = fail("RMAN-20207: UNTIL TIME or RECOVERY WINDOW is before RESETLOGS time")
		}
		return limit{until: oradb.Until{Time: t}, time: t}, err
	case "SCN":
		scn := oradb.SCN(u.Number)
		if scn < c.Resetlogs.SCN {
			return limit{}, fail("RMAN-20208: UNTIL CHANGE is before RESETLOGS change")
		}
		return limit{until: oradb.Until{SCN: scn}, scn: scn}, nil
	}
	return sequenceLimit(c, u)
}

// sequenceLimit finds the SCN at which a log begins: from its own record, or
// from that of the log before it.
func sequenceLimit(c *oradb.Control, u *syntax.Until) (limit, error) {
	thread, sequence := int(u.Thread), int(u.Number)
	l := limit{until: oradb.Until{Sequence: sequence, Thread: thread}}
	for _, k := range knownLogs(c) {
		if k.thread != thread || k.resetlogs != c.Resetlogs.SCN {
			continue
		}
		if k.sequence == sequence {
			l.scn = k.first
		}
		if k.sequence == sequence-1 && l.scn == 0 {
			l.scn = k.next
		}
	}
	if l.scn == 0 {
		return l, fail("RMAN-20206: log sequence not found in the recovery catalog").
			and("RMAN-06004: ORACLE error from recovery catalog database: thread %d sequence %d", thread, sequence)
	}
	return l, nil
}

// knownLog is a log that some record of the control file tells of.
type knownLog struct {
	logKey
	first, next oradb.SCN
}

// knownLogs collects the logs from archived logs, their backups, the log
// history and the online groups.
func knownLogs(c *oradb.Control) (out []knownLog) {
	for _, l := range c.ArchivedLogs {
		out = append(out, knownLog{keyOf(l), l.FirstSCN, l.NextSCN})
	}
	for _, l := range c.BackupLogs {
		out = append(out, knownLog{logKey{l.Thread, l.Sequence, l.Resetlogs.SCN}, l.FirstSCN, l.NextSCN})
	}
	for _, l := range c.LogHistory {
		out = append(out, knownLog{logKey{l.Thread, l.Sequence, l.Resetlogs.SCN}, l.FirstSCN, l.NextSCN})
	}
	for _, t := range c.Threads {
		for _, g := range t.Groups {
			out = append(out, knownLog{logKey{t.Number, g.Sequence, c.Resetlogs.SCN}, g.FirstSCN, g.NextSCN})
		}
	}
	return out
}
