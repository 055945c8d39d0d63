package ui

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// dbID tells databases in one bucket apart: a clone may keep the name.
type dbID struct {
	name string
	id   int64
}

// listing is the bucket at one moment with all that is deduced from its rows.
// It is made beside the loop and never changes afterwards, so that no frame
// and no key costs more than what it shows, whatever the number of sets.
type listing struct {
	at   time.Time     // when the bucket was asked; zero = nothing known yet
	sets []s3store.Set // newest first
	text []string      // of each set, lower case: what the filter looks in
	day  []int32       // of each set: the day it began, counted in zone
	size []int64       // of each set: its bytes, close together for the sums
	zone *time.Location
	dbs  []*database // by name; those that have a committed set
}

// database is one database's part of a listing.
type database struct {
	dbID
	rows     []int32         // indexes in listing.sets, newest first; foreign rows that belong to nobody too
	ordered  [orders][]int32 // rows in each order
	coverage coverage
}

// newListing deduces everything; zone is what dates are searched in. Texts of
// the listing before are used again: most rows are the same.
func newListing(before *listing, sets []s3store.Set, at time.Time, zone *time.Location) *listing {
	l := &listing{at: at, sets: sets, zone: zone}
	l.text = texts(before, sets, zone)
	l.day, l.size = make([]int32, len(sets)), make([]int64, len(sets))
	for i := range sets {
		t := sets[i].StartedAt.In(zone)
		l.day[i], l.size[i] = int32(t.Year()*366+t.YearDay()), sets[i].Bytes
	}
	byID := map[dbID]*database{}
	for i := range sets {
		if s := &sets[i]; s.Status == s3store.StatusComplete {
			id := dbID{s.DBName, s.DBID}
			if byID[id] == nil {
				byID[id] = &database{dbID: id}
				l.dbs = append(l.dbs, byID[id])
			}
		}
	}
	slices.SortFunc(l.dbs, func(a, b *database) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id)) })
	for _, db := range l.dbs {
		l.fill(db)
		db.coverage = newCoverage(l.complete(db.rows))
	}
	return l
}

// fill gives a database its rows, in all orders.
func (l *listing) fill(db *database) {
	db.rows = l.rowsOf(db.dbID)
	for o := range orders {
		db.ordered[o] = db.rows
		if o != byTime {
			db.ordered[o] = slices.Clone(db.rows)
			slices.SortStableFunc(db.ordered[o], func(x, y int32) int { return o.compare(&l.sets[x], &l.sets[y]) })
		}
	}
}

// rowsOf are the rows of a database: its own, and those that name no database
// or only its name.
func (l *listing) rowsOf(id dbID) []int32 {
	rows := make([]int32, 0, len(l.sets))
	for i := range l.sets {
		s := &l.sets[i]
		mine := s.DBName == id.name && s.DBID == id.id
		if s.Status != s3store.StatusComplete {
			mine = s.DBName == "" || id.name == "" || strings.EqualFold(s.DBName, id.name)
		}
		if mine {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// complete are the committed sets among rows, oldest first.
func (l *listing) complete(rows []int32) []*s3store.Set {
	out := make([]*s3store.Set, 0, len(rows))
	for _, i := range slices.Backward(rows) {
		if s := &l.sets[i]; s.Status == s3store.StatusComplete {
			out = append(out, s)
		}
	}
	return out
}

// find returns the part of one database; a database without sets has the rows
// that belong to nobody.
func (l *listing) find(id dbID) *database {
	for _, db := range l.dbs {
		if db.name == id.name && (db.id == id.id || id.id == 0) {
			return db
		}
	}
	db := &database{dbID: id}
	l.fill(db)
	return db
}

// set finds a set by its id, nil if it is not there: the sets are in the order
// of the times in their ids, the newest first.
func (l *listing) set(id string) *s3store.Set {
	p, err := run.ParseID(id)
	if err != nil {
		return nil
	}
	from := sort.Search(len(l.sets), func(i int) bool { return !l.sets[i].StartedAt.Truncate(time.Second).After(p.Time) })
	for i := from; i < len(l.sets) && l.sets[i].StartedAt.Truncate(time.Second).Equal(p.Time); i++ {
		if l.sets[i].ID == id {
			return &l.sets[i]
		}
	}
	for i := range l.sets { // should a time differ from that in its id
		if l.sets[i].ID == id {
			return &l.sets[i]
		}
	}
	return nil
}

// chain are the sets that a level 1 builds on, the nearest first, down to a
// level 0; lost is the id of the one that is not in the bucket.
func (l *listing) chain(m *s3store.Manifest) (sets []*s3store.Set, lost string) {
	for id := m.BuildsOn; id != "" && len(sets) < chainMost; {
		s := l.set(id)
		if s == nil || s.Status != s3store.StatusComplete {
			return sets, id
		}
		sets = append(sets, s)
		id = s.BuildsOn
	}
	return sets, ""
}

// chainMost bounds a chain: one that goes round is no chain.
const chainMost = 1000

// same says whether a new answer of the bucket holds the same rows.
func (l *listing) same(sets []s3store.Set) bool { return slices.Equal(l.sets, sets) }

// asOf is the same listing, seen again later.
func (l *listing) asOf(at time.Time) *listing {
	again := *l
	again.at = at
	return &again
}

// texts makes what the filter looks in.
func texts(before *listing, sets []s3store.Set, zone *time.Location) []string {
	known := map[string]int{}
	if before != nil && sameZone(before.zone, zone) {
		for i := range before.sets {
			known[before.sets[i].Key+before.sets[i].ID] = i
		}
	}
	out := make([]string, len(sets))
	for i := range sets {
		s := &sets[i]
		if j, ok := known[s.Key+s.ID]; ok && before.sets[j] == *s {
			out[i] = before.text[j]
			continue
		}
		out[i] = textOf(s, zone)
	}
	return out
}

func textOf(s *s3store.Set, zone *time.Location) string {
	var b [256]byte
	t := append(b[:0], s.ID...)
	for _, word := range []string{s.Kind, levelWord(s), s.Status, stateOf(s), s.DBName} {
		t = append(append(t, ' '), word...)
	}
	t = s.StartedAt.In(zone).AppendFormat(append(t, ' '), "2006-01-02 15:04 Mon 2 January")
	t = append(append(t, ' '), config.Bytes(s.Bytes).String()...)
	return strings.ToLower(string(t))
}

// stateOf is the word for a set's state.
func stateOf(set *s3store.Set) string {
	switch {
	case set.Status == s3store.StatusIncomplete:
		return "PART"
	case set.Status == s3store.StatusForeign:
		return "OLD"
	case set.Warnings:
		return "WARN"
	default:
		return "OK"
	}
}

func levelWord(set *s3store.Set) string {
	switch {
	case set.Status != s3store.StatusComplete || set.Level < 0:
		return ""
	case set.Level == 0:
		return "level 0"
	default:
		return "level 1"
	}
}
