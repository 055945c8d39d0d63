package restore

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// gap is why redo does not lead to a point.
type gap struct {
	thread   int
	inc      int
	from, to int64 // missing sequences; to is 0 when nothing is known behind from
	scn      int64 // redo leads up to here
	at       time.Time
	passed   bool // a later incarnation shows that there was more redo
}

// tail tells that nothing is missing that is known to have existed: redo just
// ends.
func (g *gap) tail() bool { return g.to == 0 && !g.passed }

// cover finds the archived logs that recovery reads from SCN from to the
// point, over all incarnations and threads between. A gap is the one that ends
// redo first.
func (h *history) cover(from int64, p point) ([]*logEntry, *gap) {
	var all []*logEntry
	for i, s := range h.line {
		if s.to <= from || s.scn >= p.scn {
			continue
		}
		stretch := p
		if i < len(h.line)-1 {
			stretch = atSCN(s.to)
		}
		logs, g := h.coverIncarnation(i, max(from, s.scn), stretch)
		if g != nil {
			g.passed = g.passed || i < len(h.line)-1
			if i > 0 && g.scn <= s.scn {
				g.scn = h.line[i-1].to // nothing of this incarnation can be had
			}
			return nil, g
		}
		all = append(all, logs...)
	}
	return all, nil
}

func (h *history) coverIncarnation(inc int, from int64, p point) (all []*logEntry, worst *gap) {
	byThread := h.threadLogs(inc)
	open := h.openThreads(inc, p)
	for _, t := range open {
		if _, ok := byThread[t]; !ok {
			byThread[t] = nil
		}
	}
	for _, t := range slices.Sorted(maps.Keys(byThread)) {
		w := walk{thread: t, inc: inc, from: from, to: p, open: slices.Contains(open, t)}
		logs, g := w.run(h.rooted(&w, byThread[t]))
		if g != nil && (worst == nil || g.scn < worst.scn || g.scn == worst.scn && worst.tail() && !g.tail()) {
			worst = g
		}
		all = append(all, logs...)
	}
	return all, worst
}

// rooted makes sure that the log before the first one that matters is known if
// it exists: a thread that was closed when the backups were taken and opened
// later begins in the middle of its sequences.
func (h *history) rooted(w *walk, known []*logEntry) []*logEntry {
	i := slices.IndexFunc(known, func(l *logEntry) bool { return l.NextSCN > w.from })
	if i < 0 {
		h.loadLastBefore(w.from)
		return h.toItsEnd(w)
	}
	if known[i].FirstSCN <= w.from || known[i].Sequence == 1 || i > 0 && known[i-1].Sequence == known[i].Sequence-1 {
		return known
	}
	h.loadSequence(w.inc, w.thread, known[i].Sequence)
	return h.threadLogs(w.inc)[w.thread]
}

// toItsEnd knows the logs of a thread up to its last one before the walk. A
// thread that was closed in between shows it there.
func (h *history) toItsEnd(w *walk) []*logEntry {
	for seen := int64(-1); ; {
		known := h.threadLogs(w.inc)[w.thread]
		if w.open || len(known) == 0 {
			return known
		}
		last := known[len(known)-1]
		if !last.openAfter() || last.Sequence == seen {
			return known
		}
		seen = last.Sequence
		h.loadSequence(w.inc, w.thread, last.Sequence+2)
	}
}

// threadLogs are the logs of an incarnation by thread and sequence.
func (h *history) threadLogs(inc int) map[int][]*logEntry {
	byThread := map[int][]*logEntry{}
	for k, e := range h.logs {
		if k.inc == inc {
			byThread[k.thread] = append(byThread[k.thread], e)
		}
	}
	for _, logs := range byThread {
		slices.SortFunc(logs, func(a, b *logEntry) int { return cmp.Compare(a.Sequence, b.Sequence) })
	}
	return byThread
}

