package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"orabak-tui/s3store"
)

func TestSetTellsItsLockAndLastVerification(t *testing.T) {
	until := now.AddDate(0, 0, 30)
	for name, c := range map[string]struct {
		store  func(*fakeStore)
		mode   string
		has    []string
		hasNot string
	}{
		"nothing known": {has: []string{"verified", "never on this host"}, hasNot: "locked"},
		"both": {func(f *fakeStore) {
			f.verified = s3store.Verified{At: now.Add(-2 * time.Hour), Deep: true, Pieces: 3}
			f.lock = s3store.Lock{Mode: "COMPLIANCE", Until: until}
		}, "", []string{"OK 2026-11-23 12:02 (2 h ago), every byte", "until 2026-12-23 14:02 (COMPLIANCE)"}, "never"},
		"damaged": {func(f *fakeStore) { f.verified = s3store.Verified{At: now, Faults: 2} }, "",
			[]string{"FAIL 2026-11-23 14:02", "2 objects missing or corrupt"}, "locked"},
		"a lock was asked for": {nil, "COMPLIANCE", []string{"WARN no lock that these credentials may see"}, ""},
		"the store hangs":      {func(f *fakeStore) { f.lockErr = errors.New("no answer") }, "COMPLIANCE", []string{"not known: no answer"}, ""},
		"it ended":             {func(f *fakeStore) { f.lock = s3store.Lock{Mode: "GOVERNANCE", Until: now.Add(-time.Hour)} }, "", []string{"no more since 2026-11-23 13:02"}, "until"},
	} {
		t.Run(name, func(t *testing.T) {
			d := fixtureDeps(t)
			d.Config.ObjectLockMode = c.mode
			f := d.Store.(*fakeStore)
			f.verified, f.lock = s3store.Verified{}, s3store.Lock{}
			if c.store != nil {
				c.store(f)
			}
			k := openedDesk(t, d)
			k.press("enter")
			for _, want := range c.has {
				k.sees(want)
			}
			if text := k.screen(); c.hasNot != "" && strings.Contains(text, c.hasNot) {
				t.Errorf("%q in\n%s", c.hasNot, text)
			}
		})
	}
}

// A verification in the console is told at once, not after a minute.
func TestVerificationIsToldAtOnce(t *testing.T) {
	d := fixtureDeps(t)
	f := d.Store.(*fakeStore)
	f.verified = s3store.Verified{}
	k := openedDesk(t, d)
	k.press("enter")
	k.sees("never on this host")
	f.mu.Lock()
	f.verified = s3store.Verified{At: now, Pieces: 3}
	f.mu.Unlock()
	k.press("v")
	k.sees("as they should be")
	k.press("esc")
	k.sees("OK 2026-11-23 14:02 (0 s ago), sizes and checksums")
}

// A bucket that does not answer is told while it is waited for, and what to do.
func TestPatienceIsTold(t *testing.T) {
	d := fixtureDeps(t)
	clock := now
	d.Now = func() time.Time { return clock }
	d.Store = &fakeStore{list: func(ctx context.Context) ([]s3store.Set, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	k := newDesk(t, d)
	k.do(k.a.Init())
	k.sees("reading the bucket")
	clock = clock.Add(38 * time.Second)
	k.sees("no answer for 38 s; c checks why")
	k.send(setsMsg{err: errors.New("no answer within 2 min; c checks why")})
	k.sees("cannot be read: no answer within 2 min; c checks why")
}
