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
	// update handles what commands found; it gets every message but those of
	// keyboard and mouse, also while another screen is on top.
	update(a *app, msg tea.Msg) tea.Cmd
	// view draws the area it is given; lines that are missing are filled up.
	// It changes nothing but what part is scrolled to.
	view(a *app, w, h int) string
	// keys are what works here, the most useful first.
	keys(a *app) []binding
}

// typist is implemented by screens that may be taking text: then letters are
// text, not commands, and typed gets key presses and pastes.
type typist interface {
	typing() bool
	typed(a *app, msg tea.Msg) tea.Cmd
	// fieldKeys are the keys that are no text, for the footer.
	fieldKeys() []hint
}

// pointed is implemented by screens that know the mouse. Coordinates are those
// of the screen's own area.
type pointed interface {
	mouse(a *app, m tea.Mouse, click bool) tea.Cmd
}

// placed is implemented by screens that have a place for the terminal's
// cursor: the field that takes text or the selected row, so that screen
// readers and magnifiers follow. The last view decides.
type placed interface {
	place() (x, y int, ok bool)
}

// closer is implemented by screens that hold something that works on beside
// the loop.
type closer interface {
	close(a *app)
}

// push opens a screen above the present one.
func (a *app) push(s screen) tea.Cmd {
	a.stack = append(a.stack, s)
	return s.enter(a)
}

// pop closes the screen on top; the last one stays.
func (a *app) pop() tea.Cmd {
	if len(a.stack) > 1 {
		a.drop(1)
	}
	return a.top().enter(a)
}

// drop closes the n screens on top.
func (a *app) drop(n int) {
	for range n {
		top := len(a.stack) - 1
		if c, ok := a.stack[top].(closer); ok {
			c.close(a)
		}
		a.stack[top] = nil
		a.stack = a.stack[:top]
	}
}

// home closes every screen but the first.
func (a *app) home() { a.drop(len(a.stack) - 1) }

func (a *app) top() screen { return a.stack[len(a.stack)-1] }
