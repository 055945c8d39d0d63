package restore

import (
	"slices"
	"time"

	"orabak-tui/s3store"
)

// reach is a way to a point: a chain for each datafile to restore, and the
// archived logs that recovery reads.
type reach struct {
	point  point
	layout *layout
	chains []*chain
	logs   []*logEntry
	all    bool // every datafile is restored
	// excluded are datafiles that no set holds on purpose.
	excluded []int
}

// complete tells that the way leads to the end of online redo.
func (r *reach) complete() bool { return r.point.scn == endless && r.point.at.IsZero() }

// miss is why there is no way: no control file, no level 0 of a file, or a gap.
type miss struct {
	gap  *gap
	file *s3store.Datafile
}

// reach looks for a way to the point.
func (h *history) reach(p point) (*reach, *miss) {
	r := &reach{point: p, layout: h.layoutAt(p)}
	if r.layout == nil || len(r.layout.files) == 0 {
		return nil, &miss{}
	}
	files := h.filesToRestore(r)
	h.loadData(p, files)
	from, bare := r.build(h, files)
	if bare != nil {
		return nil, &miss{file: bare}
	}
	h.loadRedo(from, p.scn)
	logs, g := h.cover(from, p)
	if g != nil {
		return nil, r.blame(h, g)
	}
	r.logs = logs
	return r, nil
}

// filesToRestore are all datafiles, or the damaged ones where the rest is as
// it was left and redo leads on.
func (h *history) filesToRestore(r *reach) []s3store.Datafile {
	r.all = true
	if !r.complete() {
		return r.layout.files
	}
	bad := map[int]bool{}
	for _, n := range damaged(h.in) {
		bad[n] = true
	}
	if len(bad) == 0 {
		return r.layout.files
	}
	r.all = false
	var files []s3store.Datafile
	for _, d := range r.layout.files {
		if bad[d.Number] {
			files = append(files, d)
		}
	}
	return files
}

// build makes the chains and gives the SCN from which redo is needed, or a
// file that cannot be had.
func (r *reach) build(h *history, files []s3store.Datafile) (from int64, bare *s3store.Datafile) {
	from = r.point.scn
	for _, f := range files {
		c, ok := h.chainFor(f, r.point, h.in.Mode)
		if c.level0 == nil && r.layout.excludes(f.Number) {
			r.excluded = append(r.excluded, f.Number)
			r.all = false
			continue
		}
		if !ok {
			return 0, &f
		}
		r.chains = append(r.chains, c)
		from = min(from, c.redo)
	}
	return from, nil
}

// blame tells whether a gap is there only because a file has no level 0, which
// is then what to say.
func (r *reach) blame(h *history, g *gap) *miss {
	from, bare := r.point.scn, (*s3store.Datafile)(nil)
	for _, c := range r.chains {
		if c.level0 == nil {
			bare = &c.file
		} else {
			from = min(from, c.redo)
		}
	}
	if bare != nil && from < r.point.scn {
		if _, still := h.cover(from, r.point); still == nil {
			return &miss{file: bare}
		}
	}
	return &miss{gap: g}
}

// loadData loads the sets with datafiles from the newest one backwards until
// every file has a level 0 among them, or cannot have an older one.
func (h *history) loadData(p point, files []s3store.Datafile) {
	seen := map[*s3store.Manifest]bool{}
	for _, row := range slices.Backward(h.rows) {
		if row.Kind == s3store.KindArchivelog || !h.relevant(row, p.scn) {
			continue
		}
		if h.grounded(p, files, seen, row.ToSCN) {
			return
		}
		seen[h.load(row)] = true
	}
}

// grounded tells whether each file has a level 0 in one of the sets, or was
// created after scn, the end of the next older set, and after a level 0 of
// others.
func (h *history) grounded(p point, files []s3store.Datafile, sets map[*s3store.Manifest]bool, scn int64) bool {
	for _, d := range files {
		if scn > 0 && d.CreationSCN >= scn && h.addedLater(d, p) {
			continue
		}
		if !slices.ContainsFunc(h.files[d.Number], func(c *fileCopy) bool {
			return c.Level == 0 && sets[c.bs.set] && p.passes(c) && bornWith(d, c)
		}) {
			return false
		}
	}
	return true
}

// latest looks for the way that leads furthest. Where redo just ends, its end
// is the target; a gap with redo behind it is not passed over in silence.
func (res *resolved) latest() (*reach, *miss) {
	for {
		r, m := res.h.reach(res.point)
		if m == nil || m.gap == nil || !m.gap.tail() || m.gap.scn >= res.point.scn {
			return r, m
		}
		res.point = atSCN(m.gap.scn)
		res.h = res.h.endingAt(m.gap.scn)
	}
}

// endingAt is the history that leads to scn: without the incarnations that
// begin there or later.
func (h *history) endingAt(scn int64) *history {
	line := h.line.until(scn)
	if len(line) == len(h.line) {
		return h
	}
	cut := newHistory(h.in, line, h.rows)
	cut.zone = h.zone
	return cut
}

// timeOf is the last moment known to be included when recovery ends before
// scn; zero if unknown.
func (h *history) timeOf(scn int64) time.Time {
	var t time.Time
	for _, e := range h.logs {
		switch {
		case e.NextSCN == scn && e.NextTime.After(t):
			t = e.NextTime
		case e.FirstSCN < scn && scn < e.NextSCN && e.FirstTime.After(t):
			t = e.FirstTime
		}
	}
	return t
}
