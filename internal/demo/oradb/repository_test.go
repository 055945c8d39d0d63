package oradb_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
)

// addSet records a set with one piece and one datafile.
func addSet(t *testing.T, db *oradb.DB, file, level int, scn oradb.SCN, change func(*oradb.SetRecords)) oradb.SetRecords {
	t.Helper()
	key, err := db.ReserveSet()
	must(t, err)
	c, err := db.Control()
	must(t, err)
	r := oradb.SetRecords{
		Set:    oradb.BackupSet{Key: key, Type: "D", Level: level, Completion: db.Now()},
		Pieces: []oradb.BackupPiece{{Number: 1, Copy: 1, Handle: "/nowhere/piece", Status: oradb.Available, Device: "DISK"}},
		Files: []oradb.BackupDatafile{{
			File: file, Level: level, CheckpointSCN: scn, CreationSCN: c.Datafile(file).CreationSCN, Resetlogs: c.Resetlogs,
		}},
	}
	if change != nil {
		change(&r)
	}
	out, err := db.AddBackupSet(r)
	must(t, err)
	return out
}

func TestParent(t *testing.T) {
	db := small(t, nil)
	in, err := db.Instance()
	must(t, err)
	base := in.SCN
	parent := func(cumulative bool) oradb.SCN {
		c, err := db.Control()
		must(t, err)
		p, ok := c.Parent(2, cumulative)
		if !ok {
			return 0
		}
		return p.CheckpointSCN
	}
	if got := parent(false); got != 0 {
		t.Fatalf("a parent without a backup: %d", got)
	}
	addSet(t, db, 2, -1, base+1, nil) // a plain full backup is never a parent
	addSet(t, db, 2, 0, base+2, func(r *oradb.SetRecords) { r.Files[0].Keep = true })
	addSet(t, db, 2, 0, base+3, func(r *oradb.SetRecords) { r.Files[0].CreationSCN++ })
	addSet(t, db, 2, 0, base+4, func(r *oradb.SetRecords) { r.Files[0].Resetlogs.SCN++ })
	addSet(t, db, 1, 0, base+5, nil)
	if got := parent(false); got != 0 {
		t.Fatalf("a parent that is none: %d", got-base)
	}
	addSet(t, db, 2, 0, base+10, nil)
	addSet(t, db, 2, 1, base+20, nil)
	last := addSet(t, db, 2, 1, base+30, nil)
	if d, c := parent(false), parent(true); d != base+30 || c != base+10 {
		t.Fatalf("differential %d, cumulative %d", d-base, c-base)
	}
	for _, tc := range []struct {
		status oradb.Status
		want   oradb.SCN
	}{{oradb.Expired, base + 20}, {oradb.Unavailable, base + 30}, {oradb.Deleted, base + 20}, {oradb.Available, base + 30}} {
		must(t, db.UpdateControl(func(c *oradb.Control) error {
			i := slices.IndexFunc(c.BackupPieces, func(p oradb.BackupPiece) bool { return p.Set == last.Set.Key })
			c.BackupPieces[i].Status = tc.status
			return nil
		}))
		if got := parent(false); got != tc.want {
			t.Errorf("status %s: parent at %d", tc.status, got-base)
		}
	}
}

func TestSetStatus(t *testing.T) {
	key := oradb.SetKey{Stamp: 1, Count: 1}
	piece := func(n, cp int, s oradb.Status) oradb.BackupPiece {
		return oradb.BackupPiece{Set: key, Number: n, Copy: cp, Status: s}
	}
	cases := []struct {
		name   string
		pieces []oradb.BackupPiece
		want   oradb.Status
	}{
		{"whole", []oradb.BackupPiece{piece(1, 1, "A"), piece(2, 1, "A")}, oradb.Available},
		{"one piece expired", []oradb.BackupPiece{piece(1, 1, "A"), piece(2, 1, "X")}, oradb.Expired},
		{"another copy is there", []oradb.BackupPiece{piece(1, 1, "X"), piece(1, 2, "A"), piece(2, 1, "A")}, oradb.Available},
		{"one piece not recorded", []oradb.BackupPiece{piece(1, 1, "A")}, oradb.Deleted},
		{"none", nil, oradb.Deleted},
	}
	for _, tc := range cases {
		c := &oradb.Control{BackupSets: []oradb.BackupSet{{Key: key, Pieces: 2}}, BackupPieces: tc.pieces}
		if got := c.SetStatus(key); got != tc.want {
			t.Errorf("%s: %s", tc.name, got)
		}
	}
}

