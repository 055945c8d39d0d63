package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// quit leaves at once when nothing runs; otherwise it says what does, and that
// it goes on.
func (a *app) quit() tea.Cmd {
	i, ok := a.data.running()
	if !ok {
		return tea.Quit
	}
	a.ask(&choice{
		head: "Leave the console?",
		text: fmt.Sprintf("%s is running (pid %d). It is a process of its own and goes on.", i.ID, i.PID),
		options: []option{
			{"stay", nil},
			{"leave, the run goes on", func(*app) tea.Cmd { return tea.Quit }},
		},
	})
	return nil
}

// runEnded tells of a run that ended while the console was open.
func (a *app) runEnded(i run.Info) tea.Cmd {
	switch i.State {
	case run.Done:
		return a.note(i.ID + ": OK")
	case run.Warnings:
		return a.note(i.ID + ": done with warnings")
	default:
		return a.complain(fmt.Errorf("%s: %s %s", i.ID, i.State, i.Error))
	}
}
