package s3store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// twoPieces is a store with a set of two pieces.
func twoPieces(t *testing.T, mem *memStore) (*Store, *Manifest) {
	t.Helper()
	s := open(t, Options{Endpoint: memory(t, mem), Now: func() time.Time { return testStart.Add(time.Hour) }})
	m := manifestOf(testSet, putBytes(t, s, testSet, "df_1", []byte("a")), putBytes(t, s, testSet, "df_2", []byte("b")))
	if _, err := s.Commit(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return s, m
}

func TestVerifiedIsRemembered(t *testing.T) {
	s, m := twoPieces(t, &memStore{strict: true})
	if v, ok := s.Verified(m.ID); ok {
		t.Fatalf("never verified, and yet %+v", v)
	}
	if _, err := s.Verify(t.Context(), m, VerifyOptions{Deep: true}); err != nil {
		t.Fatal(err)
	}
	other := open(t, s.opt) // another process on this host
	want := Verified{At: testStart.Add(time.Hour).UTC(), Deep: true, Pieces: 2}
	if v, ok := other.Verified(m.ID); !ok || v != want || !v.Intact() {
		t.Errorf("got %+v, want %+v", v, want)
	}
	remove(t, s, m.Pieces[1].Key)
	if _, err := s.Verify(t.Context(), m, VerifyOptions{}); err != nil {
		t.Fatal(err)
	}
	if v, _ := other.Verified(m.ID); v.Intact() || v.Faults != 1 || v.Pieces != 1 || v.Deep {
		t.Errorf("a piece is gone, and yet %+v", v)
	}
}

func TestVerifiedTrustsNoFile(t *testing.T) {
	s, m := twoPieces(t, &memStore{strict: true})
	if _, ok := s.Verified("../../etc/passwd"); ok {
		t.Error("a file outside was read")
	}
	for _, text := range []string{"", "{", `{"pieces":3}`, `{"at":"2026-11-23T04:00:03Z","lock":{"mode":"\u001b[2J"}}`} {
		s.cache.write(verifiedFile(m.ID), []byte(text))
		if v, ok := s.Verified(m.ID); ok {
			t.Errorf("%s was believed: %+v", text, v)
		}
	}
	if i, err := os.Stat(filepath.Join(s.cache.dir, verifiedFile(m.ID))); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", i, err)
	}
}

func TestLockIsThatWhichEndsFirst(t *testing.T) {
	until := testStart.AddDate(0, 0, 30).UTC()
	mem := &memStore{strict: true}
	s, m := twoPieces(t, mem)
	if l, err := s.Lock(t.Context(), m); err != nil || l != (Lock{}) {
		t.Errorf("no lock, and yet %+v, %v", l, err)
	}
	mem.locks = map[string]Lock{"df_1": {"COMPLIANCE", until}, "df_2": {"GOVERNANCE", until.Add(-time.Hour)}, ".json": {"COMPLIANCE", until.Add(time.Hour)}}
	if l, err := s.Lock(t.Context(), m); err != nil || l != (Lock{"COMPLIANCE", until}) {
		t.Errorf("%+v, %v", l, err)
	}
	r, err := s.Verify(t.Context(), m, VerifyOptions{})
	if v, _ := s.Verified(m.ID); err != nil || r.Lock != (Lock{"GOVERNANCE", until.Add(-time.Hour)}) || v.Lock != r.Lock {
		t.Errorf("%+v, %+v, %v", r.Lock, v, err)
	}
	delete(mem.locks, "df_2")
	if r, err = s.Verify(t.Context(), m, VerifyOptions{}); err != nil || r.Lock != (Lock{}) {
		t.Errorf("one piece is not locked, and yet %+v, %v", r.Lock, err)
	}
}