// openThreads are the redo threads that were open at a point: as the first set
// says whose logs reach it, or else the newest set or the instance itself.
// Without any word of it every thread counts that has logs.
func (h *history) openThreads(inc int, p point) []int {
	if h.fromFacts(inc, p) {
		return threadsOf(h.in.Facts.Redo)
	}
	var best *s3store.Manifest
	for _, s := range h.loaded {
		m := s.m
		if m == nil || len(m.Threads) == 0 || h.line.index(branch{m.ResetlogsSCN, m.ResetlogsTime}) != inc {
			continue
		}
		if best == nil || closerTo(m.ToSCN, best.ToSCN, p.scn) || m.ToSCN == best.ToSCN && m.CompletedAt.After(best.CompletedAt) {
			best = m
		}
	}
	if best != nil {
		return best.Threads
	}
	if logs := h.threadLogs(inc); len(logs) > 0 {
		return slices.Sorted(maps.Keys(logs))
	}
	return []int{1}
}

// fromFacts: only the instance can say which threads are open at the end of
// online redo.
func (h *history) fromFacts(inc int, p point) bool {
	return p.scn == endless && inc == len(h.line)-1 && redoIntact(h.in) && h.line.current().scn == h.in.Facts.ResetlogsSCN
}

// threadsOf are the threads with a current log. Their state in V$THREAD does
// not count: a database that was shut down cleanly has closed them all.
func threadsOf(groups []oracle.RedoGroup) []int {
	var open []int
	for _, g := range groups {
		if g.Status == "CURRENT" && g.Sequence > 0 && !slices.Contains(open, g.Thread) {
			open = append(open, g.Thread)
		}
	}
	return open
}

// closerTo prefers the smallest value at or above scn, then the largest below.
func closerTo(a, b, scn int64) bool {
	switch {
	case a >= scn && b >= scn:
		return a < b
	default:
		return a > b
	}
}

// walk follows one thread's logs through one incarnation.
type walk struct {
	thread, inc int
	from        int64
	to          point
	open        bool // the thread must lead to the point
}

func (w *walk) run(known []*logEntry) ([]*logEntry, *gap) {
	var used []*logEntry
	var last *logEntry // newest log at or before the position
	for _, l := range known {
		if l.NextSCN <= w.from {
			last = l
			continue
		}
		behind := w.to.after(l)
		if behind && !w.open {
			return used, nil
		}
		if g := w.between(last, l); g != nil {
			return nil, g
		}
		if behind {
			return used, nil
		}
		used, last = append(used, l), l
		if w.to.reached(l) {
			return used, nil
		}
	}
	if !w.open && !last.openAfter() {
		return used, nil
	}
	g := w.ended(last)
	g.passed = !w.open
	return nil, g
}

// openAfter tells whether the thread went on after the log, as a set that holds
// it says: then there was another log, which the closing of the thread ended.
func (e *logEntry) openAfter() bool {
	return e != nil && slices.ContainsFunc(e.in, func(bs *backupSet) bool { return slices.Contains(bs.set.Threads, e.Thread) })
}

// between gives the gap before l, if there is one. Sequences decide, not SCNs:
// a thread that was closed for a while leaves a hole in its SCNs alone.
func (w *walk) between(last, l *logEntry) *gap {
	switch {
	case l.FirstSCN <= w.from || l.Sequence == 1:
		return nil
	case last != nil && l.Sequence == last.Sequence+1:
		return nil
	case last != nil:
		return w.gap(last, l.Sequence-1)
	}
	return &gap{thread: w.thread, inc: w.inc, from: l.Sequence - 1, to: l.Sequence - 1, scn: w.from}
}

// ended is the gap of a thread whose redo stops before the point.
func (w *walk) ended(last *logEntry) *gap {
	if last == nil {
		return &gap{thread: w.thread, inc: w.inc, from: 1, scn: w.from}
	}
	return w.gap(last, 0)
}

func (w *walk) gap(last *logEntry, to int64) *gap {
	return &gap{thread: w.thread, inc: w.inc, from: last.Sequence + 1, to: to, scn: max(last.NextSCN, w.from), at: last.NextTime}
}
