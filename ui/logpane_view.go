package ui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// view draws the window. Nothing outside of it is touched, whatever the number
// of lines.
func (p *logPane) view(a *app, w, h int) string {
	p.h = max(1, h)
	if p.ring.len() == 0 {
		p.shown = nil
		return a.th.Muted.Render(" no output yet")
	}
	rows := p.tail(a, w)
	if !p.follow {
		rows = rows[:0]
		for i := p.top; i < p.ring.len() && len(rows) < p.h; i++ {
			rows = append(rows, p.lines(a, p.ring.at(i), w)...)
		}
		rows = rows[:min(len(rows), p.h)]
	}
	p.shown = rows
	return strings.Join(rows, "\n")
}

// tail fills the window from its end upwards, since a line can take several
// rows, and notes which line is then on top.
func (p *logPane) tail(a *app, w int) []string {
	var groups [][]string
	n, i := 0, p.ring.len()
	for i > 0 && n < p.h {
		i--
		g := p.lines(a, p.ring.at(i), w)
		groups = append(groups, g)
		n += len(g)
	}
	p.last = i
	slices.Reverse(groups)
	rows := slices.Concat(groups...)
	return rows[max(0, len(rows)-p.h):]
}

// lines renders one line: cut, or wrapped into several; then what its code
// means, where that is unfolded.
func (p *logPane) lines(a *app, l *logLine, w int) []string {
	if l.mark {
		text := " mark " + a.clock(l.at, "15:04:05") + " "
		return []string{" " + a.th.rule(2) + a.th.Accent.Render(text) + a.th.rule(w-lipgloss.Width(text)-4)}
	}
	head := p.head(a, l)
	room := max(10, w-lipgloss.Width(head))
	parts := []string{p.part(a, l.text, room)}
	if p.wrap {
		parts = strings.Split(ansi.Hardwrap(l.text, room, true), "\n")
	}
	out := make([]string, 0, len(parts)+2)
	for i, part := range parts {
		if i > 0 {
			head = strings.Repeat(" ", w-room)
		}
		out = append(out, head+p.paint(a, l, part))
	}
	if l.advice != nil && (p.unfold == unfoldAll || p.unfold == unfoldFirst && l.first) {
		out = append(out, p.unfolded(a, l, w)...)
	}
	return out
}

// part is what is shown of a line that is not wrapped; that it goes on to the
// right shows.
func (p *logPane) part(a *app, text string, room int) string {
	if lipgloss.Width(text) <= p.shift+room {
		return ansi.Cut(text, p.shift, p.shift+room)
	}
	more := a.th.sign("…", "~")
	return ansi.Cut(text, p.shift, p.shift+room-1) + more
}

func (p *logPane) head(a *app, l *logLine) string {
	head := " "
	switch l.severity {
	case "error":
		head = a.th.Bad.Render(a.th.sign("▌", "!"))
	case "warning":
		head = a.th.Warn.Render(a.th.sign("▌", "!"))
	}
	switch {
	case p.times && l.at.IsZero():
		head += strings.Repeat(" ", 10)
	case p.times:
		head += a.th.Muted.Render(a.clock(l.at, "15:04:05")) + "  "
	}
	return head
}

// unfolded is cause and remedy of a line's code.
func (p *logPane) unfolded(a *app, l *logLine, w int) []string {
	indent := a.th.Accent.Render(a.th.sign("│", "|")) + strings.Repeat(" ", lipgloss.Width(p.head(a, l))+1)
	var out []string
	for _, t := range []string{clean(l.advice.Cause), a.th.sign("→ ", "> ") + clean(l.advice.Remedy)} {
		if t == "" {
			continue
		}
		for _, part := range wrap(t, w-lipgloss.Width(indent)) {
			out = append(out, indent+a.th.Accent.Render(part))
		}
	}
	return out
}

// paint gives a line the style of its severity; matches of a search stand out.
func (p *logPane) paint(a *app, l *logLine, s string) string {
	style := lipgloss.NewStyle()
	switch l.severity {
	case "error":
		style = a.th.Bad
	case "warning":
		style = a.th.Warn
	}
	low := strings.ToLower(s)
	if p.want == "" || len(low) != len(s) { // letters that change their length: no offsets
		return style.Render(s)
	}
	var b strings.Builder
	for {
		i := strings.Index(low, p.want)
		if i < 0 {
			b.WriteString(style.Render(s))
			return b.String()
		}
		end := i + len(p.want)
		b.WriteString(style.Render(s[:i]) + a.th.Selected.Render(s[i:end]))
		s, low = s[end:], low[end:]
	}
}

// state says what the pane is doing, for the line above it.
func (p *logPane) state() string {
	s := "FOLLOW"
	if !p.follow {
		s = "PAUSED"
		if p.missed > 0 {
			s += " +" + number(p.missed)
		}
	}
	if p.want != "" {
		s = "search " + p.want + "  " + s
	}
	if p.lost {
		s = "not found: " + s
	}
	if p.wrap {
		s = "wrap  " + s
	}
	if p.ring.dropped > 0 {
		s = number(p.ring.dropped) + " earlier lines are in the file  " + s
	}
	return s
}
