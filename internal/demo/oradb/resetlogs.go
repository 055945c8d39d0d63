package oradb

import (
	"context"
	"time"
)

// OpenResetlogs opens with RESETLOGS: a new incarnation with a log sequence from
// 1. Online logs of the old incarnation that are still there and not archived
// are archived first. A kill in the middle leaves a database that only another
// OpenResetlogs opens. Codes: 01034, 01507, 01531, 01139, 01157, 01110, 01113,
// 01152, 01190, 01194, 00344, 27040.
func (db *DB) OpenResetlogs(_ context.Context) error {
	return db.exclusive(func() error {
		in, c, err := db.mounted()
		switch {
		case err != nil:
			return err
		case in.State == Opened:
			return Ora(1531, "a database already open by the instance")
		case c.Type == ControlCurrent && c.RecoveredTo == 0 && c.Pending == nil:
			return Ora(1139, "RESETLOGS option only valid after an incomplete database recovery")
		}
		c = c.Clone()
		if err := db.beginResetlogs(in, c); err != nil {
			return err
		}
		return db.resetlogs(in, c, *c.Pending)
	})
}

// beginResetlogs checks the files and writes down what is going to be. One that
// was begun before goes on, unless the files were brought somewhere else since.
func (db *DB) beginResetlogs(in Instance, c *Control) error {
	headers, done, err := resetHeaders(c)
	if err != nil {
		return err
	}
	if done > 0 { // some headers have the new incarnation: it is this one or none
		return c.consistentAt(headers, c.Pending.cut())
	}
	end := c.RecoveredTo
	if end == 0 {
		for _, h := range headers {
			end = max(end, h.CheckpointSCN)
		}
	}
	if err := c.consistentAt(headers, end); err != nil {
		return err
	}
	if c.Pending != nil && c.Pending.cut() == end {
		return nil
	}
	b := Branch{SCN: end + 1, Time: db.freshTime(c)}
	if err := db.ledger().addBranch(b, c.Resetlogs, end); err != nil {
		return err
	}
	c.Pending = &b
	return db.writeControl(in.Params.ControlFiles(), c)
}

// freshTime is now, or later where another incarnation has that very second: a
// clock that stands still must not make two incarnations the same.
func (db *DB) freshTime(c *Control) time.Time {
	now := db.second()
	for _, inc := range c.Incarnations {
		if !now.After(inc.Time) {
			now = inc.Time.Add(time.Second)
		}
	}
	return db.ledger().unusedTime(now)
}

// resetHeaders reads the headers that a RESETLOGS has to change, and counts those
// that a killed one has changed already.
func resetHeaders(c *Control) (headers map[int]DatafileImage, done int, err error) {
	headers = map[int]DatafileImage{}
	for _, df := range c.Datafiles {
		if df.offline() || df.Enabled == "READ ONLY" {
			continue
		}
		h, err := identify(c, df)
		if err != nil {
			return nil, 0, err
		}
		if c.Pending != nil && h.Resetlogs.Equal(*c.Pending) {
			done++
			continue
		}
		headers[df.Number] = h
	}
	return headers, done, nil
}

// consistentAt refuses unless all the files are at the SCN.
func (c *Control) consistentAt(headers map[int]DatafileImage, end SCN) error {
	for _, df := range c.Datafiles {
		if h, ok := headers[df.Number]; ok {
			if err := consistentFile(c, df, h, end); err != nil {
				return err
			}
		}
	}
	return nil
}

func consistentFile(c *Control, df Datafile, h DatafileImage, end SCN) error {
	var e *OraError
	switch {
	case !h.Resetlogs.Equal(c.Resetlogs):
		e = Ora(1190, "control file or data file %d is from before the last RESETLOGS", df.Number)
	case h.CheckpointSCN > end:
		e = Ora(1152, "file %d was not restored from a sufficiently old backup", df.Number)
	case !h.Consistent(), h.CheckpointSCN < end && c.RecoveredTo == 0:
		e = Ora(1194, "file %d needs more recovery to be consistent", df.Number)
	case h.CheckpointSCN < end:
		e = Ora(1113, "file %d needs media recovery", df.Number)
	default:
		return nil
	}
	return e.dataFile(df.Number, df.Name)
}

