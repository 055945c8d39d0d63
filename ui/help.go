package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// help lists the keys that work on the present screen, made from its bindings.
type help struct {
	of   string
	keys []binding
	top  int
}

func newHelp(a *app) *help {
	all := append(a.top().keys(a), keyUp, keyDown, keyPageUp, keyPageDn, keyTop, keyBottom, keyBack, keyPalette, keyMouse, keySuspend, keyQuit)
	return &help{of: a.top().crumb(), keys: all}
}

func (h *help) title() string { return "keys: " + h.of }

func (h *help) update(_ *app, msg tea.Msg) (tea.Cmd, bool) {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
		return nil, false
	case key.Matches(k, keyDown.Binding):
		h.top++
	case key.Matches(k, keyUp.Binding):
		h.top--
	default:
		return nil, true
	}
	return nil, false
}

func (h *help) view(a *app, w, height int) string {
	var lines []string
	seen := map[string]bool{}
	for _, b := range h.keys {
		if seen[b.Help().Key] {
			continue
		}
		seen[b.Help().Key] = true
		line := pad(b.Help().Key, 10) + b.Help().Desc
		if b.off != "" {
			line = a.th.Muted.Render(line + " — not now: " + b.off)
		}
		lines = append(lines, cut(line, w))
	}
	h.top = max(0, min(h.top, len(lines)-height))
	return strings.Join(lines[h.top:min(len(lines), h.top+height)], "\n")
}
