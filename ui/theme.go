package ui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// theme is every style and sign of the console, by role. Colours are the ANSI
// sixteen, so that the user's own palette rules; a state is always a word too.
type theme struct {
	dark  bool
	ascii bool
	plain bool

	Accent, Good, Warn, Bad, Danger, Muted, Strong, Selected, Title lipgloss.Style
}

func newTheme(dark, ascii, plain bool) theme {
	c := lipgloss.LightDark(dark)
	fg := func(light, darkC string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(c(lipgloss.Color(light), lipgloss.Color(darkC)))
	}
	return theme{
		dark: dark, ascii: ascii || plain, plain: plain,
		Accent: fg("4", "14"), Good: fg("2", "10"), Warn: fg("3", "11"), Bad: fg("1", "9"),
		Danger: fg("1", "9").Bold(true), Muted: fg("8", "8"),
		Strong: lipgloss.NewStyle().Bold(true), Selected: lipgloss.NewStyle().Reverse(true),
		Title: lipgloss.NewStyle().Bold(true),
	}
}

// sign returns the Unicode sign, or its ASCII stand-in.
func (t theme) sign(unicode, ascii string) string {
	if t.ascii {
		return ascii
	}
	return unicode
}

// plainStyle leaves a text as it is.
func (t theme) plainStyle() lipgloss.Style { return lipgloss.NewStyle() }

// rule is a thin line over the whole width; nothing in plain mode.
func (t theme) rule(w int) string {
	if t.plain {
		return ""
	}
	return t.Muted.Render(strings.Repeat(t.sign("─", "-"), max(0, w)))
}

// crumb separates breadcrumbs.
func (t theme) crumb() string { return t.sign(" › ", " > ") }

// state renders a state word with its sign and colour. Words: OK RUN WARN FAIL
// GAP PART OLD.
func (t theme) state(word string) string {
	switch word {
	case "OK":
		return t.Good.Render(t.sign("✓ ", "") + word)
	case "RUN":
		return t.Accent.Render(t.sign("● ", "") + word)
	case "WARN", "PART":
		return t.Warn.Render(t.sign("▲ ", "") + word)
	case "FAIL", "GAP":
		return t.Bad.Render(t.sign("✗ ", "") + word)
	default:
		return t.Muted.Render(t.sign("· ", "") + word)
	}
}

// bar draws a progress bar of w columns for a share between 0 and 1.
func (t theme) bar(share float64, w int) string {
	share = max(0, min(1, share))
	if w <= 0 || t.plain {
		return ""
	}
	if t.ascii {
		n := int(share * float64(w))
		return strings.Repeat("#", n) + strings.Repeat("-", w-n)
	}
	eighths := int(share * float64(w) * 8)
	full, rest := eighths/8, eighths%8
	s := strings.Repeat("█", full)
	if rest > 0 && full < w {
		s += string([]rune("▏▎▍▌▋▊▉")[rest-1])
		full++
	}
	return t.Accent.Render(s) + strings.Repeat(" ", max(0, w-full))
}

// spark draws values as a sparkline of at most w columns, the newest last.
func (t theme) spark(values []float64, w int) string {
	if len(values) > w {
		values = values[len(values)-w:]
	}
	top := 0.0
	for _, v := range values {
		top = max(top, v)
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	if t.ascii {
		levels = []rune("_.-=+*#@")
	}
	var b strings.Builder
	for _, v := range values {
		i := 0
		if top > 0 {
			i = int(v / top * float64(len(levels)-1))
		}
		b.WriteRune(levels[max(0, min(len(levels)-1, i))])
	}
	return t.Accent.Render(b.String())
}
