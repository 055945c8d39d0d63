package s3store

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fakeBucket answers listings from a sorted list of keys in memory, and counts
// requests. Buckets of a million objects are a matter of seconds with it.
type fakeBucket struct {
	slashOnly bool // rolls up at "/" and refuses other delimiters
	ignores   bool // ignores other delimiters

	mu       sync.Mutex
	keys     []string
	requests atomic.Int64
	gets     atomic.Int64
}

func (f *fakeBucket) set(keys []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keys = slices.Sorted(slices.Values(keys))
}

func (f *fakeBucket) add(keys ...string) { f.set(append(slices.Clone(f.keys), keys...)) }

func (f *fakeBucket) drop(key string) {
	f.set(slices.DeleteFunc(slices.Clone(f.keys), func(k string) bool { return k == key }))
}

type fakePage struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []struct {
		Key          string
		Size         int64
		LastModified string
	}
	CommonPrefixes []struct{ Prefix string }
}

func (f *fakeBucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.requests.Add(1)
	q := r.URL.Query()
	if q.Get("list-type") != "2" {
		f.gets.Add(1)
		http.Error(w, "", http.StatusNotFound)
		return
	}
	delimiter := q.Get("delimiter")
	if delimiter != "" && delimiter != "/" {
		if f.slashOnly {
			w.WriteHeader(http.StatusNotImplemented)
			fmt.Fprint(w, "<Error><Code>NotImplemented</Code></Error>")
			return
		}
		if f.ignores {
			delimiter = ""
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(f.page(q.Get("prefix"), max(q.Get("start-after"), q.Get("continuation-token")), delimiter))
}

func (f *fakeBucket) page(prefix, after, delimiter string) fakePage {
	f.mu.Lock()
	defer f.mu.Unlock()
	var p fakePage
	from, _ := slices.BinarySearch(f.keys, max(prefix, after+"\x00"))
	for i := from; i < len(f.keys) && strings.HasPrefix(f.keys[i], prefix); i++ {
		if len(p.Contents)+len(p.CommonPrefixes) == pageKeys {
			p.IsTruncated = true
			break
		}
		key := f.keys[i]
		n := strings.Index(key[len(prefix):], delimiter)
		if delimiter == "" || n < 0 {
			p.Contents = append(p.Contents, struct {
				Key          string
				Size         int64
				LastModified string
			}{key, 10, "2026-11-20T00:00:00.000Z"})
			p.NextContinuationToken = key
			continue
		}
		rolled := key[:len(prefix)+n+len(delimiter)]
		if after >= rolled && strings.HasPrefix(after, rolled) {
			continue
		}
		p.CommonPrefixes = append(p.CommonPrefixes, struct{ Prefix string }{rolled})
		p.NextContinuationToken = rolled + "\xf4"
		next, _ := slices.BinarySearch(f.keys, rolled+"\xf4")
		i = next - 1
	}
	return p
}

// history is n hourly sets of one database, and their pieces, ending a while
// before now.
func history(s *Store, dbid int64, n, pieces int) (sets []Set, keys []string) {
	last := s.opt.Now().Add(-2 * time.Hour).Truncate(time.Hour)
	for i := range n {
		start := last.Add(-time.Duration(n-1-i) * time.Hour)
		kind := KindArchivelog
		if i%24 == 0 {
			kind = KindFull
		}
		id := fmt.Sprintf("%s-%s-ORCL-%04x", start.Format("20060102T150405Z"), kind, i&0xffff)
		m := manifestOf(id)
		m.DBID, m.FromSCN, m.ToSCN = dbid, int64(i)*1000, int64(i+1)*1000
		row := rowOf(m)
		row.Key = catalogKey(s.opt.Prefix, row)
		sets, keys = append(sets, row), append(keys, row.Key)
		for p := range pieces {
			keys = append(keys, s.PieceKey(id, start, fmt.Sprintf("piece_%d", p)))
		}
	}
	slices.Reverse(sets)
	return sets, keys
}

// listing is a store over a bucket in memory.
func listing(tb testing.TB, f *fakeBucket) (*Store, *fakeClock) {
	tb.Helper()
	srv := httptest.NewServer(f)
	tb.Cleanup(srv.Close)
	clock := &fakeClock{}
	return open(tb, Options{Endpoint: srv.URL, Now: clock.now, Sleep: clock.sleep}), clock
}

// wantList lists and compares rows and the number of requests.
func wantList(t *testing.T, what string, s *Store, f *fakeBucket, filter Filter, want []Set, most int64) {
	t.Helper()
	before := f.requests.Load()
	got, err := s.List(t.Context(), filter)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if n := f.requests.Load() - before; n > most {
		t.Errorf("%s: %d requests, want at most %d", what, n, most)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d rows, want %d", what, len(got), len(want))
		for i := range min(len(got), len(want), 3) {
			t.Errorf("  %+v\n  %+v", got[i], want[i])
		}
	}
	if f.gets.Load() > 0 {
		t.Errorf("%s: %d requests that are no listing", what, f.gets.Load())
	}
}

// The cost of a listing of 10,000 sets and 1,000,000 pieces.
func TestListOfTenThousandSets(t *testing.T) {
	t.Parallel()
	f := &fakeBucket{}
	s, _ := listing(t, f)
	sets, keys := history(s, 4711, 10_000, 2)
	f.set(keys)
	all := Filter{Foreign: true}
	wantList(t, "cold", s, f, all, sets, 12) // ten of them for the manifests
	wantList(t, "warm", s, f, all, sets, 2)
	wantList(t, "warm, committed sets only", s, f, Filter{}, sets, 2)
}

func TestListOfOneDatabase(t *testing.T) {
	t.Parallel()
	f := &fakeBucket{}
	s, _ := listing(t, f)
	sets, keys := history(s, 4711, 2100, 0)
	_, others := history(s, 99, 3, 0)
	f.set(append(keys, others...))
	one := Filter{DBName: "ORCL", DBID: 4711}
	wantList(t, "cold", s, f, one, sets, 3)
	wantList(t, "warm", s, f, one, sets, 1)
	one.Fresh = true
	wantList(t, "fresh", s, f, one, sets, 3)
}

// A warm listing shows what others did meanwhile.
func TestWarmListNoticesChanges(t *testing.T) {
	t.Parallel()
	f := &fakeBucket{}
	s, clock := listing(t, f)
	sets, keys := history(s, 4711, 2100, 1)
	f.set(keys)
	wantList(t, "cold", s, f, Filter{}, sets, 4)

	late, _ := history(s, 4711, 2100+1, 0)
	added := late[0]
	added.ID = strings.Replace(added.ID, "-archivelog-", "-full-", 1)
	added.Kind, added.Level = KindFull, 0
	added.Key = catalogKey(s.opt.Prefix, added)
	f.add(added.Key)
	with := append([]Set{added}, sets...)
	slices.SortFunc(with, newestFirst)
	wantList(t, "a new set", s, f, Filter{}, with, 2)

	// Begun six days ago, committed now.
	slow := sets[6*24]
	slow.ID = strings.Replace(slow.ID, "-ORCL-", "-ORCL-f", 1)[:len(slow.ID)]
	slow.Key = catalogKey(s.opt.Prefix, slow)
	f.add(slow.Key)
	with = append(with, slow)
	slices.SortFunc(with, newestFirst)
	wantList(t, "a set that took long", s, f, Filter{}, with, 2)

	f.drop(slow.Key)
	with = slices.DeleteFunc(with, func(r Set) bool { return r.ID == slow.ID })
	wantList(t, "a recent set deleted", s, f, Filter{}, with, 2)

	other, otherKeys := history(s, 99, 1, 0)
	f.add(otherKeys...)
	with2 := append(slices.Clone(with), other...)
	slices.SortFunc(with2, newestFirst)
	wantList(t, "a new database", s, f, Filter{}, with2, 3)
	f.drop(other[0].Key)

	oldest := with[len(with)-1]
	f.drop(oldest.Key)
	with = with[:len(with)-1]
	wantList(t, "an old set deleted, fresh", s, f, Filter{Fresh: true}, with, 4)
	f.drop(with[len(with)-1].Key)
	_ = clock.sleep(t.Context(), listMaxAge+time.Minute)
	wantList(t, "an old set deleted, an hour later", s, f, Filter{}, with[:len(with)-1], 4)
}

func TestListOfManyDatabases(t *testing.T) {
	t.Parallel()
	f := &fakeBucket{}
	s, _ := listing(t, f)
	var sets []Set
	var keys []string
	for db := range 20 {
		rows, k := history(s, int64(1000+db), 5, 2)
		sets, keys = append(sets, rows...), append(keys, k...)
	}
	slices.SortFunc(sets, newestFirst)
	f.set(keys)
	got, err := s.List(t.Context(), Filter{})
	if err != nil || len(got) != len(sets) {
		t.Errorf("%d rows, %v; want %d", len(got), err, len(sets))
	}
	before := f.requests.Load()
	if _, err := s.List(t.Context(), Filter{}); err != nil || f.requests.Load()-before > 1 {
		t.Errorf("%d requests, %v; the whole fits on a page", f.requests.Load()-before, err)
	}
	one, err := s.List(t.Context(), Filter{DBID: 1007})
	if err != nil || len(one) != 5 {
		t.Errorf("%d rows of one database, %v", len(one), err)
	}
	dbs, err := s.Databases(t.Context())
	if err != nil || len(dbs) != 20 || dbs[7] != (DB{"ORCL", 1007}) {
		t.Errorf("%d databases, %v", len(dbs), err)
	}
}

// Foreign and incomplete folders are found whatever the store makes of
// delimiters.
func TestForeignAndIncompleteFolders(t *testing.T) {
	for name, f := range map[string]*fakeBucket{"s3": {}, "slash only": {slashOnly: true}, "ignores": {ignores: true}} {
		s, _ := listing(t, f)
		_, keys := history(s, 4711, 50, 30)
		left := "20260101T000000Z-full-ORCL-dead"
		for i := range 3 {
			keys = append(keys, s.PieceKey(left, time.Time{}, fmt.Sprint("p", i)))
		}
		keys = append(keys, "backups/2024/05/06/a.bkp", "backups/2024/05/06/Tb.bkp", "backups/2024/05/06/cZ-d.bkp", "backups/2024/05/06/sub/e",
			"backups/2024/05/07/x", "backups/notes.txt", "backups/2024/13/07/x", "elsewhere/2024/05/06/x", "backups/catalog/junk")
		f.set(keys)
		rows, err := s.List(t.Context(), Filter{Foreign: true})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var odd []Set
		for _, r := range rows {
			if r.Status != StatusComplete {
				odd = append(odd, r)
			}
		}
		if len(rows) != 53 || len(odd) != 3 {
			t.Fatalf("%s: %d rows, odd ones %+v", name, len(rows), odd)
		}
		if r := odd[0]; r.ID != left || r.Status != StatusIncomplete || r.Pieces != 3 || r.Bytes != 30 || r.DBName != "ORCL" {
			t.Errorf("%s: incomplete %+v", name, r)
		}
		if r := odd[2]; r.ID != "foreign-20240506" || r.Pieces != 4 || r.Bytes != 40 || r.Key != "backups/2024/05/06/" {
			t.Errorf("%s: foreign %+v", name, r)
		}
		if _, err := s.Manifest(t.Context(), odd[2]); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: a foreign set has a manifest: %v", name, err)
		}
		lo, err := s.Leftovers(t.Context(), 0)
		if err != nil || len(lo) != 1 || lo[0].SetID != left || len(lo[0].Keys) != 3 {
			t.Errorf("%s: leftovers %+v, %v", name, lo, err)
		}
		mine, err := s.List(t.Context(), Filter{Foreign: true, DBName: "OTHER", DBID: 1})
		if err != nil || len(mine) != 2 {
			t.Errorf("%s: another database's list: %+v, %v; want the foreign folders only", name, mine, err)
		}
	}
}

// Old incomplete sets show by the day where there are many sets, exactly in
// Leftovers.
func TestOldIncompleteSets(t *testing.T) {
	f := &fakeBucket{}
	s, _ := listing(t, f)
	_, keys := history(s, 4711, 2500, 3)
	f.set(append(keys, s.PieceKey("20250101T000000Z-full-ORCL-dead", time.Time{}, "x")))
	rows, err := s.List(t.Context(), Filter{Foreign: true})
	if err != nil || len(rows) != 2501 || rows[2500].Status != StatusIncomplete {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestBrokenCacheIsNoCache(t *testing.T) {
	t.Parallel()
	f := &fakeBucket{}
	s, _ := listing(t, f)
	sets, keys := history(s, 4711, 2100, 0)
	f.set(keys)
	wantList(t, "cold", s, f, Filter{}, sets, 4)
	path := s.cache.dir + "/" + scopeFile(s.opt.Prefix+catalogDir)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	for name, text := range map[string]string{
		"empty": "", "garbage": "\x00\x01", "torn": string(good[:len(good)/2]), "future": strings.Replace(string(good), "keys 1", "keys 2", 1),
		"unsorted": keyListHead + fmt.Sprint(s.opt.Now().Unix()) + "\nb\na\n", "elsewhere": keyListHead + fmt.Sprint(s.opt.Now().Unix()) + "\nx/y\n",
	} {
		_ = os.WriteFile(path, []byte(text), 0o600)
		wantList(t, name, s, f, Filter{}, sets, 4)
	}
}