func TestRecordsAgeOut(t *testing.T) {
	db := small(t, func(s *oradb.Spec) { s.Slots = 3 })
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := range 6 {
		must(t, db.SetClock(begin.AddDate(0, 0, day)))
		addSet(t, db, 1, 0, 1, nil)
	}
	count := func() (int, int) {
		c, err := db.Control()
		must(t, err)
		return len(c.BackupSets), c.BackupSets[0].Recid
	}
	if n, first := count(); n != 6 || first != 1 {
		t.Fatalf("%d records from %d: nothing is old enough, the section grows", n, first)
	}
	must(t, db.SetClock(begin.AddDate(0, 0, 12))) // 7 days are kept: from the 6th on
	addSet(t, db, 1, 0, 1, nil)
	if n, first := count(); n != 6 || first != 2 {
		t.Fatalf("%d records from %d: only what is needed is reused", n, first)
	}
	must(t, db.SetParameter("control_file_record_keep_time", "0", true, false))
	addSet(t, db, 1, 0, 1, nil)
	if n, first := count(); n != 6 || first != 3 {
		t.Fatalf("%d records from %d", n, first)
	}
}

func TestImplicitCrosscheck(t *testing.T) {
	db := small(t, nil)
	work(t, db, 5, 1)
	must(t, db.SwitchLogfile(ctx))
	kept := filepath.Join(t.TempDir(), "piece")
	must(t, os.WriteFile(kept, []byte("x"), 0o600))
	addSet(t, db, 1, 0, 1, nil)
	addSet(t, db, 2, 0, 1, func(r *oradb.SetRecords) { r.Pieces[0].Handle = kept })
	control, err := db.SnapshotControl()
	must(t, err)
	must(t, db.SwitchLogfile(ctx)) // a log that the control file does not know
	if _, ran, err := db.ImplicitCrosscheck(); ran || err != nil {
		t.Fatalf("a current control file: %v %v", ran, err)
	}
	start(t, db, oradb.NoMount)
	_, err = db.RestoreControl(control)
	must(t, err)
	must(t, db.Mount())
	x, ran, err := db.ImplicitCrosscheck()
	must(t, err)
	if !ran || x.Pieces != 2 || len(x.Expired) != 1 || len(x.Unknown) != 1 {
		t.Fatalf("%v %+v", ran, x)
	}
	if _, ran, _ := db.ImplicitCrosscheck(); ran {
		t.Fatal("it ran twice")
	}
	rec, err := db.AddArchivedLog(x.Unknown[0], "RMAN")
	must(t, err)
	c, err := db.Control()
	must(t, err)
	if c.BackupPieces[0].Status != oradb.Expired || c.BackupPieces[1].Status != oradb.Available || rec.Sequence != 2 {
		t.Fatalf("%+v %+v", c.BackupPieces, rec)
	}
	_, err = db.AddArchivedLog(kept, "RMAN")
	refused(t, err, 19563)
	_, err = db.AddArchivedLog(kept+"x", "RMAN")
	refused(t, err, 19625, 27037)
}

func TestStrayLogsOfALaterIncarnation(t *testing.T) {
	db := small(t, nil)
	b := take(t, db, nil, nil)
	work(t, db, 5, 1)
	must(t, db.SwitchLogfile(ctx))
	c, err := db.Control()
	must(t, err)
	first := c.ArchivedLogs[0]
	mountRestored(t, db, b)
	_, err = db.AddArchivedLog(first.Name, "RMAN")
	must(t, err)
	recoverDB(t, db, oradb.Until{SCN: first.NextSCN})
	must(t, db.OpenResetlogs(ctx))
	must(t, db.SwitchLogfile(ctx))
	c, err = db.Control()
	must(t, err)
	later := c.ArchivedLogs[len(c.ArchivedLogs)-1]
	if later.Resetlogs.Equal(first.Resetlogs) {
		t.Fatal("no log of the new incarnation")
	}
	mountRestored(t, db, b)
	_, err = db.AddArchivedLog(later.Name, "RMAN")
	must(t, err)
	c, err = db.Control()
	must(t, err)
	if !c.Resetlogs.Equal(later.Resetlogs) || len(c.Incarnations) != 2 || c.Incarnations[0].Status != "PARENT" {
		t.Fatalf("a stray log makes its incarnation current: %+v", c.Incarnations)
	}
	must(t, db.ResetIncarnation(1))
	c, err = db.Control()
	must(t, err)
	if !c.Resetlogs.Equal(first.Resetlogs) || c.Incarnations[1].Status != "ORPHAN" || c.InBranch(later.Resetlogs, later.NextSCN) {
		t.Fatalf("%+v", c.Incarnations)
	}
	if err := db.ResetIncarnation(9); !errors.Is(err, oradb.ErrNoIncarnation) {
		t.Fatalf("%v", err)
	}
}

