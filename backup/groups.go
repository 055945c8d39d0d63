package backup

import (
	"errors"
	"fmt"

	"orabak-tui/s3store"
)

// ErrStaging says that what one step writes cannot fit into staging; RMAN was
// not started.
var ErrStaging = errors.New("staging is too small")

// slack is what a piece may need beyond its blocks: headers, and the rounding
// of the file system. One mebibyte is RMAN's own smallest file growth step.
const slack = 1 << 20

// group is the datafiles that one RMAN run backs up: all of one level, or of
// both, together no larger than staging allows.
type group struct {
	Files []fileLevel
	Bytes int64 // estimate of what RMAN writes
}

// byLevel returns the file numbers of a group at one level, in order.
func (g group) byLevel(level int) []int {
	var out []int
	for _, f := range g.Files {
		if f.Level == level {
			out = append(out, f.File.Number)
		}
	}
	return out
}

// estimator guesses how many bytes of pieces a datafile makes.
type estimator struct {
	last map[fileAtLevel]int64 // bytes of the file's last backup at that level, from our manifests
}

type fileAtLevel struct{ File, Level int }

// newEstimator learns from manifests, newest first: pieces that hold one
// datafile alone tell its size.
func newEstimator(manifests []*s3store.Manifest) estimator {
	e := estimator{last: map[fileAtLevel]int64{}}
	for _, m := range manifests {
		sums := map[fileAtLevel]int64{}
		for _, p := range m.Pieces {
			if len(p.Files) == 1 {
				sums[fileAtLevel{p.Files[0].Number, p.Files[0].Level}] += p.Bytes
			}
		}
		for k, n := range sums {
			if _, known := e.last[k]; !known {
				e.last[k] = n
			}
		}
	}
	return e
}

// bytes is the estimate for one file. A level 0 cannot be larger than its
// datafile, so the datafile's size bounds it whatever the last one was. A
// level 1 is taken as twice the last one, or a tenth of the file where none is
// known: a guess, which is why staging is also watched while RMAN writes.
func (e estimator) bytes(f fileLevel) int64 {
	size := f.File.Bytes + slack
	if f.Level == 0 {
		return size
	}
	if last, ok := e.last[fileAtLevel{f.File.Number, 1}]; ok {
		return min(size, 2*last+slack)
	}
	return min(size, f.File.Bytes/10+slack)
}

// expected is the estimate for progress: what the file most likely makes.
func (e estimator) expected(f fileLevel) int64 {
	if last, ok := e.last[fileAtLevel{f.File.Number, f.Level}]; ok {
		return last
	}
	return e.bytes(f)
}

// split puts the files into groups that fit staging. Without a limit there is
// one group. With one, a group is filled to half the limit, so that the next
// can be written while this one is uploaded; a single file may take all of it.
// A file that cannot fit at all is an error, before RMAN starts, if the limit is
// strict; otherwise it is a group of its own, whose pieces leave as they come.
func split(files []fileLevel, limit int64, e estimator, strict bool) ([]group, error) {
	if limit <= 0 {
		return whole(files, e), nil
	}
	var out []group
	var cur group
	for _, f := range files {
		n := e.bytes(f)
		if n > limit && strict {
			return nil, fmt.Errorf("%w: datafile %d (%s) may need %d bytes at level %d and STAGING_LIMIT is %d; raise STAGING_LIMIT to at least that, or set it to 0 for no limit",
				ErrStaging, f.File.Number, f.File.Name, n, f.Level, limit)
		}
		if len(cur.Files) > 0 && cur.Bytes+n > limit/2 {
			out, cur = append(out, cur), group{}
		}
		cur.Files = append(cur.Files, f)
		cur.Bytes += n
	}
	if len(cur.Files) > 0 {
		out = append(out, cur)
	}
	return out, nil
}

// diskLimit is the limit that the staging disk itself sets: none where all that
// RMAN may write fits, otherwise what is free now less a tenth for others.
func diskLimit(files []fileLevel, free int64, e estimator) int64 {
	room := free / 10 * 9
	for _, g := range whole(files, e) {
		if g.Bytes > room {
			return max(room, 1)
		}
	}
	return 0
}

func whole(files []fileLevel, e estimator) []group {
	if len(files) == 0 {
		return nil
	}
	g := group{Files: files}
	for _, f := range files {
		g.Bytes += e.bytes(f)
	}
	return []group{g}
}
