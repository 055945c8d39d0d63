package restore

import (
	"slices"
	"strings"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// host picks what the instance itself needs: control file and SPFILE.
func (w *writer) host() {
	if bs := w.r.layout.control; bs != nil {
		w.picks.add(bs, WaveControl, "control file")
		w.plan.ControlFile = w.use(bs, bs.pieces[0], WaveControl)
		w.spfile()
		return
	}
	w.lostSpfile()
}

// lostSpfile picks an SPFILE for an instance that still runs and could not
// start again.
func (w *writer) lostSpfile() {
	exists, looked := w.in.Exists[w.in.Facts.SpfilePath]
	if !mounted(&w.in.Facts) || !looked || exists {
		return
	}
	bs := w.h.newestSpfile()
	if bs == nil {
		return
	}
	w.picks.add(bs, WaveControl, "SPFILE")
	w.plan.Spfile = w.use(bs, bs.pieces[0], WaveControl)
}

// newestSpfile is the backup set with the newest SPFILE that any set holds.
func (h *history) newestSpfile() *backupSet {
	for _, row := range slices.Backward(h.rows) {
		if m := h.load(row); m != nil {
			if bs := h.spfileSet(m); bs != nil && bs.set == m {
				return bs
			}
		}
	}
	return nil
}

// spfile picks an SPFILE where the host has none, or nobody could look.
func (w *writer) spfile() {
	set := w.r.layout.set
	exists, looked := w.in.Exists[set.Spfile]
	started := w.in.Facts.Status == oracle.NoMount || mounted(&w.in.Facts)
	if exists || started && !w.dummy() {
		return
	}
	bs := w.r.layout.control
	if !bs.pieces[0].Spfile {
		if !looked && !w.dummy() {
			return
		}
		if bs = w.h.spfileSet(set); bs == nil {
			return
		}
	}
	w.picks.add(bs, WaveControl, "SPFILE")
	w.plan.Spfile = w.use(bs, bs.pieces[0], WaveControl)
}

// dummy tells whether RMAN started the instance without a parameter file.
func (w *writer) dummy() bool {
	f := &w.in.Facts
	return f.Status == oracle.NoMount && (strings.EqualFold(f.Instance, "DUMMY") || strings.EqualFold(f.ParamName, "DUMMY"))
}

// spfileSet is the newest backup set with an SPFILE in m, else in any loaded
// set; nil if there is none.
func (h *history) spfileSet(m *s3store.Manifest) *backupSet {
	var best *backupSet
	for _, s := range h.loaded {
		for _, bs := range s.sets {
			if !bs.pieces[0].Spfile {
				continue
			}
			if bs.set == m {
				return bs
			}
			if best == nil || bs.set.CompletedAt.After(best.set.CompletedAt) {
				best = bs
			}
		}
	}
	return best
}
