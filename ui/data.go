package ui

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// How often the console looks again by itself: the bucket gently, since each
// look is a request; the runs on this host often, since they are only files.
const (
	setsEvery = time.Minute
	runsEvery = 2 * time.Second
)

// data is what several screens share: the sets, the facts, the runs. It is
// filled by commands and read by everybody.
type data struct {
	sets    []s3store.Set // newest first, of every database
	asOf    time.Time     // of sets; zero = nothing known yet
	loading bool
	setsErr error

	facts    *oracle.Facts // nil until known
	factsErr error

	runs   []run.Info // newest first
	runErr error

	db string // database that is shown; empty = that of the facts, or the first one
}

// Messages that fill data.
type (
	setsMsg struct {
		sets []s3store.Set
		err  error
		at   time.Time
	}
	factsMsg struct {
		facts *oracle.Facts
		err   error
	}
	runsMsg struct {
		runs []run.Info
		err  error
	}
	setsTickMsg struct{}
	runsTickMsg struct{}
)

// newData starts from the local cache: the first frame waits for nothing.
func newData(d Deps) data {
	sets, at := d.Store.Cached()
	return data{sets: sets, asOf: at}
}

// start begins all looks.
func (x *data) start(a *app) tea.Cmd {
	return tea.Batch(x.loadSets(a), loadFacts(a), loadRuns(a),
		tea.Tick(setsEvery, func(time.Time) tea.Msg { return setsTickMsg{} }),
		tea.Tick(runsEvery, func(time.Time) tea.Msg { return runsTickMsg{} }))
}

// loadSets asks the bucket, once at a time.
func (x *data) loadSets(a *app) tea.Cmd {
	if x.loading {
		return nil
	}
	x.loading = true
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		sets, err := d.Store.List(ctx, s3store.Filter{Foreign: true})
		return setsMsg{sets, err, d.Now()}
	}
}

func loadFacts(a *app) tea.Cmd {
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		f, err := d.Facts(ctx)
		return factsMsg{f, err}
	}
}

func loadRuns(a *app) tea.Cmd {
	dir := a.d.Config.LogDir
	return func() tea.Msg {
		runs, err := run.List(dir)
		return runsMsg{runs, err}
	}
}

// update takes in what commands found and begins the next look.
func (x *data) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case setsMsg:
		x.loading, x.setsErr = false, msg.err
		if msg.err != nil {
			return a.complain(fmt.Errorf("the bucket cannot be read: %w", msg.err))
		}
		x.sets, x.asOf = msg.sets, msg.at
	case factsMsg:
		x.facts, x.factsErr = msg.facts, msg.err
	case runsMsg:
		return x.tookRuns(a, msg)
	case setsTickMsg:
		return tea.Batch(x.loadSets(a), tea.Tick(setsEvery, func(time.Time) tea.Msg { return setsTickMsg{} }))
	case runsTickMsg:
		return tea.Batch(loadRuns(a), tea.Tick(runsEvery, func(time.Time) tea.Msg { return runsTickMsg{} }))
	}
	return nil
}

// tookRuns compares with what was known: a run that ended asks for a fresh
// list of sets, and one that failed is told at once.
func (x *data) tookRuns(a *app, msg runsMsg) tea.Cmd {
	before := map[string]run.State{}
	for _, i := range x.runs {
		before[i.ID] = i.State
	}
	known := x.runs != nil
	x.runErr = msg.err
	if msg.err != nil {
		return nil
	}
	x.runs = msg.runs
	var cmd tea.Cmd
	for _, i := range x.runs {
		if known && before[i.ID] == run.Running && i.State != run.Running {
			cmd = tea.Batch(cmd, x.loadSets(a), a.runEnded(i))
		}
	}
	return cmd
}

// running is the newest run that is under way, if one is.
func (x *data) running() (run.Info, bool) {
	for _, i := range x.runs {
		if i.State == run.Running {
			return i, true
		}
	}
	return run.Info{}, false
}

// title is what the window is called after.
func (x *data) title() string {
	if x.facts != nil && x.facts.Name != "" {
		return run.Clean(x.facts.Name)
	}
	return run.Clean(x.db)
}

// indicator says in the first line what runs and how fresh the list is.
func (x *data) indicator(a *app) string {
	if i, ok := x.running(); ok {
		return a.th.state("RUN") + " " + i.Kind + " " + clockTime(a.now().Sub(i.Started))
	}
	if x.asOf.IsZero() {
		return a.th.Muted.Render("reading the bucket" + a.th.sign("…", "..."))
	}
	return a.th.Muted.Render("as of " + x.asOf.Local().Format("15:04:05 -07"))
}

// progress is the share of the run under way, for the terminal's own bar.
func (x *data) progress() (share float64, running bool) {
	_, running = x.running()
	return 0, running
}

// databases are the names in the bucket, in order.
func (x *data) databases() []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range x.sets {
		if s.DBName != "" && !seen[s.DBName] {
			seen[s.DBName] = true
			out = append(out, s.DBName)
		}
	}
	slices.Sort(out)
	return out
}

// database is the one that is shown: what was chosen, else that of the
// instance, else the first in the bucket.
func (x *data) database() string {
	switch {
	case x.db != "":
		return x.db
	case x.facts != nil && x.facts.Name != "":
		return x.facts.Name
	}
	if all := x.databases(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// nextDatabase goes on to the next database in the bucket.
func (x *data) nextDatabase() {
	all := x.databases()
	i := slices.Index(all, x.database())
	if len(all) > 0 {
		x.db = all[(i+1)%len(all)]
	}
}
