package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/s3store"
)

// manifestsMost bounds what is kept; they can be read again.
const manifestsMost = 200

// restUntilLoad is how long the selection must rest on a set before its
// manifest is asked for: whoever scrolls through the list asks for nothing.
const restUntilLoad = 120 * time.Millisecond

// manifests loads the manifests of sets that are looked at, and keeps them:
// they never change.
type manifests struct {
	have map[string]*s3store.Manifest
	bad  map[string]error
	busy map[string]bool
	wish string // the set that was selected last

	more    map[string]known // of sets whose manifest is here
	looking map[string]bool
}

type (
	manifestMsg struct {
		id  string
		m   *s3store.Manifest
		err error
	}
	// restedMsg says that the selection may have rested on a set.
	restedMsg struct{ set s3store.Set }
)

func newManifests() manifests {
	x := manifests{busy: map[string]bool{}, looking: map[string]bool{}}
	x.forget()
	return x
}

func (x *manifests) forget() {
	x.have, x.bad, x.more = map[string]*s3store.Manifest{}, map[string]error{}, map[string]known{}
}

// want begins to load the manifest of a set, once, when it stays selected.
func (x *manifests) want(_ *app, set *s3store.Set) tea.Cmd {
	if set == nil || set.ID == x.wish {
		return nil
	}
	x.wish = set.ID
	delete(x.bad, set.ID) // looked at again, tried again
	if set.Status != s3store.StatusComplete || x.busy[set.ID] {
		return nil
	}
	s := *set
	return tea.Tick(restUntilLoad, func(time.Time) tea.Msg { return restedMsg{s} })
}

func (x *manifests) update(a *app, msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case restedMsg:
		if m.set.ID == x.wish {
			return x.load(a, m.set)
		}
	case manifestMsg:
		delete(x.busy, m.id)
		if len(x.have)+len(x.bad) >= manifestsMost {
			x.forget()
		}
		switch {
		case m.err == nil:
			x.have[m.id] = m.m
			return x.look(a, m.m)
		case !errors.Is(m.err, context.Canceled):
			x.bad[m.id] = m.err
		}
	case knownMsg:
		delete(x.looking, m.id)
		if x.have[m.id] != nil {
			x.more[m.id] = m.known
		}
	case verifyMsg: // what was known is out of date
		delete(x.more, m.of.set.ID)
		if have := x.have[m.of.set.ID]; have != nil {
			return x.look(a, have)
		}
	}
	return nil
}

func (x *manifests) load(a *app, s s3store.Set) tea.Cmd {
	if have := x.have[s.ID]; have != nil {
		return x.look(a, have)
	}
	if x.busy[s.ID] {
		return nil
	}
	x.busy[s.ID] = true
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, setsTimeout)
		defer cancel()
		m, err := d.Store.Manifest(ctx, s)
		return manifestMsg{s.ID, m, err}
	}
}
