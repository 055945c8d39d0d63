package ui

import (
	tea "charm.land/bubbletea/v2"
)

// screen is one page of the console: a plain struct, not a model of its own.
// Its methods run in the program's loop and never block.
type screen interface {
	// crumb is its part of the breadcrumbs.
	crumb() string
	// enter is called when the screen comes to the top of the stack, also after
	// one above it was closed.
	enter(a *app) tea.Cmd
	// update handles a message; keys come only to the screen on top, everything
	// else to all screens of the stack.
	update(a *app, msg tea.Msg) tea.Cmd
	// view draws exactly the area it is given, fewer lines are filled up.
	view(a *app, w, h int) string
	// keys are what the footer and the help show, the most useful first.
	keys(a *app) []binding
}

// typing is implemented by screens that may be taking text: then letters are
// text, not commands.
type typing interface {
	typing() bool
}

// push opens a screen above the present one.
func (a *app) push(s screen) tea.Cmd {
	a.stack = append(a.stack, s)
	return s.enter(a)
}

// pop closes the screen on top; the last one stays.
func (a *app) pop() tea.Cmd {
	if len(a.stack) > 1 {
		a.stack = a.stack[:len(a.stack)-1]
	}
	return a.top().enter(a)
}

func (a *app) top() screen { return a.stack[len(a.stack)-1] }
