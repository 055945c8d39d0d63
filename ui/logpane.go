package ui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// How much of what the catalogue knows is unfolded under lines with codes.
type unfolding int

const (
	unfoldFirst unfolding = iota // under the first line of each code
	unfoldAll
	unfoldNone
	unfoldings
)

// logPane shows a run's output: it follows the end until somebody scrolls up,
// and draws only the lines in its window.
type logPane struct {
	ring   ring
	errors int             // lines of severity error that came by
	told   map[string]bool // codes that came by
	top    int             // index of the first line shown, when not following
	last   int             // the top that shows the end, as of the last view
	follow bool
	missed int // lines that came while paused
	wrap   bool
	times  bool
	unfold unfolding
	shift  int // columns scrolled to the right, when not wrapping
	search textinput.Model
	want   string // lower case; empty = no search
	lost   bool   // the last search found nothing
	h      int    // lines of the last view
	shown  []string

	speech *unheard // lines that plain mode has still to tell; nil: it is off
}

func newLogPane() *logPane {
	return &logPane{follow: true, times: true, search: newInput("/", "text", 128, 30), told: map[string]bool{}, h: 10}
}

// append takes a line; a paused window stays on its text.
func (p *logPane) append(l logLine) {
	before := p.ring.dropped
	p.ring.append(l)
	if l.severity == "error" {
		p.errors++
	}
	if !p.follow {
		p.missed++
		p.top = max(0, p.top-(p.ring.dropped-before))
	} else if p.speech != nil {
		p.speech.add(l)
	}
}

// event puts what an event says into the pane.
func (p *logPane) event(a *app, e *run.Event) {
	switch {
	case e.Line != nil:
		l := logLine{at: e.Time, text: clean(e.Line.Text), severity: e.Line.Severity}
		if e.Line.Code != "" && e.Line.Severity != "" {
			p.explain(a, &l, e.Line.Code)
		}
		p.append(l)
	case e.Problem != nil:
		p.problem(a, e)
	case e.Phase != nil, e.Commit != nil, e.Release != nil, e.End != nil:
		for t := range strings.SplitSeq(run.Describe(*e), "\n") {
			p.append(logLine{at: e.Time, text: clean(t)})
		}
	}
}

// problem shows a problem with its stack; its own advice goes before that of
// the catalogue.
func (p *logPane) problem(a *app, e *run.Event) {
	x := e.Problem
	l := logLine{at: e.Time, text: clean(strings.ToUpper(x.Severity) + ": " + x.Text), severity: x.Severity}
	p.explain(a, &l, x.Code)
	if x.Remedy != "" {
		l.advice, l.first = &Advice{Cause: x.Cause, Remedy: x.Remedy}, true
	}
	p.append(l)
	for _, s := range x.Stack {
		p.append(logLine{at: e.Time, text: "  " + clean(s), severity: x.Severity})
	}
}

// explain attaches what the catalogue knows of a code.
func (p *logPane) explain(a *app, l *logLine, code string) {
	if code == "" {
		return
	}
	if adv, ok := a.d.Advice(code); ok && adv.Remedy != "" {
		l.advice, l.first = &adv, !p.told[code]
		p.told[code] = true
	}
}

// key handles the keys that move.
func (p *logPane) key(k string) {
	switch k {
	case "g":
		p.pauseAt(0)
	case "G":
		p.resume()
	default:
		if by, ok := moveBy(k, p.ring.len(), p.h); ok {
			p.scroll(by)
		}
	}
}

func (p *logPane) scroll(n int) {
	from := p.top
	if p.follow {
		from = p.last
	}
	if to := from + n; n > 0 && to >= p.last {
		p.resume()
	} else if n != 0 {
		p.pauseAt(to)
	}
}

func (p *logPane) pauseAt(i int) {
	if p.follow {
		p.missed = 0
	}
	p.top, p.follow = max(0, min(i, p.ring.len()-1)), false
}

func (p *logPane) resume() { p.follow, p.missed = true, 0 }

// mark draws a line after what has come so far and follows again, to see what
// comes from now on.
func (p *logPane) mark(now time.Time) {
	p.append(logLine{at: now, text: "mark", mark: true})
	p.resume()
}

func (p *logPane) toggleFollow() {
	if p.follow {
		p.pauseAt(p.last)
	} else {
		p.resume()
	}
}

func (p *logPane) toggleWrap() { p.wrap, p.shift = !p.wrap, 0 }

func (p *logPane) sideways(n int) { p.shift = max(0, p.shift+n) }

func (p *logPane) beginSearch() tea.Cmd { return p.search.Focus() }

func (p *logPane) endSearch() { p.search.Blur() }

// typed gives a key to the search; enter goes to the next place, esc ends the
// search.
func (p *logPane) typed(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "esc":
			p.search.SetValue("")
			p.want, p.lost = "", false
			p.search.Blur()
			return nil
		case "enter":
			p.search.Blur()
			p.findNext(1)
			return nil
		}
	}
	var cmd tea.Cmd
	p.search, cmd = p.search.Update(msg)
	p.want, p.lost = strings.ToLower(p.search.Value()), false
	return cmd
}

// findNext moves the window to the next line that holds the search text.
func (p *logPane) findNext(way int) {
	if p.want != "" {
		p.lost = !p.seek(way, func(l *logLine) bool { return strings.Contains(strings.ToLower(l.text), p.want) })
	}
}

// nextError moves to the next error line, from the first one on.
func (p *logPane) nextError() {
	if p.follow {
		p.pauseAt(0)
		p.top = -1
	}
	p.seek(1, func(l *logLine) bool { return l.severity == "error" })
}

// seek goes round once, from the line after the top one.
func (p *logPane) seek(way int, ok func(*logLine) bool) bool {
	n := p.ring.len()
	from := p.top
	if p.follow {
		from = p.last
	}
	for i := 1; i <= n; i++ {
		if at := ((from+way*i)%n + n) % n; ok(p.ring.at(at)) {
			p.pauseAt(at) // the line found stands on top, even near the end
			return true
		}
	}
	p.top = max(0, p.top)
	return false
}

// text is what the pane shows now, for the clipboard.
func (p *logPane) text() string {
	lines := make([]string, len(p.shown))
	for i, l := range p.shown {
		lines[i] = strings.TrimRight(strip(l), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
