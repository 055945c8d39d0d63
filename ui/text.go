package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

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

// spread puts two texts at the ends of a line of w columns; the left one gives
// way.
func spread(left, right string, w int) string {
	room := w - lipgloss.Width(right)
	if room < 1 {
		return cut(right, w)
	}
	return pad(left, room) + right
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

// age says how long ago a moment was, in the two largest units.
func age(now, then time.Time) string {
	if then.IsZero() {
		return "never"
	}
	return span(now.Sub(then)) + " ago"
}

// span writes a duration in its two largest units: 2 d 13 h, 4 min 20 s.
func span(d time.Duration) string {
	d = max(0, d.Round(time.Second))
	day, h, m, s := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case day > 0:
		return fmt.Sprintf("%d d %d h", day, h)
	case h > 0:
		return fmt.Sprintf("%d h %02d min", h, m)
	case m > 0:
		return fmt.Sprintf("%d min %02d s", m, s)
	default:
		return fmt.Sprintf("%d s", s)
	}
}

// clockTime writes a duration as 2:41:09 or 0:21.
func clockTime(d time.Duration) string {
	d = max(0, d.Round(time.Second))
	if h := int(d.Hours()); h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, int(d.Minutes())%60, int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// strip takes the styles off a text.
func strip(s string) string { return ansi.Strip(s) }

// wrap breaks a text into lines of at most w columns.
func wrap(s string, w int) []string {
	return strings.Split(ansi.Wordwrap(s, max(10, w), " -/"), "\n")
}
