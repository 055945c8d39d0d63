package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// choice is a dialog with a few answers; the first, harmless one has the focus.
type choice struct {
	head    string
	text    string
	options []option
	at      int
}

type option struct {
	label string
	do    func(*app) tea.Cmd // nil = only close
}

func (c *choice) title() string { return c.head }

func (c *choice) update(a *app, msg tea.Msg) (tea.Cmd, bool) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	switch {
	case key.Matches(k, keyBack.Binding, keyQuit.Binding, keyAbort.Binding):
		return nil, true
	case key.Matches(k, keyOpen.Binding):
		if do := c.options[c.at].do; do != nil {
			return do(a), true
		}
		return nil, true
	}
	switch k.String() {
	case "left", "up", "shift+tab", "h", "k":
		c.at = (c.at + len(c.options) - 1) % len(c.options)
	case "right", "down", "tab", "l", "j":
		c.at = (c.at + 1) % len(c.options)
	}
	return nil, false
}

func (c *choice) view(a *app, w, _ int) string {
	var b strings.Builder
	b.WriteString(lipgloss.NewStyle().Width(w).Render(c.text) + "\n\n")
	for i, o := range c.options {
		label := " " + o.label + " "
		if i == c.at {
			label = a.th.Selected.Render(a.th.sign("›", ">") + o.label + " ")
		}
		b.WriteString(label + "  ")
	}
	return b.String()
}
