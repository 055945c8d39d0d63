package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// help lists the keys that work on the present screen, made from its bindings.
type help struct {
	of   string
	keys []binding
	text scroll
}

func (a *app) openHelp() tea.Cmd {
	return a.ask(&help{of: a.top().crumb(), keys: a.bindings()})
}

func (h *help) title() string { return "keys: " + h.of }

func (h *help) hints() []hint { return []hint{{"↑↓", "scroll"}, {"any other key", "closes"}} }

func (h *help) update(_ *app, msg tea.Msg) (tea.Cmd, bool) {
	k, ok := msg.(tea.KeyPressMsg)
	return nil, ok && !h.text.key(k.String())
}

func (h *help) view(a *app, w, height int) string {
	var lines []string
	seen := map[string]bool{} // keys that an earlier binding takes
	for _, b := range h.keys {
		if seen[b.Keys()[0]] {
			continue
		}
		for _, k := range b.Keys() {
			seen[k] = true
		}
		line := pad(shownKey(a.th, b), 10) + b.Help().Desc
		if b.off != "" {
			line = a.th.Muted.Render(line + " (not now: " + b.off + ")")
		}
		lines = append(lines, cut(line, w))
	}
	return h.text.told(a.th, lines, height)
}

// shownKey is the name of a binding's key.
func shownKey(t theme, b binding) string { return t.keyName(b.Help().Key) }

// keyName is the name of a key, in ASCII where that is asked for.
func (t theme) keyName(key string) string {
	if !t.ascii {
		return key
	}
	return strings.NewReplacer("↑", "up", "↓", "down", "←", "left", "→", "right").Replace(key)
}
