package ui

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// command is something the palette can do by name.
type command struct {
	name, does string
	off        string
	do         func(*app) tea.Cmd
}

// palette finds commands by name: those of the present screen, and the screens.
type palette struct {
	input textinput.Model
	all   []command
	at    int
}

func newPalette(a *app) *palette {
	in := textinput.New()
	in.Prompt, in.CharLimit = ":", 64
	in.SetVirtualCursor(true)
	in.Focus()
	return &palette{input: in, all: commands(a)}
}

// commands are the screens, then what the present screen does by key.
func commands(a *app) []command {
	open := func(name, does string, s func() screen) command {
		return command{name: name, does: does, do: func(a *app) tea.Cmd { return a.push(s()) }}
	}
	ro := a.readOnly()
	all := []command{
		{name: "backup", does: "take a backup", off: ro, do: func(a *app) tea.Cmd { return a.push(newBackup()) }},
		{name: "restore", does: "restore the database", off: ro, do: func(a *app) tea.Cmd { return a.push(newRestore(nil)) }},
		open("runs", "runs on this host", func() screen { return newRuns() }),
		open("check", "the preflight", func() screen { return newCheck() }),
		open("trends", "sizes and durations over time", func() screen { return newTrends() }),
		{name: "refresh", does: "read the bucket again", do: func(a *app) tea.Cmd { return tea.Batch(a.data.loadSets(a), loadFacts(a)) }},
		{name: "quit", does: "leave the console", do: func(a *app) tea.Cmd { return a.quit() }},
	}
	for _, db := range a.data.databases() {
		all = append(all, command{name: "database " + run.Clean(db), does: "show this database", do: func(a *app) tea.Cmd {
			a.data.db = db
			return nil
		}})
	}
	return all
}

func (p *palette) title() string { return "commands" }

func (p *palette) update(a *app, msg tea.Msg) (tea.Cmd, bool) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	found := p.found()
	switch k.String() {
	case "esc", "ctrl+c":
		return nil, true
	case "up", "ctrl+p":
		p.at = max(0, p.at-1)
	case "down", "ctrl+n", "tab":
		p.at = min(len(found)-1, p.at+1)
	case "enter":
		return p.choose(a, found)
	default:
		var cmd tea.Cmd
		p.input, cmd = p.input.Update(k)
		p.at = 0
		return cmd, false
	}
	return nil, false
}

func (p *palette) choose(a *app, found []command) (tea.Cmd, bool) {
	if p.at < 0 || p.at >= len(found) {
		return nil, false
	}
	if c := found[p.at]; c.off == "" {
		return c.do(a), true
	}
	return a.note(found[p.at].name + ": " + found[p.at].off), false
}

// found are the commands whose name or purpose holds what was typed.
func (p *palette) found() []command {
	want := strings.ToLower(strings.TrimSpace(p.input.Value()))
	var out []command
	for _, c := range p.all {
		if strings.Contains(strings.ToLower(c.name+" "+c.does), want) {
			out = append(out, c)
		}
	}
	return out
}

func (p *palette) view(a *app, w, h int) string {
	lines := []string{p.input.View(), ""}
	for i, c := range p.found() {
		line := pad(c.name, 20) + " " + c.does
		switch {
		case c.off != "":
			line = a.th.Muted.Render(line + " — " + c.off)
		case i == p.at:
			line = a.th.Selected.Render(pad(line, min(w, 60)))
		}
		lines = append(lines, cut(line, w))
	}
	return strings.Join(lines[:min(len(lines), h)], "\n")
}
