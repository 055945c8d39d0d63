package restore

import (
	"cmp"
	"slices"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// layout is what the database consists of at a point, and where the control
// file that says so comes from.
type layout struct {
	files   []s3store.Datafile
	keep    bool              // the mounted control file stays
	control *backupSet        // or the one to restore
	set     *s3store.Manifest // the set that describes the layout; nil when nobody but the instance does
	younger bool              // the mounted control file has datafiles that were added after the point
}

// layoutAt finds the layout at a point; nil when no set of the incarnation
// holds a control file that fits. The mounted control file stays if it is the
// database's own and describes the same datafiles: an older or newer layout
// would bring back too few files, or ask for files that did not exist yet.
func (h *history) layoutAt(p point) *layout {
	mine := h.instanceLayout(p)
	if mine != nil && p.scn == endless {
		return mine
	}
	found := h.controlAt(p)
	switch {
	case mine == nil:
		return found
	case found == nil || !mine.younger && sameFiles(mine.files, found.files):
		if found != nil {
			mine.set = found.set
		}
		return mine
	default:
		return found
	}
}

// excludes tells whether the backups leave a datafile out on purpose.
func (l *layout) excludes(file int) bool {
	return l.set != nil && slices.Contains(l.set.Excluded, file)
}

// instanceLayout is the layout of the mounted control file, nil if it is not
// the database's own or does not know the incarnation.
func (h *history) instanceLayout(p point) *layout {
	f := &h.in.Facts
	if !currentControl(f) || !knowsIncarnation(f, h.line.current().branch) {
		return nil
	}
	l := &layout{keep: true}
	for _, d := range f.Datafiles {
		if l.younger = l.younger || d.CreationSCN >= p.low; d.CreationSCN < p.low {
			l.files = append(l.files, s3store.Datafile{Number: d.Number, Name: d.Name, Tablespace: d.Tablespace, Bytes: d.Bytes, CreationSCN: d.CreationSCN})
		}
	}
	return l
}

func knowsIncarnation(f *oracle.Facts, b branch) bool {
	return f.ResetlogsSCN == b.scn || slices.ContainsFunc(f.Incarnations, func(i oracle.Incarnation) bool {
		return i.ResetlogsSCN == b.scn && (b.time == "" || i.ResetlogsTime == b.time)
	})
}

// controlAt looks for the control file that fits a point: that of the newest
// set before it, or of the first one after it, in the point's incarnation.
func (h *history) controlAt(p point) *layout {
	for _, row := range slices.Backward(h.rows) {
		if l := h.controlIn(row, p, true); l != nil {
			return l
		}
	}
	for _, row := range h.rows {
		if l := h.controlIn(row, p, false); l != nil {
			return l
		}
	}
	return nil
}

// isBefore tells whether all that a set says happened before the point.
func isBefore(row *s3store.Set, p point) bool {
	return row.ToSCN > 0 && row.ToSCN <= p.scn || !p.at.IsZero() && !row.CompletedAt.After(p.at)
}

// controlIn is the layout in one set before or after the point, nil if it is
// of another incarnation, carries no control file or describes datafiles that
// did not exist at the point.
func (h *history) controlIn(row *s3store.Set, p point, before bool) *layout {
	if row.ResetlogsSCN != h.line.current().scn || isBefore(row, p) != before {
		return nil
	}
	m := h.load(row)
	if m == nil || len(m.Datafiles) == 0 || h.line.index(branch{m.ResetlogsSCN, m.ResetlogsTime}) != len(h.line)-1 {
		return nil
	}
	if p.at.IsZero() || m.CompletedAt.After(p.at) {
		for _, d := range m.Datafiles {
			if d.CreationSCN >= p.low {
				return nil
			}
		}
	}
	bs := h.controlSet(m)
	if bs == nil {
		return nil
	}
	return &layout{files: m.Datafiles, control: bs, set: m}
}

// controlSet picks the backup set to restore the control file from: the last
// autobackup, which knows all other pieces of its run.
func (h *history) controlSet(m *s3store.Manifest) *backupSet {
	var best *backupSet
	for _, bs := range h.loaded[m.ID].sets {
		p := bs.pieces[0]
		if p.ControlFile && (best == nil || compareControl(p, best.pieces[0]) > 0) {
			best = bs
		}
	}
	return best
}

func compareControl(a, b s3store.Piece) int {
	rank := func(p s3store.Piece) int {
		if p.Autobackup {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ControlSCN, b.ControlSCN), cmp.Compare(a.SetStamp, b.SetStamp), cmp.Compare(a.SetCount, b.SetCount))
}

// sameFiles compares layouts by file numbers and creation; unknown creation
// SCNs compare as equal.
func sameFiles(a, b []s3store.Datafile) bool {
	if len(a) != len(b) {
		return false
	}
	born := make(map[int]int64, len(a))
	for _, d := range a {
		born[d.Number] = d.CreationSCN
	}
	for _, d := range b {
		scn, ok := born[d.Number]
		if !ok || scn != 0 && d.CreationSCN != 0 && scn != d.CreationSCN {
			return false
		}
	}
	return true
}
