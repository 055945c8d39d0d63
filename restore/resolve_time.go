package restore

import (
	"time"

	"orabak-tui/s3store"
)

// resolveTime finds the logs that a moment falls into, and from them the SCNs
// between which it lies.
func resolveTime(in *Input, line lineage, rows []*s3store.Set) (*resolved, error) {
	at, zone, err := momentOf(in, rows)
	if err != nil {
		return nil, err
	}
	n := len(line)
	for n > 1 {
		began := hostTime(line[n-1].time, zone)
		if began.IsZero() || !at.Before(began) {
			break
		}
		n--
	}
	h := newHistory(in, line.cut(n), rows)
	h.zone = zone
	h.loadAround(at)
	return &resolved{h: h, point: h.pointAt(at)}, nil
}

// momentOf is the target as an instant, with the host's offset from UTC that
// was in force then, in minutes. Wall clocks shift twice a year, so the set of
// that moment is asked rather than today's clock.
func momentOf(in *Input, rows []*s3store.Set) (at time.Time, zone int, err error) {
	zone = in.Facts.UTCOffsetMinutes
	if m, err := newestManifest(in, rows); err == nil && !mounted(&in.Facts) {
		zone = m.UTCOffsetMinutes
	}
	instant := func() time.Time {
		if in.Target.Local != "" {
			return hostTime(in.Target.Local, zone)
		}
		return in.Target.Time
	}
	if at = instant(); at.IsZero() {
		return at, zone, errTime
	}
	if row := firstReaching(rows, at); row != nil {
		if m, err := in.Load(*row); err == nil {
			zone = m.UTCOffsetMinutes
		}
	}
	return instant(), zone, nil
}

// firstReaching is the set whose logs reach the moment first.
func firstReaching(rows []*s3store.Set, at time.Time) *s3store.Set {
	var first *s3store.Set
	for _, row := range rows {
		if row.Logs > 0 && !row.RecoverableTo.Before(at) && (first == nil || row.RecoverableTo.Before(first.RecoverableTo)) {
			first = row
		}
	}
	return first
}

// lastBefore is the set whose logs end last before the moment.
func lastBefore(rows []*s3store.Set, at time.Time) *s3store.Set {
	var last *s3store.Set
	for _, row := range rows {
		if row.Logs > 0 && row.RecoverableTo.Before(at) && (last == nil || row.RecoverableTo.After(last.RecoverableTo)) {
			last = row
		}
	}
	return last
}

// loadAround loads the sets of the current incarnation on both sides of the
// moment.
func (h *history) loadAround(at time.Time) {
	var rows []*s3store.Set
	for _, row := range h.rows {
		if row.ResetlogsSCN == h.line.current().scn {
			rows = append(rows, row)
		}
	}
	for _, row := range []*s3store.Set{firstReaching(rows, at), lastBefore(rows, at)} {
		if row != nil {
			h.load(row)
		}
	}
}

// pointAt turns a moment into a point. A moment that is the very end of each
// log it falls into becomes that end's SCN: it can be reached even when nothing
// was archived after it.
func (h *history) pointAt(at time.Time) point {
	inside, low, next := h.logsAt(at)
	p := point{scn: next, at: at, low: low}
	if len(inside) == 0 {
		return p
	}
	p.scn, p.low = 0, endless
	exact := int64(endless)
	for _, e := range inside {
		p.scn, p.low = max(p.scn, e.NextSCN), min(p.low, e.FirstSCN)
		if e.NextTime.Equal(at) {
			exact = min(exact, e.NextSCN)
		} else {
			exact = 0
		}
	}
	if exact > 0 && exact < endless {
		return atSCN(exact)
	}
	return p
}

// logsAt gives the logs that a moment falls into, the SCN at which the logs
// before it end, and the one at which the logs after it begin.
func (h *history) logsAt(at time.Time) (inside []*logEntry, low, next int64) {
	next = endless
	for k, e := range h.logs {
		switch {
		case k.inc != len(h.line)-1 || e.online:
		case !e.FirstTime.Before(at):
			next = min(next, e.FirstSCN)
		case e.NextTime.Before(at):
			low = max(low, e.NextSCN)
		default:
			inside = append(inside, e)
		}
	}
	return inside, low, next
}
