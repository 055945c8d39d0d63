package backup

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"orabak-tui/internal/oracle"
)

// Groups hold every file once, in order, none larger than the limit; what
// cannot fit is refused before RMAN starts.
func TestSplitProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "files")
		limit := rapid.Int64Range(0, 100<<20).Draw(t, "limit")
		var files []fileLevel
		for i := range n {
			size := rapid.Int64Range(1, 60<<20).Draw(t, "size")
			files = append(files, fileLevel{File: oracle.Datafile{Number: i + 1, Bytes: size}, Level: rapid.IntRange(0, 1).Draw(t, "level")})
		}
		e := estimator{}
		groups, err := split(files, limit, e, true)
		tooBig := false
		for _, f := range files {
			tooBig = tooBig || (limit > 0 && e.bytes(f) > limit)
		}
		if errors.Is(err, ErrStaging) != tooBig {
			t.Fatalf("err %v, a file too big: %v", err, tooBig)
		}
		if err != nil {
			return
		}
		next := 1
		for _, g := range groups {
			if limit > 0 && g.Bytes > limit {
				t.Fatalf("group of %d bytes over limit %d", g.Bytes, limit)
			}
			for _, f := range g.Files {
				if f.File.Number != next {
					t.Fatalf("file %d where %d was due", f.File.Number, next)
				}
				next++
			}
		}
		if next != n+1 {
			t.Fatalf("%d of %d files in groups", next-1, n)
		}
	})
}

func TestEstimates(t *testing.T) {
	f := func(level int) fileLevel {
		return fileLevel{File: oracle.Datafile{Number: 1, Bytes: 1000 << 20}, Level: level}
	}
	e := estimator{last: map[fileAtLevel]int64{{1, 1}: 10 << 20}}
	if got := e.bytes(f(0)); got != 1001<<20 {
		t.Errorf("level 0: %d, want the file and slack", got)
	}
	if got := e.bytes(f(1)); got != 21<<20 {
		t.Errorf("level 1 with history: %d, want twice the last and slack", got)
	}
	if got := (estimator{}).bytes(f(1)); got != 101<<20 {
		t.Errorf("level 1 without history: %d, want a tenth and slack", got)
	}
}

// Without STAGING_LIMIT the disk is the limit, and a file that may not fit is
// tried all the same: its pieces leave as they come.
func TestTheDiskLimitsStaging(t *testing.T) {
	var files []fileLevel
	for n := range 4 {
		files = append(files, fileLevel{File: oracle.Datafile{Number: n + 1, Bytes: 100 << 20}})
	}
	e := newEstimator(nil)
	if got := diskLimit(files, 1<<30, e); got != 0 {
		t.Errorf("all fits, limit %d", got)
	}
	limit := diskLimit(files, 50<<20, e)
	if limit != 45<<20 {
		t.Errorf("limit %d", limit)
	}
	groups, err := split(files, limit, e, false)
	if err != nil || len(groups) != 4 {
		t.Errorf("%d groups, %v", len(groups), err)
	}
}
