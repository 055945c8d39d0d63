package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// dialog is a box above the screens. It gets every key while it is open.
type dialog interface {
	// update handles a key press or a paste; done closes the dialog.
	update(a *app, msg tea.Msg) (cmd tea.Cmd, done bool)
	// view draws the inside of the box, at most w columns and h lines.
	view(a *app, w, h int) string
	title() string
	// hints are its keys, for the footer.
	hints() []hint
}

// hint is a key of a dialog and what it does.
type hint struct{ key, does string }

// grace is how long a dialog that opened by itself swallows keys: somebody may
// be typing. It ends after quiet without a key, at the latest after most.
const (
	graceQuiet = 425 * time.Millisecond
	graceMost  = 1500 * time.Millisecond
)

// opened is a dialog on the stack.
type opened struct {
	dialog
	since   time.Time // of a dialog that opened by itself; zero otherwise
	lastKey time.Time
}

// ask opens a dialog that the person asked for.
func (a *app) ask(d dialog) tea.Cmd {
	a.dialogs = append(a.dialogs, &opened{dialog: d})
	return nil
}

// surprise opens a dialog that nobody asked for, with a grace period.
func (a *app) surprise(d dialog) {
	now := a.now()
	a.dialogs = append(a.dialogs, &opened{dialog: d, since: now, lastKey: now})
}

// swallows says whether a key must not reach the dialog yet.
func (o *opened) swallows(now time.Time) bool {
	if o.since.IsZero() {
		return false
	}
	if now.Sub(o.lastKey) >= graceQuiet || now.Sub(o.since) >= graceMost {
		o.since = time.Time{}
		return false
	}
	o.lastKey = now
	return true
}

func (a *app) dialogKey(k tea.KeyPressMsg) tea.Cmd {
	top := a.dialogs[len(a.dialogs)-1]
	if top.swallows(a.now()) {
		return nil
	}
	return a.dialogUpdate(top, k)
}

// dialogPaste gives pasted text to the dialog on top.
func (a *app) dialogPaste(msg tea.PasteMsg) tea.Cmd {
	return a.dialogUpdate(a.dialogs[len(a.dialogs)-1], msg)
}

func (a *app) dialogUpdate(o *opened, msg tea.Msg) tea.Cmd {
	cmd, done := o.update(a, msg)
	if done {
		a.closeDialog(o)
	}
	return cmd
}

// closeDialog removes one dialog, wherever it stands: what it did may have
// opened another above it.
func (a *app) closeDialog(o *opened) {
	for i, d := range a.dialogs {
		if d == o {
			a.dialogs = append(a.dialogs[:i:i], a.dialogs[i+1:]...)
			return
		}
	}
}
