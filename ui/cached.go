package ui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// Remote is the bucket itself; *s3store.Store is one.
type Remote interface {
	List(ctx context.Context, f s3store.Filter) ([]s3store.Set, error)
	Manifest(ctx context.Context, s s3store.Set) (*s3store.Manifest, error)
	Verify(ctx context.Context, m *s3store.Manifest, o s3store.VerifyOptions) (s3store.Report, error)
	Verified(setID string) (s3store.Verified, bool)
	Lock(ctx context.Context, m *s3store.Manifest) (s3store.Lock, error)
}

// CachedStore is a Store that remembers its last listing in a file, so that
// the next console begins with it. The file may be deleted at any time; one
// that is damaged is as good as none. Its methods may be called from any
// goroutine.
type CachedStore struct {
	open func(context.Context) (Remote, error)
	path string

	mu     sync.Mutex // guards remote and kept
	remote Remote
	kept   []s3store.Set // what is in the file
}

var _ Store = (*CachedStore)(nil)

// NewCachedStore makes a store that is opened when it is first asked for
// something. place names the bucket in the cache folder dir; an empty dir
// keeps nothing.
func NewCachedStore(dir, place string, open func(context.Context) (Remote, error)) *CachedStore {
	s := &CachedStore{open: open}
	if dir != "" {
		sum := sha256.Sum256([]byte(place))
		s.path = filepath.Join(dir, "console-"+hex.EncodeToString(sum[:8]))
	}
	return s
}

// get opens the store once. A failure is tried again at the next call.
func (s *CachedStore) get(ctx context.Context) (Remote, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.remote != nil {
		return s.remote, nil
	}
	r, err := s.open(ctx)
	if err == nil {
		s.remote = r
	}
	return r, err
}

// List asks the bucket and remembers the answer.
func (s *CachedStore) List(ctx context.Context, f s3store.Filter) ([]s3store.Set, error) {
	r, err := s.get(ctx)
	if err != nil {
		return nil, err
	}
	sets, err := r.List(ctx, f)
	if err == nil {
		s.keep(sets)
	}
	return sets, err
}

// Manifest reads what a set holds.
func (s *CachedStore) Manifest(ctx context.Context, set s3store.Set) (*s3store.Manifest, error) {
	r, err := s.get(ctx)
	if err != nil {
		return nil, err
	}
	return r.Manifest(ctx, set)
}

// Verify compares a set's objects with its manifest.
func (s *CachedStore) Verify(ctx context.Context, m *s3store.Manifest, o s3store.VerifyOptions) (s3store.Report, error) {
	r, err := s.get(ctx)
	if err != nil {
		return s3store.Report{}, err
	}
	return r.Verify(ctx, m, o)
}

// Verified is the last verification of a set from this host. Before the store
// was opened nothing is known.
func (s *CachedStore) Verified(setID string) (s3store.Verified, bool) {
	s.mu.Lock()
	r := s.remote
	s.mu.Unlock()
	if r == nil {
		return s3store.Verified{}, false
	}
	return r.Verified(setID)
}

// Lock asks how long a set is held.
func (s *CachedStore) Lock(ctx context.Context, m *s3store.Manifest) (s3store.Lock, error) {
	r, err := s.get(ctx)
	if err != nil {
		return s3store.Lock{}, err
	}
	return r.Lock(ctx, m)
}

// rowsVersion is raised when the columns change; other files are not read.
const rowsVersion = 1

// columns are the rows of a listing turned on their side, which a decoder
// reads ten times as fast as records.
type columns struct {
	Version                                    int
	At                                         int64 // Unix seconds
	ID, Kind, Status, DBName, BuildsOn, Key    []string
	Level, DBID, Started, Completed, Bytes     []int64
	Pieces, Logs, From, To, Resetlogs, Recover []int64
	Cumulative, Warnings                       []bool
}

// keep writes the rows down; that it could not is no failure of anything.
func (s *CachedStore) keep(sets []s3store.Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.path == "" || s.kept != nil && slices.Equal(s.kept, sets) {
		return
	}
	c := columns{Version: rowsVersion, At: time.Now().Unix()}
	for i := range sets {
		c.add(&sets[i])
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(c) != nil || run.MkdirAll(filepath.Dir(s.path)) != nil {
		return
	}
	if run.WriteFile(s.path, b.Bytes()) == nil {
		s.kept = sets
	}
}

func (c *columns) add(s *s3store.Set) {
	c.ID, c.Kind, c.Status, c.DBName = append(c.ID, s.ID), append(c.Kind, s.Kind), append(c.Status, s.Status), append(c.DBName, s.DBName)
	c.BuildsOn, c.Key = append(c.BuildsOn, s.BuildsOn), append(c.Key, s.Key)
	c.Level, c.DBID, c.Bytes = append(c.Level, int64(s.Level)), append(c.DBID, s.DBID), append(c.Bytes, s.Bytes)
	c.Started, c.Completed, c.Recover = append(c.Started, seconds(s.StartedAt)), append(c.Completed, seconds(s.CompletedAt)), append(c.Recover, seconds(s.RecoverableTo))
	c.Pieces, c.Logs = append(c.Pieces, int64(s.Pieces)), append(c.Logs, int64(s.Logs))
	c.From, c.To, c.Resetlogs = append(c.From, s.FromSCN), append(c.To, s.ToSCN), append(c.Resetlogs, s.ResetlogsSCN)
	c.Cumulative, c.Warnings = append(c.Cumulative, s.Cumulative), append(c.Warnings, s.Warnings)
}

// Cached are the rows of the last listing, from the file alone, and when it
// was made.
func (s *CachedStore) Cached() ([]s3store.Set, time.Time) {
	if s.path == "" {
		return nil, time.Time{}
	}
	b, err := os.ReadFile(s.path)
	if err != nil {
		return nil, time.Time{}
	}
	var c columns
	if gob.NewDecoder(bytes.NewReader(b)).Decode(&c) != nil || !c.whole() {
		return nil, time.Time{}
	}
	sets := make([]s3store.Set, len(c.ID))
	for i := range sets {
		sets[i] = c.row(i)
	}
	return sets, time.Unix(c.At, 0)
}

// whole says whether all columns have the same length.
func (c *columns) whole() bool {
	n := len(c.ID)
	for _, l := range []int{
		len(c.Kind), len(c.Status), len(c.DBName), len(c.BuildsOn), len(c.Key), len(c.Level), len(c.DBID), len(c.Started), len(c.Completed), len(c.Bytes),
		len(c.Pieces), len(c.Logs), len(c.From), len(c.To), len(c.Resetlogs), len(c.Recover), len(c.Cumulative), len(c.Warnings),
	} {
		if l != n {
			return false
		}
	}
	return c.Version == rowsVersion
}

func (c *columns) row(i int) s3store.Set {
	return s3store.Set{
		ID: c.ID[i], Kind: c.Kind[i], Level: int(c.Level[i]), Cumulative: c.Cumulative[i], Status: c.Status[i], DBName: c.DBName[i], DBID: c.DBID[i],
		StartedAt: moment(c.Started[i]), CompletedAt: moment(c.Completed[i]), Bytes: c.Bytes[i], Pieces: int(c.Pieces[i]), Logs: int(c.Logs[i]),
		FromSCN: c.From[i], ToSCN: c.To[i], ResetlogsSCN: c.Resetlogs[i], RecoverableTo: moment(c.Recover[i]),
		BuildsOn: c.BuildsOn[i], Warnings: c.Warnings[i], Key: c.Key[i],
	}
}

// seconds and moment keep a time to the second; 0 is no time.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func moment(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
