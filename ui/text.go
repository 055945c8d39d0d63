package ui

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"orabak-tui/internal/run"
)

// clean makes any text from outside safe to print on one line: every word that
// comes from S3, RMAN, the instance, a file or an error goes through it.
func clean(s string) string { return run.Clean(s) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// cut shortens a line to w columns, with an ellipsis where something is left
// out; styles survive.
func cut(s string, w int) string {
	if lipgloss.Width(s) <= w {
		return s
	}
	return ansi.Truncate(s, max(0, w), "…")
}

// pad cuts or fills a line to exactly w columns, aligned left.
func pad(s string, w int) string {
	s = cut(s, w)
	return s + strings.Repeat(" ", max(0, w-lipgloss.Width(s)))
}

// padLeft cuts or fills a line to exactly w columns, aligned right: numbers.
func padLeft(s string, w int) string {
	s = cut(s, w)
	return strings.Repeat(" ", max(0, w-lipgloss.Width(s))) + s
}

// tail shortens a text to its last w columns: of a path, the name matters.
func tail(s string, w int) string {
	n := lipgloss.Width(s)
	if n <= w {
		return s
	}
	return "…" + ansi.TruncateLeft(s, n-w+1, "")
}

// fit makes a text exactly h lines, each at most w columns.
func fit(s string, w, h int) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	if len(lines) > h {
		lines = lines[:max(0, h)]
	}
	for i, l := range lines {
		lines[i] = cut(l, w)
	}
	for len(lines) < h {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

// spread puts two texts at the ends of a line of w columns, a blank between
// them; the left one gives way.
func spread(left, right string, w int) string {
	room := w - lipgloss.Width(right)
	switch {
	case room < 1:
		return cut(right, w)
	case right == "", strings.HasPrefix(right, " "):
		return pad(left, room) + right
	}
	return pad(left, room-1) + " " + right
}

// beside joins two blocks of h lines with a thin rule between them.
func beside(t theme, left, right string, lw, rw, h int) string {
	l, r := strings.Split(fit(left, lw, h), "\n"), strings.Split(fit(right, rw, h), "\n")
	bar := t.Muted.Render(t.sign(" │ ", " | "))
	for i := range l {
		l[i] = pad(l[i], lw) + bar + r[i]
	}
	return strings.Join(l, "\n")
}

// strip takes the styles off a text.
func strip(s string) string { return ansi.Strip(s) }

// wrap breaks a text into lines of at most w columns.
func wrap(s string, w int) []string {
	return strings.Split(ansi.Wrap(s, max(10, w), "/"), "\n")
}

// indented wraps a text beside its label.
func indented(label, text string, w int) []string {
	n := lipgloss.Width(label)
	lines := wrap(text, w-n)
	out := []string{label + lines[0]}
	for _, l := range lines[1:] {
		out = append(out, strings.Repeat(" ", n)+l)
	}
	return out
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}
