package oradb_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"orabak-tui/internal/demo/oradb"
)

// TestRestoreReproducesTheTruth: whatever happened between the backups, a
// restore with redo applied to any SCN behind the last backup gives the blocks
// of that SCN, and the database opens with RESETLOGS and works on.
func TestRestoreReproducesTheTruth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		threads := rapid.IntRange(1, 2).Draw(rt, "threads")
		db := small(t, func(s *oradb.Spec) { s.Threads = threads })
		h := &history{t: t, rt: rt, db: db, threads: threads}
		h.work()
		h.full = take(t, db, nil, h.work)
		for range rapid.IntRange(0, 2).Draw(rt, "incrementals") {
			h.step()
			h.structure()
			base := h.full
			if len(h.incs) > 0 {
				base = h.incs[len(h.incs)-1]
			}
			h.incs = append(h.incs, take(t, db, base, h.work))
		}
		h.step()
		h.structure()
		consistent := h.now()
		h.step()
		must(t, db.ArchiveLogCurrent(context.Background()))
		c, err := db.Control()
		must(t, err)
		before := c.Resetlogs
		end, err := db.ArchivedUpTo(before)
		must(t, err)
		until := oradb.SCN(rapid.Uint64Range(uint64(consistent), uint64(end)).Draw(rt, "until"))
		control, err := db.SnapshotControl()
		must(t, err)

		_, err = db.Lose(oradb.LoseDatafiles, oradb.LoseControl, oradb.LoseRedo)
		must(t, err)
		start(t, db, oradb.NoMount)
		_, err = db.RestoreControl(control)
		must(t, err)
		must(t, db.Mount())
		restoreFiles(t, db, h.full, h.incs...)
		reached, whole := recoverDB(t, db, oradb.Until{SCN: until})
		if !whole || reached != until {
			t.Fatalf("recovered to %d instead of %d, end reached: %v", reached, until, whole)
		}
		prove(t, db, oradb.Target{Branch: &before, Until: until})
		must(t, db.OpenResetlogs(context.Background()))
		prove(t, db, oradb.Target{Branch: &before, Until: until})
		h.work()
		prove(t, db, oradb.Target{})
	})
}

// history makes random work on a database.
type history struct {
	t       *testing.T
	rt      *rapid.T
	db      *oradb.DB
	threads int
	full    *backup
	incs    []*backup
	seed    uint64

	readOnly bool
}

func (h *history) work() {
	for thread := 1; thread <= h.threads; thread++ {
		h.seed++
		n := rapid.IntRange(0, 25).Draw(h.rt, "transactions")
		_, err := h.db.Work(context.Background(), oradb.Work{Transactions: n, Seed: h.seed, Thread: thread})
		must(h.t, err)
	}
}

func (h *history) step() {
	for range rapid.IntRange(0, 3).Draw(h.rt, "events") {
		switch rapid.IntRange(0, 4).Draw(h.rt, "event") {
		case 0:
			must(h.t, h.db.Crash())
			start(h.t, h.db, oradb.Opened)
		case 1:
			must(h.t, h.db.SwitchLogfile(context.Background()))
		case 2:
			_, err := h.db.Shutdown(context.Background(), false)
			must(h.t, err)
			start(h.t, h.db, oradb.Opened)
		default:
			h.work()
		}
	}
}

// structure adds a datafile or makes a tablespace read only or read write.
func (h *history) structure() {
	switch rapid.IntRange(0, 5).Draw(h.rt, "structure") {
	case 0:
		h.seed++
		_, err := h.db.AddDatafile(context.Background(), oradb.FileSpec{
			Tablespace: "DATA", Name: fmt.Sprintf("more%d.dbf", h.seed), Bytes: 20 * oradb.BlockSize,
		})
		must(h.t, err)
		h.work()
	case 1, 2:
		h.readOnly = !h.readOnly
		must(h.t, h.db.SetReadOnly("UNDOTBS1", h.readOnly))
		h.work()
	}
}

func (h *history) now() oradb.SCN {
	in, err := h.db.Instance()
	must(h.t, err)
	return in.SCN
}

