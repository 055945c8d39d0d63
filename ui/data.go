package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// How often the console looks again by itself: the bucket and the instance
// gently, since each look is a request; the runs on this host often, since
// they are only files.
const (
	setsEvery  = time.Minute
	factsEvery = 5 * time.Minute
	runsEvery  = 2 * time.Second

	setsTimeout  = 2 * time.Minute
	factsTimeout = time.Minute
)

// data is what several screens share: the sets, the facts, the runs. It is
// filled by commands and read by everybody.
type data struct {
	list    *listing  // never nil
	loading bool      // the bucket is being asked
	since   time.Time // when it was asked
	setsErr error     // of the newest look; list is then older
	early   <-chan *listing

	facts    *oracle.Facts // nil until known
	factsErr error
	asking   bool

	runs      []run.Info // newest first
	runsErr   error
	runsKnown bool
	looking   bool
	looks     *runsLook

	chosen dbID      // the database that somebody chose; zero = that of the instance, or the first one
	db     *database // the one that is shown: never nil
	zone   *time.Location
}

// Messages that fill data.
type (
	setsMsg struct {
		list *listing
		err  error
	}
	factsMsg struct {
		facts *oracle.Facts
		err   error
	}
	runsMsg struct {
		runs []run.Info
		err  error
	}
	earlyMsg    struct{ list *listing }
	zonedMsg    struct{ of, list *listing } // the same rows in another zone
	setsTickMsg struct{}
	factTickMsg struct{}
	runsTickMsg struct{}
)

func newData() data {
	x := data{looks: newRunsLook(), zone: time.Local}
	x.show(newListing(nil, nil, time.Time{}, time.Local))
	return x
}

// show takes a listing and finds the database that is shown in it: what was
// chosen, else that of the instance, else the first in the bucket.
func (x *data) show(l *listing) {
	x.list = l
	switch {
	case x.chosen != dbID{}:
		x.db = l.find(x.chosen)
	case x.facts != nil && x.facts.Name != "":
		x.db = l.find(dbID{x.facts.Name, x.facts.DBID})
	case len(l.dbs) > 0:
		x.db = l.dbs[0]
	default:
		x.db = l.find(dbID{})
	}
}

// choose shows another database.
func (x *data) choose(id dbID) {
	x.chosen = id
	x.show(x.list)
}

// begin reads what the last console left of the list on this host's disk; the
// first frame waits for it at most a little while.
func (x *data) begin(d Deps, patience time.Duration) {
	early := make(chan *listing, 1)
	go func() { // ends when the file is read; a local disk that hangs costs this goroutine
		defer close(early) // nil, should a defect end it before
		defer func() { _ = recover() }()
		sets, at := d.Store.Cached()
		early <- newListing(nil, sets, at, time.Local)
	}()
	select {
	case l := <-early:
		if l != nil {
			x.show(l)
		}
	case <-time.After(patience):
		x.early = early
	}
}

// start begins all looks.
func (x *data) start(a *app) tea.Cmd {
	cmds := []tea.Cmd{x.loadSets(a), x.loadFacts(a), x.loadRuns(a), every(setsEvery, setsTickMsg{}), every(factsEvery, factTickMsg{}), every(runsEvery, runsTickMsg{})}
	if early := x.early; early != nil {
		cmds = append(cmds, func() tea.Msg { return earlyMsg{<-early} })
	}
	return tea.Batch(cmds...)
}

func every(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// loadSets asks the bucket, once at a time.
func (x *data) loadSets(a *app) tea.Cmd {
	if x.loading {
		return nil
	}
	x.loading, x.since = true, a.now()
	d, ctx, before, zone := a.d, a.ctx, x.list, x.zone
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, setsTimeout)
		defer cancel()
		sets, err := d.Store.List(ctx, s3store.Filter{Foreign: true})
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return setsMsg{err: fmt.Errorf("no answer within %s; c checks why", run.Span(setsTimeout))}
		case err != nil:
			return setsMsg{err: err}
		case before.same(sets):
			return setsMsg{list: before.asOf(d.Now())}
		}
		return setsMsg{list: newListing(before, sets, d.Now(), zone)}
	}
}

