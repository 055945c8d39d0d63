package ui

import (
	"testing"
	"time"

	"orabak-tui/s3store"
)

// week is a full backup and six incrementals that build on each other; the
// newest is first, as in a listing.
func week() []s3store.Set {
	full := set("full", at(15, 1, 0), at(15, 1, 0), time.Hour, 100<<30, "")
	sets := []s3store.Set{full}
	for day := 16; day <= 21; day++ {
		sets = append([]s3store.Set{set("incremental", at(day-1, 1, 0), at(day, 1, 0), time.Minute, 1<<30, sets[0].ID)}, sets...)
	}
	return sets
}

func TestChainIsToldDownToItsLevel0(t *testing.T) {
	d := fixtureDeps(t)
	d.Store.(*fakeStore).sets = week()
	k := openedDesk(t, d)
	k.press("enter")
	k.sees("20261120T040003Z-incremental-ORCL-7f3a (differential)")
	k.sees("full of 15 Nov 01:00 and 5 level 1s")
}

func TestLostBaseIsAGap(t *testing.T) {
	d := fixtureDeps(t)
	sets := week()
	lost := sets[3].ID
	d.Store.(*fakeStore).sets = append(sets[:3:3], sets[4:]...)
	k := openedDesk(t, d)
	k.press("enter")
	k.sees("GAP " + lost + " is not in the bucket")
}

// A chain that goes round, which only a forged listing has, ends.
func TestChainEnds(t *testing.T) {
	sets := week()
	sets[len(sets)-1].BuildsOn = sets[0].ID
	l := newListing(nil, sets, now, time.UTC)
	if all, _ := l.chain(manifestOf(sets[0])); len(all) != chainMost {
		t.Errorf("%d sets", len(all))
	}
	for i := range sets {
		if got := l.set(sets[i].ID); got == nil || got.ID != sets[i].ID {
			t.Errorf("%s is not found", sets[i].ID)
		}
	}
	for _, id := range []string{"", "x", "20261115T010000Z-full-ORCL-0000"} {
		if l.set(id) != nil {
			t.Errorf("%q is found", id)
		}
	}
}

// TestNewestUntilMoved: a console that nobody has touched shows the newest set,
// also when it is newer than the list of its first frame; then the selection
// stays where it was put.
func TestNewestUntilMoved(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	home := k.a.stack[0].(*sets)
	come := func(id string, hour int) {
		l := k.a.data.list
		s := l.sets[0]
		s.ID, s.StartedAt = id, at(24, hour, 0)
		k.send(setsMsg{list: newListing(l, append([]s3store.Set{s}, l.sets...), at(24, hour, 1), time.UTC)})
	}
	come("first", 1)
	if got := home.selected().ID; got != "first" {
		t.Errorf("nobody moved, and %s is selected", got)
	}
	k.press("down")
	chosen := home.selected().ID
	come("second", 2)
	if got := home.selected().ID; got != chosen {
		t.Errorf("%s was chosen, and %s is selected", chosen, got)
	}
}