func TestRecoveryWithBackupControlFileHasNoEnd(t *testing.T) {
	db := small(t, nil)
	work(t, db, 40, 1)
	b := take(t, db, nil, nil)
	work(t, db, 60, 2)
	must(t, db.ArchiveLogCurrent(context.Background()))
	c, err := db.Control()
	must(t, err)
	last := c.ArchivedLogs[len(c.ArchivedLogs)-1]
	_, err = db.Lose(oradb.LoseDatafiles, oradb.LoseControl, oradb.LoseRedo)
	must(t, err)
	start(t, db, oradb.NoMount)
	_, err = db.RestoreControl(b.control)
	must(t, err)
	must(t, db.Mount())
	if _, ran, err := db.ImplicitCrosscheck(); err != nil || !ran {
		t.Fatalf("implicit crosscheck ran: %v, %v", ran, err)
	}
	for _, l := range c.ArchivedLogs {
		_, err := db.AddArchivedLog(l.Name, "RMAN")
		must(t, err)
	}
	restoreFiles(t, db, b)
	if err := db.OpenDatabase(context.Background()); !oradb.HasCode(err, 1589) {
		t.Fatalf("open of a restored control file: %v", err)
	}
	r, err := db.BeginRecovery(context.Background(), nil, oradb.Until{})
	must(t, err)
	var need oradb.LogNeed
	for {
		var more bool
		if need, more = r.Next(); !more {
			t.Fatal("recovery ended by itself")
		}
		if need.Archived == "" {
			break
		}
		must(t, r.Apply(need.Archived))
	}
	if need.Sequence != last.Sequence+1 || need.SCN != last.NextSCN {
		t.Fatalf("asks for sequence %d from SCN %d after %d up to %d", need.Sequence, need.SCN, last.Sequence, last.NextSCN)
	}
	must(t, r.Finish())
	must(t, db.OpenResetlogs(context.Background()))
	prove(t, db, oradb.Target{Branch: &last.Resetlogs, Until: last.NextSCN})
}

func TestRecoveryUntilTimeAndSequence(t *testing.T) {
	db := small(t, nil)
	begin := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	must(t, db.SetClock(begin))
	b := take(t, db, nil, nil)
	work(t, db, 20, 1)
	must(t, db.SetClock(begin.Add(time.Hour)))
	middle := work(t, db, 20, 2)
	must(t, db.SwitchLogfile(context.Background()))
	c, err := db.Control()
	must(t, err)
	last := c.ArchivedLogs[len(c.ArchivedLogs)-1]
	must(t, db.SetClock(begin.Add(2*time.Hour)))
	late := work(t, db, 20, 3)
	must(t, db.SwitchLogfile(context.Background()))
	cases := []struct {
		name  string
		until oradb.Until
		want  oradb.SCN
	}{
		{"time", oradb.Until{Time: begin.Add(time.Hour)}, middle.First},
		{"time between logs", oradb.Until{Time: begin.Add(2 * time.Hour)}, late.First},
		{"sequence", oradb.Until{Sequence: last.Sequence + 1}, last.NextSCN},
	}
	_, err = db.Shutdown(context.Background(), true)
	must(t, err)
	start(t, db, oradb.Mounted)
	for _, tc := range cases {
		restoreFiles(t, db, b)
		reached, whole := recoverDB(t, db, tc.until)
		if !whole {
			t.Fatalf("%s: a log is missing", tc.name)
		}
		prove(t, db, oradb.Target{Until: tc.want})
		if reached > tc.want {
			t.Fatalf("%s: reached %d, the first change not wanted is at %d", tc.name, reached, tc.want)
		}
	}
}

func TestIncrementalNeedsItsBase(t *testing.T) {
	db := small(t, nil)
	full := take(t, db, nil, nil)
	work(t, db, 20, 1)
	one := take(t, db, full, nil)
	work(t, db, 20, 2)
	two := take(t, db, one, nil)
	_, err := db.Shutdown(context.Background(), false)
	must(t, err)
	start(t, db, oradb.Mounted)
	restoreFiles(t, db, full)
	_, err = db.ApplyIncremental(two.files[3].image, two.files[3].since)
	if !oradb.HasCode(err, 19563) {
		t.Fatalf("a level 1 was skipped: %v", err)
	}
}

func TestRestoreIsRefusedWhileOpen(t *testing.T) {
	db := small(t, nil)
	b := take(t, db, nil, nil)
	if _, err := db.RestoreDatafile(b.files[2].image, ""); !oradb.HasCode(err, 19573) {
		t.Fatalf("restore over an open database: %v", err)
	}
	must(t, db.SetDatafileOnline(2, false))
	work(t, db, 10, 5)
	w, err := db.RestoreDatafile(b.files[2].image, "")
	must(t, err)
	putBlocks(t, w, b.files[2])
	r, err := db.BeginRecovery(context.Background(), []int{2}, oradb.Until{})
	must(t, err)
	for {
		need, more := r.Next()
		if !more {
			break
		}
		must(t, r.Apply(need.Online))
	}
	must(t, r.Finish())
	must(t, db.SetDatafileOnline(2, true))
	work(t, db, 10, 6)
	prove(t, db, oradb.Target{})
}
