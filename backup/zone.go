package backup

import (
	"time"

	"orabak-tui/internal/rman"
)

// zone is the database host's time zone.
func (s *session) zone() *time.Location {
	return hostZone(s.d.Now(), time.Local, s.facts.UTCOffsetMinutes)
}

// hostZone is this host's zone, which knows daylight saving, if it agrees with
// the database now; otherwise only the database's present offset is known.
func hostZone(now time.Time, local *time.Location, offsetMinutes int) *time.Location {
	if _, offset := now.In(local).Zone(); offset == offsetMinutes*60 {
		return local
	}
	return time.FixedZone(foreignZone, offsetMinutes*60)
}

// foreignZone names a zone of which only the present offset is known.
const foreignZone = "database"

// cutoff is the moment before which an archived log must be complete to go, as
// the database's own clock showed it. That clock's text is all that is known of
// a log's age, so where the clock was put back or forward since, an hour is
// added to the time to keep: a log stays too long rather than not long enough.
func cutoff(now time.Time, keep time.Duration, zone *time.Location) string {
	at := now.Add(-keep)
	_, offset := now.In(zone).Zone()
	_, then := at.In(zone).Zone()
	if offset != then || (keep > 0 && zone.String() == foreignZone) {
		at = at.Add(-time.Hour)
	}
	return at.In(time.FixedZone("", offset)).Format(rman.TimeLayout)
}
