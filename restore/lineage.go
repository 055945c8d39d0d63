package restore

import (
	"cmp"
	"math"
	"slices"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// endless is the SCN of an end that nothing limits.
const endless = math.MaxInt64

// branch names one incarnation. Two restores to the same SCN make two
// incarnations of the same RESETLOGS SCN, so the time belongs to the name.
// An empty time is unknown and fits any.
type branch struct {
	scn  int64
	time string
}

// span is the part of an incarnation's redo that belongs to a lineage: the SCNs
// from its RESETLOGS to the end of the recovery that its successor began with,
// which is the SCN before the successor's RESETLOGS.
type span struct {
	branch
	to int64 // exclusive
}

// lineage is an incarnation with its ancestors, oldest first. What is not in it
// (an orphan incarnation, or redo of an ancestor after the successor's
// RESETLOGS) happened in another history of the database.
type lineage []span

// newLineage orders the incarnations of a branch; the last one is the current.
func newLineage(current branch, parents []branch) lineage {
	slices.SortFunc(parents, func(a, b branch) int { return cmp.Compare(a.scn, b.scn) })
	var l lineage
	for _, p := range append(parents, current) {
		if n := len(l); n > 0 {
			l[n-1].to = p.scn - 1
		}
		l = append(l, span{branch: p, to: endless})
	}
	return l
}

func lineageOf(m *s3store.Manifest) lineage {
	var parents []branch
	for _, i := range m.Incarnations {
		if i.Status == "PARENT" {
			parents = append(parents, branch{i.ResetlogsSCN, i.ResetlogsTime})
		}
	}
	return newLineage(branch{m.ResetlogsSCN, m.ResetlogsTime}, parents)
}

func lineageOfFacts(f *oracle.Facts) lineage {
	var parents []branch
	for _, i := range f.Incarnations {
		if i.Status == "PARENT" {
			parents = append(parents, branch{i.ResetlogsSCN, i.ResetlogsTime})
		}
	}
	return newLineage(branch{f.ResetlogsSCN, f.ResetlogsTime}, parents)
}

// index finds the incarnation b; -1 if it is not of this lineage.
func (l lineage) index(b branch) int {
	for i, s := range l {
		if s.scn == b.scn && (s.time == b.time || s.time == "" || b.time == "") {
			return i
		}
	}
	return -1
}

// current is the newest incarnation.
func (l lineage) current() span { return l[len(l)-1] }

// until cuts the lineage so that its newest incarnation is the one that scn,
// the first SCN not applied, ends in.
func (l lineage) until(scn int64) lineage {
	n := len(l)
	for n > 1 && l[n-1].scn >= scn {
		n--
	}
	return l.cut(n)
}

// cut keeps the n oldest incarnations; the last of them is open ended.
func (l lineage) cut(n int) lineage {
	l = slices.Clone(l[:n])
	l[n-1].to = endless
	return l
}

// branchIn names the incarnation of contents with this RESETLOGS SCN in m: a
// set may hold archived logs of an ancestor, or of an orphan whose logs were
// still on disk. Where several incarnations began at the SCN, the moment at
// which the contents begin (a log's first change) tells the right one. Without
// that moment the name is unknowable and the contents are unusable: nothing is
// in a lineage under the time "?".
func branchIn(m *s3store.Manifest, resetlogs int64, began time.Time) branch {
	own := resetlogs == m.ResetlogsSCN || resetlogs == 0
	var same []string
	for _, i := range m.Incarnations {
		if i.ResetlogsSCN == resetlogs && i.ResetlogsTime != m.ResetlogsTime && !slices.Contains(same, i.ResetlogsTime) {
			same = append(same, i.ResetlogsTime)
		}
	}
	switch {
	case own && (len(same) == 0 || began.IsZero()):
		return branch{m.ResetlogsSCN, m.ResetlogsTime}
	case len(same) == 0:
		return branch{scn: resetlogs}
	case len(same) == 1 && !own:
		return branch{resetlogs, same[0]}
	case began.IsZero():
		return branch{resetlogs, "?"}
	case own:
		same = append(same, m.ResetlogsTime)
	}
	return branch{resetlogs, latestBefore(same, began, m.UTCOffsetMinutes)}
}

// latestBefore picks the last of the times, in the host's zone, that is not
// after a moment.
func latestBefore(times []string, began time.Time, zone int) string {
	best := "?"
	for _, t := range times {
		if !hostTime(t, zone).After(began) && (best == "?" || t > best) {
			best = t
		}
	}
	return best
}
