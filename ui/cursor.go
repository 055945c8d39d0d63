package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// pageKeys are how far each key moves, in lines or in pages; the keys are the
// same in every list and every text.
var pageKeys = []struct {
	shown, does string
	keys        []string
	lines       int
	pages       int
	ends        int
}{
	{"↑/k", "up", []string{"up", "k"}, -1, 0, 0},
	{"↓/j", "down", []string{"down", "j"}, 1, 0, 0},
	{"pgup", "page up", []string{"pgup", "ctrl+b"}, 0, -1, 0},
	{"pgdn", "page down", []string{"pgdown", "ctrl+f", "space"}, 0, 1, 0},
	{"g", "first", []string{"g", "home"}, 0, 0, -1},
	{"G", "last", []string{"G", "end"}, 0, 0, 1},
}

// moveBy is how far a key moves in something of n lines that shows h of them.
func moveBy(k string, n, h int) (by int, known bool) {
	for _, p := range pageKeys {
		for _, have := range p.keys {
			if have == k {
				return p.lines + p.pages*max(1, h-1) + p.ends*n, true
			}
		}
	}
	return 0, false
}

// movesTo are the bindings of these keys, with a command to follow.
func movesTo(move func(key string) tea.Cmd) []binding {
	out := make([]binding, 0, len(pageKeys))
	for _, p := range pageKeys {
		out = append(out, bind(p.shown, p.does, func() tea.Cmd { return move(p.keys[0]) }, p.keys...).hush())
	}
	return out
}

// moves are the bindings of these keys.
func moves(move func(key string)) []binding {
	return movesTo(func(k string) tea.Cmd {
		move(k)
		return nil
	})
}

// cursor is the selected row of a list and the part that is shown.
type cursor struct{ at, top, h int }

// key moves by a key, within n rows.
func (c *cursor) key(k string, n int) {
	if by, ok := moveBy(k, n, c.h); ok {
		c.step(by, n)
	}
}

func (c *cursor) step(by, n int) { c.at = max(0, min(n-1, c.at+by)) }

// window scrolls so that the selection is seen and returns the rows to show.
func (c *cursor) window(n, h int) (from, to int) {
	c.h = max(1, h)
	c.at = max(0, min(c.at, n-1))
	c.top = max(0, min(c.top, c.at, n-c.h))
	c.top = max(c.top, c.at-c.h+1)
	return c.top, min(n, c.top+c.h)
}

// mouse selects the row that is clicked at y; open tells that it was selected
// already.
func (c *cursor) mouse(m tea.Mouse, click bool, y, n int) (open bool) {
	if !click {
		c.step(wheel(m), n)
		return false
	}
	at := c.top + y
	if m.Button != tea.MouseLeft || y < 0 || y >= c.h || at >= n {
		return false
	}
	open = at == c.at
	c.at = at
	return open
}

// scroll is the part of a text that is shown.
type scroll struct{ top, n, h int }

// window returns the lines to show.
func (s *scroll) window(lines []string, h int) []string {
	s.n, s.h = len(lines), max(1, h)
	s.top = max(0, min(s.top, s.n-s.h))
	return lines[s.top:min(s.n, s.top+s.h)]
}

// told is window for where nothing else tells how much is out of sight: its
// last line does.
func (s *scroll) told(t theme, lines []string, h int) string {
	if len(lines) <= h {
		return strings.Join(s.window(lines, h), "\n")
	}
	shown := strings.Join(s.window(lines, h-1), "\n")
	if n := s.below(); n > 0 {
		return shown + "\n" + t.Muted.Render(plural(n, "more line"))
	}
	return shown + "\n"
}

// key scrolls; false if the key is not one of those that do.
func (s *scroll) key(k string) bool {
	by, ok := moveBy(k, s.n, s.h)
	s.by(by)
	return ok
}

// below is how many lines are out of sight below.
func (s *scroll) below() int { return max(0, s.n-s.top-s.h) }

func (s *scroll) by(n int) { s.top = max(0, min(s.top+n, s.n-s.h)) }

func (s *scroll) keys() []binding { return moves(func(k string) { s.key(k) }) }

// mouse scrolls with the wheel.
func (s *scroll) mouse(_ *app, m tea.Mouse, click bool) tea.Cmd {
	if !click {
		s.by(wheel(m))
	}
	return nil
}
