package oradb

import (
	"context"
	"time"
)

// SwitchLogfile is ALTER SYSTEM SWITCH LOGFILE of the first thread; the log is
// archived before it returns. Codes: 01034, 01507, 01109, 16038 + 19809.
func (db *DB) SwitchLogfile(_ context.Context) error {
	return db.exclusive(func() error {
		in, c, err := db.opened()
		if err != nil {
			return err
		}
		_, err = db.switchLog(in, c, c.Threads[0].Number)
		return err
	})
}

// ArchiveLogCurrent is ALTER SYSTEM ARCHIVE LOG CURRENT: all threads.
// Codes: as SwitchLogfile, 00258 in NOARCHIVELOG mode.
func (db *DB) ArchiveLogCurrent(_ context.Context) error {
	return db.exclusive(func() error {
		in, c, err := db.opened()
		if err != nil {
			return err
		}
		if c.LogMode != "ARCHIVELOG" {
			return Ora(258, "manual archiving in NOARCHIVELOG mode must identify log")
		}
		for i := range c.Threads {
			if c, err = db.switchLog(in, c, c.Threads[i].Number); err != nil {
				return err
			}
		}
		return nil
	})
}

// switchLog closes the current log of a thread, archives it and makes the next
// group current; the control file is written last and once. Needs the
// exclusive lock.
func (db *DB) switchLog(in Instance, c *Control, thread int) (*Control, error) {
	c, err := db.checkpoint(in, c)
	if err != nil {
		return nil, err
	}
	c = c.Clone()
	t := c.Thread(thread)
	old, next := t.Current(), t.nextGroup()
	if next == nil {
		return nil, Ora(16014, "log %d sequence# %d not archived, no available destinations", old.Number, old.Sequence)
	}
	scn, now := db.cache.next, db.second()
	h, err := closeLog(old, db.cache.threads[thread].end, scn, now)
	if err != nil {
		return nil, err
	}
	if c.LogMode == "ARCHIVELOG" {
		if err := db.archive(in, c, t, old, h); err != nil {
			return nil, err
		}
	}
	old.Status, old.NextSCN, old.NextTime = "INACTIVE", scn, now
	next.use(old.Sequence+1, scn, now)
	if err := initGroup(next, c.logHeader(t, next)); err != nil {
		return nil, err
	}
	c.addLogHistory(LogHistory{
		Thread: thread, Sequence: old.Sequence, FirstSCN: old.FirstSCN, FirstTime: old.FirstTime, NextSCN: scn,
		Resetlogs: c.Resetlogs, Stamp: Stamp(now),
	})
	db.age(in, c)
	if err := db.writeControl(in.Params.ControlFiles(), c); err != nil {
		return nil, err
	}
	db.cache.threads[thread] = logPosition{sequence: next.Sequence, end: RedoBlockSize}
	db.cache.next = scn + 1
	return c, nil
}

// logHeader is that of a group as the control file has it.
func (c *Control) logHeader(t *Thread, g *Group) LogHeader {
	return LogHeader{
		DBID: c.DBID, DBName: c.Name, Thread: t.Number, Resetlogs: c.Resetlogs, Prior: c.PriorReset,
		Sequence: g.Sequence, FirstSCN: g.FirstSCN, FirstTime: g.FirstTime,
	}
}

// nextGroup is the group to use next: one never used, or the oldest.
func (t *Thread) nextGroup() *Group {
	var best *Group
	for i := range t.Groups {
		g := &t.Groups[i]
		if g.Status == "CURRENT" {
			continue
		}
		if best == nil || g.Sequence < best.Sequence {
			best = g
		}
	}
	return best
}

// use makes the group current.
func (g *Group) use(sequence int, first SCN, now time.Time) {
	g.Sequence, g.Status, g.Archived = sequence, "CURRENT", false
	g.FirstSCN, g.FirstTime, g.NextSCN, g.NextTime = first, now, 0, time.Time{}
}

func initGroup(g *Group, h LogHeader) error {
	for _, m := range g.Members {
		if err := initLog(m, g.Bytes, h); err != nil {
			return Ora(344, "unable to re-create online log '%s'", m).
				osError(27040, "file create error, unable to create file")
		}
	}
	return nil
}

// closeLog writes the end into the header of a group's members.
func closeLog(g *Group, end int64, next SCN, now time.Time) (LogHeader, error) {
	return rewriteLogHeader(g, func(h *LogHeader) {
		h.NextSCN, h.NextTime, h.Blocks = next, now, blocksOf(end)
	})
}

// reopenLog undoes closeLog.
func reopenLog(g *Group) error {
	_, err := rewriteLogHeader(g, func(h *LogHeader) {
		h.NextSCN, h.NextTime, h.Blocks = 0, time.Time{}, 0
	})
	return err
}

func rewriteLogHeader(g *Group, fn func(h *LogHeader)) (LogHeader, error) {
	var h LogHeader
	for _, m := range g.Members {
		var err error
		if h, err = ReadLogHeader(m); err != nil {
			return h, err
		}
		fn(&h)
		head, err := h.encode()
		if err != nil {
			return h, err
		}
		if err := writeAt(m, head, 0); err != nil {
			return h, err
		}
	}
	return h, nil
}
