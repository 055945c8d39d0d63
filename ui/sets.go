package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// order is what the sets are sorted by.
type order int

// The orders, in the cycle of the sort key.
const (
	byTime order = iota
	bySize
	byKind
	orders
)

func (o order) String() string { return [...]string{"time", "size", "kind"}[o] }

// row is one line of the list: the heading of a day, or a set.
type row struct {
	day string // a heading when not empty
	set int    // index in sets.shown
}

// sets is the home screen: the sets of one database by date.
type sets struct {
	filter textinput.Model
	sorted order

	source []s3store.Set // what shown was made from
	asOf   time.Time
	key    string        // filter, order and database that shown was made for
	shown  []s3store.Set // filtered and sorted
	rows   []row
	at     int // index in rows of the selection
	top    int // first row on the screen

	detail manifests
}

func newSets(a *app) *sets {
	f := textinput.New()
	f.Prompt, f.Placeholder, f.CharLimit = "/", "kind, date, id …", 64
	f.SetVirtualCursor(false)
	s := &sets{filter: f, detail: newManifests()}
	s.refresh(a)
	return s
}

func (s *sets) crumb() string { return "backups" }

func (s *sets) typing() bool { return s.filter.Focused() }

func (s *sets) enter(a *app) tea.Cmd {
	s.refresh(a)
	return s.detail.want(a, s.selected())
}

func (s *sets) keys(a *app) []binding {
	set := s.selected()
	committed := set != nil && set.Status == s3store.StatusComplete
	return []binding{
		keyOpen.when(set != nil, "no set is selected"),
		a.act(bind("b", "backup", "b")),
		a.act(bind("r", "restore", "r")).when(committed || set == nil, "the set has no manifest: adopt it with --batch restore --set"),
		bind("v", "verify", "v").when(committed, "the set has no manifest"),
		keyFilter, bind("o", "sort", "o"),
		bind("d", "database", "d").when(len(a.data.databases()) > 1, "the bucket holds one database"),
		bind("L", "runs", "L"), bind("c", "check", "c"), bind("T", "trends", "T"),
		bind("y", "copy", "y").when(set != nil, "no set is selected"), keyRefresh, keyPalette,
	}
}

func (s *sets) update(a *app, msg tea.Msg) tea.Cmd {
	cmd := s.detail.update(msg)
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		s.mouse(a, msg)
	case s.filter.Focused():
		cmd = tea.Batch(cmd, s.type1(k))
	default:
		cmd = tea.Batch(cmd, s.press(a, k))
	}
	s.refresh(a)
	return tea.Batch(cmd, s.detail.want(a, s.selected()))
}

// type1 gives a key to the filter; esc clears it.
func (s *sets) type1(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		s.filter.SetValue("")
		s.filter.Blur()
		return nil
	case "enter", "down":
		s.filter.Blur()
		return nil
	}
	var cmd tea.Cmd
	s.filter, cmd = s.filter.Update(k)
	return cmd
}

func (s *sets) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	if s.move(k) {
		return nil
	}
	switch {
	case key.Matches(k, keyFilter.Binding):
		return s.filter.Focus()
	case key.Matches(k, keyRefresh.Binding):
		return tea.Batch(a.data.loadSets(a), loadFacts(a))
	case key.Matches(k, keyBack.Binding):
		s.filter.SetValue("")
		return nil
	}
	return s.act(a, k.String())
}

// act does what the letters of the screen stand for.
func (s *sets) act(a *app, k string) tea.Cmd {
	set := s.selected()
	switch k {
	case "o":
		s.sorted = (s.sorted + 1) % orders
		return a.note("sorted by " + s.sorted.String())
	case "d":
		a.data.nextDatabase()
	case "L":
		return a.push(newRuns())
	case "c":
		return a.push(newCheck())
	case "T":
		return a.push(newTrends())
	case "b":
		return a.push(newBackup())
	case "r":
		return a.push(newRestore(set))
	}
	if set == nil {
		return nil
	}
	switch k {
	case "enter":
		return a.push(newSetView(*set, &s.detail))
	case "v":
		return a.push(newVerify(*set))
	case "y":
		return a.copyText("s3://" + a.d.Config.Bucket + "/" + set.Key)
	}
	return nil
}

