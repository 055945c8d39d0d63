package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// toastTime is how long a note stays; errors stay until a key is pressed.
const toastTime = 5 * time.Second

// toast is one line of news above the footer.
type toast struct {
	text string
	bad  bool
	n    int
}

// toastEndMsg ends the toast of that number.
type toastEndMsg int

// note shows good news for a while.
func (a *app) note(text string) tea.Cmd {
	a.toasts++
	n := a.toasts
	a.toast = toast{text: clean(text), n: n}
	return tea.Tick(toastTime, func(time.Time) tea.Msg { return toastEndMsg(n) })
}

// complain shows what went wrong until a key is pressed.
func (a *app) complain(err error) tea.Cmd {
	a.toasts++
	a.toast = toast{text: clean(err.Error()), bad: true, n: a.toasts}
	return nil
}

func (a *app) endToast(n int) {
	if a.toast.n == n && !a.toast.bad {
		a.toast = toast{}
	}
}

// copyText sends a text to the terminal's clipboard and says so: whether the
// terminal takes it cannot be known.
func (a *app) copyText(what, text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), a.note(what+" was sent to the terminal's clipboard"))
}
