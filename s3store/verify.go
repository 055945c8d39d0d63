package s3store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// VerifyOptions says how thoroughly.
type VerifyOptions struct {
	Deep bool // read and hash every byte
	// Progress is called with the bytes of the pieces looked at so far.
	Progress func(doneBytes int64)
}

// Fault is one object that is not as its manifest says.
type Fault struct {
	Key  string `json:"key"`
	Want string `json:"want,omitempty"`
	Have string `json:"have,omitempty"`
}

// Report is the outcome of Verify. Its lists are sorted by key.
type Report struct {
	SetID   string  `json:"set_id"`
	OK      int     `json:"ok"` // pieces that are as the manifest says
	Bytes   int64   `json:"bytes"`
	Missing []Fault `json:"missing,omitempty"`
	Corrupt []Fault `json:"corrupt,omitempty"`
	// Surplus are objects in the set's folder that the manifest does not name.
	Surplus []string `json:"surplus,omitempty"`
	// SizeOnly are those of the OK pieces of which the store keeps no
	// checksum: only a deep verification says more.
	SizeOnly []string `json:"size_only,omitempty"`
	// Lock is that of the piece whose Object Lock ends first; zero when one has
	// none, or the credentials may not see it.
	Lock Lock `json:"lock,omitzero"`
}

// Intact reports whether nothing is missing or corrupt.
func (r Report) Intact() bool { return len(r.Missing) == 0 && len(r.Corrupt) == 0 }

// Verify compares every object of a set with its manifest, the manifest itself
// with the one in the bucket. What is wrong with the set is in the report; an
// error means that it could not be found out.
func (s *Store) Verify(ctx context.Context, m *Manifest, o VerifyOptions) (Report, error) {
	v := &verification{s: s, m: m, o: o, report: Report{SetID: m.ID}}
	if err := s.committable(m); err != nil {
		return v.report, err
	}
	if err := v.manifest(ctx); err != nil {
		return v.report, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(2, s.opt.Concurrency))
	for i := range m.Pieces {
		g.Go(func() error { return v.piece(gctx, &m.Pieces[i]) })
	}
	if err := g.Wait(); err != nil {
		return v.report, err
	}
	if err := v.surplus(ctx); err != nil {
		return v.sorted(), err
	}
	v.remember()
	return v.sorted(), nil
}

// verification is one Verify under way.
type verification struct {
	s *Store
	m *Manifest
	o VerifyOptions

	mu      sync.Mutex // guards the variables below
	report  Report
	done    int64
	anyLock bool // a piece has told its lock
}

// manifest reads the manifest from the bucket, not from the cache.
func (v *verification) manifest(ctx context.Context) error {
	key := catalogKey(v.s.opt.Prefix, rowOf(v.m))
	there, err := v.s.getSmall(ctx, "verify", key, maxManifest)
	switch {
	case errors.Is(err, ErrNotFound):
		v.s.cache.dropManifest(v.m.ID)
		v.report.Missing = append(v.report.Missing, Fault{Key: key, Want: "the manifest"})
		return nil
	case err != nil:
		return err
	}
	if want, err := encodeManifest(v.m); err != nil || !bytes.Equal(there, want) {
		return v.otherManifest(key, there)
	}
	return nil
}

// otherManifest judges a manifest that is not the same bytes: one that says
// the same in the form of another version is none the worse.
func (v *verification) otherManifest(key string, there []byte) error {
	m, err := ParseManifest(there)
	if err == nil {
		mine, _ := encodeManifest(v.m)
		theirs, _ := encodeManifest(m)
		if bytes.Equal(mine, theirs) {
			return nil
		}
		err = errors.New("another manifest")
	}
	v.report.Corrupt = append(v.report.Corrupt, Fault{Key: key, Want: "the manifest", Have: v.s.scrub(err.Error())})
	return nil
}

func (v *verification) piece(ctx context.Context, p *Piece) error {
	h, err := v.s.head(ctx, "verify", p.Key)
	if errors.Is(err, ErrNotFound) {
		v.missing(p)
		return nil
	}
	if err != nil {
		return err
	}
	v.locked(h.lock)
	switch {
	case h.size != p.Bytes:
		v.corrupt(p, fmt.Sprintf("size %d", p.Bytes), fmt.Sprintf("size %d", h.size))
	case h.crc != "" && h.crc != p.CRC64NVME:
		v.corrupt(p, "CRC64NVME "+p.CRC64NVME, "CRC64NVME "+h.crc)
	case v.o.Deep:
		return v.deep(ctx, p)
	default:
		v.fine(p, h.crc == "")
	}
	return nil
}

func (v *verification) deep(ctx context.Context, p *Piece) error {
	got, err := v.s.hashObject(ctx, p.Key, p.Bytes, p.SHA256 != "", v.progress)
	var bad *CorruptError
	switch {
	case errors.As(err, &bad):
		v.corrupt(p, bad.Want, bad.Have)
	case errors.Is(err, ErrNotFound):
		v.missing(p)
	case err != nil:
		return err
	case crcText(got.crc) != p.CRC64NVME:
		v.corrupt(p, "CRC64NVME "+p.CRC64NVME, "CRC64NVME "+crcText(got.crc))
	case got.sha256 != p.SHA256:
		v.corrupt(p, "SHA-256 "+p.SHA256, "SHA-256 "+got.sha256)
	default:
		v.fine(p, false)
	}
	return nil
}

// locked takes in the lock of one piece.
func (v *verification) locked(l Lock) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.anyLock {
		v.anyLock, v.report.Lock = true, l
	}
	v.report.Lock = v.report.Lock.weaker(l)
}

func (v *verification) missing(p *Piece) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Missing = append(v.report.Missing, Fault{Key: p.Key})
}

func (v *verification) corrupt(p *Piece, want, have string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Corrupt = append(v.report.Corrupt, Fault{Key: p.Key, Want: want, Have: have})
}

func (v *verification) fine(p *Piece, sizeOnly bool) {
	v.mu.Lock()
	v.report.OK++
	v.report.Bytes += p.Bytes
	if sizeOnly {
		v.report.SizeOnly = append(v.report.SizeOnly, p.Key)
	}
	v.mu.Unlock()
	if !v.o.Deep {
		v.progress(p.Bytes)
	}
}

func (v *verification) progress(n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done += n
	if v.o.Progress != nil {
		v.o.Progress(v.done)
	}
}

// surplus lists the set's folder for objects that the manifest does not name.
func (v *verification) surplus(ctx context.Context) error {
	named := make(map[string]bool, len(v.m.Pieces))
	for i := range v.m.Pieces {
		named[v.m.Pieces[i].Key] = true
	}
	objects, err := v.s.objects(ctx, v.s.opt.Prefix+setFolder(v.m.ID, v.m.StartedAt))
	for _, o := range objects {
		if !named[o.key] {
			v.report.Surplus = append(v.report.Surplus, o.key)
		}
	}
	return err
}

func (v *verification) sorted() Report {
	byKey := func(a, b Fault) int { return bytes.Compare([]byte(a.Key), []byte(b.Key)) }
	slices.SortFunc(v.report.Missing, byKey)
	slices.SortFunc(v.report.Corrupt, byKey)
	slices.Sort(v.report.SizeOnly)
	return v.report
}
