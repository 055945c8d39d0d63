package ui

import (
	"fmt"
	"strings"

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
	scroll
	at    int
	plans map[string]*run.Plan
	errs  map[string]error
	busy  map[string]bool
}

type backupPlanMsg struct {
	kind string
	plan *run.Plan
	err  error
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
	if b.busy[kind] || b.plans[kind] != nil || b.errs[kind] != nil {
		return nil
	}
	b.busy[kind] = true
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		p, err := d.PlanBackup(ctx, kind)
		return backupPlanMsg{kind, p, err}
	}
}

// again forgets what was found out and asks anew.
func (b *backup) again(a *app) tea.Cmd {
	delete(b.plans, b.kind())
	delete(b.errs, b.kind())
	return b.load(a)
}

func (b *backup) keys(a *app) []binding {
	kind := b.kind()
	i, running := a.data.running()
	start := bind("enter", "start "+kind, func() tea.Cmd { return b.confirm(a) }, "enter").
		when(b.errs[kind] == nil, "it cannot work: see the reason").
		when(b.plans[kind] != nil, "the plan is not there yet").
		when(!running, clean(i.ID)+" is running")
	return append([]binding{
		a.act(start),
		bind("tab", "next kind", func() tea.Cmd { return b.turn(a, 1) }, "tab", "right", "l"),
		bind("←", "previous kind", func() tea.Cmd { return b.turn(a, -1) }, "left", "h", "shift+tab").hush(),
		bind("ctrl+r", "plan again", func() tea.Cmd { return b.again(a) }, "ctrl+r", "f5"),
	}, b.scroll.keys()...)
}

func (b *backup) turn(a *app, by int) tea.Cmd {
	b.at, b.top = (b.at+by+len(backupKinds))%len(backupKinds), 0
	return b.load(a)
}

func (b *backup) update(_ *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(backupPlanMsg); ok {
		delete(b.busy, m.kind)
		b.plans[m.kind], b.errs[m.kind] = m.plan, m.err
	}
	return nil
}

// confirm asks once more: a backup costs I/O on a database people work on.
func (b *backup) confirm(a *app) tea.Cmd {
	kind := b.kind()
	text := "The run is a process of its own: it goes on when the console is closed."
	if p := b.plans[kind]; p.Bytes > 0 {
		text = fmt.Sprintf("About %s will be written and uploaded. %s", config.Bytes(p.Bytes), text)
	}
	d := a.d
	return a.ask(&choice{head: "Start a backup: " + kind + "?", text: text, options: []option{
		{"not now", nil},
		{"start", func() tea.Cmd {
			return func() tea.Msg {
				started, err := d.Start(kind)
				return startedMsg{started, err}
			}
		}},
	}})
}

func (b *backup) view(a *app, w, h int) string {
	names := make([]string, len(backupKinds))
	for i, k := range backupKinds {
		names[i] = k.kind
	}
	lines := []string{a.tabs(names, b.at), " " + a.th.Muted.Render(cut(backupKinds[b.at].does, w-1)), a.th.rule(w)}
	return strings.Join(append(lines, b.window(b.plan(a, w), h-len(lines))...), "\n")
}

// tabs shows which of a few things is chosen.
func (a *app) tabs(names []string, at int) string {
	line := ""
	for i, name := range names {
		if i == at {
			line += " " + a.th.Selected.Render(a.th.sign("›", ">")+name+" ")
		} else {
			line += "  " + name + " "
		}
	}
	return line
}

// plan shows what will happen: bytes, warnings, steps with their scripts.
func (b *backup) plan(a *app, w int) []string {
	p, err := b.plans[b.kind()], b.errs[b.kind()]
	switch {
	case err != nil:
		return indented(" "+a.th.state("FAIL")+" ", clean(err.Error()), w)
	case p == nil:
		return []string{a.th.Muted.Render(" asking the database what this would do")}
	}
	out := []string{" " + a.th.Strong.Render(clean(p.Summary))}
	say := func(name, text string) {
		out = append(out, indented(" "+a.th.Accent.Render(pad(name, 10)), text, w)...)
	}
	if p.Bytes > 0 {
		say("size", "about "+config.Bytes(p.Bytes).String()+" to write and upload, judged by the last runs")
	}
	if last := a.lastRun(b.kind()); last != "" {
		say("last time", last)
	}
	if p.StagingFree > 0 {
		say("staging", config.Bytes(p.StagingFree).String()+" free in "+clean(a.d.Config.StagingDir))
	}
	for _, x := range p.Warnings {
		out = append(out, indented(" "+a.th.state("WARN")+" ", clean(x), w)...)
	}
	return append(out, stepLines(a, p.Steps, w)...)
}

// lastRun is size and duration of the newest set of a kind.
func (a *app) lastRun(kind string) string {
	for _, i := range a.data.db.rows {
		s := &a.data.list.sets[i]
		if s.Kind == kind && !s.CompletedAt.IsZero() {
			return fmt.Sprintf("%s in %s, %s", config.Bytes(s.Bytes), clockTime(s.CompletedAt.Sub(s.StartedAt)), a.clock(s.StartedAt, "Mon 2 Jan 15:04"))
		}
	}
	return ""
}

// stepLines show steps and their exact scripts.
func stepLines(a *app, steps []run.PlanStep, w int) []string {
	var out []string
	for i, s := range steps {
		out = append(out, "")
		out = append(out, indented(fmt.Sprintf(" %d  %s  ", i+1, a.th.Strong.Render(clean(s.Name))), clean(s.Detail), w)...)
		for l := range strings.SplitSeq(strings.TrimSpace(s.Script), "\n") {
			if l == "" {
				continue
			}
			for _, part := range wrap(clean(l), w-6) {
				out = append(out, "     "+a.th.Accent.Render(part))
			}
		}
	}
	return out
}
