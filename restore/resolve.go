package restore

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"

	"orabak-tui/s3store"
)

// ErrNoSets: there is nothing to restore from.
var ErrNoSets = errors.New("no complete backup set of this database")

// rowsOf are the complete sets of one database, oldest first: by the hosts'
// clocks, and within an incarnation by what redo says, since clocks jump and
// differ between hosts.
func rowsOf(in *Input) ([]*s3store.Set, error) {
	want := in.DBID
	if want == 0 {
		want = in.Facts.DBID
	}
	var rows []*s3store.Set
	for i := range in.Sets {
		row := &in.Sets[i]
		if row.Status != s3store.StatusComplete || want != 0 && row.DBID != want {
			continue
		}
		if len(rows) > 0 && rows[0].DBID != row.DBID {
			return nil, fmt.Errorf("the bucket holds sets of %s (DBID %d) and of %s (DBID %d): say which one by its DBID (--dbid)", rows[0].DBName, rows[0].DBID, row.DBName, row.DBID)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, ErrNoSets
	}
	slices.SortFunc(rows, func(a, b *s3store.Set) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	orderBySCN(in, rows)
	return rows, nil
}

// resolved is a target with the history it lies in.
type resolved struct {
	h     *history
	point point
	line  lineage // with what came after the target, if that is asked by SCN
	miss  *miss   // set when the target names a log that nobody has
}

// resolve finds the lineage and the point of the target. Latest has no point
// yet: redo decides.
func resolve(in *Input, rows []*s3store.Set) (*resolved, error) {
	if in.Target.Kind == TargetSet {
		return resolveSet(in, rows)
	}
	line, err := currentLineage(in, rows)
	if err != nil {
		return nil, err
	}
	switch t := in.Target; t.Kind {
	case TargetSCN:
		return &resolved{h: newHistory(in, line.until(t.SCN), rows), point: atSCN(t.SCN), line: line}, nil
	case TargetTime:
		return resolveTime(in, line, rows)
	case TargetSequence:
		return resolveSequence(in, line, rows), nil
	case TargetLatest, "":
		return &resolved{h: newHistory(in, line, rows), point: atSCN(endless)}, nil
	default:
		return nil, fmt.Errorf("unknown kind of target %q", t.Kind)
	}
}

// currentLineage is that of the database as it stands, or, where the instance
// does not know, that of the newest set whose manifest can be read.
func currentLineage(in *Input, rows []*s3store.Set) (lineage, error) {
	if currentControl(&in.Facts) {
		return lineageOfFacts(&in.Facts), nil
	}
	m, err := newestManifest(in, rows)
	if err != nil {
		return nil, err
	}
	return lineageOf(m), nil
}

// newestManifest is the newest set's. A later incarnation goes before a clock:
// a control file knows the incarnations that were before its own, so that of two
// sets the one that knows the other's, and is not known there, is later.
func newestManifest(in *Input, rows []*s3store.Set) (*s3store.Manifest, error) {
	var newest *s3store.Manifest
	var last error
	seen := map[int64]bool{}
	for _, row := range slices.Backward(rows) {
		if seen[row.ResetlogsSCN] {
			continue // one of each incarnation is enough
		}
		m, err := in.Load(*row)
		if err != nil {
			last = err
			continue
		}
		seen[row.ResetlogsSCN] = true
		if newest == nil || knows(m, newest) && !knows(newest, m) {
			newest = m
		}
	}
	if newest == nil {
		return nil, fmt.Errorf("no manifest can be read, the oldest one because: %w", last)
	}
	return newest, nil
}

// knows tells whether a set was made by a control file that knew the incarnation
// of another one.
func knows(m, other *s3store.Manifest) bool {
	return slices.ContainsFunc(m.Incarnations, func(i s3store.Incarnation) bool {
		return i.ResetlogsSCN == other.ResetlogsSCN && i.ResetlogsTime == other.ResetlogsTime
	})
}

// resolveSet ends where the logs of the set end, in the set's own incarnation.
func resolveSet(in *Input, rows []*s3store.Set) (*resolved, error) {
	i := slices.IndexFunc(rows, func(row *s3store.Set) bool { return row.ID == in.Target.Set })
	if i < 0 {
		return nil, fmt.Errorf("there is no complete set %s of this database; list shows them", in.Target.Set)
	}
	m, err := in.Load(*rows[i])
	if err != nil {
		return nil, fmt.Errorf("set %s cannot be used: %w", in.Target.Set, err)
	}
	return &resolved{h: newHistory(in, lineageOf(m), rows), point: atSCN(endOfSet(m))}, nil
}

// endOfSet is the SCN that the logs of a set reach on every open thread, or the
// first at which its datafiles are consistent.
func endOfSet(m *s3store.Manifest) int64 {
	end, _ := m.RedoEnd()
	for _, p := range m.Pieces {
		for _, f := range p.Files {
			end = max(end, f.CheckpointSCN+1, f.AbsoluteFuzzySCN+1)
		}
	}
	return end
}

// resolveSequence ends before a log: at the end of the one before it.
func resolveSequence(in *Input, line lineage, rows []*s3store.Set) *resolved {
	t, thread := in.Target, max(in.Target.Thread, 1)
	var first *resolved
	for n := len(line); n > 0; n-- {
		h := newHistory(in, line.cut(n), rows)
		scn, g := h.endBefore(thread, t.Sequence)
		r := &resolved{h: h, point: atSCN(scn)}
		if g == nil {
			return r
		}
		r.miss = &miss{gap: g}
		if first == nil {
			first = r
		}
	}
	return first
}

// endBefore is the SCN at which a log of the current incarnation begins, or the
// gap that hides it.
func (h *history) endBefore(thread int, seq int64) (int64, *gap) {
	inc := len(h.line) - 1
	if seq == 1 {
		return h.line[inc].scn, nil
	}
	h.loadSequence(inc, thread, seq)
	if e := h.logs[logKey{thread, inc, seq - 1}]; e != nil && e.NextSCN != endless {
		return e.NextSCN, nil
	}
	if e := h.logs[logKey{thread, inc, seq}]; e != nil {
		return e.FirstSCN, nil
	}
	g := &gap{thread: thread, inc: inc, from: seq - 1}
	for k, e := range h.logs {
		switch {
		case k.thread != thread || k.inc != inc:
		case k.seq < seq && e.NextSCN > g.scn && e.NextSCN != endless:
			g.scn, g.at, g.from = e.NextSCN, e.NextTime, k.seq+1
		case k.seq > seq && (g.to == 0 || k.seq <= g.to):
			g.to = k.seq - 1
		}
	}
	return max(g.scn, 1), g
}

// loadSequence loads the sets around a log. Sequences grow with time within an
// incarnation, so few manifests need to be looked at.
func (h *history) loadSequence(inc, thread int, seq int64) {
	var rows []*s3store.Set
	for _, row := range h.rows {
		if row.Logs > 0 && row.ResetlogsSCN == h.line[inc].scn {
			rows = append(rows, row)
		}
	}
	i := sort.Search(len(rows), func(i int) bool {
		highest := int64(0)
		for ; i >= 0 && highest == 0; i-- {
			highest = highestSequence(h.load(rows[i]), thread)
		}
		return highest >= seq-1
	})
	for _, near := range []int{i - 1, i, i + 1} {
		if near >= 0 && near < len(rows) {
			h.load(rows[near])
		}
	}
}

func highestSequence(m *s3store.Manifest, thread int) int64 {
	highest := int64(0)
	if m == nil {
		return 0
	}
	for _, p := range m.Pieces {
		for _, l := range p.Logs {
			if l.Thread == thread && l.ResetlogsSCN == m.ResetlogsSCN {
				highest = max(highest, l.Sequence)
			}
		}
	}
	return highest
}
