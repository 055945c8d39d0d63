package oradb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Mount reads the control file. Codes: 01034, 01100 (already mounted), 00205,
// 01103 (another database's control file), 01102 (mounted by another SID).
func (db *DB) Mount() error {
	return db.exclusive(func() error {
		in, err := db.readInstance()
		switch {
		case err != nil:
			return err
		case in.State == Down:
			return NotAvailable()
		case in.State >= Mounted:
			return Ora(1100, "database already mounted")
		}
		c, err := db.readControl(in.Params.ControlFiles())
		if err != nil {
			return Ora(205, "error in identifying control file, check alert log for more info")
		}
		if c.Name != in.Params["db_name"] {
			return Ora(1103, "database name '%s' in control file is not '%s'", c.Name, in.Params["db_name"])
		}
		if db.mountedElsewhere(in.Params.ControlFiles()) {
			return Ora(1102, "cannot mount database in EXCLUSIVE mode")
		}
		in.State = Mounted
		return db.writeInstance(in)
	})
}

// mountedElsewhere looks for another SID of this base with the same control file.
func (db *DB) mountedElsewhere(names []string) bool {
	others, err := os.ReadDir(filepath.Join(db.base, "sim"))
	if err != nil {
		return false
	}
	for _, o := range others {
		var in Instance
		l := layout{base: db.base, sid: o.Name()}
		if o.Name() == db.sid || readJSON(l.instance(), &in) != nil || in.State < Mounted {
			continue
		}
		if theirs := in.Params.ControlFiles(); len(theirs) > 0 && theirs[0] == names[0] {
			return true
		}
	}
	return false
}

// OpenDatabase opens without RESETLOGS, with crash recovery when needed. Codes:
// 01034, 01507, 01531 (already open), 01589, 01157, 01110, 01113, 01122, 01190,
// 01203, 01207, 01210, 00313, 00312, 27037.
func (db *DB) OpenDatabase(_ context.Context) error {
	return db.exclusive(func() error {
		in, c, err := db.mounted()
		switch {
		case err != nil:
			return err
		case in.State == Opened:
			return Ora(1531, "a database already open by the instance")
		case c.Type != ControlCurrent || c.RecoveredTo != 0 || c.Pending != nil:
			return Ora(1589, "must use RESETLOGS or NORESETLOGS option for database open")
		}
		if err := db.identifyFiles(c); err != nil {
			return err
		}
		if err := db.identifyLogs(c); err != nil {
			return err
		}
		if err := db.checkFiles(c, ^SCN(0)); err != nil {
			return err
		}
		if err := db.refresh(in, c); err != nil {
			return err
		}
		if err := db.checkFiles(c, db.cache.next); err != nil {
			return err
		}
		return db.finishOpen(in, c)
	})
}

// finishOpen writes what crash recovery found and lets users in.
func (db *DB) finishOpen(in Instance, c *Control) error {
	c, err := db.checkpoint(in, c)
	if err != nil {
		return err
	}
	c = c.Clone()
	for i := range c.Threads {
		c.Threads[i].Status = "OPEN"
	}
	for _, t := range c.Tempfiles {
		if err := makeTempfile(t); err != nil {
			return err
		}
	}
	if err := db.writeControl(in.Params.ControlFiles(), c); err != nil {
		return err
	}
	in.State = Opened
	return db.writeInstance(in)
}

// identifyFiles checks that the online datafiles are there and are ours.
func (db *DB) identifyFiles(c *Control) error {
	for _, df := range c.Datafiles {
		if df.offline() {
			continue
		}
		if _, err := identify(c, df); err != nil {
			return err
		}
	}
	return nil
}

