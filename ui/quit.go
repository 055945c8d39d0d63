package ui

import (
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// quit leaves at once when nothing runs; otherwise it says what does, and that
// it goes on.
func (a *app) quit() tea.Cmd {
	i, ok := a.data.running()
	if !ok {
		return a.leave()
	}
	return a.ask(&choice{
		head: "Leave the console?",
		text: fmt.Sprintf("%s is running (pid %d). It is a process of its own and goes on without the console; any console shows it again.", clean(i.ID), i.PID),
		options: []option{
			{"stay", nil},
			{"leave, the run goes on", a.leave},
			{"cancel the run" + a.th.sign("…", "..."), func() tea.Cmd { return a.askCancel(i.ID, i.Dir) }},
		},
	})
}

// leave ends the program; runs go on.
func (a *app) leave() tea.Cmd {
	a.leaving = true
	return a.afterAnswer(tea.Quit)
}

// runEnded tells of a run that ended while the console was open. A failure
// that is not on the screen opens by itself.
func (a *app) runEnded(i run.Info) tea.Cmd {
	id := clean(i.ID)
	if v, ok := a.top().(*runView); ok && v.id == i.ID {
		return nil // it is looked at
	}
	switch i.State {
	case run.Done:
		return a.note(id + ": OK")
	case run.Warnings:
		return a.note(id + ": done with warnings")
	case run.Cancelled:
		return a.note(id + ": cancelled")
	}
	text := clean(string(i.State)) + ": " + withCode(i.Code, cmp.Or(i.Error, "the process is gone without having ended the run"))
	switch {
	case i.Resumable && i.Kind == "restore":
		text += "\nStart the same restore again: what is here is not downloaded twice."
	case i.Resumable:
		text += "\nWhat it reached is kept: open it, and R resumes it."
	}
	a.surprise(&choice{head: a.th.state("FAIL") + "  " + id, text: strings.TrimSpace(text), options: []option{
		{"later", nil},
		{"open it", func() tea.Cmd { return a.openRun(i) }},
	}})
	return nil
}
