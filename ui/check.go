package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// checkTimeout bounds the preflight: a network that hangs is a finding too.
const checkTimeout = 2 * time.Minute

// check is the preflight with remedies.
type check struct {
	scroll
	found []Finding
	at    time.Time
	busy  bool
	since time.Time
}

type checkMsg struct {
	found []Finding
	at    time.Time
}

func newCheck() *check { return &check{} }

func (c *check) crumb() string { return "check" }

func (c *check) enter(a *app) tea.Cmd {
	if c.busy {
		return nil
	}
	c.busy, c.since = true, a.now()
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, checkTimeout)
		defer cancel()
		return checkMsg{d.Preflight(ctx), d.Now()}
	}
}

func (c *check) keys(a *app) []binding {
	return append([]binding{bind("ctrl+r", "check again", func() tea.Cmd { return c.enter(a) }, "ctrl+r", "f5").when(!c.busy, "it is under way")}, c.scroll.keys()...)
}

func (c *check) update(_ *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(checkMsg); ok {
		c.found, c.at, c.busy = m.found, m.at, false
	}
	return nil
}

func (c *check) view(a *app, w, h int) string {
	if c.found == nil {
		return "\n " + a.th.Muted.Render("looking at Oracle, RMAN, S3 and the disks"+a.patience(c.since, ""))
	}
	lines := []string{c.summary(a), ""}
	for _, f := range c.found {
		word := map[string]string{"ok": "OK", "warn": "WARN", "fail": "FAIL"}[f.State]
		lines = append(lines, indented(" "+pad(a.th.state(word), 8)+pad(clean(f.Area), 10), clean(f.Text), w)...)
		if f.Remedy != "" {
			lines = append(lines, indented(strings.Repeat(" ", 19)+a.th.Accent.Render(a.th.sign("→ ", "> ")), clean(f.Remedy), w)...)
		}
	}
	return strings.Join(c.window(lines, h), "\n")
}

// summary says in one line whether a backup can work.
func (c *check) summary(a *app) string {
	n := map[string]int{}
	for _, f := range c.found {
		n[f.State]++
	}
	text := " " + a.th.Strong.Render("Everything a backup needs is there")
	switch {
	case n["fail"] > 0:
		text = " " + a.th.Bad.Render(plural(n["fail"], "finding")+" that would make a backup fail")
	case n["warn"] > 0:
		text = " " + a.th.Warn.Render("A backup works; "+plural(n["warn"], "finding")+" to look at")
	}
	if c.busy {
		return text + a.th.Muted.Render("   checking again")
	}
	return text + a.th.Muted.Render("   as of "+a.clock(c.at, "15:04:05 -07"))
}
