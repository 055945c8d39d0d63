package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// runs is the history of runs on this host, those under way included.
type runs struct {
	at, top int
	h       int
}

func newRuns() *runs { return &runs{h: 10} }

func (r *runs) crumb() string { return "runs" }

func (r *runs) enter(a *app) tea.Cmd { return loadRuns(a) }

func (r *runs) keys(a *app) []binding {
	return []binding{keyOpen.when(len(a.data.runs) > 0, "there is no run"), keyUp, keyDown, keyRefresh, keyBack}
}

func (r *runs) update(a *app, msg tea.Msg) tea.Cmd {
	n := len(a.data.runs)
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		r.at += map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button]
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, keyUp.Binding):
			r.at--
		case key.Matches(msg, keyDown.Binding):
			r.at++
		case key.Matches(msg, keyPageUp.Binding):
			r.at -= r.h
		case key.Matches(msg, keyPageDn.Binding):
			r.at += r.h
		case key.Matches(msg, keyTop.Binding):
			r.at = 0
		case key.Matches(msg, keyBottom.Binding):
			r.at = n
		case key.Matches(msg, keyRefresh.Binding):
			return loadRuns(a)
		case key.Matches(msg, keyOpen.Binding) && r.at < n:
			i := a.data.runs[r.at]
			return a.push(newRunView(a, i.ID, i.Dir))
		}
	}
	r.at = max(0, min(r.at, n-1))
	return nil
}

func (r *runs) view(a *app, w, h int) string {
	list := a.data.runs
	head := a.th.Muted.Render(cut(" "+pad("started", 17)+pad("kind", 12)+pad("state", 9)+padLeft("took", 8)+padLeft("size", 11)+"  result", w))
	if len(list) == 0 {
		return head + "\n\n " + a.th.Muted.Render("no runs in "+run.Clean(a.d.Config.LogDir))
	}
	r.h = max(1, h-1)
	r.at = max(0, min(r.at, len(list)-1))
	r.top = max(0, min(r.top, r.at))
	if r.at >= r.top+r.h {
		r.top = r.at - r.h + 1
	}
	lines := []string{head}
	for i := r.top; i < len(list) && i < r.top+r.h; i++ {
		line := cut(runLine(a, list[i]), w)
		if i == r.at {
			line = a.th.selectLine(line, w)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func runLine(a *app, i run.Info) string {
	end := i.Ended
	if i.State == run.Running {
		end = a.now()
	}
	result := run.Clean(i.SetID)
	if i.Error != "" {
		result = run.Clean(i.Error)
	}
	if i.Resumable {
		result = "resumable: orabak-tui --batch resume"
	}
	return " " + pad(i.Started.Local().Format("02 Jan 15:04:05"), 17) + pad(i.Kind, 12) + pad(a.th.state(runWord(i.State)), 9) +
		padLeft(clockTime(end.Sub(i.Started)), 8) + padLeft(config.Bytes(i.Bytes).String(), 11) + "  " + result
}

// runWord is the state word of a run.
func runWord(s run.State) string {
	switch s {
	case run.Done:
		return "OK"
	case run.Running:
		return "RUN"
	case run.Warnings:
		return "WARN"
	case run.Interrupted, run.Cancelled:
		return "PART"
	default:
		return "FAIL"
	}
}

// selectLine marks the selected line of a list over its whole width.
func (t theme) selectLine(line string, w int) string {
	if t.plain {
		return ">" + strings.TrimPrefix(line, " ")
	}
	return t.Selected.Render(pad(strip(line), w))
}
