package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/s3store"
)

// order is what the sets are sorted by.
type order int

// The orders, in the cycle of the sort key.
const (
	byTime order = iota
	bySize
	byDuration
	byKind
	orders
)

func (o order) String() string { return [...]string{"time", "size", "duration", "kind"}[o] }

// row is one line of the list: the heading of a day, or a set.
type row struct {
	set int32 // index in the listing; of the day's first set in a heading
	day bool
}

// sets is the home screen: the sets of one database by date.
type sets struct {
	filter textinput.Model
	sorted order

	list  *listing // what rows was made from
	db    *database
	zone  *time.Location
	made  string // filter and order that rows was made for
	rows  []row
	count int   // sets among rows
	bytes int64 // of these sets
	sel   cursor

	detail manifests
}

func newSets() *sets {
	return &sets{filter: newInput("/", "kind, date, state, id", 64, 28), detail: newManifests()}
}

func (s *sets) crumb() string { return "backups" }

func (s *sets) typing() bool { return s.filter.Focused() }

func (s *sets) enter(a *app) tea.Cmd {
	s.refresh(a)
	return s.detail.want(a, s.selected())
}

func (s *sets) keys(a *app) []binding {
	set := s.selected()
	some := set != nil
	committed := some && set.Status == s3store.StatusComplete
	open := func(x func() screen) func() tea.Cmd { return func() tea.Cmd { return a.push(x()) } }
	i, running := a.data.running()
	watch := bind("w", "watch the run", func() tea.Cmd { return a.openRun(i) }, "w").when(running, "nothing runs")
	watch.quiet = !running
	keys := []binding{
		bind("enter", "open", open(func() screen { return newSetView(*set, &s.detail) }), "enter").when(some, "no set is selected"),
		a.act(bind("b", "backup", open(func() screen { return newBackup() }), "b")),
		a.act(bind("r", "restore", open(func() screen { return newRestore(a, set) }), "r")),
		watch,
		bind("/", "filter", s.filter.Focus, "/"),
		bind("v", "verify", open(func() screen { return newVerify(*set) }), "v").when(committed, "the set has no manifest"),
		bind("o", "sort", func() tea.Cmd { return s.sortNext(a) }, "o"),
		bind("d", "database", a.openDatabases, "d").when(len(a.data.list.dbs) > 1, "the bucket holds one database"),
		bind("L", "runs", open(func() screen { return newRuns() }), "L"),
		bind("c", "check", open(func() screen { return newCheck() }), "c"),
		bind("T", "trends", open(func() screen { return newTrends() }), "T"),
		bind("y", "copy", func() tea.Cmd { return a.copyKey(set) }, "y").when(some, "no set is selected"),
	}
	if s.filter.Value() != "" {
		keys = append(keys, bind("esc", "clear the filter", func() tea.Cmd { return s.clear(a) }, "esc").hush())
	}
	return append(keys, movesTo(func(k string) tea.Cmd { return s.move(a, k) })...)
}

// update takes in manifests and, when the list or the database has changed,
// makes the rows anew.
func (s *sets) update(a *app, msg tea.Msg) tea.Cmd {
	cmd := s.detail.update(a, msg)
	s.refresh(a)
	return tea.Batch(cmd, s.detail.want(a, s.selected()))
}

// typed gives a key to the filter; esc clears it, enter leaves it.
func (s *sets) typed(a *app, msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "esc":
			s.filter.Blur()
			return s.clear(a)
		case "enter", "down", "tab":
			s.filter.Blur()
			return nil
		}
	}
	var cmd tea.Cmd
	s.filter, cmd = s.filter.Update(msg)
	return tea.Batch(cmd, s.enter(a))
}

func (s *sets) clear(a *app) tea.Cmd {
	s.filter.SetValue("")
	return s.enter(a)
}

func (s *sets) sortNext(a *app) tea.Cmd {
	s.sorted = (s.sorted + 1) % orders
	return tea.Batch(s.enter(a), a.note("sorted by "+s.sorted.String()))
}

// copyKey sends the place of a set in the bucket to the clipboard.
func (a *app) copyKey(set *s3store.Set) tea.Cmd {
	return a.copyText("the set's key", "s3://"+a.d.Config.Bucket+"/"+set.Key)
}

