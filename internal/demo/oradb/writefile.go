package oradb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// DatafileWriter writes blocks of a backup into a datafile.
type DatafileWriter struct {
	f      *os.File
	unlock func()
	image  DatafileImage // what the header becomes
	old    DatafileImage // header before, of an incremental
}

// RestoreDatafile begins a restore of img to path (empty: the control file's
// name). The file is made anew at once and is no valid datafile until Commit.
// Codes: 01034, 01507, 19573 (the file is in use), 19504 + 27040 (no folder).
func (db *DB) RestoreDatafile(img DatafileImage, path string) (*DatafileWriter, error) {
	var w *DatafileWriter
	err := db.shared(func() error {
		df, unlock, err := db.forRestore(img.File)
		if err != nil {
			return err
		}
		if path == "" {
			path = df.Name
		}
		f, err := allocate(path, img.Blocks)
		if err != nil {
			unlock()
			return Ora(19504, "failed to create file \"%s\"", path).
				osError(27040, "file create error, unable to create file")
		}
		w = &DatafileWriter{f: f, unlock: unlock, image: img}
		return nil
	})
	return w, err
}

// ApplyIncremental begins to apply a level 1 that starts at since to the
// datafile as it is where the control file names it. Codes: 01034, 01507, 19573,
// 19505 + 27037 (missing), 19563 (header of another file, or of a
// checkpoint below since: an incremental in between is missing).
func (db *DB) ApplyIncremental(img DatafileImage, since SCN) (*DatafileWriter, error) {
	var w *DatafileWriter
	err := db.shared(func() error {
		df, unlock, err := db.forRestore(img.File)
		if err != nil {
			return err
		}
		if w, err = openIncremental(df.Name, img, since); err != nil {
			unlock()
			return err
		}
		w.unlock = unlock
		return nil
	})
	return w, err
}

func openIncremental(path string, img DatafileImage, since SCN) (*DatafileWriter, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, Ora(19505, "failed to identify file \"%s\"", path).osError(27037, "unable to obtain file status")
	}
	if err != nil {
		return nil, err
	}
	h, err := readHeader(f)
	if err != nil || h.DBID != img.DBID || h.File != img.File || h.CreationSCN != img.CreationSCN || h.CheckpointSCN < since {
		_ = f.Close()
		return nil, Ora(19563, "datafile header validation failed for file %s", path)
	}
	return &DatafileWriter{f: f, image: img, old: h}, nil
}

// forRestore takes the file for one writer. Needs the lock, shared.
func (db *DB) forRestore(file int) (Datafile, func(), error) {
	in, c, err := db.mounted()
	if err != nil {
		return Datafile{}, nil, err
	}
	df := Datafile{Number: file}
	if known := c.Datafile(file); known != nil {
		df = *known
	}
	busy := Ora(19573, "cannot obtain exclusive enqueue for datafile %d", file)
	if in.State == Opened && !df.offline() {
		return df, nil, busy
	}
	unlock, err := flock(filepath.Join(db.sim(), fmt.Sprintf("datafile%d.lock", file)), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return df, nil, busy
	}
	return df, unlock, err
}

// Path of the file.
func (w *DatafileWriter) Path() string { return w.f.Name() }

// Write puts a block at its place. Code 19599 for a corrupt one, which is not
// written.
func (w *DatafileWriter) Write(b Block) error {
	if err := CheckBlock(b, w.image.File); err != nil {
		return err
	}
	if b.Number < firstDataBlock || b.Number > w.image.Blocks {
		return Ora(19599, "block number %d is corrupt in backup piece (not in the file)", b.Number)
	}
	return writeBlock(w.f, b.Number, b.Data)
}

// Commit writes the header with the image's final values (img as it was at the
// end of the backup, with AbsFuzzySCN), makes the file a datafile and releases it.
func (w *DatafileWriter) Commit(img DatafileImage) error {
	defer w.unlock()
	h := img
	h.Name = w.f.Name()
	h.AbsFuzzySCN = max(img.AbsFuzzySCN, w.old.AbsFuzzySCN)
	if w.old.CheckpointSCN > h.CheckpointSCN {
		h.CheckpointSCN, h.CheckpointTime, h.Resetlogs = w.old.CheckpointSCN, w.old.CheckpointTime, w.old.Resetlogs
	}
	h.Fuzzy = !h.Consistent()
	err := writeHeader(w.f, h)
	if err == nil && img.Blocks > w.old.Blocks {
		err = w.f.Truncate((int64(img.Blocks) + 1) * BlockSize)
	}
	if cerr := w.f.Close(); err == nil {
		err = cerr
	}
	return err
}

// Abort leaves a file that is no datafile (a restore) or the datafile with its
// old header (an incremental: it can be applied again), and releases it.
func (w *DatafileWriter) Abort() error {
	defer w.unlock()
	return w.f.Close()
}

// CreateDatafile makes the file empty, as RESTORE does for a file that was
// added after the newest backup: all of its redo must follow. Codes: 01034,
// 01507, 19573, 19504 + 27040.
func (db *DB) CreateDatafile(file int, path string) (string, error) {
	c, err := db.Control()
	if err != nil {
		return "", err
	}
	df := c.Datafile(file)
	if df == nil {
		return "", Ora(1516, "nonexistent log file, data file, or temporary file \"%d\" in the current container", file)
	}
	img := c.image(*df)
	img.CheckpointSCN, img.CheckpointTime = df.CreationSCN, df.CreationTime
	img.Resetlogs = c.branchAt(df.CreationSCN)
	w, err := db.RestoreDatafile(img, path)
	if err != nil {
		return "", err
	}
	return w.Path(), w.Commit(img)
}

// RenameDatafile points the control file to a restored file (SWITCH DATAFILE).
// Codes: 01034, 01507, 01516, 19563 (the header does not fit).
func (db *DB) RenameDatafile(file int, path string) error {
	return db.UpdateControl(func(c *Control) error {
		df := c.Datafile(file)
		if df == nil {
			return Ora(1516, "nonexistent log file, data file, or temporary file \"%d\" in the current container", file)
		}
		moved := *df
		moved.Name = path
		if _, err := identify(c, moved); err != nil {
			return Ora(19563, "datafile header validation failed for file %s", path)
		}
		*df = moved
		return nil
	})
}

// RenameFile points the control file to another path of an online log or a
// datafile (ALTER DATABASE RENAME FILE). A log need not exist there. Codes:
// 01034, 01507, 01511 + 01516 (unknown name), 01511 + 01141 + 27037 (a datafile
// that is not at the new path).
func (db *DB) RenameFile(from, to string) error {
	return db.UpdateControl(func(c *Control) error {
		for i := range c.Datafiles {
			if c.Datafiles[i].Name != from {
				continue
			}
			if !exists(to) {
				return Ora(1511, "error in renaming log/data files").
					And(1141, "error renaming data file %d - new file '%s' not found", c.Datafiles[i].Number, to).
					dataFile(c.Datafiles[i].Number, from).
					osError(27037, "unable to obtain file status")
			}
			c.Datafiles[i].Name = to
			return nil
		}
		for i := range c.Threads {
			for j := range c.Threads[i].Groups {
				for k, m := range c.Threads[i].Groups[j].Members {
					if m == from {
						c.Threads[i].Groups[j].Members[k] = to
						return nil
					}
				}
			}
		}
		return Ora(1511, "error in renaming log/data files").
			And(1516, "nonexistent log file, data file, or temporary file \"%s\" in the current container", from)
	})
}