// resetlogs makes logs, headers and control file of the new incarnation. Each
// step may be done twice; the control file makes it count.
func (db *DB) resetlogs(in Instance, c *Control, b Branch) error {
	db.archiveLeftovers(in, c)
	prior := c.Resetlogs
	now := db.second()
	c.addIncarnation(b, prior)
	c.setCurrent(b)
	for i := range c.Threads {
		t := &c.Threads[i]
		for j := range t.Groups {
			g := &t.Groups[j]
			*g = Group{Number: g.Number, Bytes: g.Bytes, Members: g.Members, Status: "UNUSED", Archived: true}
			if j == 0 {
				g.use(1, b.SCN, now)
			}
		}
		if err := c.initThread(t); err != nil {
			return err
		}
	}
	if err := db.resetFiles(c, b, now); err != nil {
		return err
	}
	c.Type, c.RecoveredTo, c.Pending, c.NeedCrosscheck = ControlCurrent, 0, nil, false
	c.CheckpointSCN = b.SCN
	if err := db.writeControl(in.Params.ControlFiles(), c); err != nil {
		return err
	}
	db.cache = buffers{}
	return db.finishOpen(in, c)
}

// initThread makes the online logs of a thread empty, as the control file has
// them.
func (c *Control) initThread(t *Thread) error {
	for j := range t.Groups {
		if err := initGroup(&t.Groups[j], c.logHeader(t, &t.Groups[j])); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) resetFiles(c *Control, b Branch, now time.Time) error {
	for i := range c.Datafiles {
		df := &c.Datafiles[i]
		if df.offline() {
			continue
		}
		if df.Enabled == "READ ONLY" { // stays as recovery left it
			h, err := identify(c, *df)
			if err != nil {
				return err
			}
			df.CheckpointSCN, df.StopSCN = h.CheckpointSCN, h.CheckpointSCN
			continue
		}
		err := updateHeader(df.Name, func(h *DatafileImage) {
			h.Resetlogs, h.CheckpointSCN, h.CheckpointTime, h.AbsFuzzySCN = b, b.SCN, now, 0
		})
		if err != nil {
			return err
		}
		df.CheckpointSCN, df.StopSCN = b.SCN, 0
	}
	return nil
}

// archiveLeftovers archives the online logs of the ending incarnation. What
// cannot be read or has no room is let go, as Oracle does.
func (db *DB) archiveLeftovers(in Instance, c *Control) {
	if c.LogMode != "ARCHIVELOG" {
		return
	}
	for i := range c.Threads {
		t := &c.Threads[i]
		for j := range t.Groups {
			g := t.Groups[j]
			h, err := ReadLogHeader(g.Members[0])
			if err != nil || !h.Resetlogs.Equal(c.Resetlogs) || h.Sequence == 0 || c.archived(h) {
				continue
			}
			_ = db.archiveLeftover(in, c, t, &g, h)
		}
	}
}

func (db *DB) archiveLeftover(in Instance, c *Control, t *Thread, g *Group, h LogHeader) error {
	if h.NextSCN == 0 {
		next := h.FirstSCN + 1
		end, err := scanLog(g.Members[0], 0, func(r redoRecord) error {
			next = max(next, r.SCN+1)
			return nil
		})
		if err != nil {
			return err
		}
		if h, err = closeLog(g, end, next, db.second()); err != nil {
			return err
		}
	}
	return db.archive(in, c, t, g, h)
}

// archived tells whether a record of the log exists, deleted or not.
func (c *Control) archived(h LogHeader) bool {
	for _, a := range c.ArchivedLogs {
		if a.Thread == h.Thread && a.Sequence == h.Sequence && a.Resetlogs.Equal(h.Resetlogs) {
			return true
		}
	}
	return false
}
