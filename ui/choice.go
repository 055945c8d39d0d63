package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// choice is a dialog with a few answers; the first, harmless one has the focus.
type choice struct {
	head    string
	text    string // clean; may have several lines
	options []option
	at      int
	below   int // lines above the answers, as of the last view
	stacked bool
}

type option struct {
	label string
	do    func() tea.Cmd // nil = only close
}

func (c *choice) title() string { return c.head }

func (c *choice) hints() []hint {
	return []hint{{"← →", "choose"}, {"enter", "answer"}, {"esc", "close"}}
}

func (c *choice) update(_ *app, msg tea.Msg) (tea.Cmd, bool) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	n := len(c.options)
	switch k.String() {
	case "esc", "q", "ctrl+c":
		return nil, true
	case "enter":
		if do := c.options[c.at].do; do != nil {
			return do(), true
		}
		return nil, true
	case "left", "up", "shift+tab", "h", "k":
		c.at = (c.at + n - 1) % n
	case "right", "down", "tab", "l", "j":
		c.at = (c.at + 1) % n
	}
	return nil, false
}

func (c *choice) view(a *app, w, h int) string {
	lines := slices.Concat(strings.Split(lipgloss.NewStyle().Width(w).Render(c.text), "\n"), []string{""}, c.answers(a, w))
	if over := len(lines) - h; over > 0 { // the answers are always seen
		lines = append(lines[:max(0, len(lines)-over-len(c.answers(a, w)))], c.answers(a, w)...)
	}
	c.below = len(lines) - len(c.answers(a, w))
	return strings.Join(lines, "\n")
}

// place is the answer that has the focus, where each has a line of its own.
func (c *choice) place() (x, y int, ok bool) { return 0, c.below + c.at, c.stacked }

// answers stand beside each other when they fit, else below each other.
func (c *choice) answers(a *app, w int) []string {
	var labels []string
	for i, o := range c.options {
		label := "  " + o.label + " "
		if i == c.at {
			label = a.th.Selected.Render(a.th.sign("›", ">") + " " + o.label + " ")
		}
		labels = append(labels, label)
	}
	one := strings.Join(labels, "  ")
	if c.stacked = a.th.plain || lipgloss.Width(one) > w; c.stacked {
		return labels
	}
	return []string{one}
}
