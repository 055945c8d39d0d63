package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"orabak-tui/s3store"
)

func cachedOn(dir, place string, remote Remote, err error) *CachedStore {
	return NewCachedStore(dir, place, func(context.Context) (Remote, error) { return remote, err })
}

func TestCachedStoreRemembersTheListing(t *testing.T) {
	dir, want := t.TempDir(), fixtureSets()
	if got, err := cachedOn(dir, "a", &fakeStore{sets: want}, nil).List(t.Context(), s3store.Filter{}); err != nil || len(got) != len(want) {
		t.Fatal(got, err)
	}
	next := cachedOn(dir, "a", nil, errors.New("no network"))
	got, at := next.Cached()
	if !slices.Equal(got, want) || time.Since(at) > time.Minute {
		t.Fatalf("%v as of %v", got, at)
	}
	if _, err := next.List(t.Context(), s3store.Filter{}); err == nil {
		t.Fatal("no error")
	}
	if got, at := cachedOn(dir, "b", nil, nil).Cached(); got != nil || !at.IsZero() {
		t.Fatal("the rows of another bucket")
	}
}

func TestCachedStoreThrowsDamageAway(t *testing.T) {
	dir := t.TempDir()
	if _, err := cachedOn(dir, "a", &fakeStore{sets: fixtureSets()}, nil).List(t.Context(), s3store.Filter{}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "console-*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(whole); n += 37 { // cut anywhere
		if err := os.WriteFile(files[0], whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _ := cachedOn(dir, "a", nil, nil).Cached(); len(got) > 0 {
			t.Fatalf("%d rows from %d of %d bytes", len(got), n, len(whole))
		}
	}
}
