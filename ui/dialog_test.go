package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/run"
)

func TestDialogThatOpensByItselfSwallowsTyping(t *testing.T) {
	d := fixtureDeps(t)
	clock := now
	d.Now = func() time.Time { return clock }
	k := openedDesk(t, d)
	k.a.data.runs, k.a.data.runsKnown = fixtureRuns(), true
	failed := fixtureRuns()
	failed[0].State, failed[0].Error = run.Failed, "ORA-19502"
	k.send(runsMsg{runs: failed})
	k.sees("ORA-19502")
	for range 3 { // somebody is typing
		clock = clock.Add(200 * time.Millisecond)
		k.press("enter")
	}
	if len(k.a.dialogs) != 1 {
		t.Fatal("keys that were typed for something else closed it")
	}
	clock = clock.Add(graceQuiet)
	k.press("enter")
	if len(k.a.dialogs) != 0 {
		t.Fatal("it does not take keys after the grace period")
	}
}

func TestGracePeriodEnds(t *testing.T) {
	o := &opened{since: now, lastKey: now}
	swallowed := 0
	for i := range 100 { // a key held down
		if o.swallows(now.Add(time.Duration(i) * 100 * time.Millisecond)) {
			swallowed++
		}
	}
	if swallowed != int(graceMost/(100*time.Millisecond)) {
		t.Fatalf("%d keys were swallowed", swallowed)
	}
}

func TestPaletteDoesWhatItShows(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.press("ctrl+p")
	k.text("trends")
	k.press("enter")
	if _, ok := k.a.top().(*trends); !ok {
		t.Fatalf("on top is %T", k.a.top())
	}
	k.press(":")
	k.text("older")
	k.press("enter") // a key of the present screen, by name
	if k.a.top().(*trends).at != 1 {
		t.Fatal("a key's command does nothing")
	}
}

func TestHelpShowsRealKeys(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.size(120, 60)
	k.press("?")
	s := k.screen()
	for _, b := range append(k.a.top().keys(k.a), k.a.everywhere()...) {
		if !contains(s, b.Help().Desc) {
			t.Errorf("help lacks %q", b.Help().Desc)
		}
	}
	if !contains(s, "not now: the bucket holds one database") {
		t.Errorf("help does not say why a key is off:\n%s", s)
	}
}

func TestToasts(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.send(doneMsg{what: "saved to \x1b[31mx"})
	k.sees(`saved to \x1b[31mx`)
	n := k.a.toast.n
	k.send(doneMsg{err: errors.New("disk full")})
	k.send(toastEndMsg(n)) // the end of the one before
	k.sees("FAIL disk full")
	k.send(toastEndMsg(k.a.toast.n)) // errors stay
	k.sees("FAIL disk full")
	k.press("j")
	if contains(k.screen(), "disk full") {
		t.Fatal("an error stays after a key")
	}
}

// An error that does not fit one line takes several, over the end of the
// screen, and the frame keeps its size.
func TestLongErrorsAreWhole(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.size(60, 16)
	k.send(doneMsg{err: errors.New("the bucket cannot be read: s3 list backups/catalog/: no answer within 30 s; check the address of the endpoint")})
	k.sees("endpoint")
	if lines := strings.Split(k.screen(), "\n"); len(lines) != 16 {
		t.Errorf("%d lines", len(lines))
	}
}
