package oradb

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// ErrNoSpfile: the instance was not started with an SPFILE.
var ErrNoSpfile = errors.New("the instance was not started with an SPFILE")

// ErrNoIncarnation: RESET DATABASE names an incarnation that is not recorded.
var ErrNoIncarnation = errors.New("no such incarnation")

// SnapshotControl serialises a consistent copy of the control file for a backup
// (see DecodeControl). An open database is checkpointed first. Codes: 01034,
// 01507.
func (db *DB) SnapshotControl() (data []byte, err error) {
	err = db.exclusive(func() error {
		in, shared, err := db.mounted()
		if err == nil && in.State == Opened {
			shared, err = db.checkpoint(in, shared)
		}
		if err == nil {
			data, err = shared.Encode()
		}
		return err
	})
	return data, err
}

// RestoreControl writes the control file to every name in control_files, as type
// BACKUP, and gives the names. Names may be given to restore somewhere else.
// Codes: 01034, 01100 (mounted), 19504 + 27040 (no folder).
func (db *DB) RestoreControl(data []byte, names ...string) ([]string, error) {
	n, err := DecodeControl(data)
	if err != nil {
		return nil, err
	}
	err = db.exclusive(func() error {
		in, err := db.readInstance()
		switch {
		case err != nil:
			return err
		case in.State == Down:
			return NotAvailable()
		case in.State >= Mounted && len(names) == 0:
			return Ora(1100, "database already mounted")
		}
		if len(names) == 0 {
			names = in.Params.ControlFiles()
		}
		if len(names) == 0 {
			names = []string{filepath.Join(db.dbs(), "cntrl"+db.sid+".dbf")}
		}
		n.Type, n.NeedCrosscheck, n.RecoveredTo, n.Pending = ControlBackup, true, 0, nil
		return db.placeControl(names, n)
	})
	return names, err
}

func (db *DB) placeControl(names []string, c *Control) error {
	for _, name := range names {
		if !exists(filepath.Dir(name)) {
			return Ora(19504, "failed to create file \"%s\"", name).
				osError(27040, "file create error, unable to create file")
		}
	}
	return db.writeControl(names, c)
}

// Spfile gives the text of the SPFILE the instance was started with, and its
// modification time. Codes: 01034; ErrNoSpfile; 01565 + 27037 when it is gone.
func (db *DB) Spfile() (text []byte, modified time.Time, err error) {
	in, err := db.Instance()
	switch {
	case err != nil:
		return nil, time.Time{}, err
	case in.State == Down:
		return nil, time.Time{}, NotAvailable()
	case !in.Spfile:
		return nil, time.Time{}, ErrNoSpfile
	}
	fi, err := os.Stat(in.ParamFile)
	if err != nil {
		return nil, time.Time{}, Ora(1565, "error in identifying file '%s'", in.ParamFile).
			osError(27037, "unable to obtain file status")
	}
	text, err = os.ReadFile(in.ParamFile)
	return text, fi.ModTime(), err
}

// RestoreSpfile writes a parameter file to path, or as the SPFILE in its default
// place (dbs/spfile<SID>.ora) when path is empty, and gives the path. Codes:
// 01034, 19504 + 27040; 32011 when the running instance uses that SPFILE.
func (db *DB) RestoreSpfile(text []byte, path string) (string, error) {
	in, err := db.Instance()
	if err != nil {
		return "", err
	}
	if in.State == Down {
		return "", NotAvailable()
	}
	if path == "" {
		path = db.spfile()
	}
	if in.Spfile && in.ParamFile == path && exists(path) {
		return "", Ora(32011, "cannot restore SPFILE to location already being used by the instance")
	}
	if !exists(filepath.Dir(path)) {
		return "", Ora(19504, "failed to create file \"%s\"", path).
			osError(27040, "file create error, unable to create file")
	}
	return path, writeAtomic(path, text, true)
}

// SetParameter is ALTER SYSTEM SET name=value SCOPE=BOTH, or MEMORY or SPFILE
// alone. Codes: 01034, 32001 (no SPFILE in use).
func (db *DB) SetParameter(name, value string, memory, spfile bool) error {
	return db.exclusive(func() error {
		in, err := db.readInstance()
		if err != nil {
			return err
		}
		if in.State == Down {
			return NotAvailable()
		}
		if spfile && !in.Spfile {
			return Ora(32001, "write to SPFILE requested but no SPFILE is in use")
		}
		if spfile {
			text, err := os.ReadFile(in.ParamFile)
			if err != nil {
				return err
			}
			p := ParseParams(text)
			p[name] = value
			if err := writeAtomic(in.ParamFile, p.Text(), true); err != nil {
				return err
			}
		}
		if memory {
			in.Params[name] = value
			return db.writeInstance(in)
		}
		return nil
	})
}