// identify reads a datafile's header and refuses what is not the datafile.
func identify(c *Control, df Datafile) (DatafileImage, error) {
	h, err := DatafileHeader(df.Name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return h, Ora(1157, "cannot identify/lock data file %d - see DBWR trace file", df.Number).
			dataFile(df.Number, df.Name)
	case err != nil:
		return h, failedCheck(df, 1210, "data file header is media corrupt")
	case h.DBID != c.DBID || h.File != df.Number || h.CreationSCN != df.CreationSCN:
		return h, failedCheck(df, 1203, "wrong incarnation of this file - wrong creation SCN")
	}
	return h, nil
}

func failedCheck(df Datafile, code int, text string) *OraError {
	return Ora(1122, "database file %d failed verification check", df.Number).
		dataFile(df.Number, df.Name).And(code, "%s", text)
}

// checkFiles refuses files that need media recovery or come from another time.
func (db *DB) checkFiles(c *Control, end SCN) error {
	for _, df := range c.Datafiles {
		if df.offline() {
			continue
		}
		h, err := identify(c, df)
		if err != nil {
			return err
		}
		switch {
		case !h.Resetlogs.Equal(c.Resetlogs) && df.Enabled != "READ ONLY":
			return Ora(1190, "control file or data file %d is from before the last RESETLOGS", df.Number).
				dataFile(df.Number, df.Name)
		case h.CheckpointSCN < df.CheckpointSCN || !h.Consistent():
			return Ora(1113, "file %d needs media recovery", df.Number).dataFile(df.Number, df.Name)
		case h.CheckpointSCN > end:
			return failedCheck(df, 1207, "file is more recent than control file - old control file")
		}
	}
	return nil
}

// identifyLogs checks that every group in use can be opened and that the
// current ones are those the control file knows.
func (db *DB) identifyLogs(c *Control) error {
	for i := range c.Threads {
		t := &c.Threads[i]
		for j := range t.Groups {
			if err := identifyGroup(c, t, &t.Groups[j]); err != nil {
				return err
			}
		}
	}
	return nil
}

func identifyGroup(c *Control, t *Thread, g *Group) error {
	var h LogHeader
	err := os.ErrNotExist
	for _, m := range g.Members {
		if h, err = ReadLogHeader(m); err == nil {
			break
		}
	}
	switch {
	case err != nil:
		return logMissing(t, g)
	case g.Status != "CURRENT":
		return newerLog(c, t, g, h)
	case h.Sequence > g.Sequence || !h.Resetlogs.Equal(c.Resetlogs):
		return Ora(338, "log %d of thread %d is more recent than control file", g.Number, t.Number).
			And(312, "online log %d thread %d: '%s'", g.Number, t.Number, g.Members[0])
	case h.Sequence < g.Sequence:
		return Ora(314, "log %d of thread %d, expected sequence# %d doesn't match %d",
			g.Number, t.Number, g.Sequence, h.Sequence).
			And(312, "online log %d thread %d: '%s'", g.Number, t.Number, g.Members[0])
	}
	return nil
}

// newerLog refuses a control file from before a log switch: another group holds
// redo of a later sequence than the current one. A log without redo is what a
// kill in the middle of a switch leaves, and is no reason.
func newerLog(c *Control, t *Thread, g *Group, h LogHeader) error {
	current := t.Current()
	if current == nil || !h.Resetlogs.Equal(c.Resetlogs) || h.Sequence <= current.Sequence {
		return nil
	}
	records := 0
	_, err := scanLog(g.Members[0], 0, func(redoRecord) error {
		records++
		return nil
	})
	if err != nil || records == 0 {
		return err
	}
	return Ora(338, "log %d of thread %d is more recent than control file", g.Number, t.Number).
		And(312, "online log %d thread %d: '%s'", g.Number, t.Number, g.Members[0])
}

func makeTempfile(t Tempfile) error {
	if exists(t.Name) {
		return nil
	}
	f, err := allocate(t.Name, uint32(t.Bytes/BlockSize))
	if err != nil {
		return Ora(1157, "cannot identify/lock data file %d - see DBWR trace file", 1000+t.Number).
			dataFile(1000+t.Number, t.Name)
	}
	return f.Close()
}
