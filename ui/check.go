package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"orabak-tui/internal/run"
)

// check is the preflight with remedies.
type check struct {
	found []Finding
	busy  bool
	top   int
}

type checkMsg []Finding

func newCheck() *check { return &check{} }

func (c *check) crumb() string { return "check" }

func (c *check) enter(a *app) tea.Cmd {
	c.busy = true
	d, ctx := a.d, a.ctx
	return func() tea.Msg { return checkMsg(d.Preflight(ctx)) }
}

func (c *check) keys(*app) []binding { return []binding{keyRefresh, keyUp, keyDown, keyBack} }

func (c *check) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case checkMsg:
		c.found, c.busy = msg, false
	case tea.KeyPressMsg:
		switch msg.String() {
		case "ctrl+r":
			return c.enter(a)
		case "down", "j":
			c.top++
		case "up", "k":
			c.top = max(0, c.top-1)
		}
	}
	return nil
}

func (c *check) view(a *app, w, h int) string {
	if c.busy && c.found == nil {
		return "\n " + a.th.Muted.Render("looking at Oracle, S3 and the disks")
	}
	var lines []string
	for _, f := range c.found {
		word := map[string]string{"ok": "OK", "warn": "WARN", "fail": "FAIL"}[f.State]
		lines = append(lines, " "+pad(a.th.state(word), 8)+pad(f.Area, 10)+run.Clean(f.Text))
		if f.Remedy != "" {
			text := lipgloss.NewStyle().Width(max(20, w-22)).Render(a.th.sign("→ ", "> ") + run.Clean(f.Remedy))
			for _, l := range strings.Split(text, "\n") {
				lines = append(lines, strings.Repeat(" ", 19)+a.th.Accent.Render(l))
			}
		}
	}
	c.top = max(0, min(c.top, len(lines)-h))
	return fit(strings.Join(lines[c.top:], "\n"), w, h)
}
