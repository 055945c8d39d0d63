package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// Plain mode is for screen readers and braille displays, which follow text that
// is appended and the terminal's cursor, but not a screen that is painted
// anew. The console stays in the terminal's normal screen: what a screen shows
// is printed when it opens, then what changes, each as lines; below stand the
// selected row or the field that takes text, with the cursor on it, and the
// keys. Numbers that run, such as clocks and rates, are not told; every tenth of
// a run is.

// speech is what plain mode has told and has still to tell.
type speech struct {
	where string   // the screen or dialog that was told last
	lines []string // what it showed
	mark  string   // the selected row there
	tenth int      // of the run under way, told last
	queue []string // lines to print
	busy  bool     // some are being printed
}

// spokenMsg says that lines were printed.
type spokenMsg struct{}

// speaker is implemented by screens that tell something else in plain mode than
// they show: less that runs, and lines of their own.
type speaker interface {
	// spoken are the lines whose changes are told.
	spoken(a *app, w int) []string
	// heard are lines to append, once.
	heard(a *app) []string
}

// speak compares what is shown with what was told and prints the difference.
// After a key every change is told; by itself only what is more than a number.
func (a *app) speak(msg tea.Msg) tea.Cmd {
	s := &a.speech
	if _, ok := msg.(spokenMsg); ok {
		s.busy = false
	}
	if !a.small() && !a.leaving {
		s.queue = append(s.queue, a.changes(msg)...)
		if v, ok := a.top().(speaker); ok && len(a.dialogs) == 0 {
			s.queue = append(s.queue, v.heard(a)...)
		}
		s.queue = append(s.queue, a.tenths()...)
	}
	return s.flush(a)
}

// changes are the lines to tell of what is shown now.
func (a *app) changes(msg tea.Msg) (out []string) {
	s := &a.speech
	where, lines, mark := a.told()
	_, key := msg.(tea.KeyPressMsg)
	_, size := msg.(tea.WindowSizeMsg)
	switch {
	case where != s.where:
		out = append([]string{""}, lines...)
	case size: // the same in other widths
	case key:
		below := a.standing(nil)
		out = slices.DeleteFunc(without(lines, s.lines), func(l string) bool { return l == below })
		if mark != s.mark && mark != below { // the cursor is elsewhere: in a field
			out = append(out, mark)
		}
	default:
		out = news(lines, s.lines)
	}
	s.where, s.lines, s.mark = where, lines, mark
	return out
}

// flush prints what waits, in the order in which it came: at most what fits on
// the terminal above the lines that stay, since the renderer can insert no more
// at once.
func (s *speech) flush(a *app) tea.Cmd {
	if s.busy || len(s.queue) == 0 {
		return nil
	}
	n := min(len(s.queue), max(1, a.h-4))
	text := strings.Join(s.queue[:n], "\n")
	s.queue = slices.Clone(s.queue[n:])
	s.busy = true
	return tea.Sequence(tea.Println(text), func() tea.Msg { return spokenMsg{} })
}

// wholeText is more lines than any text has that is read.
const wholeText = 2000

// told is what is shown now: where, the lines that are not empty, and which of
// them is selected.
func (a *app) told() (where string, lines []string, mark string) {
	h := a.h - frameAbove - frameBelow
	if n := len(a.dialogs); n > 0 {
		d := a.dialogs[n-1]
		lines, mark = heardLines(d.title() + "\n" + d.view(a, a.w-4, h))
		return d.title(), lines, mark
	}
	for _, s := range a.stack {
		where += s.crumb() + " > "
	}
	if s, ok := a.top().(*sets); ok && !s.typing() {
		where += s.want // what a filter has found is told when it is left
	}
	if _, ok := a.top().(interface{ below() int }); ok {
		h = wholeText // a text is told to its end; a list, whose rows are many, as far as it is shown
	}
	body := ""
	if v, ok := a.top().(speaker); ok {
		body = strings.Join(v.spoken(a, a.w), "\n")
	} else {
		body = a.top().view(a, a.w, h)
	}
	if a.toast.text != "" {
		body += "\n" + strings.Join(a.news(), "\n")
	}
	lines, mark = heardLines(a.headline() + "\n" + body)
	return where, lines, mark
}

