package run

import "time"

// thinEvery is the least time between two running events of one transfer, and
// between two progress events: four a second are enough for the eye.
const thinEvery = 250 * time.Millisecond

// thinner drops events of type transfer and progress that come too fast. What
// begins, ends, fails or is tried again always passes.
type thinner struct {
	transfers map[string]time.Time // last event that passed, by direction and name
	progress  time.Time
	phase     string
	held      *Progress // the newest that was dropped
}

func (t *thinner) passes(e *Event, now time.Time) bool {
	switch {
	case e.Type == TypeTransfer && e.Transfer != nil:
		return t.transfer(e.Transfer, now)
	case e.Type == TypeProgress && e.Progress != nil:
		return t.total(e.Progress, now)
	}
	return true
}

func (t *thinner) transfer(x *Transfer, now time.Time) bool {
	key := x.Dir + " " + x.Name
	switch {
	case x.State == Done || x.State == Failed:
		delete(t.transfers, key)
		return true
	case x.State == Running && tooSoon(t.transfers[key], now):
		return false
	}
	if t.transfers == nil {
		t.transfers = map[string]time.Time{}
	}
	t.transfers[key] = now
	return true
}

func (t *thinner) total(p *Progress, now time.Time) bool {
	if p.Phase == t.phase && tooSoon(t.progress, now) {
		held := *p
		t.held = &held
		return false
	}
	t.progress, t.phase, t.held = now, p.Phase, nil
	return true
}

// tooSoon lets an event pass when the clock was set back.
func tooSoon(last, now time.Time) bool {
	d := now.Sub(last)
	return d >= 0 && d < thinEvery
}

// takeBefore gives the last totals that were dropped, when an event comes
// before which they must stand: the end of their phase or of the run.
func (t *thinner) takeBefore(e *Event) *Event {
	if t.held == nil || e.Type != TypePhase && e.Type != TypeEnd {
		return nil
	}
	p := t.held
	t.held = nil
	return &Event{Type: TypeProgress, Progress: p}
}
