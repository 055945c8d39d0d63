package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// The smallest terminal the console draws in; below it a message says so.
const (
	minWidth  = 60
	minHeight = 16
)

// app is the one model of the program: it routes messages to dialogs and
// screens and draws the frame around them. Everything is done by its parts.
type app struct {
	d   Deps
	ctx context.Context // ends with the program; commands work under it
	th  theme

	w, h    int
	mouse   bool
	stack   []screen
	dialogs []*opened
	toast   toast
	toasts  int
	data    data // what several screens share
	exit    int
}

var _ tea.Model = (*app)(nil)

func newApp(ctx context.Context, d Deps) *app {
	a := &app{d: d, ctx: ctx, th: newTheme(true, d.ASCII, d.Plain), w: 80, h: 24, mouse: true}
	a.data = newData(d)
	a.stack = []screen{newSets(a)}
	return a
}

// Init asks for what is fresh; the first frame shows what is cached.
func (a *app) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, forceSync, a.top().enter(a), a.data.start(a))
}

// Update routes a message: first what concerns the frame, then dialogs, then
// screens. It does no work of its own and never blocks.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		a.th = newTheme(msg.IsDark(), a.d.ASCII, a.d.Plain)
	case toastEndMsg:
		a.endToast(int(msg))
		return a, nil
	case doneMsg:
		return a, a.done(msg)
	}
	cmd := a.data.update(a, msg)
	if dc, handled := a.dialogUpdate(msg); handled {
		return a, tea.Batch(cmd, dc)
	} else if dc != nil {
		cmd = tea.Batch(cmd, dc)
	}
	if k, ok := msg.(tea.KeyPressMsg); ok {
		return a, tea.Batch(cmd, a.keyPress(k))
	}
	for _, s := range a.stack {
		cmd = tea.Batch(cmd, s.update(a, msg))
	}
	return a, cmd
}

// keyPress gives a key to the screen on top, after the keys that work
// everywhere.
func (a *app) keyPress(k tea.KeyPressMsg) tea.Cmd {
	a.toast = toast{}
	if t, ok := a.top().(typing); ok && t.typing() && !key.Matches(k, keyAbort.Binding) {
		return a.top().update(a, k)
	}
	switch {
	case key.Matches(k, keyAbort.Binding, keyQuit.Binding):
		return a.quit()
	case key.Matches(k, keyHelp.Binding):
		a.ask(newHelp(a))
		return nil
	case key.Matches(k, keyPalette.Binding):
		a.ask(newPalette(a))
		return nil
	case key.Matches(k, keyMouse.Binding):
		a.mouse = !a.mouse
		return a.note(map[bool]string{true: "mouse on: wheel and clicks", false: "mouse off: the terminal selects text"}[a.mouse])
	case key.Matches(k, keySuspend.Binding):
		return tea.Suspend
	case key.Matches(k, keyBack.Binding) && len(a.stack) > 1:
		return a.pop()
	}
	if cmd, refused := a.refuse(k); refused {
		return cmd
	}
	return a.top().update(a, k)
}

// refuse tells why a key that is shown as off does nothing.
func (a *app) refuse(k tea.KeyPressMsg) (tea.Cmd, bool) {
	for _, b := range a.top().keys(a) {
		if b.off != "" && key.Matches(k, b.Binding) {
			return a.note(b.Help().Desc + ": " + b.off), true
		}
	}
	return nil, false
}

// readOnly is the reason that turns actions off, empty when there is none.
func (a *app) readOnly() string {
	if a.d.ReadOnly {
		return "the console is read-only"
	}
	return ""
}

// act turns a binding off in a read-only console.
func (a *app) act(b binding) binding { return b.when(a.readOnly() == "", a.readOnly()) }

// done tells how something ended that was done beside the loop.
func (a *app) done(m doneMsg) tea.Cmd {
	if m.err != nil {
		return a.complain(m.err)
	}
	return a.note(m.what)
}

// now is the clock of the console.
func (a *app) now() time.Time { return a.d.Now() }
