package ui

import (
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// View draws breadcrumbs, the screen on top, news, and the footer; a dialog
// lies above. Below the smallest size it says so and nothing else.
func (a *app) View() tea.View {
	var v tea.View
	if a.w < minWidth || a.h < minHeight {
		v = tea.NewView(fmt.Sprintf("orabak-tui needs %d columns and %d lines; this terminal has %d x %d.\nq quits.", minWidth, minHeight, a.w, a.h))
	} else {
		v = tea.NewView(a.frame())
	}
	v.AltScreen = true
	v.ReportFocus = true
	if a.mouse && !a.d.Plain {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.WindowTitle = "orabak-tui " + a.data.title()
	a.native(&v)
	return v
}

// frame puts the parts above each other, exactly a.h lines of a.w columns.
func (a *app) frame() string {
	body := a.top().view(a, a.w, a.h-3)
	lines := append([]string{a.breadcrumbs()}, strings.Split(fit(body, a.w, a.h-3), "\n")...)
	lines = append(lines, a.news(), a.footer())
	out := strings.Join(lines, "\n")
	if n := len(a.dialogs); n > 0 {
		out = a.overlay(out, a.dialogs[n-1])
	}
	return out
}

// breadcrumbs is the first line: where one is, and what runs.
func (a *app) breadcrumbs() string {
	parts := []string{}
	for _, s := range a.stack {
		parts = append(parts, s.crumb())
	}
	left := " " + a.th.Title.Render(strings.Join(parts, a.th.crumb()))
	right := a.data.indicator(a)
	if a.d.ReadOnly {
		right = a.th.Warn.Render("READ-ONLY") + "  " + right
	}
	return spread(left, right+" ", a.w)
}

// news is the line above the footer: the last toast.
func (a *app) news() string {
	switch {
	case a.toast.text == "":
		return a.th.rule(a.w)
	case a.toast.bad:
		return cut(" "+a.th.Bad.Render("FAIL "+a.toast.text), a.w)
	default:
		return cut(" "+a.th.Accent.Render(a.toast.text), a.w)
	}
}

// footer shows the keys that work here, as many as fit, made from the bindings
// themselves.
func (a *app) footer() string {
	keys := append(a.top().keys(a), keyHelp, keyQuit)
	out := ""
	for _, b := range keys {
		item := a.th.Accent.Render(b.Help().Key) + " " + b.Help().Desc
		if b.off != "" {
			item = a.th.Muted.Render(b.Help().Key + " " + b.Help().Desc)
		}
		if next := out + "  " + item; lipgloss.Width(next) <= a.w {
			out = next
		}
	}
	return cut(out, a.w)
}

// overlay draws a dialog in a box in the middle of the screen.
func (a *app) overlay(under string, d *opened) string {
	w, h := min(a.w-4, 100), a.h-4
	inside := d.view(a, w-4, h-4)
	title := a.th.Title.Render(d.title())
	if a.d.Plain {
		return fit(title+"\n\n"+inside, a.w, a.h)
	}
	border := lipgloss.RoundedBorder()
	if a.th.ascii {
		border = lipgloss.ASCIIBorder()
	}
	box := lipgloss.NewStyle().Border(border).Padding(0, 1).Render(title + "\n\n" + inside)
	x, y := max(0, (a.w-lipgloss.Width(box))/2), max(0, (a.h-lipgloss.Height(box))/2)
	return lipgloss.NewCompositor(lipgloss.NewLayer(under), lipgloss.NewLayer(box).X(x).Y(y).Z(1)).Render()
}

// native sets the terminal's own progress bar, for terminals that have one.
func (a *app) native(v *tea.View) {
	if share, running := a.data.progress(); running {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarDefault, int(share*100))
	}
}

// forceSync turns synchronized output on where the library does not ask for
// it, as over SSH; terminals without mode 2026 ignore it.
func forceSync() tea.Msg {
	if os.Getenv("SSH_TTY") == "" || os.Getenv("ORABAK_NO_SYNC") != "" {
		return nil
	}
	return tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}
}
