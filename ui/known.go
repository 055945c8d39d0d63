package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/s3store"
)

// knownFor is how long counts what was asked of a set: cron may verify it.
const knownFor = time.Minute

// known is what is known of a set beside its manifest, and changes.
type known struct {
	at       time.Time        // when it was asked
	verified s3store.Verified // zero: never on this host
	lock     s3store.Lock     // zero: none, or none that may be seen
	lockErr  error
}

type knownMsg struct {
	id string
	known
}

// look asks what is known of a set whose manifest is here: of this host's
// disk, then of the bucket.
func (x *manifests) look(a *app, m *s3store.Manifest) tea.Cmd {
	if x.looking[m.ID] || a.now().Sub(x.more[m.ID].at) < knownFor {
		return nil
	}
	x.looking[m.ID] = true
	d, ctx := a.d, a.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, setsTimeout)
		defer cancel()
		k := known{at: d.Now()}
		k.verified, _ = d.Store.Verified(m.ID)
		k.lock, k.lockErr = d.Store.Lock(ctx, m)
		return knownMsg{m.ID, k}
	}
}

// lines say since when the set is known to be whole, and until when nobody can
// delete it.
func (k known) lines(a *app) (verified, locked string) {
	if k.at.IsZero() {
		return "", ""
	}
	return k.whole(a), k.held(a)
}

func (k known) whole(a *app) string {
	v := k.verified
	if v.At.IsZero() {
		return a.th.Muted.Render("never on this host")
	}
	how := "sizes and checksums"
	if v.Deep {
		how = "every byte"
	}
	when := a.clock(v.At, "2006-01-02 15:04") + " (" + roughly(a.now().Sub(v.At)) + " ago)"
	if !v.Intact() {
		return a.th.state("FAIL") + " " + when + ": " + plural(v.Faults, "object") + " missing or corrupt; v tells which"
	}
	return a.th.state("OK") + " " + when + ", " + how
}

func (k known) held(a *app) string {
	want := a.d.Config.ObjectLockMode != ""
	switch {
	case k.lockErr != nil && want:
		return a.th.Muted.Render("not known: " + clean(k.lockErr.Error()))
	case k.lock.Until.IsZero() && want:
		return a.th.state("WARN") + " no lock that these credentials may see"
	case k.lock.Until.IsZero():
		return ""
	case k.lock.Until.Before(a.now()):
		return a.th.Muted.Render("no more since " + a.clock(k.lock.Until, "2006-01-02 15:04"))
	}
	return fmt.Sprintf("until %s (%s)", a.clock(k.lock.Until, "2006-01-02 15:04"), clean(k.lock.Mode))
}
