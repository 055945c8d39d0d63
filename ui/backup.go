package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// backupKinds are what can be started, with what they are.
var backupKinds = []struct{ kind, does string }{
	{"full", "level 0 of every datafile: the base of all that follows"},
	{"incremental", "level 1: the blocks that changed since the last level 0 or 1"},
	{"archivelog", "archived logs only: moves the recoverable moment forward"},
}

// backup chooses a kind, shows what will happen, and starts the run.
type backup struct {
	at    int
	plans map[string]*run.Plan
	errs  map[string]error
	busy  map[string]bool
	top   int // first line of the plan shown
}

type backupPlanMsg struct {
	kind string
	plan *run.Plan
	err  error
}

// startedMsg is a run that was started as a process of its own.
type startedMsg struct {
	run run.Started
	err error
}

func newBackup() *backup {
	return &backup{plans: map[string]*run.Plan{}, errs: map[string]error{}, busy: map[string]bool{}}
}

func (b *backup) crumb() string { return "backup" }

func (b *backup) enter(a *app) tea.Cmd { return b.load(a) }

func (b *backup) kind() string { return backupKinds[b.at].kind }

// load asks what the chosen kind would do, once.
func (b *backup) load(a *app) tea.Cmd {
	kind := b.kind()
	if b.busy[kind] || b.plans[kind] != nil {
		return nil
	}
	b.busy[kind] = true
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		p, err := d.PlanBackup(ctx, kind)
		return backupPlanMsg{kind, p, err}
	}
}

func (b *backup) keys(a *app) []binding {
	start := bind("enter", "start "+b.kind(), "enter").when(b.errs[b.kind()] == nil, "it cannot work: see the reason")
	if i, ok := a.data.running(); ok {
		start = start.when(false, i.ID+" is running")
	}
	return []binding{a.act(start), bind("←/→", "kind", "left", "right", "tab"), keyUp, keyDown, keyRefresh, keyBack}
}

func (b *backup) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case backupPlanMsg:
		delete(b.busy, msg.kind)
		b.plans[msg.kind], b.errs[msg.kind] = msg.plan, msg.err
	case startedMsg:
		return a.watch(msg)
	case tea.KeyPressMsg:
		return b.press(a, msg)
	}
	return nil
}

func (b *backup) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, keyOpen.Binding):
		b.confirm(a)
		return nil
	case key.Matches(k, keyUp.Binding):
		b.top = max(0, b.top-1)
	case key.Matches(k, keyDown.Binding):
		b.top++
	case key.Matches(k, keyRefresh.Binding):
		delete(b.plans, b.kind())
		delete(b.errs, b.kind())
	}
	switch k.String() {
	case "right", "tab", "l":
		b.at, b.top = (b.at+1)%len(backupKinds), 0
	case "left", "shift+tab", "h":
		b.at, b.top = (b.at+len(backupKinds)-1)%len(backupKinds), 0
	}
	return b.load(a)
}

// confirm asks once more: a backup costs I/O on a database people work on.
func (b *backup) confirm(a *app) {
	kind := b.kind()
	text := "The run is a process of its own: it goes on when the console is closed."
	if p := b.plans[kind]; p != nil && p.Bytes > 0 {
		text = fmt.Sprintf("About %s will be written and uploaded. %s", config.Bytes(p.Bytes), text)
	}
	a.ask(&choice{head: "Start a " + kind + " backup?", text: text, options: []option{
		{"not now", nil},
		{"start", func(a *app) tea.Cmd {
			d := a.d
			return func() tea.Msg {
				started, err := d.Start(kind)
				return startedMsg{started, err}
			}
		}},
	}})
}

// watch opens the view of a run that was just started.
func (a *app) watch(m startedMsg) tea.Cmd {
	if m.err != nil {
		return a.complain(m.err)
	}
	a.stack = a.stack[:1]
	return tea.Batch(a.push(newRunView(a, m.run.ID, m.run.Dir)), loadRuns(a))
}

func (b *backup) view(a *app, w, h int) string {
	var tabs []string
	for i, k := range backupKinds {
		label := " " + k.kind + " "
		if i == b.at {
			label = a.th.Selected.Render(a.th.sign("›", ">") + k.kind + " ")
		}
		tabs = append(tabs, label)
	}
	lines := []string{" " + strings.Join(tabs, " "), " " + backupKinds[b.at].does, a.th.rule(w)}
	body := b.plan(a, w)
	b.top = max(0, min(b.top, len(body)-(h-len(lines))))
	return fit(strings.Join(append(lines, body[b.top:]...), "\n"), w, h)
}

// plan shows what will happen: bytes, warnings, steps with their scripts.
func (b *backup) plan(a *app, w int) []string {
	p, err := b.plans[b.kind()], b.errs[b.kind()]
	switch {
	case err != nil:
		return wrap(" "+a.th.state("FAIL")+" "+run.Clean(err.Error()), w)
	case p == nil:
		return []string{a.th.Muted.Render(" asking the database what this would do")}
	}
	out := []string{" " + a.th.Strong.Render(run.Clean(p.Summary))}
	if p.Bytes > 0 {
		out = append(out, " about "+config.Bytes(p.Bytes).String()+" to write and upload, by the last runs")
	}
	if free := p.StagingFree; free > 0 {
		out = append(out, " staging: "+config.Bytes(free).String()+" free in "+run.Clean(a.d.Config.StagingDir))
	}
	for _, x := range p.Warnings {
		out = append(out, wrap(" "+a.th.state("WARN")+" "+run.Clean(x), w)...)
	}
	return append(out, stepLines(a, p.Steps, w)...)
}

// stepLines show steps and their exact scripts.
func stepLines(a *app, steps []run.PlanStep, w int) []string {
	var out []string
	for i, s := range steps {
		out = append(out, "", cut(fmt.Sprintf(" %d  %s  %s", i+1, a.th.Strong.Render(s.Name), a.th.Muted.Render(run.Clean(s.Detail))), w))
		for _, l := range strings.Split(strings.TrimSpace(s.Script), "\n") {
			if l != "" {
				out = append(out, cut("    "+a.th.Accent.Render(run.Clean(l)), w))
			}
		}
	}
	return out
}
