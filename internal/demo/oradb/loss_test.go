package oradb_test

import (
	"testing"

	"orabak-tui/internal/demo/oradb"
)

func TestArchiverStuck(t *testing.T) {
	db := small(t, func(s *oradb.Spec) { s.FRASize = 100 << 10 })
	_, err := db.Work(ctx, oradb.Work{Transactions: 500, Seed: 1})
	refused(t, err, 257)
	refused(t, db.SwitchLogfile(ctx), 16038, 19809, 19804, 312)
	prove(t, db, oradb.Target{})
	must(t, db.SetParameter("db_recovery_file_dest_size", "10G", true, true))
	must(t, db.SwitchLogfile(ctx))
	a, err := db.RecoveryArea()
	must(t, err)
	if a.Used == 0 || a.Files < 2 || a.Limit != 10<<30 {
		t.Fatalf("%+v", a)
	}
	work(t, db, 10, 2)
}

func TestLostFilesTakeTheInstanceDown(t *testing.T) {
	db := small(t, nil)
	work(t, db, 10, 1)
	_, err := db.Lose(oradb.LoseDatafile(3))
	must(t, err)
	refused(t, db.SwitchLogfile(ctx), 63999, 1110)
	if in, err := db.Instance(); err != nil || in.State != oradb.Down {
		t.Fatalf("%+v %v", in, err)
	}
	db = small(t, nil)
	_, err = db.Lose(oradb.LoseRedo)
	must(t, err)
	_, err = db.Work(ctx, oradb.Work{Transactions: 1})
	refused(t, err, 313, 312)
	if in, err := db.Instance(); err != nil || in.State != oradb.Down {
		t.Fatalf("%+v %v", in, err)
	}
	db = small(t, nil)
	_, err = db.Lose(oradb.LoseControl)
	must(t, err)
	_, err = db.Control()
	refused(t, err, 210, 202, 27041)
}

func TestLoseEverythingLeavesTheTruth(t *testing.T) {
	db := small(t, nil)
	work(t, db, 30, 1)
	must(t, db.ArchiveLogCurrent(ctx))
	c, err := db.Control()
	must(t, err)
	removed, err := db.Lose(oradb.LoseEverything)
	must(t, err)
	if len(removed) < 10 {
		t.Fatalf("only %d files: %v", len(removed), removed)
	}
	if scn, err := db.ArchivedUpTo(c.Resetlogs); err != nil || scn != c.ArchivedLogs[len(c.ArchivedLogs)-1].NextSCN {
		t.Fatalf("%d %v", scn, err)
	}
	if in, err := db.Instance(); err != nil || in.State != oradb.Down {
		t.Fatalf("%+v %v", in, err)
	}
	if _, err := oradb.ParseLoss("the keys"); err == nil {
		t.Fatal("an unknown loss was accepted")
	}
}
