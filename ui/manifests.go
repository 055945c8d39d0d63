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
	x := manifests{busy: map[string]bool{}}
	x.forget()
	return x
}

func (x *manifests) forget() {
	x.have, x.bad = map[string]*s3store.Manifest{}, map[string]error{}
}

// want begins to load the manifest of a set, once, when it stays selected.
func (x *manifests) want(_ *app, set *s3store.Set) tea.Cmd {
	if set == nil || set.ID == x.wish {
		return nil
	}
	x.wish = set.ID
	delete(x.bad, set.ID) // looked at again, tried again
	if set.Status != s3store.StatusComplete || x.have[set.ID] != nil || x.busy[set.ID] {
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
		case !errors.Is(m.err, context.Canceled):
			x.bad[m.id] = m.err
		}
	}
	return nil
}

func (x *manifests) load(a *app, s s3store.Set) tea.Cmd {
	if x.busy[s.ID] || x.have[s.ID] != nil {
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