// loadFacts asks the instance, once at a time.
func (x *data) loadFacts(a *app) tea.Cmd {
	if x.asking {
		return nil
	}
	x.asking = true
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, factsTimeout)
		defer cancel()
		f, err := d.Facts(ctx)
		return factsMsg{f, err}
	}
}

// loadRuns looks at the folders of the runs, once at a time.
func (x *data) loadRuns(a *app) tea.Cmd {
	if x.looking {
		return nil
	}
	x.looking = true
	dir, looks := a.d.Config.LogDir, x.looks
	return func() tea.Msg {
		runs, err := looks.list(dir)
		return runsMsg{runs, err}
	}
}

// update takes in what commands found and begins the next look.
func (x *data) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case earlyMsg:
		if x.list.at.IsZero() && msg.list != nil {
			x.show(msg.list)
		}
		return x.rezone()
	case setsMsg:
		return x.tookSets(a, msg)
	case zonedMsg:
		if x.list == msg.of {
			x.show(msg.list)
		}
		return x.rezone()
	case factsMsg:
		x.asking, x.facts, x.factsErr = false, msg.facts, msg.err
		x.zone = zoneOf(msg.facts, a.now())
		x.show(x.list)
		return x.rezone()
	case runsMsg:
		return x.tookRuns(a, msg)
	case setsTickMsg:
		return tea.Batch(x.loadSets(a), every(setsEvery, setsTickMsg{}))
	case factTickMsg:
		return tea.Batch(x.loadFacts(a), every(factsEvery, factTickMsg{}))
	case runsTickMsg:
		return tea.Batch(x.loadRuns(a), every(runsEvery, runsTickMsg{}))
	}
	return nil
}

// rezone makes the listing anew when the zone of its days is not the console's
// any more.
func (x *data) rezone() tea.Cmd {
	l, zone := x.list, x.zone
	if sameZone(l.zone, zone) {
		return nil
	}
	return func() tea.Msg { return zonedMsg{l, newListing(nil, l.sets, l.at, zone)} }
}

// tookSets keeps the list that is there when the bucket cannot be read; that
// is told once, not at every look.
func (x *data) tookSets(a *app, msg setsMsg) tea.Cmd {
	told := x.setsErr != nil
	x.loading, x.setsErr = false, msg.err
	if msg.err == nil {
		x.show(msg.list)
		return x.rezone()
	}
	if told {
		return nil
	}
	return a.complain(fmt.Errorf("the bucket cannot be read: %w", msg.err))
}

// mine says whether the database that is shown is that of this host's
// instance.
func (x *data) mine() bool {
	db := x.db
	return x.facts != nil && x.facts.Name == db.name && (x.facts.DBID == db.id || x.facts.DBID == 0 || db.id == 0)
}

// title is the database's name, or that of the instance it will be.
func (x *data) title(c *config.Config) string {
	if name := x.db.name; name != "" {
		return clean(name)
	}
	return clean(c.OracleSID)
}

// whoAndWhere are the parts of the first line after the breadcrumbs, the most
// important first.
func (x *data) whoAndWhere(a *app) []string {
	db := x.db
	parts := []string{clean(a.d.Host)}
	if db.id != 0 {
		parts = append(parts, fmt.Sprintf("DBID %d", db.id))
	}
	where := a.th.Muted.Render(clean("s3://" + a.d.Config.Bucket + "/" + a.d.Config.Prefix))
	switch {
	case x.factsErr != nil:
		return append(parts, a.th.Warn.Render("instance not reachable"), where)
	case x.facts != nil && x.mine():
		return append(parts, a.instance(), where)
	case x.facts != nil:
		return append(parts, a.th.Warn.Render("not this host's database"), where)
	}
	return append(parts, where)
}

// instance is the state of this host's instance, in words that stand out when
// it is not open.
func (a *app) instance() string {
	if s := a.data.facts.Status; s != oracle.Open {
		return a.th.Warn.Render("instance " + clean(string(s)))
	}
	return "open"
}
