package s3store

import (
	"context"
	"errors"
	"fmt"
)

// Manifest returns the manifest of a committed set, from the local cache when
// it is there: manifests never change. The result is valid in the sense of
// Validate and names objects under the prefix only. A set without a Key is
// looked for by its id. Errors: ErrNotFound, ErrFormat, ErrCorrupt.
func (s *Store) Manifest(ctx context.Context, set Set) (*Manifest, error) {
	if set.Status == StatusForeign {
		return nil, s.noManifest(set.ID)
	}
	if m, ok := s.cache.manifest(set.ID); ok && s.ownKeys(m) == nil {
		return m, nil
	}
	if set.Key == "" || set.Status == StatusIncomplete {
		row, err := s.Find(ctx, set.ID)
		if err != nil {
			return nil, err
		}
		set = row
	}
	return s.fetchManifest(ctx, set)
}

// fetchManifest reads a manifest from the bucket and checks that it is the one
// its key promises.
func (s *Store) fetchManifest(ctx context.Context, set Set) (*Manifest, error) {
	b, err := s.getSmall(ctx, "read manifest", set.Key, maxManifest)
	if err != nil {
		return nil, err
	}
	m, err := ParseManifest(b)
	if err == nil {
		err = s.ownKeys(m)
	}
	if err == nil && catalogKey(s.opt.Prefix, rowOf(m)) != set.Key && !s.laterKey(set.Key, m) {
		err = fmt.Errorf("%w: the manifest is not that of its key", ErrCorrupt)
	}
	if err != nil {
		return nil, s.badManifest(set.Key, err)
	}
	s.cache.putManifest(m.ID, b)
	return m, nil
}

// laterKey accepts a key whose fields a later version wrote, if set and
// database are the manifest's.
func (s *Store) laterKey(key string, m *Manifest) bool {
	row, complete, ok := parseCatalogKey(s.opt.Prefix, key)
	return ok && !complete && row.ID == m.ID && row.DBName == m.DBName && row.DBID == m.DBID
}

func (s *Store) badManifest(key string, err error) error {
	kind := ErrFormat
	if errors.Is(err, ErrCorrupt) {
		kind = ErrCorrupt
	}
	return &Error{
		Op: "read manifest", Bucket: s.opt.Bucket, Key: key, Kind: kind, Err: errors.New(s.scrub(err.Error())),
		Remedy: "upgrade this program if a later one made the set; else the bucket was tampered with: use another set",
	}
}

func (s *Store) noManifest(setID string) error {
	return &Error{
		Op: "find set", Bucket: s.opt.Bucket, Key: s.scrub(setID), Kind: ErrNotFound,
		Err: errors.New("no committed set of this id"), Remedy: "see list for those there are",
	}
}

// Find returns the row of the committed set with this id, asking the bucket.
// ErrNotFound when there is none.
func (s *Store) Find(ctx context.Context, setID string) (Set, error) {
	id, ok := parseSetID(setID)
	if !ok {
		return Set{}, s.noManifest(setID)
	}
	dbs, err := s.Databases(ctx)
	if err != nil {
		return Set{}, err
	}
	for _, db := range dbs {
		if !sameDB(id, db.Name) {
			continue
		}
		key, err := s.manifestKey(ctx, db.Name, db.DBID, setID)
		if err != nil {
			return Set{}, err
		}
		if key == "" {
			continue
		}
		rows, err := s.rows(ctx, []string{key})
		if err != nil {
			return Set{}, err
		}
		if len(rows) == 1 {
			return rows[0], nil
		}
	}
	return Set{}, s.noManifest(setID)
}

// manifestKey is the key of a set's manifest, empty when there is none.
func (s *Store) manifestKey(ctx context.Context, dbName string, dbid int64, setID string) (string, error) {
	found := ""
	prefix := s.opt.Prefix + dbFolder(dbName, dbid) + setID + "~"
	err := s.eachPage(ctx, span{prefix: prefix}, func(objects []object, _ []string) bool {
		for _, o := range objects {
			if _, _, ok := parseCatalogKey(s.opt.Prefix, o.key); ok {
				found = o.key
				return false
			}
		}
		return true
	})
	return found, err
}
