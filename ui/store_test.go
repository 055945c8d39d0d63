package ui

import (
	"context"
	"sync"
	"time"

	"orabak-tui/s3store"
)

// fakeStore is a bucket in memory; a nil function is a success.
type fakeStore struct {
	mu       sync.Mutex
	sets     []s3store.Set
	cached   []s3store.Set
	cachedAt time.Time
	list     func(context.Context) ([]s3store.Set, error)
	manifest func(s3store.Set) (*s3store.Manifest, error)
	verify   func(*s3store.Manifest) (s3store.Report, error)
	verified s3store.Verified
	lock     s3store.Lock
	lockErr  error
}

func (f *fakeStore) Verified(string) (s3store.Verified, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.verified, !f.verified.At.IsZero()
}

func (f *fakeStore) Lock(context.Context, *s3store.Manifest) (s3store.Lock, error) {
	return f.lock, f.lockErr
}

func (f *fakeStore) Cached() ([]s3store.Set, time.Time) { return f.cached, f.cachedAt }

func (f *fakeStore) List(ctx context.Context, _ s3store.Filter) ([]s3store.Set, error) {
	if f.list != nil {
		return f.list(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sets, nil
}

func (f *fakeStore) Manifest(_ context.Context, s s3store.Set) (*s3store.Manifest, error) {
	if f.manifest != nil {
		return f.manifest(s)
	}
	return manifestOf(s), nil
}

func (f *fakeStore) Verify(_ context.Context, m *s3store.Manifest, o s3store.VerifyOptions) (s3store.Report, error) {
	if f.verify != nil {
		return f.verify(m)
	}
	return s3store.Report{SetID: m.ID, OK: len(m.Pieces), Bytes: 1 << 30}, nil
}