func TestArchiveDestinations(t *testing.T) {
	db := small(t, func(s *oradb.Spec) { s.NoFRA = true })
	must(t, db.SwitchLogfile(ctx))
	c, err := db.Control()
	must(t, err)
	if dir := filepath.Dir(c.ArchivedLogs[0].Name); dir != filepath.Join(db.Base(), "arch") {
		t.Fatalf("archived to %s", dir)
	}
	if a, err := db.RecoveryArea(); err != nil || a.Dir != "" {
		t.Fatalf("%+v %v", a, err)
	}
	h, err := oradb.ReadLogHeader(c.ArchivedLogs[0].Name)
	must(t, err)
	if h.Sequence != 1 || h.NextSCN != c.ArchivedLogs[0].NextSCN || h.Blocks != c.ArchivedLogs[0].Blocks || h.DBID != c.DBID {
		t.Fatalf("%+v", h)
	}
}

func TestClocks(t *testing.T) {
	db := small(t, nil)
	at := time.Date(2025, 5, 6, 7, 8, 9, 0, time.UTC)
	must(t, db.SetClock(at))
	if d := db.Now().Sub(at); d < 0 || d > time.Minute {
		t.Fatalf("the clock is at %s", db.Now())
	}
	t.Setenv(oradb.ClockEnv, "2024-02-03T04:05:06Z")
	if got := db.Now(); !got.Equal(time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC)) {
		t.Fatalf("the clock is at %s", got)
	}
	// The clock stands still: incarnations must differ all the same.
	_, err := db.Shutdown(ctx, false)
	must(t, err)
	start(t, db, oradb.Mounted)
	b := take(t, db, nil, nil)
	for range 2 {
		mountRestored(t, db, b)
		must(t, db.OpenResetlogs(ctx))
	}
	c, err := db.Control()
	must(t, err)
	prove(t, db, oradb.Target{Branch: &c.Resetlogs})
}

func TestLongopsAndSessions(t *testing.T) {
	db := small(t, nil)
	sid, serial, err := db.NewSession()
	must(t, err)
	other, _, err := db.NewSession()
	must(t, err)
	if sid == other {
		t.Fatal("two sessions share a SID")
	}
	for done := range 3 {
		must(t, db.SetLongop(oradb.Longop{SID: sid, Serial: serial, Opname: "RMAN: aggregate input", SoFar: int64(done), TotalWork: 2}))
	}
	rows, err := db.Longops()
	must(t, err)
	if len(rows) != 1 || rows[0].SoFar != 2 {
		t.Fatalf("%+v", rows)
	}
}

func TestParamsRoundTrip(t *testing.T) {
	text := "# a comment\nDEMO.__sga_target=5\n*.control_files='/a/c1.ctl','/b/c2.ctl'\n*.db_name='X'\nsize=2G\n"
	p := oradb.ParseParams([]byte(text))
	if got := p.ControlFiles(); !slices.Equal(got, []string{"/a/c1.ctl", "/b/c2.ctl"}) || p["db_name"] != "X" || p.Int("size", 0) != 2<<30 {
		t.Fatalf("%v", p)
	}
	if again := oradb.ParseParams(p.Text()); len(again) != len(p) || again["control_files"] != p["control_files"] {
		t.Fatalf("%v", again)
	}
}

func FuzzDecodeControl(f *testing.F) {
	data, err := (&oradb.Control{Name: "X"}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := oradb.DecodeControl(data)
		if err == nil && c == nil {
			t.Fatal("neither a control file nor an error")
		}
	})
}
