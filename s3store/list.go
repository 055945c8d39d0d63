package s3store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"orabak-tui/internal/run"
)

// A manifest's key carries its row, so a page of keys is a page of rows: a
// cold list of 10,000 sets is ten requests.
//
// Listings are remembered in CacheDir. A later List asks only for the end of
// each database's keys: the last tailKeys and all sets begun within tailAge,
// because a set that began before others may be committed after them. What the
// answer does not hold any more is gone. One more request finds new
// databases. So sets that were committed anywhere are seen at once, those that
// were deleted are seen at once when they are among the last, and after
// listMaxAge otherwise, when the whole is listed anew. Filter.Fresh does not
// wait for that.
//
// With Filter.Foreign the recent set folders are looked at first. When
// manifests account for all of them there is no new database to be looked for
// (but for one whose first set began in the very second of another's: that is
// seen after listMaxAge).
//
// Where many databases share the prefix, the whole is listed anew when that
// takes no more requests than asking for each one's end.
const (
	listMaxAge = time.Hour
	tailKeys   = 900 // leaves room on one page for new ones
	tailAge    = 7 * 24 * time.Hour
)

// Filter selects rows of a listing. The zero value selects the committed sets
// of every database under the prefix.
type Filter struct {
	DBName string
	DBID   int64
	// Foreign includes, besides committed sets, sets without a manifest
	// (StatusIncomplete) and folders that the old script made
	// (StatusForeign). A foreign row is kept whatever the database.
	Foreign bool
	// Fresh asks the bucket for every row and uses no remembered page. Plans
	// that destroy or overwrite ask for it.
	Fresh bool
}

// keeps reports whether a row is wanted. Of an incomplete set only the name is
// known, as its id spells it.
func (f Filter) keeps(row Set) bool {
	switch row.Status {
	case StatusForeign:
		return true
	case StatusIncomplete:
		return f.DBName == "" || sameDB(run.ID{DBName: row.DBName}, f.DBName)
	}
	return (f.DBName == "" || row.DBName == f.DBName) && (f.DBID == 0 || row.DBID == f.DBID)
}

// scope is the prefix below catalog/ that holds what the filter may select. To
// find what no manifest accounts for, all manifests are needed.
func (f Filter) scope(prefix string) string {
	if validDBName(f.DBName) && f.DBID > 0 && !f.Foreign {
		return prefix + dbFolder(f.DBName, f.DBID)
	}
	return prefix + catalogDir
}

// List returns the sets, newest first. It makes no GET but for the manifest of
// a set whose key a later version wrote.
func (s *Store) List(ctx context.Context, f Filter) ([]Set, error) {
	var recent *folders
	if f.Foreign {
		var err error
		if recent, err = s.recentFolders(ctx, f.Fresh); err != nil {
			return nil, err
		}
	}
	keys, err := s.catalogKeys(ctx, f, recent)
	if err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, keys)
	if err != nil {
		return nil, err
	}
	if f.Foreign {
		others, err := s.unaccounted(ctx, recent, rows)
		if err != nil {
			return nil, err
		}
		rows = append(rows, unadopted(others, rows)...)
	}
	rows = slices.DeleteFunc(rows, func(r Set) bool { return !f.keeps(r) })
	slices.SortFunc(rows, newestFirst)
	return rows, nil
}

func newestFirst(a, b Set) int {
	return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(b.ID, a.ID))
}

