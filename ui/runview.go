package ui

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// runView shows one run, live or from its journal: the same events either way.
// The one of the run under way lives on in the background when it is closed.
type runView struct {
	id, dir string
	kind    string
	pump    *pump
	state   runState
	log     *logPane
	full    bool   // the output takes the whole screen
	done    bool   // no event can come any more
	err     error  // why, when it is not the end event
	launch  string // what the process printed, if it died before its journal began
	asked   bool   // cancel was asked for once
	outAt   int    // line of the output's title, as of the last view
}

func newRunView(a *app, id, dir string) *runView {
	v := &runView{id: id, dir: dir, pump: newPump(a.ctx, dir), log: newLogPane()}
	if a.d.Plain {
		v.log.speech, v.log.wrap = &unheard{}, true
	}
	if p, err := run.ParseID(id); err == nil {
		v.kind = p.Kind
	}
	return v
}

// follow begins to take events; it is called once.
func (v *runView) follow() tea.Cmd { return v.pump.next() }

// running says whether anything may still come.
func (v *runView) running() bool { return v.state.end == nil && !v.done }

// gone says that the process died without having ended the run.
func (v *runView) gone() bool { return errors.Is(v.err, run.ErrOwnerGone) }

// close stops to follow, unless the run is the one under way.
func (v *runView) close(a *app) {
	v.log.endSearch()
	if v != a.live || !v.running() {
		v.pump.stop()
	}
}

func (v *runView) crumb() string { return clean(v.id) }

func (v *runView) enter(*app) tea.Cmd { return nil }

func (v *runView) typing() bool { return v.log.search.Focused() }

func (v *runView) fieldKeys() []hint {
	return []hint{{"enter", "next place"}, {"esc", "end the search"}}
}

func (v *runView) typed(_ *app, msg tea.Msg) tea.Cmd { return v.log.typed(msg) }

func (v *runView) keys(a *app) []binding {
	l := v.log
	full := silent(func() { v.full = !v.full })
	on := "back"
	if v.running() {
		on = "back, the run goes on"
	}
	next := bind("n", "next", silent(func() { l.findNext(1) }), "n").when(l.want != "", "search first with /")
	next.quiet = l.want == ""
	cancel := a.act(bind("x", "cancel"+a.th.sign("…", "..."), func() tea.Cmd { return a.askCancel(v.id, v.dir) }, "x")).when(v.running(), "the run has ended")
	cancel.quiet = !v.running()
	keys := []binding{
		bind("f", "follow", silent(l.toggleFollow), "f"),
		bind("/", "search", l.beginSearch, "/"), next,
		bind("e", "error", silent(l.nextError), "e").when(l.errors > 0, "no line tells of an error"),
		cancel, a.resume(a.data.info(v.id)),
		bind("s", "save", v.save, "s"),
		bind("y", "copy", func() tea.Cmd { return a.copyText("what the pane shows", l.text()) }, "y"),
		bind("F", "full screen", full, "F"),
		bind("w", "wrap", silent(l.toggleWrap), "w"),
		bind("t", "times", silent(func() { l.times = !l.times }), "t"),
		bind("M", "mark", silent(func() { l.mark(a.now()) }), "M"),
		bind("i", "explain codes", silent(func() { l.unfold = (l.unfold + 1) % unfoldings }), "i"),
		bind("N", "previous", silent(func() { l.findNext(-1) }), "N").when(l.want != "", "search first with /").hush(),
		bind("←", "text to the left", silent(func() { l.sideways(-8) }), "left", "h").when(!l.wrap, "lines are wrapped").hush(),
		bind("→", "text to the right", silent(func() { l.sideways(8) }), "right", "l").when(!l.wrap, "lines are wrapped").hush(),
		bind("esc", on, a.pop, "esc").hush(),
	}
	return append(keys, moves(l.key)...)
}

func (v *runView) mouse(_ *app, m tea.Mouse, click bool) tea.Cmd {
	if !click {
		v.log.scroll(wheel(m))
	}
	return nil
}

func (v *runView) update(a *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(eventsMsg); ok && m.pump == v.pump.id {
		return v.take(a, m)
	}
	return nil
}

// take feeds a frame's events and asks for the next.
func (v *runView) take(a *app, msg eventsMsg) tea.Cmd {
	for i := range msg.events {
		v.state.feed(&msg.events[i])
		v.log.event(a, &msg.events[i])
	}
	if v.state.start.Kind != "" {
		v.kind = v.state.start.Kind
	}
	if !msg.ended {
		return v.pump.next()
	}
	v.done, v.err, v.launch = true, msg.err, v.lastWords(msg.launch)
	if v.state.end != nil || errors.Is(msg.err, a.ctx.Err()) {
		v.err = nil
	}
	if v.launch != "" {
		for _, l := range strings.Split(v.launch, "\n") {
			v.log.append(logLine{text: clean(l), severity: "error"})
		}
	}
	return a.data.loadRuns(a)
}

// lastWords are what the process printed beside its journal: all of it when the
// journal never began, else from where it crashed.
func (v *runView) lastWords(printed string) string {
	if v.state.began.IsZero() {
		return printed
	}
	for _, crash := range []string{"panic:", "fatal error:", "runtime:"} {
		if i := strings.Index(printed, crash); i >= 0 {
			return printed[i:]
		}
	}
	return ""
}

// askCancel is the first of two steps: the question, then the signal. Asked
// again, it presses harder.
func (a *app) askCancel(id, dir string) tea.Cmd {
	v := a.viewOf(id)
	text := "RMAN is interrupted and ends its channels. What is complete stays in staging and can be resumed; archived logs and sets on S3 are not touched."
	if v != nil && v.kind == "restore" {
		text = "The restore stops where it is and the database stays closed until a restore is finished. What was downloaded is not downloaded again."
	}
	if v != nil && v.asked {
		text = "It was asked before and is ending. Asking again sends a stronger signal: RMAN is killed after its grace period."
	}
	return a.ask(&choice{head: "Cancel " + clean(id) + "?", text: text, options: []option{
		{"let it run", nil},
		{"cancel the run", func() tea.Cmd {
			if v != nil {
				v.asked = true
			}
			return func() tea.Msg { return doneMsg{what: "asked " + id + " to stop", err: cancelRun(id, dir)} }
		}},
	}})
}

func cancelRun(id, dir string) error {
	info, err := run.Stat(filepath.Dir(dir), id)
	if err != nil {
		return err
	}
	return run.Cancel(info)
}

// viewOf finds the view that follows a run, on the stack or behind it.
func (a *app) viewOf(id string) *runView {
	for _, s := range a.stack {
		if v, ok := s.(*runView); ok && v.id == id {
			return v
		}
	}
	if a.live != nil && a.live.id == id {
		return a.live
	}
	return nil
}

// save copies the whole output, not only what is held, into the folder the
// console was started in.
func (v *runView) save() tea.Cmd {
	from, to := filepath.Join(v.dir, run.TextFile), fileName("orabak-"+v.id+".log")
	return func() tea.Msg { return doneMsg{what: "saved to " + to, err: copyFile(from, to)} }
}

// startedMsg is a run that was started as a process of its own.
type startedMsg struct {
	run run.Started
	err error
}

// started opens the view of a run that was just started.
func (a *app) started(m startedMsg) tea.Cmd {
	if m.err != nil {
		return a.complain(fmt.Errorf("the run was not started: %w", m.err))
	}
	a.home()
	v := newRunView(a, m.run.ID, m.run.Dir)
	if !a.liveRuns() {
		a.live = v
	}
	return tea.Batch(a.push(v), v.follow(), a.data.loadRuns(a))
}
