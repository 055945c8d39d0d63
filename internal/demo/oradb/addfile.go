package oradb

import (
	"context"
	"fmt"
	"path/filepath"
)

// AddDatafile is ALTER TABLESPACE … ADD DATAFILE; the tablespace is made when it
// does not exist. It gives the file's number. Codes: 01034, 01507, 01109, 01537
// (the file is part of the database already), 01119 + 27040.
func (db *DB) AddDatafile(_ context.Context, f FileSpec) (number int, err error) {
	err = db.exclusive(func() error {
		in, c, err := db.opened()
		if err != nil {
			return err
		}
		if err := db.catchUp(in, c); err != nil {
			return err
		}
		df := Datafile{
			Number: 1, Name: f.Name, Tablespace: f.Tablespace, Bytes: max(f.Bytes/BlockSize, 16) * BlockSize,
			CreationSCN: db.cache.next, CreationTime: db.second(), CheckpointSCN: db.cache.next,
			Status: "ONLINE", Enabled: "READ WRITE",
		}
		if !filepath.IsAbs(df.Name) {
			df.Name = filepath.Join(db.oradata(c.Name), df.Name)
		}
		for _, other := range c.Datafiles {
			df.Number = max(df.Number, other.Number+1)
			if other.Name == df.Name {
				return Ora(1537, "cannot add file '%s' - file already part of database", df.Name)
			}
		}
		number = df.Number
		return db.addFile(in, c, df)
	})
	return number, err
}

// addFile commits the addition in the redo and then makes it so.
func (db *DB) addFile(in Instance, c *Control, df Datafile) error {
	rec := redoRecord{Kind: redoAddFile, SCN: df.CreationSCN, Time: db.Now(), File: &df}
	full, err := db.appendRedo(&c.Threads[0], rec, logReserve)
	if err != nil {
		return err
	}
	if full {
		c, err = db.switchLog(in, c, c.Threads[0].Number)
		if err != nil {
			return err
		}
		df.CreationSCN, df.CheckpointSCN = db.cache.next, db.cache.next
		return db.addFile(in, c, df)
	}
	return db.finishAddFile(df)
}

// finishAddFile makes a datafile that the redo says was added, for those who
// find the record first: the one that added it, crash recovery, or media
// recovery with a control file from before. Needs the exclusive lock.
func (db *DB) finishAddFile(df Datafile) error {
	return db.update(func(c *Control) error {
		if c.Datafile(df.Number) != nil {
			return nil
		}
		h := c.image(df)
		h.CheckpointTime = df.CreationTime
		h.Fuzzy = true
		if err := createDatafile(df.Name, h); err != nil {
			return Ora(1119, "error in creating database file '%s'", df.Name).
				osError(27040, "file create error, unable to create file")
		}
		c.Datafiles = append(c.Datafiles, df)
		return nil
	})
}

// SetDatafileOnline is ALTER DATABASE DATAFILE n ONLINE | OFFLINE. Codes: 01507,
// 01516 (no such file), 01113 (online, but not recovered).
func (db *DB) SetDatafileOnline(number int, online bool) error {
	return db.exclusive(func() error {
		in, c, err := db.mounted()
		if err != nil {
			return err
		}
		if in.State == Opened {
			if err := db.refresh(in, c); err != nil {
				return err
			}
		}
		if in.State == Opened && !online && c.Datafile(number) != nil && exists(c.Datafile(number).Name) {
			if _, err := db.checkpoint(in, c); err != nil {
				return err
			}
		}
		return db.update(func(c *Control) error { return setOnline(c, in, number, online, db.cache.next) })
	})
}

// setOnline changes the record. A file that goes offline in an open database
// gets now as its stop SCN: redo from there on cannot concern it.
func setOnline(c *Control, in Instance, number int, online bool, now SCN) error {
	df := c.Datafile(number)
	if df == nil {
		return Ora(1516, "nonexistent log file, data file, or temporary file \"%d\" in the current container", number)
	}
	switch {
	case !online && in.State == Opened:
		df.Status, df.StopSCN = "RECOVER", now
	case !online:
		df.Status = "OFFLINE"
	default:
		h, err := identify(c, *df)
		if err != nil {
			return err
		}
		if in.State == Opened && (h.CheckpointSCN < df.StopSCN || df.StopSCN == 0) {
			return Ora(1113, "file %d needs media recovery", number).dataFile(number, df.Name)
		}
		df.Status, df.CheckpointSCN = "ONLINE", min(df.CheckpointSCN, h.CheckpointSCN)
		if number == 1 {
			df.Status = "SYSTEM"
		}
	}
	return nil
}

// SetReadOnly is ALTER TABLESPACE … READ ONLY | READ WRITE for all files of the
// tablespace. Codes: 01034, 01507, 01109; 00959 (no such tablespace).
func (db *DB) SetReadOnly(tablespace string, readOnly bool) error {
	return db.exclusive(func() error {
		in, c, err := db.opened()
		if err != nil {
			return err
		}
		if c, err = db.checkpoint(in, c); err != nil {
			return err
		}
		n := c.Clone()
		found := false
		for i := range n.Datafiles {
			df := &n.Datafiles[i]
			if df.Tablespace != tablespace {
				continue
			}
			found = true
			if err := setReadOnly(df, readOnly, n.CheckpointSCN); err != nil {
				return err
			}
		}
		if !found {
			return Ora(959, "tablespace '%s' does not exist", tablespace)
		}
		return db.writeControl(in.Params.ControlFiles(), n)
	})
}

func setReadOnly(df *Datafile, readOnly bool, scn SCN) error {
	df.Enabled, df.StopSCN = "READ WRITE", 0
	if readOnly {
		df.Enabled, df.StopSCN = "READ ONLY", scn
	}
	df.CheckpointSCN = scn
	err := updateHeader(df.Name, func(h *DatafileImage) { h.CheckpointSCN, h.Fuzzy = scn, !readOnly })
	if err != nil {
		return fmt.Errorf("datafile %d: %w", df.Number, err)
	}
	return nil
}
