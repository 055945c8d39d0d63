package oradb

import (
	"slices"
	"time"
)

// Longop is a row of V$SESSION_LONGOPS. Blocks are the unit.
type Longop struct {
	SID       int
	Serial    int
	Opname    string
	Context   int
	SoFar     int64
	TotalWork int64
	Start     time.Time
	Updated   time.Time
}

// maxLongops is how many rows are kept, the newest.
const maxLongops = 200

// SetLongop publishes progress of a session; a row is known by SID, Serial and
// Context. It is for a few calls a second, not for each block.
func (db *DB) SetLongop(l Longop) error {
	return db.exclusive(func() error {
		var rows []Longop
		if err := readJSON(db.longops(), &rows); err != nil {
			return err
		}
		l.Updated = db.Now()
		i := slices.IndexFunc(rows, func(r Longop) bool {
			return r.SID == l.SID && r.Serial == l.Serial && r.Context == l.Context
		})
		if i < 0 {
			rows = append(rows, l)
		} else {
			rows[i] = l
		}
		return writeJSON(db.longops(), rows[max(0, len(rows)-maxLongops):])
	})
}

// Longops lists them, those of dead sessions too (as Oracle does, for a while).
func (db *DB) Longops() (rows []Longop, err error) {
	err = db.shared(func() error { return readJSON(db.longops(), &rows) })
	return rows, err
}

// NewSession gives a session's SID and SERIAL#. Sessions of different processes
// never share them.
func (db *DB) NewSession() (sid, serial int, err error) {
	err = db.exclusive(func() error {
		n := 0
		if err := readJSON(db.sessions(), &n); err != nil {
			return err
		}
		n++
		sid, serial = 20+n%280, 1000+n*7%60000
		return writeJSON(db.sessions(), n)
	})
	return sid, serial, err
}
