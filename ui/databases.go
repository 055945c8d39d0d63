package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// databases chooses the database that is shown, when a bucket holds several.
type databases struct {
	all  []*database
	list cursor
}

func (a *app) openDatabases() tea.Cmd {
	d := &databases{all: a.data.list.dbs}
	for i, db := range d.all {
		if db.dbID == a.data.db.dbID {
			d.list.at = i
		}
	}
	return a.ask(d)
}

func (d *databases) title() string { return "databases: DBID, recoverable to" }

func (d *databases) hints() []hint {
	return []hint{{"↑↓", "choose"}, {"enter", "show it"}, {"esc", "close"}}
}

func (d *databases) update(a *app, msg tea.Msg) (tea.Cmd, bool) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	switch k.String() {
	case "esc", "q", "ctrl+c":
		return nil, true
	case "enter":
		a.data.choose(d.all[d.list.at].dbID)
		return a.top().enter(a), true
	}
	d.list.key(k.String(), len(d.all))
	return nil, false
}

func (d *databases) view(a *app, w, h int) string {
	var lines []string
	from, to := d.list.window(len(d.all), h)
	for i := from; i < to; i++ {
		db := d.all[i]
		reach := a.th.state("GAP") + " nothing, no level 0"
		if !db.coverage.to.IsZero() {
			reach = pad(a.moment(db.coverage.to), 17) + a.th.Muted.Render(roughly(a.now().Sub(db.coverage.to))+" ago")
		}
		line := cut("  "+pad(clean(db.name), 9)+pad(strings.TrimPrefix(dbNumber(db), ", DBID "), 12)+reach, w)
		if i == d.list.at {
			line = a.th.selectLine(line, w)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func dbNumber(db *database) string {
	if db.id == 0 {
		return ""
	}
	return fmt.Sprintf(", DBID %d", db.id)
}
