package ui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// runView shows one run, live or from its journal: the same events either way.
type runView struct {
	id, dir string
	pump    *pump
	state   runState
	log     *logPane
	full    bool            // the output takes the whole screen
	ended   bool            // no event can come any more
	gone    bool            // the process died without an end event
	told    map[string]bool // codes whose advice was shown
	asked   bool            // cancel was asked for once
}

func newRunView(a *app, id, dir string) *runView {
	return &runView{id: id, dir: dir, pump: newPump(a.ctx, dir), log: newLogPane(), told: map[string]bool{}}
}

func (v *runView) crumb() string { return "runs" + " " + run.Clean(v.id) }

func (v *runView) typing() bool { return v.log.search.Focused() }

func (v *runView) enter(*app) tea.Cmd {
	if v.ended {
		return nil
	}
	return v.pump.next()
}

func (v *runView) keys(a *app) []binding {
	cancel := bind("x", "cancel"+a.th.sign("…", "..."), "x").when(v.state.end == nil && !v.gone, "the run has ended")
	return []binding{
		bind("f", "follow", "f"), bind("/", "search", "/"), bind("n/N", "next", "n", "N").when(v.log.want != "", "search first with /"),
		bind("w", "wrap", "w"), bind("t", "times", "t"), bind("e", "error", "e"),
		bind("s", "save", "s"), bind("y", "copy", "y"), bind("F", "full screen", "F"), a.act(cancel),
		bind("esc", "back (the run goes on)", "esc"),
	}
}

func (v *runView) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case eventsMsg:
		if msg.pump == v.pump.id {
			return v.take(a, msg)
		}
	case tea.MouseWheelMsg:
		v.log.scroll(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	case tea.KeyPressMsg:
		return v.press(a, msg)
	}
	return nil
}

// take feeds a frame's events and asks for the next.
func (v *runView) take(a *app, msg eventsMsg) tea.Cmd {
	for _, e := range msg.events {
		v.state.feed(e)
		v.logEvent(a, e)
	}
	if !msg.ended {
		return v.pump.next()
	}
	v.ended = true
	v.gone = errors.Is(msg.err, run.ErrOwnerGone)
	return nil
}

// logEvent puts what an event says into the output pane.
func (v *runView) logEvent(a *app, e run.Event) {
	switch {
	case e.Line != nil:
		v.log.append(logLine{at: e.Time, text: run.Clean(e.Line.Text), severity: e.Line.Severity, code: e.Line.Code})
		v.advise(a, e.Line)
	case e.Problem != nil:
		v.log.append(logLine{at: e.Time, text: run.Clean(e.Problem.Severity + ": " + e.Problem.Text), severity: e.Problem.Severity, code: e.Problem.Code})
	case e.Phase != nil, e.Commit != nil, e.Release != nil, e.End != nil:
		for _, l := range strings.Split(run.Describe(e), "\n") {
			v.log.append(logLine{at: e.Time, text: run.Clean(l)})
		}
	}
}

// advise unfolds cause and remedy under the first line with an error code.
func (v *runView) advise(a *app, l *run.Line) {
	if l.Code == "" || l.Severity == "" || v.told[l.Code] {
		return
	}
	if adv, ok := a.d.Advice(l.Code); ok && adv.Remedy != "" {
		v.told[l.Code] = true
		v.log.append(logLine{text: "  " + adv.Cause, severity: "advice"})
		v.log.append(logLine{text: "  " + a.th.sign("→ ", "> ") + adv.Remedy, severity: "advice"})
	}
}

func (v *runView) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	if v.log.search.Focused() {
		return v.log.type1(k)
	}
	switch k.String() {
	case "/":
		return v.log.search.Focus()
	case "F":
		v.full = !v.full
	case "s":
		return v.save(a)
	case "y":
		return a.copyText(filepath.Join(v.dir, "rman.log"))
	case "x":
		v.cancel(a)
	default:
		v.log.press(k)
	}
	return nil
}

// cancel is two steps: the question, then the signal. Asked again, it presses
// harder.
func (v *runView) cancel(a *app) {
	text := "RMAN is interrupted and ends its channels. What is complete stays in staging and can be resumed; archived logs and sets on S3 are not touched."
	if v.asked {
		text = "It was asked before. Asking again sends a stronger signal; RMAN is killed after its grace period."
	}
	id, dir := v.id, v.dir
	a.ask(&choice{head: "Cancel " + id + "?", text: text, options: []option{
		{"let it run", nil},
		{"cancel the run", func(a *app) tea.Cmd {
			v.asked = true
			return func() tea.Msg {
				info, err := run.Stat(filepath.Dir(dir), id)
				if err == nil {
					err = run.Cancel(info)
				}
				return doneMsg{what: "asked " + id + " to stop", err: err}
			}
		}},
	}})
}

// doneMsg is the outcome of something that was done beside the loop.
type doneMsg struct {
	what string
	err  error
}

// save writes the whole output, not only what is held, beside where the
// console was started.
func (v *runView) save(a *app) tea.Cmd {
	from, to := filepath.Join(v.dir, "run.log"), "orabak-"+v.id+".log"
	return func() tea.Msg {
		b, err := os.ReadFile(from)
		if err == nil {
			err = run.WriteFile(to, b)
		}
		return doneMsg{what: "saved to " + to, err: err}
	}
}

// title of the run for the first line of its screen.
func (v *runView) headline(a *app, w int) string {
	s := &v.state
	word, took := "RUN", a.now().Sub(s.began)
	switch {
	case s.end != nil:
		word, took = endWord(s.end.Exit), s.last.Sub(s.began)
	case v.gone:
		word, took = "FAIL", s.last.Sub(s.began)
	}
	by := ""
	if s.start.StartedBy != "" {
		by = fmt.Sprintf("started by %s on %s   pid %d", run.Clean(s.start.StartedBy), run.Clean(s.start.Host), s.start.PID)
	}
	if s.began.IsZero() {
		took = 0
	}
	return spread(" "+a.th.state(word)+" "+clockTime(took)+"   "+v.phases(a), a.th.Muted.Render(by+" "), w)
}

func endWord(exit int) string {
	switch exit {
	case 0:
		return "OK"
	case 3:
		return "WARN"
	case 6:
		return "PART"
	default:
		return "FAIL"
	}
}

// phases lists the phases with their times.
func (v *runView) phases(a *app) string {
	var parts []string
	for _, p := range v.state.phases {
		switch p.state {
		case run.Done:
			parts = append(parts, p.name+" "+a.th.Good.Render(a.th.sign("✓", "ok"))+" "+clockTime(p.ended.Sub(p.began)))
		case run.Failed:
			parts = append(parts, p.name+" "+a.th.Bad.Render(a.th.sign("✗", "FAIL")))
		case run.Skipped:
			parts = append(parts, a.th.Muted.Render(p.name+" -"))
		default:
			parts = append(parts, p.name+" "+a.th.Accent.Render(a.th.sign("●", "RUN"))+" "+clockTime(v.state.last.Sub(p.began)))
		}
	}
	return strings.Join(parts, "  ")
}
