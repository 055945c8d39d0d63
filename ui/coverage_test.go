package ui

import (
	"slices"
	"testing"
	"time"

	"orabak-tui/s3store"
)

// covered is the coverage of sets given in any order.
func covered(sets ...s3store.Set) coverage {
	slices.SortFunc(sets, func(a, b s3store.Set) int { return a.StartedAt.Compare(b.StartedAt) })
	var in []*s3store.Set
	for i := range sets {
		in = append(in, &sets[i])
	}
	return newCoverage(in)
}

const hour = time.Hour

func TestCoverageFollowsRedo(t *testing.T) {
	full := set("full", at(10, 1, 0), at(10, 1, 0), hour, 1, "")
	incr := set("incremental", at(10, 1, 0), at(11, 1, 0), hour, 1, full.ID)
	logs := set("archivelog", at(11, 2, 0), at(11, 12, 0), hour, 1, "")
	tests := []struct {
		name    string
		sets    []s3store.Set
		to      time.Time
		hole    bool
		windows int
	}{
		{"nothing", nil, time.Time{}, false, 0},
		{"a level 0", []s3store.Set{full}, full.RecoverableTo, false, 1},
		{"a chain", []s3store.Set{full, incr, logs}, logs.RecoverableTo, false, 1},
		{"logs alone", []s3store.Set{logs}, time.Time{}, false, 0},
		{"a level 1 whose base is gone", []s3store.Set{incr, logs}, time.Time{}, false, 0},
		{"missing logs", []s3store.Set{full, logs}, full.RecoverableTo, true, 1},
		{"a level 1 after missing logs", []s3store.Set{full, set("archivelog", at(10, 12, 0), at(10, 13, 0), hour, 1, ""), incr}, incr.RecoverableTo, false, 1},
		{"a level 0 after missing logs", []s3store.Set{full, set("full", at(12, 1, 0), at(12, 1, 0), hour, 1, "")}, at(12, 2, 0), false, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := covered(tt.sets...)
			if !c.to.Equal(tt.to) || c.hole != tt.hole || len(c.windows) != tt.windows {
				t.Fatalf("to %v hole %v windows %v, want %v %v %d", c.to, c.hole, c.windows, tt.to, tt.hole, tt.windows)
			}
		})
	}
}

// After a RESETLOGS the sets of before are the base, as far as they reach it.
func TestCoverageOfANewIncarnation(t *testing.T) {
	full := set("full", at(10, 1, 0), at(10, 1, 0), hour, 1, "")
	old := set("archivelog", at(10, 2, 0), at(10, 12, 0), hour, 1, "")
	young := set("archivelog", at(10, 12, 0), at(11, 12, 0), hour, 1, "")
	young.ResetlogsSCN = young.FromSCN
	if c := covered(full, old, young); !c.to.Equal(young.RecoverableTo) {
		t.Fatalf("reaches %v, want %v", c.to, young.RecoverableTo)
	}
	young.ResetlogsSCN, young.FromSCN = old.ToSCN+1, old.ToSCN+1 // all redo was recovered
	if c := covered(full, old, young); !c.to.Equal(young.RecoverableTo) {
		t.Fatalf("reaches %v right after all redo, want %v", c.to, young.RecoverableTo)
	}
	if c := covered(full, young); !c.to.IsZero() {
		t.Fatalf("reaches %v though the redo up to the RESETLOGS is missing", c.to)
	}
}

func TestCoverageOfADay(t *testing.T) {
	full := set("full", at(10, 1, 0), at(10, 1, 0), hour, 1, "")
	c := covered(full, set("archivelog", at(10, 2, 0), at(12, 12, 0), hour, 1, ""))
	zone := time.FixedZone("", -3*3600)
	midnight := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, zone) }
	for day, want := range map[int][]window{
		9:  nil,
		10: {{at(10, 2, 0), midnight(11).Add(-time.Second)}},
		11: {{midnight(11), midnight(12).Add(-time.Second)}},
		12: {{midnight(12), at(12, 13, 0)}},
		13: nil,
	} {
		got := c.day(midnight(day))
		if !slices.EqualFunc(got, want, func(a, b window) bool { return a.from.Equal(b.from) && a.to.Equal(b.to) }) {
			t.Errorf("day %d: %v, want %v", day, got, want)
		}
	}
}

func TestListingTellsClonesApart(t *testing.T) {
	sets := fixtureSets()
	clone := set("full", at(20, 1, 0), at(20, 1, 0), hour, 1, "")
	clone.DBID, clone.ID = 42, "20261120T040003Z-full-ORCL-9999"
	l := newListing(nil, append(sets, clone), now, time.UTC)
	if len(l.dbs) != 2 || l.dbs[0].id != 42 {
		t.Fatalf("%d databases", len(l.dbs))
	}
	if n := len(l.find(dbID{"ORCL", 42}).rows); n != 3 { // its own, and two without manifest
		t.Fatalf("the clone has %d rows", n)
	}
	again := newListing(l, l.sets, now, time.UTC)
	if &again.text[0] == &l.text[0] || again.text[0] != l.text[0] {
		t.Fatal("texts are not used again")
	}
}
