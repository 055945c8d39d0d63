package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// logPane shows a run's output: it follows the end until somebody scrolls up,
// and draws only the lines in its window.
type logPane struct {
	ring   *ring
	top    int // index of the first line shown, when not following
	follow bool
	missed int // lines that came while paused
	wrap   bool
	times  bool
	shift  int // columns scrolled to the right, when not wrapping
	search textinput.Model
	want   string // lower case; empty = no search
	h      int    // lines of the last view
}

func newLogPane() *logPane {
	in := textinput.New()
	in.Prompt, in.CharLimit = "/", 128
	in.SetVirtualCursor(true)
	return &logPane{ring: newRing(), follow: true, times: true, search: in, h: 10}
}

// append takes a line; a paused window stays on its text.
func (p *logPane) append(l logLine) {
	before := p.ring.dropped
	p.ring.append(l)
	if !p.follow {
		p.missed++
		p.top = max(0, p.top-(p.ring.dropped-before))
	}
}

// press handles the pane's keys; false when the key is not one of them.
func (p *logPane) press(k tea.KeyPressMsg) bool {
	switch {
	case key.Matches(k, keyUp.Binding):
		p.scroll(-1)
	case key.Matches(k, keyDown.Binding):
		p.scroll(1)
	case key.Matches(k, keyPageUp.Binding):
		p.scroll(-p.h)
	case key.Matches(k, keyPageDn.Binding):
		p.scroll(p.h)
	case key.Matches(k, keyTop.Binding):
		p.pauseAt(0)
	case key.Matches(k, keyBottom.Binding):
		p.resume()
	default:
		return p.letter(k.String())
	}
	return true
}

func (p *logPane) letter(k string) bool {
	switch k {
	case "f":
		if p.follow {
			p.pauseAt(p.last())
		} else {
			p.resume()
		}
	case "w":
		p.wrap, p.shift = !p.wrap, 0
	case "t":
		p.times = !p.times
	case "left", "h":
		p.shift = max(0, p.shift-8)
	case "right", "l":
		p.shift += 8
	case "n":
		p.findNext(1)
	case "N":
		p.findNext(-1)
	case "e":
		p.nextError()
	default:
		return false
	}
	return true
}

// last is the top of the window that shows the end.
func (p *logPane) last() int { return max(0, p.ring.len()-p.h) }

func (p *logPane) scroll(n int) {
	from := p.top
	if p.follow {
		from = p.last()
	}
	if to := from + n; to >= p.last() {
		p.resume()
	} else {
		p.pauseAt(to)
	}
}

func (p *logPane) pauseAt(i int) { p.top, p.follow = max(0, min(i, p.last())), false }

func (p *logPane) resume() { p.follow, p.missed = true, 0 }

// type1 gives a key to the search; enter searches, esc ends it.
func (p *logPane) type1(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		p.want = ""
		p.search.SetValue("")
		p.search.Blur()
		return nil
	case "enter":
		p.search.Blur()
		p.want = strings.ToLower(p.search.Value())
		p.findNext(1)
		return nil
	}
	var cmd tea.Cmd
	p.search, cmd = p.search.Update(k)
	p.want = strings.ToLower(p.search.Value())
	return cmd
}

// findNext moves the window to the next line that holds the search text.
func (p *logPane) findNext(way int) {
	if p.want == "" {
		return
	}
	p.seek(way, func(l logLine) bool { return strings.Contains(strings.ToLower(l.text), p.want) })
}

// nextError moves to the next error line, from the first one on.
func (p *logPane) nextError() {
	if p.follow {
		p.top, p.follow = -1, false
	}
	p.seek(1, func(l logLine) bool { return l.severity == "error" })
}

// seek goes round once, from the line after the top one.
func (p *logPane) seek(way int, ok func(logLine) bool) {
	n := p.ring.len()
	from := p.top
	if p.follow {
		from = p.last()
	}
	for i := 1; i <= n; i++ {
		if at := ((from+way*i)%n + n) % n; ok(p.ring.at(at)) {
			p.top, p.follow = at, false // the line found stands on top, even near the end
			return
		}
	}
	p.top, p.follow = max(0, from), from == p.last()
}

// view draws the window. Nothing outside of it is touched.
func (p *logPane) view(a *app, w, h int) string {
	p.h = h
	if p.ring.len() == 0 {
		return fit(a.th.Muted.Render(" no output yet"), w, h)
	}
	if p.follow {
		return p.tail(a, w, h)
	}
	var out []string
	for i := p.top; i < p.ring.len() && len(out) < h; i++ {
		out = append(out, p.lines(a, p.ring.at(i), w)...)
	}
	return fit(strings.Join(out, "\n"), w, h)
}

// tail fills the window from its end upwards: wrapped lines take several rows.
func (p *logPane) tail(a *app, w, h int) string {
	var rows []string
	for i := p.ring.len() - 1; i >= 0 && len(rows) < h; i-- {
		rows = append(p.lines(a, p.ring.at(i), w), rows...)
	}
	return fit(strings.Join(rows[max(0, len(rows)-h):], "\n"), w, h)
}

// lines renders one line: cut, or wrapped into several.
func (p *logPane) lines(a *app, l logLine, w int) []string {
	head := " "
	if l.severity == "error" {
		head = a.th.Bad.Render(a.th.sign("▌", "!"))
	}
	if p.times {
		if l.at.IsZero() {
			head += strings.Repeat(" ", 10)
		} else {
			head += a.th.Muted.Render(l.at.Local().Format("15:04:05")) + "  "
		}
	}
	room := max(10, w-ansi.StringWidth(head))
	text := l.text
	if !p.wrap {
		return []string{head + p.paint(a, l, ansi.Cut(text, p.shift, p.shift+room))}
	}
	var out []string
	for i, part := range strings.Split(ansi.Hardwrap(text, room, true), "\n") {
		if i > 0 {
			head = strings.Repeat(" ", w-room)
		}
		out = append(out, head+p.paint(a, l, part))
	}
	return out
}

// paint gives a line the style of its severity; matches of a search stand out.
func (p *logPane) paint(a *app, l logLine, s string) string {
	style := a.th.plainStyle()
	switch l.severity {
	case "error":
		style = a.th.Bad
	case "warning":
		style = a.th.Warn
	case "advice":
		style = a.th.Accent
	}
	if p.want == "" {
		return style.Render(s)
	}
	var b strings.Builder
	for low := strings.ToLower(s); ; low = strings.ToLower(s) {
		i := strings.Index(low, p.want)
		if i < 0 || len(low) != len(s) {
			return b.String() + style.Render(s)
		}
		b.WriteString(style.Render(s[:i]) + a.th.Selected.Render(s[i:i+len(p.want)]))
		s = s[i+len(p.want):]
	}
}

// state says what the pane is doing, for the line above it.
func (p *logPane) state() string {
	s := "FOLLOW"
	if !p.follow {
		s = "PAUSED"
		if p.missed > 0 {
			s += fmt.Sprintf(" +%d", p.missed)
		}
	}
	if p.want != "" {
		s += " · search " + p.want
	}
	if p.ring.dropped > 0 {
		s += fmt.Sprintf(" · %d earlier lines in the file", p.ring.dropped)
	}
	return s
}
