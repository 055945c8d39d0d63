package oradb

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
)

// DB is a process' handle to a simulated Oracle home and one of its SIDs. It is
// safe for use from several goroutines and holds no lock between calls.
type DB struct {
	layout

	mu    sync.Mutex // held with the exclusive lock; guards cache
	cache buffers

	ctlMu sync.Mutex // guards ctl
	ctl   controlCache
}

// Open gives a handle. It needs no database: a SID that was never created is an
// instance that is down.
func Open(base, sid string) (*DB, error) {
	if sid == "" || sid != filepath.Base(sid) || sid == "." || sid == ".." {
		return nil, fmt.Errorf("SID %q cannot be a file name", sid)
	}
	abs, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	return &DB{layout: layout{base: abs, sid: sid}}, nil
}

// FromHome opens by ORACLE_HOME, which is the folder home below the base.
func FromHome(home, sid string) (*DB, error) {
	if filepath.Base(filepath.Clean(home)) != "home" {
		return nil, errors.New("ORACLE_HOME " + home + " is not a simulated one (its folder is named home)")
	}
	return Open(filepath.Dir(filepath.Clean(home)), sid)
}

// Home is the folder that serves as ORACLE_HOME; bin/ and dbs/ are in it.
func (db *DB) Home() string { return db.home() }

// Base is the folder given to Create.
func (db *DB) Base() string { return db.base }

// SID of the handle.
func (db *DB) SID() string { return db.sid }

// Control gives a copy of the mounted control file. Codes: 01034, 01507, 00210.
func (db *DB) Control() (c *Control, err error) {
	err = db.shared(func() error {
		_, shared, err := db.mounted()
		if err == nil {
			c = shared.Clone()
		}
		return err
	})
	return c, err
}

// UpdateControl changes the control file under the lock; nothing is written
// when fn fails. Codes as Control.
func (db *DB) UpdateControl(fn func(c *Control) error) error {
	return db.exclusive(func() error { return db.update(fn) })
}

// update is UpdateControl for those who hold the lock.
func (db *DB) update(fn func(c *Control) error) error {
	in, shared, err := db.mounted()
	if err != nil {
		return err
	}
	c := shared.Clone()
	if err := fn(c); err != nil {
		return err
	}
	return db.writeControl(in.Params.ControlFiles(), c)
}

// mounted gives instance and control file (shared, not to be changed) of a
// mounted or open database. Needs the lock.
func (db *DB) mounted() (Instance, *Control, error) {
	in, err := db.readInstance()
	if err != nil {
		return in, nil, err
	}
	switch in.State {
	case Down:
		return in, nil, NotAvailable()
	case NoMount:
		return in, nil, Ora(1507, "database not mounted")
	}
	c, err := db.readControl(in.Params.ControlFiles())
	return in, c, err
}

// opened is mounted, refused unless the database is open.
func (db *DB) opened() (Instance, *Control, error) {
	in, c, err := db.mounted()
	if err == nil && in.State != Opened {
		err = Ora(1109, "database not open")
	}
	return in, c, err
}
