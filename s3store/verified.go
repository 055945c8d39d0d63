package s3store

import (
	"context"
	"encoding/json"
	"path/filepath"
	"time"
)

// Lock is how long Object Lock holds an object or a set, as the store tells.
// The zero value is no lock, or one that the credentials may not see.
type Lock struct {
	Mode  string    `json:"mode,omitempty"` // GOVERNANCE, COMPLIANCE
	Until time.Time `json:"until,omitzero"`
}

// weaker is the lock of two objects together: the one that ends first.
func (l Lock) weaker(o Lock) Lock {
	if o.Until.Before(l.Until) {
		return o
	}
	return l
}

// Verified is the last verification of a set from this host.
type Verified struct {
	At     time.Time `json:"at"` // UTC
	Deep   bool      `json:"deep,omitempty"`
	Pieces int       `json:"pieces"`           // those that were as the manifest says
	Faults int       `json:"faults,omitempty"` // objects missing or corrupt
	Lock   Lock      `json:"lock,omitzero"`    // of the piece whose lock ends first
}

// Intact reports whether nothing was missing or corrupt.
func (v Verified) Intact() bool { return v.Faults == 0 }

// Verified tells how the last Verify of a set ended that was made on this
// host with the same CacheDir, of this process or another. It touches local
// disk only.
func (s *Store) Verified(setID string) (Verified, bool) {
	var v Verified
	if _, ok := parseSetID(setID); !ok {
		return v, false
	}
	b, ok := s.cache.read(verifiedFile(setID))
	return v, ok && json.Unmarshal(b, &v) == nil && !v.At.IsZero() && !hasControl(v.Lock.Mode)
}

func verifiedFile(setID string) string { return filepath.Join("verified", setID+".json") }

// remember keeps the outcome of a verification. An older deep one gives way to
// it: what counts is the newest.
func (v *verification) remember() {
	r := &v.report
	b, err := json.Marshal(Verified{At: v.s.opt.Now().UTC().Truncate(time.Second), Deep: v.o.Deep, Pieces: r.OK,
		Faults: len(r.Missing) + len(r.Corrupt), Lock: r.Lock})
	if err == nil {
		v.s.cache.write(verifiedFile(v.m.ID), b)
	}
}

// Lock asks how long a set is held, with two requests: its first piece, which
// was written first, and its manifest, which was written last. The lock that
// ends first is returned; Verify looks at all pieces.
func (s *Store) Lock(ctx context.Context, m *Manifest) (Lock, error) {
	if err := s.committable(m); err != nil {
		return Lock{}, err
	}
	keys := []string{catalogKey(s.opt.Prefix, rowOf(m))}
	if len(m.Pieces) > 0 {
		keys = append(keys, m.Pieces[0].Key)
	}
	var all Lock
	for i, key := range keys {
		h, err := s.head(ctx, "lock", key)
		if err != nil {
			return Lock{}, err
		}
		if i == 0 {
			all = h.lock
		}
		all = all.weaker(h.lock)
	}
	return all, nil
}