// move handles the keys that move the selection; headings are stepped over.
func (s *sets) move(k tea.KeyPressMsg) bool {
	page := 10
	switch {
	case key.Matches(k, keyUp.Binding):
		s.step(-1)
	case key.Matches(k, keyDown.Binding):
		s.step(1)
	case key.Matches(k, keyPageUp.Binding):
		s.step(-page)
	case key.Matches(k, keyPageDn.Binding):
		s.step(page)
	case key.Matches(k, keyTop.Binding):
		s.step(-len(s.rows))
	case key.Matches(k, keyBottom.Binding):
		s.step(len(s.rows))
	default:
		return false
	}
	return true
}

// step moves the selection by n rows, to the nearest set in that direction.
func (s *sets) step(n int) {
	if len(s.shown) == 0 {
		return
	}
	at := max(0, min(len(s.rows)-1, s.at+n))
	way := 1
	if n < 0 {
		way = -1
	}
	for at >= 0 && at < len(s.rows) && s.rows[at].day != "" {
		at += way
	}
	if at < 0 || at >= len(s.rows) {
		return // only headings that way: stay
	}
	s.at = at
}

func (s *sets) mouse(_ *app, msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		s.step(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	case tea.MouseClickMsg:
		at := s.top + msg.Y - 1 - headerLines
		if at >= 0 && at < len(s.rows) && s.rows[at].day == "" && msg.Y > headerLines {
			s.at = at
		}
	}
}

// selected is the set under the cursor, nil when there is none.
func (s *sets) selected() *s3store.Set {
	if s.at < 0 || s.at >= len(s.rows) || s.rows[s.at].day != "" {
		return nil
	}
	return &s.shown[s.rows[s.at].set]
}

// refresh makes the rows anew when what they depend on has changed; the
// selection stays on its set.
func (s *sets) refresh(a *app) {
	k := strings.ToLower(s.filter.Value()) + "\x00" + s.sorted.String() + "\x00" + a.data.database()
	if k == s.key && s.asOf.Equal(a.data.asOf) && len(s.source) == len(a.data.sets) {
		return
	}
	id := ""
	if set := s.selected(); set != nil {
		id = set.ID
	}
	s.key, s.asOf, s.source = k, a.data.asOf, a.data.sets
	s.shown = s.choose(a)
	s.layRows()
	s.find(id)
}

// choose filters and sorts.
func (s *sets) choose(a *app) []s3store.Set {
	words := strings.Fields(strings.ToLower(s.filter.Value()))
	db := a.data.database()
	var out []s3store.Set
	for _, set := range s.source {
		if (db == "" || set.DBName == db || set.DBName == "") && matches(set, words) {
			out = append(out, set)
		}
	}
	switch s.sorted {
	case bySize:
		slices.SortStableFunc(out, func(x, y s3store.Set) int { return cmp.Compare(y.Bytes, x.Bytes) })
	case byKind:
		slices.SortStableFunc(out, func(x, y s3store.Set) int { return cmp.Compare(x.Kind, y.Kind) })
	}
	return out
}

// matches says whether every word stands somewhere in what the row shows.
func matches(set s3store.Set, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join([]string{
		set.ID, set.Kind, set.Status, stateOf(set), set.StartedAt.Local().Format("2006-01-02 15:04 Mon January"), config.Bytes(set.Bytes).String(),
	}, " "))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// layRows puts a heading before the sets of each day, when sorted by time.
func (s *sets) layRows() {
	s.rows = s.rows[:0]
	last := ""
	for i, set := range s.shown {
		day := set.StartedAt.Local().Format("Mon 2 January 2006")
		if s.sorted == byTime && day != last {
			s.rows = append(s.rows, row{day: day})
			last = day
		}
		s.rows = append(s.rows, row{set: i})
	}
}

// find puts the selection on a set, or on the first one.
func (s *sets) find(id string) {
	s.at, s.top = 0, min(s.top, max(0, len(s.rows)-1))
	for i, r := range s.rows {
		if r.day == "" && s.shown[r.set].ID == id {
			s.at = i
			return
		}
	}
	s.step(0)
	if s.at < len(s.rows) && s.rows[s.at].day != "" {
		s.step(1)
	}
}

// stateOf is the word for a set's state.
func stateOf(set s3store.Set) string {
	switch {
	case set.Status == s3store.StatusIncomplete:
		return "PART"
	case set.Status == s3store.StatusForeign:
		return "OLD"
	case set.Warnings:
		return "WARN"
	default:
		return "OK"
	}
}

// copyText sends a text to the terminal's clipboard and says so: whether the
// terminal takes it cannot be known.
func (a *app) copyText(text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), a.note("sent to the terminal's clipboard: "+run.Clean(text)))
}
