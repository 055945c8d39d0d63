package restore

import (
	"fmt"

	"orabak-tui/s3store"
)

// maxTries bounds the search for the nearest reachable moments: each try is a
// whole plan, and an answer far away helps nobody.
const maxTries = 64

// why explains a miss.
func (res *resolved) why(m *miss) *UnreachableError {
	h, p := res.h, res.point
	e := &UnreachableError{ResetlogsSCN: h.line.current().scn}
	switch {
	case m.gap != nil:
		h.explainGap(e, m.gap)
	case m.file != nil:
		e.Reason = fmt.Sprintf("no usable level 0 of datafile %d (%s) before the target, and it was not added later, so redo alone cannot make it", m.file.Number, m.file.Name)
	default:
		e.Reason = "no set before the target holds a control file"
	}
	e.NearestBefore = h.nearestBefore(m, p)
	e.NearestAfter = res.whole().nearestAfter(p)
	return e
}

func (h *history) explainGap(e *UnreachableError, g *gap) {
	e.Thread, e.From, e.To, e.ResetlogsSCN = g.thread, g.from, g.to, h.line[g.inc].scn
	if g.tail() {
		e.Reason = "the target lies after the end of the archived redo that is known"
		e.After = h.holder(logKey{g.thread, g.inc, g.from - 1})
		return
	}
	e.Reason = "archived redo is missing between the backups and the target"
	if g.to == 0 && g.inc+1 < len(h.line) {
		e.Reason = fmt.Sprintf("archived redo is missing before RESETLOGS at SCN %d", h.line[g.inc+1].scn)
	}
	e.After, e.Before = h.holder(logKey{g.thread, g.inc, g.from - 1}), h.holder(logKey{g.thread, g.inc, g.to + 1})
}

// holder names the set that holds a log.
func (h *history) holder(k logKey) string {
	e := h.logs[k]
	if e == nil || len(e.in) == 0 {
		return ""
	}
	return e.in[0].set.ID
}

// nearestBefore goes down from gap to gap until a point can be reached.
func (h *history) nearestBefore(m *miss, p point) *Moment {
	for range maxTries {
		end := h.lowerEnd(m)
		if end >= p.scn || end <= 0 {
			return nil
		}
		p = atSCN(end)
		h = h.endingAt(end)
		r, next := h.reach(p)
		if next == nil {
			return h.moment(r)
		}
		m = next
	}
	return nil
}

// lowerEnd is the next lower SCN worth a try: where redo ends before the gap,
// or, without a control file, where the incarnation before ends.
func (h *history) lowerEnd(m *miss) int64 {
	switch n := len(h.line); {
	case m.gap != nil:
		return m.gap.scn
	case m.file == nil && n > 1:
		return h.line[n-2].to
	}
	return 0
}

// nearestAfter tries the ends of the sets with datafiles after the point: only
// a backup can lead past a gap.
func (h *history) nearestAfter(p point) *Moment {
	tries := 0
	for _, row := range h.rows {
		if row.Kind == s3store.KindArchivelog || row.ToSCN <= p.scn && p.scn != endless || !h.relevant(row, endless) ||
			!p.at.IsZero() && row.CompletedAt.Before(p.at) {
			continue
		}
		if tries++; tries > maxTries {
			return nil
		}
		m := h.load(row)
		if m == nil {
			continue
		}
		if r := h.firstAfter(p, endOfSet(m)); r != nil {
			return h.moment(r)
		}
	}
	return nil
}

// whole is the history with the incarnations after the target's too.
func (res *resolved) whole() *history {
	if len(res.line) <= len(res.h.line) {
		return res.h
	}
	return newHistory(res.h.in, res.line, res.h.rows)
}

// firstAfter is the way to the first point behind p from which the backups that
// lead to end are consistent, or to end itself.
func (h *history) firstAfter(p point, end int64) *reach {
	h = h.endingAt(end)
	r, m := h.reach(atSCN(end))
	if m != nil || end < p.low || p.at.IsZero() && end <= p.scn {
		return nil
	}
	first := int64(0)
	for _, c := range r.chains {
		first = max(first, c.end+1)
	}
	if first < end && first > p.low {
		if sooner, m := h.endingAt(first).reach(atSCN(first)); m == nil {
			return sooner
		}
	}
	return r
}

func (h *history) moment(r *reach) *Moment {
	m := &Moment{SCN: r.point.scn, Time: h.timeOf(r.point.scn)}
	for _, e := range r.logs {
		if e.NextSCN >= m.SCN && len(e.in) > 0 {
			m.Set = e.in[0].set.ID
		}
	}
	return m
}
