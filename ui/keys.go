package ui

import "charm.land/bubbles/v2/key"

// binding is a key with what it does here. One that is off is still shown,
// with the reason, so that nobody has to guess.
type binding struct {
	key.Binding
	off string // why it does not work now; empty = it works
}

// bind makes a binding: keys in Bubble Tea's spelling, what is shown for them,
// what they do.
func bind(shown, does string, keys ...string) binding {
	return binding{Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))}
}

// when turns a binding off with a reason unless ok.
func (b binding) when(ok bool, reason string) binding {
	if !ok {
		b.off = reason
	}
	return b
}

// Keys that work everywhere.
var (
	keyQuit    = bind("q", "quit", "q")
	keyAbort   = bind("ctrl+c", "quit", "ctrl+c")
	keyBack    = bind("esc", "back", "esc")
	keyHelp    = bind("?", "help", "?")
	keyPalette = bind(":", "commands", ":", "ctrl+p")
	keyMouse   = bind("m", "mouse on/off", "m")
	keySuspend = bind("ctrl+z", "suspend", "ctrl+z")
	keyRefresh = bind("ctrl+r", "refresh", "ctrl+r")

	keyUp     = bind("↑/k", "up", "up", "k")
	keyDown   = bind("↓/j", "down", "down", "j")
	keyPageUp = bind("pgup", "page up", "pgup", "ctrl+b")
	keyPageDn = bind("pgdn", "page down", "pgdown", "ctrl+f")
	keyTop    = bind("g", "first", "g", "home")
	keyBottom = bind("G", "last", "G", "end")
	keyOpen   = bind("enter", "open", "enter")
	keyFilter = bind("/", "filter", "/")
)
