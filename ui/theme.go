package ui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// theme is every style and sign of the console, by role. Colours are the ANSI
// sixteen, so that the user's own palette rules; a state is always a word too.
// What is muted is faint, not gray: some palettes have the background's colour
// for the gray.
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
		Danger: fg("1", "9").Bold(true), Muted: lipgloss.NewStyle().Faint(true),
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

// border is that of dialogs.
func (t theme) border() lipgloss.Border {
	if t.ascii {
		return lipgloss.ASCIIBorder()
	}
	return lipgloss.RoundedBorder()
}

// rule is a thin line over the whole width; nothing in plain mode.
func (t theme) rule(w int) string {
	if t.plain {
		return ""
	}
	return t.Muted.Render(strings.Repeat(t.sign("─", "-"), max(0, w)))
}

// crumb separates breadcrumbs.
func (t theme) crumb() string { return t.sign(" › ", " > ") }

// selectLine marks the selected line of a list over its whole width.
func (t theme) selectLine(line string, w int) string {
	line = strings.TrimPrefix(strip(line), " ")
	if t.plain {
		return ">" + line
	}
	return t.Selected.Render(pad(t.sign("›", ">")+line, w))
}

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
