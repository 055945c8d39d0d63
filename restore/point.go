package restore

import "time"

// point is the end of a restore: either an SCN, the first that is not applied,
// or a moment, before which everything is applied.
type point struct {
	scn int64     // first SCN not applied; for a moment, an SCN that is surely after it
	at  time.Time // the moment; zero for an SCN
	low int64     // for a moment: an SCN that is surely not after it
}

func atSCN(scn int64) point { return point{scn: scn, low: scn} }

// passes tells whether a recovery to the point makes the copy consistent.
func (p point) passes(c *fileCopy) bool {
	if c.end() < p.low {
		return true
	}
	return !p.at.IsZero() && !c.bs.set.CompletedAt.After(p.at)
}

// reached tells whether redo that ends as l does reaches the point.
func (p point) reached(l *logEntry) bool {
	if l.NextSCN >= p.scn {
		return true
	}
	return !p.at.IsZero() && !l.NextTime.IsZero() && !l.NextTime.Before(p.at)
}

// after tells whether all of a log lies behind the point.
func (p point) after(l *logEntry) bool {
	if p.at.IsZero() || l.FirstTime.IsZero() {
		return l.FirstSCN >= p.scn
	}
	return l.FirstSCN >= p.scn || !l.FirstTime.Before(p.at)
}