// heardLines are the lines of a text without the mark of the selected one,
// without empty ones and blanks that only align.
func heardLines(text string) (lines []string, mark string) {
	for l := range strings.SplitSeq(ascii(strip(text)), "\n") {
		if l = strings.TrimRight(l, " "); l == "" {
			continue
		}
		if l[0] == '>' {
			mark, l = l, " "+l[1:]
		}
		lines = append(lines, l)
	}
	return lines, mark
}

// without are the lines that were not there before.
func without(lines, before []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return slices.Contains(before, l) })
}

// news are the new lines that differ from the ones before in more than numbers:
// of each kind as many as it has more.
func news(lines, before []string) []string {
	had := map[string]int{}
	for _, l := range before {
		had[masked(l)]++
	}
	fresh := without(lines, before)
	for _, l := range lines {
		if slices.Contains(before, l) {
			had[masked(l)]--
		}
	}
	return slices.DeleteFunc(fresh, func(l string) bool {
		had[masked(l)]--
		return had[masked(l)] >= 0
	})
}

// masked is a line without its numbers, their units and its blanks.
func masked(l string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(l) {
		switch {
		case strings.ContainsFunc(word, unicode.IsDigit):
		case slices.Contains([]string{"B", "KiB", "MiB", "GiB", "TiB", "B/s", "KiB/s", "MiB/s", "GiB/s", "%", "s", "min", "h", "d"}, word):
		default:
			b.WriteString(word + " ")
		}
	}
	return b.String()
}

// tenths tells how far the run under way is, each time a tenth is done.
func (a *app) tenths() []string {
	if !a.liveRuns() {
		a.speech.tenth = 0
		return nil
	}
	share, known := a.live.state.share()
	tenth := int(share * 10)
	if !known || tenth <= a.speech.tenth {
		return nil
	}
	a.speech.tenth = tenth
	line := fmt.Sprintf("%s: %d %% done", clean(a.live.kind), tenth*10)
	if left, ok := a.live.state.eta(a.now()); ok {
		line += ", about " + clockTime(left) + " left"
	}
	return []string{line}
}

// standing is the line that stays below the lines that were printed: the row
// with the cursor, which is told to v, or where one is.
func (a *app) standing(v *tea.View) string {
	content, cur := a.frame()
	rows := strings.Split(content, "\n")
	line := a.headline()
	if n := len(a.dialogs); n > 0 {
		line = a.dialogs[n-1].title()
	}
	if cur == nil || cur.Y >= len(rows) {
		return strings.TrimSpace(ascii(strip(line)))
	}
	if v != nil {
		v.Cursor = tea.NewCursor(cur.X, 0)
	}
	return strings.TrimRight(ascii(strip(rows[cur.Y])), " ")
}

// plainView is the line that stays, and the keys.
func (a *app) plainView(v *tea.View) {
	if !a.leaving {
		v.SetContent(a.standing(v) + "\n" + strings.TrimSpace(ascii(strip(a.footer()))))
	}
}

// unheardMost is how many lines of output wait to be told; of a flood only the
// last are.
const unheardMost = 40

// unheard are lines of a run's output that were not told yet.
type unheard struct {
	lines  []logLine
	missed int // that were dropped
}

func (u *unheard) add(l logLine) {
	if len(u.lines) == unheardMost {
		u.lines = append(u.lines[:0], u.lines[1:]...)
		u.missed++
	}
	u.lines = append(u.lines, l)
}

// takeUnheard gives the lines that wait, and how many were dropped.
func (p *logPane) takeUnheard() (lines []logLine, missed int) {
	if p.speech == nil {
		return nil, 0
	}
	lines, missed = p.speech.lines, p.speech.missed
	*p.speech = unheard{}
	return lines, missed
}
