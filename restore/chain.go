package restore

import (
	"fmt"
	"slices"

	"orabak-tui/s3store"
)

// chain is how one datafile comes back: a level 0, level 1s on top of it, redo
// from then on. A file that no usable set holds but whose redo is there since
// its creation has no level 0.
type chain struct {
	file   s3store.Datafile
	level0 *fileCopy
	level1 []*fileCopy
	redo   int64 // SCN from which redo is applied
	end    int64 // SCN that recovery must pass
}

// chainFor builds the chain of a datafile to the point: the newest usable
// level 0, then, in mode incremental, always the level 1 that leads furthest.
// A level 1 fits on a file that stands at or after its start SCN, so the
// differential chain and the cumulative shortcut are one rule. The newest
// level 0 is never worse than an older one: whatever fits on the older one
// and leads past the newer one's checkpoint fits on the newer one too.
func (h *history) chainFor(file s3store.Datafile, p point, mode Mode) (*chain, bool) {
	c := &chain{file: file}
	for _, f := range h.files[file.Number] {
		if f.Level == 0 && p.passes(f) && bornWith(file, f) && (c.level0 == nil || newer(f, c.level0)) {
			c.level0 = f
		}
	}
	if c.level0 == nil {
		c.redo = file.CreationSCN
		c.end = file.CreationSCN
		return c, h.addedLater(file, p)
	}
	c.redo, c.end = c.level0.CheckpointSCN, c.level0.end()
	if mode != ModeFull {
		c.climb(h.files[file.Number], p)
	}
	return c, true
}

// addedLater tells whether a datafile was added after a level 0 of other files
// was taken: only then its redo makes it from nothing. The files a database was
// created with cannot come back that way (ORA-01178), however much redo there
// is.
func (h *history) addedLater(file s3store.Datafile, p point) bool {
	for number, copies := range h.files {
		if number == file.Number {
			continue
		}
		if slices.ContainsFunc(copies, func(f *fileCopy) bool {
			return f.Level == 0 && p.passes(f) && f.CheckpointSCN <= file.CreationSCN
		}) {
			return true
		}
	}
	return false
}

// climb adds level 1s.
func (c *chain) climb(copies []*fileCopy, p point) {
	for {
		var best *fileCopy
		for _, f := range copies {
			if f.Level != 1 || f.IncrementalSCN > c.redo || f.CheckpointSCN <= c.redo || !p.passes(f) || !bornWith(c.file, f) {
				continue
			}
			if best == nil || f.CheckpointSCN > best.CheckpointSCN || f.CheckpointSCN == best.CheckpointSCN && cheaper(f.bs, best.bs) {
				best = f
			}
		}
		if best == nil {
			return
		}
		c.level1 = append(c.level1, best)
		c.redo, c.end = best.CheckpointSCN, max(c.end, best.end())
	}
}

// bornWith keeps a copy of an earlier file of the same number, dropped since,
// out of the chain.
func bornWith(file s3store.Datafile, f *fileCopy) bool {
	return f.CheckpointSCN >= file.CreationSCN
}

// newer orders level 0s: the later checkpoint, then the one with less to fetch.
func newer(a, b *fileCopy) bool {
	if a.CheckpointSCN != b.CheckpointSCN {
		return a.CheckpointSCN > b.CheckpointSCN
	}
	return cheaper(a.bs, b.bs)
}

func cheaper(a, b *backupSet) bool { return a.bytes-a.here < b.bytes-b.here }

// copies are the chain's backups in the order of application.
func (c *chain) copies() []*fileCopy {
	if c.level0 == nil {
		return nil
	}
	return append([]*fileCopy{c.level0}, c.level1...)
}

func (c *chain) String() string {
	return fmt.Sprintf("datafile %d (%s)", c.file.Number, c.file.Name)
}