// move handles the keys that move the selection; headings are stepped over.
func (s *sets) move(a *app, k string) tea.Cmd {
	if by, ok := moveBy(k, len(s.rows), s.sel.h); ok {
		s.step(by)
	}
	return s.detail.want(a, s.selected())
}

// step moves the selection by n rows, to the nearest set in that direction.
func (s *sets) step(n int) {
	at := max(0, min(len(s.rows)-1, s.sel.at+n))
	way := 1
	if n < 0 && at > 0 {
		way = -1
	}
	for at >= 0 && at < len(s.rows) && s.rows[at].day {
		at += way
	}
	if at >= 0 && at < len(s.rows) {
		s.sel.at = at
	}
}

// mouse selects with a click, opens with a second one, scrolls with the wheel.
func (s *sets) mouse(a *app, m tea.Mouse, click bool) tea.Cmd {
	if !click {
		s.step(wheel(m))
		return s.detail.want(a, s.selected())
	}
	was := s.sel.at
	if open := s.sel.mouse(m, true, m.Y-headerLines, len(s.rows)); open && s.selected() != nil {
		return a.push(newSetView(*s.selected(), &s.detail))
	}
	if s.selected() == nil {
		s.sel.at = was // a heading
	}
	return s.detail.want(a, s.selected())
}

// selected is the set under the cursor, nil when there is none.
func (s *sets) selected() *s3store.Set {
	if s.sel.at >= len(s.rows) || s.rows[s.sel.at].day {
		return nil
	}
	return &s.list.sets[s.rows[s.sel.at].set]
}

// refresh makes the rows anew when what they depend on has changed; the
// selection stays on its set.
func (s *sets) refresh(a *app) {
	made := strings.ToLower(s.filter.Value()) + "\x00" + s.sorted.String()
	if s.list == a.data.list && s.db == a.data.db && s.zone == a.data.zone && s.made == made {
		return
	}
	id := ""
	if set := s.selected(); set != nil {
		id = set.ID
	}
	s.list, s.db, s.zone, s.made = a.data.list, a.data.db, a.data.zone, made
	s.layRows(s.chosen())
	s.find(id)
}

// chosen filters and sorts.
func (s *sets) chosen() []int32 {
	words := strings.Fields(strings.ToLower(s.filter.Value()))
	out := s.db.rows
	if len(words) > 0 {
		out = nil
		for _, i := range s.db.rows {
			if matches(s.list.text[i], words) {
				out = append(out, i)
			}
		}
	}
	if s.sorted == byTime {
		return out
	}
	out = slices.Clone(out)
	slices.SortStableFunc(out, func(x, y int32) int { return s.compare(&s.list.sets[x], &s.list.sets[y]) })
	return out
}

func (s *sets) compare(x, y *s3store.Set) int {
	switch s.sorted {
	case bySize:
		return cmp.Compare(y.Bytes, x.Bytes)
	case byDuration:
		return cmp.Compare(y.CompletedAt.Sub(y.StartedAt), x.CompletedAt.Sub(x.StartedAt))
	default:
		return cmp.Compare(x.Kind, y.Kind)
	}
}

// matches says whether every word stands somewhere in a text.
func matches(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// layRows puts a heading before the sets of each day, when sorted by time.
func (s *sets) layRows(chosen []int32) {
	s.rows, s.count, s.bytes = make([]row, 0, len(chosen)+len(chosen)/2), len(chosen), 0
	year, day := 0, 0
	for _, i := range chosen {
		set := &s.list.sets[i]
		s.bytes += set.Bytes
		at := set.StartedAt.In(s.zone)
		if y, d := at.Year(), at.YearDay(); s.sorted == byTime && (y != year || d != day) {
			s.rows = append(s.rows, row{set: i, day: true})
			year, day = y, d
		}
		s.rows = append(s.rows, row{set: i})
	}
}

// find puts the selection on a set, or on the first one.
func (s *sets) find(id string) {
	s.sel.at = 0
	for i, r := range s.rows {
		if id != "" && !r.day && s.list.sets[r.set].ID == id {
			s.sel.at = i
			return
		}
	}
	s.step(0)
}
