package oradb_test

import (
	"context"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// TestRecoveryGoesThroughResetlogs: a backup of the incarnation before serves
// after a RESETLOGS, when the logs of both are there.
func TestRecoveryGoesThroughResetlogs(t *testing.T) {
	db := small(t, nil)
	b := take(t, db, nil, nil)
	work(t, db, 30, 1)
	must(t, db.SwitchLogfile(context.Background()))
	middle := work(t, db, 30, 2)
	must(t, db.SwitchLogfile(context.Background()))
	_, err := db.Shutdown(context.Background(), true)
	must(t, err)
	start(t, db, oradb.Mounted)
	restoreFiles(t, db, b)
	cut := (middle.First + middle.Last) / 2
	_, whole := recoverDB(t, db, oradb.Until{SCN: cut})
	if !whole {
		t.Fatal("a log is missing")
	}
	must(t, db.OpenResetlogs(context.Background()))
	if p := prove(t, db, oradb.Target{}); p.Lost.First < cut || p.Lost.Last != middle.Last {
		t.Fatalf("lost %+v, RESETLOGS was at %d", p.Lost, cut)
	}
	work(t, db, 30, 3)
	must(t, db.SwitchLogfile(context.Background()))
	work(t, db, 30, 4)
	c, err := db.Control()
	must(t, err)
	if n := len(c.Incarnations); n != 2 || c.Incarnations[0].Status != "PARENT" || c.Incarnations[1].Status != "CURRENT" {
		t.Fatalf("incarnations %+v", c.Incarnations)
	}
	_, err = db.Lose(oradb.LoseDatafiles)
	must(t, err)
	_, err = db.Shutdown(context.Background(), true)
	must(t, err)
	start(t, db, oradb.Mounted)
	restoreFiles(t, db, b)
	if _, whole := recoverDB(t, db, oradb.Until{}); !whole {
		t.Fatal("a log is missing")
	}
	must(t, db.OpenDatabase(context.Background()))
	prove(t, db, oradb.Target{})
}

// TestAddedDatafileIsMadeByRecovery: a control file from before the addition
// learns the file from the redo.
func TestAddedDatafileIsMadeByRecovery(t *testing.T) {
	db := small(t, nil)
	b := take(t, db, nil, nil)
	n, err := db.AddDatafile(context.Background(), oradb.FileSpec{Tablespace: "DATA", Name: "data02.dbf", Bytes: 50 * oradb.BlockSize})
	must(t, err)
	done, err := db.Work(context.Background(), oradb.Work{Transactions: 20, Seed: 3, Files: []int{n}})
	must(t, err)
	must(t, db.ArchiveLogCurrent(context.Background()))
	c, err := db.Control()
	must(t, err)
	_, err = db.Lose(oradb.LoseDatafiles, oradb.LoseControl, oradb.LoseRedo)
	must(t, err)
	start(t, db, oradb.NoMount)
	_, err = db.RestoreControl(b.control)
	must(t, err)
	must(t, db.Mount())
	for _, l := range c.ArchivedLogs {
		_, err := db.AddArchivedLog(l.Name, "RMAN")
		must(t, err)
	}
	restoreFiles(t, db, b)
	if _, whole := recoverDB(t, db, oradb.Until{SCN: done.Last + 1}); !whole {
		t.Fatal("a log is missing")
	}
	must(t, db.OpenResetlogs(context.Background()))
	prove(t, db, oradb.Target{Branch: &c.Resetlogs, Until: done.Last + 1})
}

// TestResetlogsGoesOn: a RESETLOGS that failed halfway is finished by the next,
// and does not believe a file that was restored in between.
func TestResetlogsGoesOn(t *testing.T) {
	db := small(t, nil)
	_, err := db.Shutdown(ctx, false)
	must(t, err)
	c := controlOf(t, db)
	b := take(t, db, nil, nil)
	start(t, db, oradb.Opened)
	work(t, db, 10, 1)
	must(t, db.SwitchLogfile(ctx))
	hot := take(t, db, nil, nil)
	mountRestored(t, db, b)
	log := c.Threads[0].Groups[2].Members[0]
	must(t, db.RenameFile(log, log+"/none"))
	refused(t, db.OpenResetlogs(ctx), 344)
	refused(t, db.OpenDatabase(ctx), 1589)
	w, err := db.RestoreDatafile(hot.files[2].image, "")
	must(t, err)
	putBlocks(t, w, hot.files[2])
	must(t, db.RenameFile(log+"/none", log))
	refused(t, db.OpenResetlogs(ctx), 1194)
	w, err = db.RestoreDatafile(b.files[2].image, "")
	must(t, err)
	putBlocks(t, w, b.files[2])
	must(t, db.OpenResetlogs(ctx))
	prove(t, db, oradb.Target{Branch: &c.Resetlogs, Until: b.files[2].image.CheckpointSCN})
	work(t, db, 10, 2)
	prove(t, db, oradb.Target{})
}
