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
	leaving bool // the next view is the last
	heard   bool // the terminal has answered, or will not
	stack   []screen
	dialogs []*opened
	toast   toast
	toasts  int
	data    data     // what several screens share
	live    *runView // follows the run under way, on the stack or not
	speech  speech   // of plain mode
}

var _ tea.Model = (*app)(nil)

func newApp(ctx context.Context, d Deps) *app {
	a := &app{d: d, ctx: ctx, th: newTheme(true, d.ASCII, d.Plain), w: 80, h: 24, mouse: true}
	a.data = newData()
	home := newSets()
	a.stack = []screen{home}
	home.refresh(a)
	return a
}

// Init asks for what is known on this host and for what is fresh.
func (a *app) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, forceSync, every(answerTime, heardMsg{}), a.top().enter(a), a.data.start(a))
}

// answerTime is how long the terminal's answer is waited for before the
// console gives the terminal back: one that came later would be typed into the
// shell.
const answerTime = 300 * time.Millisecond

// heardMsg says that the terminal had its time to answer.
type heardMsg struct{}

// afterAnswer holds a command that gives the terminal back until the terminal
// has answered what it was asked at the start.
func (a *app) afterAnswer(cmd tea.Cmd) tea.Cmd {
	if a.heard {
		return cmd
	}
	return tea.Sequence(every(answerTime, heardMsg{}), cmd)
}

// Update routes a message, and in plain mode tells what it changed. It does no
// work of its own and never blocks.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := a.route(msg)
	if a.d.Plain {
		cmd = tea.Batch(cmd, a.speak(msg))
	}
	return a, cmd
}

// route gives a message first to what concerns the frame, then to dialogs, then
// to screens.
func (a *app) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		a.th, a.heard = newTheme(msg.IsDark(), a.d.ASCII, a.d.Plain), true
	case heardMsg:
		a.heard = true
	case tea.KeyPressMsg:
		return a.keyPress(msg)
	case tea.PasteMsg:
		return a.paste(msg)
	case tea.MouseClickMsg:
		return a.mouseAt(tea.Mouse(msg), true)
	case tea.MouseWheelMsg:
		return a.mouseAt(tea.Mouse(msg), false)
	case toastEndMsg:
		a.endToast(int(msg))
	case doneMsg:
		return a.done(msg)
	case startedMsg:
		return a.started(msg)
	default:
		return a.spread(msg)
	}
	return nil
}

// spread gives what a command found to everybody it may concern.
func (a *app) spread(msg tea.Msg) tea.Cmd {
	cmds := []tea.Cmd{a.data.update(a, msg)}
	for _, s := range a.stack {
		cmds = append(cmds, s.update(a, msg))
	}
	if a.live != nil && !a.onStack(a.live) {
		cmds = append(cmds, a.live.update(a, msg))
	}
	return tea.Batch(cmds...)
}

func (a *app) onStack(s screen) bool {
	for _, x := range a.stack {
		if x == s {
			return true
		}
	}
	return false
}

// keyPress gives a key to the dialog on top, to the field that takes text, or
// to the first binding that has it.
func (a *app) keyPress(k tea.KeyPressMsg) tea.Cmd {
	a.toast = toast{}
	if len(a.dialogs) > 0 {
		return a.dialogKey(k)
	}
	if a.small() {
		return a.smallKey(k)
	}
	if t, ok := a.top().(typist); ok && t.typing() && k.String() != "ctrl+c" {
		return t.typed(a, k)
	}
	for _, b := range a.bindings() {
		if key.Matches(k, b.Binding) {
			return a.press(b)
		}
	}
	return nil
}

// small says whether the terminal is too small to draw in.
func (a *app) small() bool { return a.w < minWidth || a.h < minHeight }

// smallKey knows only what the message tells: nobody presses keys of what is
// not seen.
func (a *app) smallKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "q", "ctrl+c":
		return a.leave()
	case "ctrl+z":
		return a.suspend()
	}
	return nil
}

func (a *app) paste(msg tea.PasteMsg) tea.Cmd {
	if len(a.dialogs) > 0 {
		return a.dialogPaste(msg)
	}
	if t, ok := a.top().(typist); ok && t.typing() {
		return t.typed(a, msg)
	}
	return nil
}

// mouseAt gives clicks and the wheel to the screen on top; dialogs are for the
// keyboard.
func (a *app) mouseAt(m tea.Mouse, click bool) tea.Cmd {
	p, ok := a.top().(pointed)
	if !ok || len(a.dialogs) > 0 || a.small() {
		return nil
	}
	m.Y -= frameAbove
	return p.mouse(a, m, click)
}

// wheel is how many rows a turn of the wheel moves.
func wheel(m tea.Mouse) int {
	switch m.Button {
	case tea.MouseWheelUp:
		return -3
	case tea.MouseWheelDown:
		return 3
	}
	return 0
}

func (a *app) toggleMouse() tea.Cmd {
	a.mouse = !a.mouse
	if a.mouse {
		return a.note("mouse on: wheel and clicks")
	}
	return a.note("mouse off: the terminal selects text")
}

// refresh reads everything again.
func (a *app) refresh() tea.Cmd {
	return tea.Batch(a.data.loadSets(a), a.data.loadFacts(a), a.data.loadRuns(a), a.top().enter(a), a.note("reading again"))
}

// doneMsg is the outcome of something that was done beside the loop.
type doneMsg struct {
	what string
	err  error
}

// done tells how something ended that was done beside the loop.
func (a *app) done(m doneMsg) tea.Cmd {
	if m.err != nil {
		return a.complain(m.err)
	}
	return a.note(m.what)
}

// now is the clock of the console.
func (a *app) now() time.Time { return a.d.Now() }
