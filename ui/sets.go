package ui

import (
	"cmp"
	"strings"

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

func (o order) compare(x, y *s3store.Set) int {
	switch o {
	case bySize:
		return cmp.Compare(y.Bytes, x.Bytes)
	case byDuration:
		return cmp.Compare(y.CompletedAt.Sub(y.StartedAt), x.CompletedAt.Sub(x.StartedAt))
	case byKind:
		return cmp.Compare(x.Kind, y.Kind)
	default:
		return y.StartedAt.Compare(x.StartedAt)
	}
}

// row is one line of the list: the heading of a day, or a set.
type row struct {
	set int32 // index in the listing; of the day's first set in a heading
	day bool
}

// sets is the home screen: the sets of one database by date.
type sets struct {
	filter textinput.Model
	sorted order

	list   *listing // what rows was made from
	db     *database
	want   string  // filter that rows was made for
	laid   order   // order that rows was made for
	chosen []int32 // the sets among rows
	found  []int32 // what a filter found, to be filled again
	bytes  int64   // of these sets
	rows   []row
	sel    cursor
	moved  bool // by somebody; until then the newest set is selected

	detail manifests
}

func newSets() *sets {
	return &sets{filter: newInput("/", "kind, date, state, id", 64, 28), detail: newManifests()}
}

func (s *sets) crumb() string { return "backups" }

func (s *sets) typing() bool { return s.filter.Focused() }

func (s *sets) fieldKeys() []hint { return []hint{{"enter", "to the list"}, {"esc", "clear"}} }

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
	database := bind("d", "database", a.openDatabases, "d").when(len(a.data.list.dbs) > 1, "the bucket holds one database")
	database.quiet = len(a.data.list.dbs) < 2
	keys := []binding{
		bind("enter", "open", open(func() screen { return newSetView(*set, &s.detail) }), "enter").when(some, "no set is selected"),
		a.act(bind("b", "backup", open(func() screen { return newBackup() }), "b")),
		a.act(bind("r", "restore", open(func() screen { return newRestore(a, set) }), "r")),
		watch,
		bind("/", "filter", s.filter.Focus, "/"),
		bind("v", "verify", open(func() screen { return newVerify(*set) }), "v").when(some, "no set is selected").when(committed, "the set has no manifest"),
		bind("o", "sort", func() tea.Cmd { return s.sortNext(a) }, "o"),
		database,
		bind("L", "runs", open(func() screen { return newRuns() }), "L"),
		bind("c", "check", open(func() screen { return newCheck() }), "c"),
		bind("T", "trends", open(func() screen { return newTrends() }), "T"),
		bind("y", "copy", func() tea.Cmd { return a.copyKey(set) }, "y").when(some, "no set is selected"),
	}
	if s.filter.Value() != "" {
		keys = append([]binding{bind("esc", "clear the filter", func() tea.Cmd { return s.clear(a) }, "esc")}, keys...)
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
		s.moved = true
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
	s.moved = true
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
// selection stays on its set once somebody has moved it.
func (s *sets) refresh(a *app) {
	want := strings.Join(strings.Fields(strings.ToLower(s.filter.Value())), " ")
	same := s.list == a.data.list && s.db == a.data.db
	if same && s.want == want && s.laid == s.sorted {
		return
	}
	at, id := int32(-1), ""
	if set := s.selected(); set != nil && (same || s.moved) {
		at, id = s.rows[s.sel.at].set, set.ID
	}
	from := a.data.db.ordered[s.sorted]
	if same && s.laid == s.sorted && s.want != "" && strings.HasPrefix(want, s.want) {
		from = s.chosen // one more letter: only what was found can be found again
	}
	s.list, s.db, s.want, s.laid = a.data.list, a.data.db, want, s.sorted
	s.chosen = s.filtered(from)
	s.layRows()
	s.find(same, at, id)
}

// filtered are those of some rows whose text holds every word.
func (s *sets) filtered(from []int32) []int32 {
	words := strings.Fields(s.want)
	if len(words) == 0 {
		return from
	}
	if cap(s.found) < len(from) {
		s.found = make([]int32, 0, len(from))
	}
	s.found = s.found[:0] // from may be it: what is written is behind what is read
	for _, i := range from {
		if matches(s.list.text[i], words) {
			s.found = append(s.found, i)
		}
	}
	return s.found
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
func (s *sets) layRows() {
	s.rows, s.bytes = s.rows[:0], 0
	last := int32(-1)
	for _, i := range s.chosen {
		s.bytes += s.list.size[i]
		if day := s.list.day[i]; s.sorted == byTime && day != last {
			s.rows = append(s.rows, row{set: i, day: true})
			last = day
		}
		s.rows = append(s.rows, row{set: i})
	}
}

// find puts the selection on a set, or on the first one: by its index in the
// same listing, by its id in a new one.
func (s *sets) find(same bool, at int32, id string) {
	s.sel.at = 0
	for i, r := range s.rows {
		if !r.day && (same && r.set == at || !same && id != "" && s.list.sets[r.set].ID == id) {
			s.sel.at = i
			return
		}
	}
	s.step(0)
}
