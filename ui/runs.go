package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// runs is the history of runs on this host, those under way included.
type runs struct{ list cursor }

// sizeFrom is the width from which sizes have room.
const sizeFrom = 80

func newRuns() *runs { return &runs{} }

func (r *runs) crumb() string { return "runs" }

func (r *runs) enter(a *app) tea.Cmd { return a.data.loadRuns(a) }

func (r *runs) update(*app, tea.Msg) tea.Cmd { return nil }

func (r *runs) keys(a *app) []binding {
	n := len(a.data.runs)
	open := func() tea.Cmd { return a.openRun(a.data.runs[r.list.at]) }
	var at run.Info
	if r.list.at < n {
		at = a.data.runs[r.list.at]
	}
	copyPath := func() tea.Cmd { return a.copyText("the run's folder", a.data.runs[r.list.at].Dir) }
	return append([]binding{
		bind("enter", "open", open, "enter").when(r.list.at < n, "there is no run"),
		bind("y", "copy folder", copyPath, "y").when(r.list.at < n, "there is no run"),
		a.resume(at),
	}, moves(func(k string) { r.list.key(k, n) })...)
}

// resume is the key that finishes an interrupted backup.
func (a *app) resume(i run.Info) binding {
	_, running := a.data.running()
	ask := func() tea.Cmd {
		d := a.d
		return a.ask(&choice{head: "Finish what " + clean(i.ID) + " left?", text: "What is whole in staging and on S3 is kept, the rest is backed up now, and the set is committed.", options: []option{
			{"not now", nil},
			{"resume", func() tea.Cmd {
				return func() tea.Msg {
					started, err := d.Start("resume")
					return startedMsg{started, err}
				}
			}},
		}})
	}
	b := bind("R", "resume", ask, "R").when(i.Resumable && i.Kind != "restore", "nothing of this run can be resumed").when(!running, "a run is under way")
	b.quiet = !i.Resumable
	return a.act(b)
}

// info is what is known of a run in the list; zero if it is not in it.
func (x *data) info(id string) run.Info {
	for _, i := range x.runs {
		if i.ID == id {
			return i
		}
	}
	return run.Info{}
}

func (r *runs) mouse(a *app, m tea.Mouse, click bool) tea.Cmd {
	if open := r.list.mouse(m, click, m.Y-1, len(a.data.runs)); open {
		return a.openRun(a.data.runs[r.list.at])
	}
	return nil
}

func (r *runs) place() (x, y int, ok bool) { return 0, 1 + r.list.at - r.list.top, r.list.h > 0 }

// openRun shows a run; the one that is followed already is shown as it is.
func (a *app) openRun(i run.Info) tea.Cmd {
	if a.live != nil && a.live.id == i.ID {
		if a.onStack(a.live) {
			return nil
		}
		return a.push(a.live)
	}
	v := newRunView(a, i.ID, i.Dir)
	return tea.Batch(a.push(v), v.follow())
}

func (r *runs) view(a *app, w, h int) string {
	list := a.data.runs
	head := "  " + pad("started", 17) + pad("kind", 12) + pad("state", 8) + padLeft("took", 8) + padLeft("size", 11) + "  result"
	if w < sizeFrom {
		head = "  " + pad("started", 14) + pad("kind", 12) + pad("state", 8) + padLeft("took", 8) + "  size or result"
	}
	head = a.th.Muted.Render(cut(head, w))
	switch {
	case a.data.runsErr != nil:
		return head + "\n\n " + cut(a.th.state("FAIL")+" "+clean(a.data.runsErr.Error()), w-1)
	case len(list) == 0 && !a.data.runsKnown:
		return head
	case len(list) == 0:
		return head + "\n\n " + a.th.Muted.Render("no runs in "+clean(a.d.Config.LogDir))
	}
	lines := []string{head}
	from, to := r.list.window(len(list), h-1)
	for i := from; i < to; i++ {
		line := cut(a.runLine(list[i], w), w)
		if i == r.list.at {
			line = a.th.selectLine(line, w)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (a *app) runLine(i run.Info, w int) string {
	end := i.Ended
	if i.State == run.Running {
		end = a.now()
	}
	result := clean(i.SetID)
	if w < sizeFrom && i.SetID != "" { // its id begins with the time before
		result = config.Bytes(i.Bytes).String()
	}
	switch {
	case i.Resumable && i.Kind == "restore":
		result = "resumable: start the same restore again"
	case i.Resumable:
		result = "R resumes it"
	case i.Error != "":
		result = withCode(i.Code, i.Error)
	case i.State == run.Cancelled:
		result = "cancelled"
	}
	if w < sizeFrom {
		return "  " + pad(a.clock(i.Started, "02 Jan 15:04"), 14) + pad(clean(i.Kind), 12) + pad(a.th.state(runWord(i.State)), 8) +
			padLeft(clockTime(end.Sub(i.Started)), 8) + "  " + result
	}
	return "  " + pad(a.clock(i.Started, "02 Jan 15:04:05"), 17) + pad(clean(i.Kind), 12) + pad(a.th.state(runWord(i.State)), 8) +
		padLeft(clockTime(end.Sub(i.Started)), 8) + padLeft(config.Bytes(i.Bytes).String(), 11) + "  " + result
}

// withCode puts a code before a text that does not name it.
func withCode(code, text string) string {
	if code != "" && !strings.Contains(text, code) {
		return clean(code + ": " + text)
	}
	return clean(text)
}

// runWord is the state word of a run.
func runWord(s run.State) string {
	switch s {
	case run.Done:
		return "OK"
	case run.Running:
		return "RUN"
	case run.Warnings, run.Unknown:
		return "WARN"
	case run.Interrupted, run.Cancelled:
		return "PART"
	default:
		return "FAIL"
	}
}