// rows turns keys into rows. A set that has two manifests is shown once.
func (s *Store) rows(ctx context.Context, keys []string) ([]Set, error) {
	rows := make([]Set, 0, len(keys))
	for _, key := range keys {
		row, complete, ok := parseCatalogKey(s.opt.Prefix, key)
		if !ok || len(rows) > 0 && rows[len(rows)-1].ID == row.ID {
			continue
		}
		if !complete {
			m, err := s.Manifest(ctx, row)
			switch {
			case errors.Is(err, ErrFormat), errors.Is(err, ErrCorrupt), errors.Is(err, ErrNotFound):
				row.Status = StatusIncomplete
			case err != nil:
				return nil, err
			default:
				row = rowOf(m)
				row.Key = key
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// catalogKeys returns the keys of all manifests in the filter's scope, sorted.
func (s *Store) catalogKeys(ctx context.Context, f Filter, recent *folders) ([]string, error) {
	scope := f.scope(s.opt.Prefix)
	known, ok := s.cache.keys(scope)
	if f.Fresh || !ok || s.opt.Now().Sub(known.listed).Abs() > listMaxAge || !inScope(known.keys, scope) {
		return s.listWhole(ctx, scope)
	}
	dbs := splitFolders(known.keys, s.opt.Prefix+catalogDir)
	all := scope == s.opt.Prefix+catalogDir
	if all && len(known.keys)/pageKeys <= len(dbs) {
		return s.listWhole(ctx, scope)
	}
	if all && recent == nil {
		var err error
		if dbs, err = s.withNewDBs(ctx, dbs); err != nil {
			return nil, err
		}
	}
	keys, err := s.listEnds(ctx, dbs)
	if err == nil && recent != nil && !recent.accounted(s.opt.Prefix, keys) {
		if dbs, err = s.withNewDBs(ctx, dbs); err == nil {
			keys, err = s.listEnds(ctx, dbs)
		}
	}
	if err == nil && !slices.Equal(keys, known.keys) {
		s.cache.putKeys(scope, keyList{known.listed, keys})
	}
	return keys, err
}

func inScope(keys []string, scope string) bool {
	return len(keys) == 0 || strings.HasPrefix(keys[0], scope) && strings.HasPrefix(keys[len(keys)-1], scope)
}

// listWhole lists all keys of a scope and remembers them.
func (s *Store) listWhole(ctx context.Context, scope string) ([]string, error) {
	listed := s.opt.Now()
	keys, err := s.keysAfter(ctx, scope, "")
	if err == nil {
		s.cache.putKeys(scope, keyList{listed, keys})
	}
	return keys, err
}

func (s *Store) keysAfter(ctx context.Context, prefix, after string) ([]string, error) {
	var keys []string
	err := s.eachPage(ctx, span{prefix: prefix, after: after}, func(objects []object, _ []string) bool {
		for _, o := range objects {
			keys = append(keys, o.key)
		}
		return true
	})
	slices.Sort(keys) // S3 sorts; who knows what else there is
	return slices.Compact(keys), err
}

// dbKeys are the keys of one database's manifests.
type dbKeys struct {
	folder string
	keys   []string
}

// splitFolders groups sorted keys by their folder below base.
func splitFolders(keys []string, base string) []dbKeys {
	var all []dbKeys
	for _, key := range keys {
		n := strings.IndexByte(key[min(len(base), len(key)):], '/')
		folder := key[:min(len(base), len(key))+n+1]
		if len(all) == 0 || all[len(all)-1].folder != folder {
			all = append(all, dbKeys{folder: folder})
		}
		last := &all[len(all)-1]
		last.keys = append(last.keys, key)
	}
	return all
}

// withNewDBs asks which databases there are: those that are gone are dropped,
// those that are new added, of which nothing is known.
func (s *Store) withNewDBs(ctx context.Context, known []dbKeys) ([]dbKeys, error) {
	now, err := s.databaseFolders(ctx)
	all := make([]dbKeys, 0, len(now))
	for _, folder := range now {
		i := slices.IndexFunc(known, func(k dbKeys) bool { return k.folder == folder })
		if i < 0 {
			all = append(all, dbKeys{folder: folder})
			continue
		}
		all = append(all, known[i])
	}
	return all, err
}

// listEnds brings remembered keys up to date by asking for the end of each
// folder.
func (s *Store) listEnds(ctx context.Context, folders []dbKeys) ([]string, error) {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i := range folders {
		g.Go(func() error {
			f := &folders[i]
			kept := f.keys[:s.tail(f.keys)]
			after := ""
			if len(kept) > 0 {
				after = kept[len(kept)-1]
			}
			end, err := s.keysAfter(gctx, f.folder, after)
			f.keys = slices.Concat(kept, end)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var keys []string
	for _, f := range folders {
		keys = append(keys, f.keys...)
	}
	return keys, nil
}

// tail is the number of keys that need not be asked for again.
func (s *Store) tail(keys []string) int {
	young := s.opt.Now().Add(-tailAge)
	n, _ := slices.BinarySearchFunc(keys, young, func(key string, t time.Time) int {
		row, _, ok := parseCatalogKey(s.opt.Prefix, key)
		if !ok {
			return 1 // rather ask for too much
		}
		return row.StartedAt.Compare(t)
	})
	return max(0, min(n, len(keys)-tailKeys))
}

// databaseFolders lists the folders of the catalog.
func (s *Store) databaseFolders(ctx context.Context) ([]string, error) {
	_, folders, err := s.level(ctx, s.opt.Prefix+catalogDir)
	return folders, err
}

// DB is a database that has sets in the bucket.
type DB struct {
	Name string `json:"db_name"`
	DBID int64  `json:"dbid"`
}

// Databases lists the databases that have committed a set, by name.
func (s *Store) Databases(ctx context.Context) ([]DB, error) {
	folders, err := s.databaseFolders(ctx)
	if err != nil {
		return nil, err
	}
	var all []DB
	for _, folder := range folders {
		name := strings.TrimSuffix(strings.TrimPrefix(folder, s.opt.Prefix+catalogDir), "/")
		if db, ok := parseDBFolder(name); ok {
			all = append(all, db)
		}
	}
	slices.SortFunc(all, func(a, b DB) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.DBID, b.DBID)) })
	return all, nil
}
