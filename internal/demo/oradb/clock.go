package oradb

import (
	"os"
	"time"
)

// ClockEnv names the environment variable that makes the clock stand still at
// an instant (RFC 3339).
const ClockEnv = "ORADB_CLOCK"

type clockFile struct {
	Offset time.Duration
}

// Now is the database's clock in UTC: the system's time plus the offset that
// [DB.SetClock] wrote, or the instant in ORADB_CLOCK.
func (db *DB) Now() time.Time {
	if t, err := time.Parse(time.RFC3339, os.Getenv(ClockEnv)); err == nil {
		return t.UTC()
	}
	var c clockFile
	if readJSON(db.clock(), &c) != nil {
		c = clockFile{}
	}
	return time.Now().Add(c.Offset).UTC().Round(0)
}

// SetClock makes Now start from t, for every process from now on.
func (db *DB) SetClock(t time.Time) error {
	return writeJSON(db.clock(), clockFile{Offset: time.Until(t)})
}

// second is now in whole seconds, which is all that control file records hold.
func (db *DB) second() time.Time { return db.Now().Truncate(time.Second) }

// Stamp is Oracle's STAMP of a time: seconds since 1988 in months of 31 days.
func Stamp(t time.Time) int64 {
	t = t.Local()
	days := (int64(t.Year()-1988)*12+int64(t.Month()-1))*31 + int64(t.Day()-1)
	return ((days*24+int64(t.Hour()))*60+int64(t.Minute()))*60 + int64(t.Second())
}
