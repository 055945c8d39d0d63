package ui

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// command is something the palette can do by name.
type command struct {
	name, does, key string
	off             string
	do              func() tea.Cmd
}

// palette finds commands by name: the screens, and what the present one does.
type palette struct {
	input textinput.Model
	all   []command
	found []command
	list  cursor
}

func (a *app) openPalette() tea.Cmd {
	p := &palette{input: newInput(":", "", 64, 40), all: a.commands()}
	p.input.Focus()
	p.filter()
	return a.ask(p)
}

// newInput is a field for at most so many letters, of so many columns, with
// the terminal's own cursor.
func newInput(prompt, hint string, most, width int) textinput.Model {
	in := textinput.New()
	in.Prompt, in.Placeholder, in.CharLimit = prompt, hint, most
	in.SetVirtualCursor(false)
	in.SetWidth(width)
	return in
}

// commands are the screens, the databases, then what the present screen does
// by key.
func (a *app) commands() []command {
	open := func(name, does string, s func() screen) command {
		return command{name: name, does: does, do: func() tea.Cmd {
			a.home()
			return a.push(s())
		}}
	}
	ro := func(c command) command {
		c.off = a.readOnly()
		return c
	}
	all := []command{
		ro(open("backup", "take a backup", func() screen { return newBackup() })),
		ro(open("restore", "restore the database", func() screen { return newRestore(a, nil) })),
		open("runs", "runs on this host", func() screen { return newRuns() }),
		open("check", "the preflight", func() screen { return newCheck() }),
		open("trends", "sizes and durations over time", func() screen { return newTrends() }),
		{name: "backups", does: "back to the list", do: func() tea.Cmd {
			a.home()
			return a.top().enter(a)
		}},
	}
	for _, db := range a.data.list.dbs {
		all = append(all, command{name: "database " + clean(db.name), does: "show its backups" + dbNumber(db), do: func() tea.Cmd {
			a.home()
			a.data.choose(db.dbID)
			return a.top().enter(a)
		}})
	}
	return a.withKeys(all)
}

// withKeys adds what the present screen does by key; a screen that a key opens
// is one command, with the key told beside.
func (a *app) withKeys(all []command) []command {
	byName := map[string]int{}
	for i, c := range all {
		byName[c.name] = i
	}
	for _, b := range a.bindings() {
		c := command{name: b.Help().Desc, key: shownKey(a.th, b), off: b.off, do: b.do}
		if i, ok := byName[c.name]; ok {
			c.does = all[i].does
			all[i] = c
			continue
		}
		byName[c.name] = len(all)
		all = append(all, c)
	}
	return all
}

func (p *palette) title() string { return "commands" }

func (p *palette) hints() []hint {
	return []hint{{"↑↓", "choose"}, {"enter", "do it"}, {"esc", "close"}}
}

func (p *palette) update(a *app, msg tea.Msg) (tea.Cmd, bool) {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "esc", "ctrl+c":
			return nil, true
		case "up", "ctrl+p", "shift+tab":
			p.list.step(-1, len(p.found))
			return nil, false
		case "down", "ctrl+n", "tab":
			p.list.step(1, len(p.found))
			return nil, false
		case "enter":
			return p.choose(a)
		}
	}
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	p.list.at = 0
	p.filter()
	return cmd, false
}

func (p *palette) choose(a *app) (tea.Cmd, bool) {
	if p.list.at >= len(p.found) {
		return nil, false
	}
	c := p.found[p.list.at]
	if c.off != "" {
		return a.note(c.name + ": " + c.off), false
	}
	return c.do(), true
}

// filter finds the commands whose name or purpose holds what was typed, those
// whose name begins with it first.
func (p *palette) filter() {
	want := strings.ToLower(strings.TrimSpace(p.input.Value()))
	var first, then []command
	for _, c := range p.all {
		switch name := strings.ToLower(c.name); {
		case strings.HasPrefix(name, want):
			first = append(first, c)
		case strings.Contains(name+" "+strings.ToLower(c.does), want):
			then = append(then, c)
		}
	}
	p.found = append(first, then...)
}

func (p *palette) view(a *app, w, h int) string {
	lines := []string{p.input.View(), ""}
	from, to := p.list.window(len(p.found), min(h-2, 14))
	for i := from; i < to; i++ {
		c := p.found[i]
		does := c.does
		if c.off != "" {
			does = "not now: " + c.off
		}
		line := "  " + pad(c.name, 20) + pad(c.key, 8) + does
		switch {
		case i == p.list.at:
			line = a.th.selectLine(line, w)
		case c.off != "":
			line = a.th.Muted.Render(line)
		}
		lines = append(lines, cut(line, w))
	}
	if len(p.found) == 0 {
		lines = append(lines, a.th.Muted.Render(" no such command"))
	}
	return strings.Join(lines, "\n")
}

func (p *palette) place() (x, y int, ok bool) {
	if c := p.input.Cursor(); c != nil {
		return c.X, 0, true
	}
	return 0, 0, false
}
