package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// binding is a key with what it does here and now. The same value makes the
// footer, the help, the palette, and is what a key press runs, so none of them
// can tell something else. One that is off is still shown, with the reason.
type binding struct {
	key.Binding
	off   string // why it does not work now; empty = it works
	quiet bool   // told by the help, left out of the footer
	do    func() tea.Cmd
}

// bind makes a binding: keys in Bubble Tea's spelling, what is shown for them,
// what they do in words and in deed.
func bind(shown, does string, do func() tea.Cmd, keys ...string) binding {
	return binding{Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does)), do: do}
}

// when turns a binding off with a reason unless ok; the first reason stands.
func (b binding) when(ok bool, reason string) binding {
	if !ok && b.off == "" {
		b.off = reason
	}
	return b
}

// hush takes a binding out of the footer.
func (b binding) hush() binding {
	b.quiet = true
	return b
}

// silent makes a command of something that only changes the screen's state.
func silent(f func()) func() tea.Cmd {
	return func() tea.Cmd {
		f()
		return nil
	}
}

// everywhere are the keys that work on every screen; a screen's own come
// first.
func (a *app) everywhere() []binding {
	return []binding{
		bind("esc", "back", a.pop, "esc").when(len(a.stack) > 1, "this is the first screen").hush(),
		bind("ctrl+r", "refresh", a.refresh, "ctrl+r", "f5").hush(),
		bind(":", "commands", a.openPalette, ":", "ctrl+p").hush(),
		bind("m", "mouse on/off", a.toggleMouse, "m").when(!a.d.Plain, "plain mode leaves the mouse to the terminal").hush(),
		bind("ctrl+z", "suspend; runs go on", a.suspend, "ctrl+z").hush(),
		bind("?", "help", a.openHelp, "?"),
		bind("q", "quit", a.quit, "q", "ctrl+c"),
	}
}

// bindings are all keys that work now, in the order in which they win.
func (a *app) bindings() []binding { return append(a.top().keys(a), a.everywhere()...) }

// press runs a binding, or tells why it is off.
func (a *app) press(b binding) tea.Cmd {
	if b.off != "" {
		return a.note(b.Help().Desc + ": " + b.off)
	}
	return b.do()
}

// act turns a binding off in a read-only console.
func (a *app) act(b binding) binding { return b.when(a.readOnly() == "", a.readOnly()) }

// readOnly is the reason that turns actions off, empty when there is none.
func (a *app) readOnly() string {
	if a.d.ReadOnly {
		return "the console is read-only"
	}
	return ""
}
