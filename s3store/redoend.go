package s3store

import (
	"slices"
	"time"
)

// RedoEnd is the SCN (exclusive) up to which the set's archived logs of its own
// incarnation reach on every redo thread that was open, and when that was, UTC.
// The thread that ends first decides; a thread that was closed does not count,
// because its redo is complete. Zero without such logs.
func (m *Manifest) RedoEnd() (scn int64, at time.Time) {
	ends := map[int]Log{}
	for _, p := range m.Pieces {
		for _, l := range p.Logs {
			open := len(m.Threads) == 0 || slices.Contains(m.Threads, l.Thread)
			if open && l.ResetlogsSCN == m.ResetlogsSCN && l.NextSCN > ends[l.Thread].NextSCN {
				ends[l.Thread] = l
			}
		}
	}
	for _, l := range ends {
		if scn == 0 || l.NextSCN < scn || l.NextSCN == scn && l.NextTime.Before(at) {
			scn, at = l.NextSCN, l.NextTime
		}
	}
	return scn, at
}
