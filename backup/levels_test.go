package backup

import (
	"strings"
	"testing"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

const inc = 100 // RESETLOGS SCN of the tests' incarnation

// world is a repository and a bucket, built backup by backup.
type world struct {
	rows   []oracle.DatafileRecord
	pieces []oracle.PieceRecord
	held   *committed
	n      int64
}

func newWorld() *world { return &world{held: newCommitted()} }

// take records a backup of one datafile in the repository and, if set is not
// empty, on S3.
func (w *world) take(set string, file, level int, start, ckp int64) {
	w.n++
	w.rows = append(w.rows, oracle.DatafileRecord{SetStamp: w.n, SetCount: w.n, File: file, Level: level, IncrementalSCN: start, CheckpointSCN: ckp, ResetlogsSCN: inc})
	w.pieces = append(w.pieces, oracle.PieceRecord{SetStamp: w.n, SetCount: w.n, Piece: 1, Pieces: 1, Status: "A"})
	if set != "" {
		w.held.add(&s3store.Manifest{ID: set, Pieces: []s3store.Piece{{
			SetStamp: w.n, SetCount: w.n, Number: 1, Of: 1,
			Files: []s3store.FileBackup{{Number: file, Level: level, IncrementalSCN: start, CheckpointSCN: ckp, ResetlogsSCN: inc}},
		}}})
	}
}

func (w *world) choose(cumulative bool, files ...int) []fileLevel {
	var dfs []oracle.Datafile
	for _, n := range files {
		dfs = append(dfs, oracle.Datafile{Number: n})
	}
	return chooseLevels(s3store.KindIncremental, dfs, inc, cumulative, newRepository(w.rows, w.pieces), w.held)
}

func TestChooseLevels(t *testing.T) {
	tests := []struct {
		name       string
		build      func(*world)
		cumulative bool
		level      int
		base       string
		reason     string
	}{
		{name: "no backup at all", build: func(*world) {}, reason: "knows no level 0"},
		{name: "our level 0", build: func(w *world) { w.take("S0", 1, 0, 0, 500) }, level: 1, base: "S0"},
		{name: "our level 0 and level 1", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			w.take("S1", 1, 1, 500, 600)
		}, level: 1, base: "S1"},
		{name: "cumulative skips level 1", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			w.take("S1", 1, 1, 500, 600)
		}, cumulative: true, level: 1, base: "S0"},
		{name: "somebody's level 0 in between", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			w.take("", 1, 0, 0, 550)
		}, reason: "not a set of ours"},
		{name: "somebody's level 1 in between", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			w.take("", 1, 1, 500, 550)
		}, reason: "not a set of ours"},
		{name: "somebody's level 1 does not matter to a cumulative", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			w.take("", 1, 1, 500, 550)
		}, cumulative: true, level: 1, base: "S0"},
		{name: "crosschecked away", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			w.pieces[0].Status = "X"
		}, reason: "not AVAILABLE"},
		{name: "level 0 pruned below a level 1", build: func(w *world) {
			w.take("", 1, 0, 0, 500)
			w.take("S1", 1, 1, 500, 600)
		}, reason: "no set on S3 holds what"},
		{name: "old incarnation", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			w.rows[0].ResetlogsSCN = inc - 1
		}, reason: "in this incarnation"},
		{name: "a plain full backup is no base", build: func(w *world) { w.take("S0", 1, -1, 0, 500) }, reason: "knows no level 0"},
		{name: "half of the pieces on S3", build: func(w *world) {
			w.take("S0", 1, 0, 0, 500)
			k := setKey{1, 1}
			w.held.pieces[k][0].piece.Of = 2
		}, reason: "not a set of ours"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			tt.build(w)
			got := w.choose(tt.cumulative, 1)[0]
			if got.Level != tt.level || got.Base != tt.base || !strings.Contains(got.Reason, tt.reason) || (tt.reason == "") != (got.Reason == "") {
				t.Fatalf("level %d base %q reason %q; want level %d base %q reason with %q", got.Level, got.Base, got.Reason, tt.level, tt.base, tt.reason)
			}
		})
	}
}

// A new datafile gets a level 0 while the others go on with level 1.
func TestChooseLevelsPerFile(t *testing.T) {
	w := newWorld()
	w.take("S0", 1, 0, 0, 500)
	got := w.choose(false, 1, 2)
	if got[0].Level != 1 || got[1].Level != 0 || got[1].Reason == "" {
		t.Fatalf("got %+v", got)
	}
}

// A full backup is level 0 of everything, whatever there is to build on.
func TestFullIsLevelZero(t *testing.T) {
	w := newWorld()
	w.take("S0", 1, 0, 0, 500)
	got := chooseLevels(s3store.KindFull, []oracle.Datafile{{Number: 1}}, inc, false, newRepository(w.rows, w.pieces), w.held)
	if got[0].Level != 0 || got[0].Reason != "" {
		t.Fatalf("got %+v", got)
	}
}

// A number that a dropped datafile had before is not the same datafile.
func TestReusedNumberHasNoBase(t *testing.T) {
	w := newWorld()
	w.take("S0", 1, 0, 0, 500)
	for created, level := range map[int64]int{400: 1, 600: 0} {
		f := oracle.Datafile{Number: 1, CreationSCN: created}
		got := chooseLevel(f, inc, false, newRepository(w.rows, w.pieces), w.held)
		if got.Level != level || (level == 0 && !got.New) {
			t.Errorf("created at %d: %+v, want level %d", created, got, level)
		}
	}
}

// TestCopiesAreOnePiece: a set with two copies of its piece is a base; one that
// lacks a piece is none, however many copies it has of the other.
func TestCopiesAreOnePiece(t *testing.T) {
	for of, level := range map[int]int{1: 1, 2: 0} {
		w := newWorld()
		w.take("", 1, 0, 0, 500)
		p := s3store.Piece{SetStamp: w.n, SetCount: w.n, Number: 1, Of: of, Files: []s3store.FileBackup{{Number: 1, CheckpointSCN: 500, ResetlogsSCN: inc}}}
		w.held.add(&s3store.Manifest{ID: "S0", Pieces: []s3store.Piece{p, p}})
		if got := w.choose(false, 1); got[0].Level != level {
			t.Errorf("two copies of piece 1 of %d: %+v", of, got[0])
		}
	}
}

func TestDoubtedFileGetsLevel0(t *testing.T) {
	w := newWorld()
	w.take("S0", 1, 0, 0, 500)
	w.take("S0", 2, 0, 0, 500)
	got := doubt(w.choose(false, 1, 2), map[int]int64{2: 550})
	if got[0].Level != 1 || got[1].Level != 0 || !strings.Contains(got[1].Reason, "SCN 550") || got[1].New {
		t.Errorf("%+v", got)
	}
}

// A set that was deleted or uncataloged is no base: what is before it is. That
// our own was taken away is told.
func TestDeletedSetsAreNoBase(t *testing.T) {
	w := newWorld()
	w.take("S0", 1, 0, 0, 500)
	w.take("", 1, 1, 500, 600)
	w.pieces[1].Status = "D" // a failed run of ours
	if got := w.choose(false, 1)[0]; got.Level != 1 || got.Base != "S0" {
		t.Errorf("%+v", got)
	}
	w.pieces[0].Status = "D" // somebody's DELETE
	if got := w.choose(false, 1)[0]; got.Level != 0 || got.New || !strings.Contains(got.Reason, "deleted") {
		t.Errorf("%+v", got)
	}
}
