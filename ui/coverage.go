package ui

import (
	"cmp"
	"slices"
	"time"

	"orabak-tui/s3store"
)

// window is a stretch of time of which every moment can be reached.
type window struct{ from, to time.Time }

// coverage is to where one database can be brought back, deduced from the rows
// of its sets alone: no manifest is read for it. It is what the header says
// and the calendar shows; before a restore the planner looks at manifests and
// has the last word.
type coverage struct {
	level0, level1, logs time.Time // start of the newest set of each kind; a level 0 counts as level 1, both hold logs
	to                   time.Time // last moment; zero = nothing can be reached
	hole                 bool      // sets after to exist, but logs between are missing
	windows              []window  // in order, apart from each other
}

// newCoverage takes the committed sets of one database, oldest first.
func newCoverage(sets []*s3store.Set) coverage {
	var c coverage
	for _, s := range sets {
		c.age(s)
	}
	c.reach(sets)
	return c
}

func (c *coverage) age(s *s3store.Set) {
	latest := func(t *time.Time) {
		if s.StartedAt.After(*t) {
			*t = s.StartedAt
		}
	}
	latest(&c.logs)
	switch s.Kind {
	case s3store.KindFull:
		latest(&c.level0)
		latest(&c.level1)
	case s3store.KindIncremental:
		latest(&c.level1)
	}
}

// reach follows the redo from set to set. A set with datafiles whose chain is
// there begins a window at its end; a set with logs carries the window on when
// its redo begins where the window ends. A level 1 whose base is missing is of
// no use.
func (c *coverage) reach(sets []*s3store.Set) {
	grounded := map[string]bool{}
	ends := map[int64]*windowEnd{} // incarnation → its last window
	var last *windowEnd
	for _, s := range sets {
		if ends[s.ResetlogsSCN] == nil {
			ends[s.ResetlogsSCN] = branch(ends, s.ResetlogsSCN)
		}
		last = ends[s.ResetlogsSCN]
		isData := s.Kind != s3store.KindArchivelog
		grounded[s.ID] = s.Kind == s3store.KindFull || isData && grounded[s.BuildsOn]
		switch {
		case s.ToSCN == 0 || s.RecoverableTo.IsZero():
			// no redo of its own: nothing consistent to reach with it
		case isData && !grounded[s.ID]:
			last.hole = last.scn > 0
		default:
			c.extend(last, s, grounded[s.ID])
		}
	}
	slices.SortFunc(c.windows, func(a, b window) int { return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to)) })
	if last != nil && last.open {
		c.to, c.hole = last.time, last.hole
	}
}

// windowEnd is how far the redo of an incarnation reaches.
type windowEnd struct {
	scn  int64 // 0 = nowhere
	time time.Time
	open bool // there is a window, windows[at]
	at   int
	hole bool
}

// branch begins an incarnation: where the redo of an earlier one reaches its
// RESETLOGS, that one's sets are its base. The RESETLOGS takes an SCN of its
// own, the one after the last that was recovered.
func branch(ends map[int64]*windowEnd, resetlogs int64) *windowEnd {
	parent := int64(-1)
	for r, e := range ends {
		if r < resetlogs && r > parent && e.scn+1 >= resetlogs {
			parent = r
		}
	}
	if parent < 0 {
		return &windowEnd{}
	}
	return &windowEnd{scn: resetlogs}
}

func (c *coverage) extend(end *windowEnd, s *s3store.Set, grounded bool) {
	connected := end.scn > 0 && s.FromSCN <= end.scn
	switch {
	case connected && end.open:
		if s.ToSCN > end.scn {
			end.scn, end.time = s.ToSCN, s.RecoverableTo
			c.windows[end.at].to = s.RecoverableTo
		}
		end.hole = end.hole && !grounded
	case connected, grounded:
		c.windows = append(c.windows, window{s.RecoverableTo, s.RecoverableTo})
		*end = windowEnd{scn: s.ToSCN, time: s.RecoverableTo, open: true, at: len(c.windows) - 1}
	default:
		end.hole = end.scn > 0
	}
}

// day are the windows within the day that begins at midnight.
func (c *coverage) day(midnight time.Time) []window {
	next := midnight.AddDate(0, 0, 1)
	i, _ := slices.BinarySearchFunc(c.windows, midnight, func(w window, t time.Time) int { return w.to.Compare(t) })
	var out []window
	for ; i < len(c.windows) && c.windows[i].from.Before(next); i++ {
		w := c.windows[i]
		if w.from.Before(midnight) {
			w.from = midnight
		}
		if !w.to.Before(next) {
			w.to = next.Add(-time.Second)
		}
		if !w.to.Before(w.from) {
			out = append(out, w)
		}
	}
	return out
}
