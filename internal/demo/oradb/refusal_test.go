package oradb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// refused fails unless err carries all the codes.
func refused(t *testing.T, err error, codes ...int) {
	t.Helper()
	for _, code := range codes {
		if !oradb.HasCode(err, code) {
			t.Fatalf("%v does not carry ORA-%05d", err, code)
		}
	}
}

var ctx = context.Background()

func TestStartupRefusals(t *testing.T) {
	db := small(t, nil)
	_, err := db.Startup(ctx, oradb.StartupOptions{})
	refused(t, err, 1081)
	refused(t, db.Mount(), 1100)
	refused(t, db.OpenDatabase(ctx), 1531)
	refused(t, db.OpenResetlogs(ctx), 1531)
	_, err = db.Shutdown(ctx, false)
	must(t, err)
	refused(t, db.Mount(), 1034, 27101)
	refused(t, db.OpenDatabase(ctx), 1034)
	_, err = db.Control()
	refused(t, err, 1034)
	_, err = db.Shutdown(ctx, true)
	refused(t, err, 1034)
	start(t, db, oradb.NoMount)
	_, err = db.Control()
	refused(t, err, 1507)
	refused(t, db.OpenDatabase(ctx), 1507)
	notes, err := db.Shutdown(ctx, false)
	if err != nil || len(notes) != 1 || notes[0].Code != 1507 {
		t.Fatalf("%v %v", notes, err)
	}
	start(t, db, oradb.Mounted)
	refused(t, db.SwitchLogfile(ctx), 1109)
	_, err = db.Work(ctx, oradb.Work{Transactions: 1})
	refused(t, err, 1109)
}

func TestStartupWithoutSpfile(t *testing.T) {
	db := small(t, nil)
	text, _, err := db.Spfile()
	must(t, err)
	_, err = db.Lose(oradb.LoseSpfile)
	must(t, err)
	_, err = db.Shutdown(ctx, false)
	must(t, err)
	_, err = db.Startup(ctx, oradb.StartupOptions{To: oradb.NoMount})
	refused(t, err, 1078)
	if !strings.Contains(err.Error(), "LRM-00109: could not open parameter file '"+filepath.Join(db.Home(), "dbs", "initDEMO.ora")+"'") {
		t.Fatalf("%v", err)
	}
	res, err := db.Startup(ctx, oradb.StartupOptions{To: oradb.NoMount, AllowDummy: true})
	must(t, err)
	if !res.Dummy || !res.Missing.Has(1078) {
		t.Fatalf("%+v", res)
	}
	if _, _, err := db.Spfile(); !errors.Is(err, oradb.ErrNoSpfile) {
		t.Fatalf("%v", err)
	}
	_, err = db.RestoreSpfile(text, "")
	must(t, err)
	start(t, db, oradb.Opened)
	if _, err = db.RestoreSpfile(text, ""); !oradb.HasCode(err, 32011) {
		t.Fatalf("over the SPFILE in use: %v", err)
	}
}

func TestMountRefusals(t *testing.T) {
	db := small(t, nil)
	c, err := db.Control()
	must(t, err)
	in, err := db.Instance()
	must(t, err)
	pfile := filepath.Join(t.TempDir(), "init.ora")
	other := in.Params
	must(t, os.WriteFile(pfile, other.Text(), 0o600))
	clone, err := oradb.Open(db.Base(), "SECOND")
	must(t, err)
	_, err = clone.Startup(ctx, oradb.StartupOptions{To: oradb.Mounted, PFile: pfile})
	refused(t, err, 1102)
	other["db_name"] = "OTHER"
	must(t, os.WriteFile(pfile, other.Text(), 0o600))
	_, err = db.Startup(ctx, oradb.StartupOptions{To: oradb.Mounted, Force: true, PFile: pfile})
	refused(t, err, 1103)
	_, err = db.Lose(oradb.LoseControl)
	must(t, err)
	_, err = db.Startup(ctx, oradb.StartupOptions{To: oradb.Mounted, Force: true})
	refused(t, err, 205)
	data, err := c.Encode()
	must(t, err)
	_, err = db.RestoreControl(data)
	must(t, err)
	must(t, db.Mount())
	_, err = db.RestoreControl(data)
	refused(t, err, 1100)
	refused(t, db.OpenDatabase(ctx), 1589)
}

func TestOpenRefusals(t *testing.T) {
	db := small(t, nil)
	old, err := db.Control()
	must(t, err)
	work(t, db, 10, 1)
	must(t, db.SwitchLogfile(ctx))
	work(t, db, 10, 2)
	c, err := db.Control()
	must(t, err)
	names := func() []string { in, err := db.Instance(); must(t, err); return in.Params.ControlFiles() }()
	_, err = db.Shutdown(ctx, true)
	must(t, err)

	for _, name := range names { // an old copy by hand is no backup
		data, err := old.Encode()
		must(t, err)
		must(t, os.WriteFile(name, data, 0o600))
	}
	_, err = db.Startup(ctx, oradb.StartupOptions{To: oradb.Opened})
	refused(t, err, 338, 312)
	for _, name := range names {
		data, err := c.Encode()
		must(t, err)
		must(t, os.WriteFile(name, data, 0o600))
	}
	start(t, db, oradb.Opened)
	work(t, db, 3, 2)
	_, err = db.Shutdown(ctx, true)
	must(t, err)

	swap(t, c.Datafiles[0].Name, c.Datafiles[1].Name)
	_, err = db.Startup(ctx, oradb.StartupOptions{To: oradb.Opened})
	refused(t, err, 1122, 1110, 1203)
	swap(t, c.Datafiles[0].Name, c.Datafiles[1].Name)

	must(t, os.Rename(c.Threads[0].Groups[1].Members[0], c.Threads[0].Groups[1].Members[0]+"x"))
	refused(t, db.OpenDatabase(ctx), 313, 312, 27037)
	must(t, os.Rename(c.Threads[0].Groups[1].Members[0]+"x", c.Threads[0].Groups[1].Members[0]))
	must(t, db.OpenDatabase(ctx))
	prove(t, db, oradb.Target{})
}

func swap(t *testing.T, a, b string) {
	t.Helper()
	must(t, os.Rename(a, a+".swap"))
	must(t, os.Rename(b, a))
	must(t, os.Rename(a+".swap", b))
}

// mountRestored loses all but the archived logs and restores a backup.
func mountRestored(t *testing.T, db *oradb.DB, b *backup) {
	t.Helper()
	_, err := db.Lose(oradb.LoseDatafiles, oradb.LoseControl, oradb.LoseRedo)
	must(t, err)
	start(t, db, oradb.NoMount)
	_, err = db.RestoreControl(b.control)
	must(t, err)
	must(t, db.Mount())
	restoreFiles(t, db, b)
}

func TestResetlogsRefusals(t *testing.T) {
	db := small(t, nil)
	work(t, db, 20, 1)
	b := take(t, db, nil, func() { work(t, db, 20, 2) })
	must(t, db.ArchiveLogCurrent(ctx))
	archived, err := db.Control()
	must(t, err)
	mountRestored(t, db, b)
	refused(t, db.OpenResetlogs(ctx), 1194, 1110) // file 1 is fuzzy
	for _, l := range archived.ArchivedLogs {
		_, err := db.AddArchivedLog(l.Name, "RMAN")
		must(t, err)
	}
	_, err = db.BeginRecovery(ctx, nil, oradb.Until{SCN: b.files[3].image.CheckpointSCN - 1})
	refused(t, err, 283, 1152)
	recoverDB(t, db, oradb.Until{SCN: b.files[3].image.AbsFuzzySCN - 1})
	refused(t, db.OpenResetlogs(ctx), 1194)
	restoreFiles(t, db, b)
	end := archived.ArchivedLogs[len(archived.ArchivedLogs)-1].NextSCN
	recoverDB(t, db, oradb.Until{SCN: end})
	w, err := db.RestoreDatafile(b.files[2].image, "")
	must(t, err)
	putBlocks(t, w, b.files[2])
	if err := db.OpenResetlogs(ctx); !oradb.HasCode(err, 1113) && !oradb.HasCode(err, 1194) {
		t.Fatalf("a file that was not recovered: %v", err)
	}
	recoverDB(t, db, oradb.Until{SCN: end})
	folder := filepath.Dir(archived.Threads[0].Groups[0].Members[0])
	must(t, db.RenameFile(archived.Threads[0].Groups[0].Members[0], filepath.Join(folder, "none", "redo01.log")))
	refused(t, db.OpenResetlogs(ctx), 344, 27040)
	must(t, db.RenameFile(filepath.Join(folder, "none", "redo01.log"), archived.Threads[0].Groups[0].Members[0]))
	must(t, db.OpenResetlogs(ctx))

	_, err = db.Shutdown(ctx, false)
	must(t, err)
	start(t, db, oradb.Mounted)
	w, err = db.RestoreDatafile(b.files[2].image, "")
	must(t, err)
	putBlocks(t, w, b.files[2])
	refused(t, db.OpenDatabase(ctx), 1190, 1110)
	if _, whole := recoverDB(t, db, oradb.Until{}); !whole {
		t.Fatal("a log is missing")
	}
	must(t, db.OpenDatabase(ctx))
	prove(t, db, oradb.Target{})
}

func TestRecoveryRefusals(t *testing.T) {
	db := small(t, nil)
	_, err := db.BeginRecovery(ctx, nil, oradb.Until{})
	refused(t, err, 283, 1124, 1110)
	b := take(t, db, nil, nil)
	work(t, db, 60, 1)
	must(t, db.ArchiveLogCurrent(ctx))
	c, err := db.Control()
	must(t, err)
	if len(c.ArchivedLogs) < 2 {
		t.Fatal("not enough logs")
	}
	mountRestored(t, db, b)
	for _, l := range c.ArchivedLogs {
		_, err := db.AddArchivedLog(l.Name, "RMAN")
		must(t, err)
	}
	r, err := db.BeginRecovery(ctx, nil, oradb.Until{})
	must(t, err)
	need, _ := r.Next()
	wrong := c.ArchivedLogs[0].Name
	if need.Archived == wrong {
		wrong = c.ArchivedLogs[1].Name
	}
	refused(t, r.Apply(wrong), 283, 310, 334)
	refused(t, r.Apply(wrong+"x"), 283, 308, 27037)
	must(t, os.Remove(c.Datafiles[1].Name))
	_, err = db.BeginRecovery(ctx, nil, oradb.Until{})
	refused(t, err, 283, 1157, 1110)
}

func TestRedoThatDoesNotFitIsStuck(t *testing.T) {
	db := small(t, nil)
	b := take(t, db, nil, nil)
	work(t, db, 60, 1)
	must(t, db.SwitchLogfile(ctx))
	work(t, db, 10, 2)
	_, err := db.Shutdown(ctx, true)
	must(t, err)
	start(t, db, oradb.Mounted)
	restoreFiles(t, db, b)
	c, err := db.Control()
	must(t, err)
	h, err := oradb.DatafileHeader(c.Datafiles[2].Name)
	must(t, err)
	w, err := db.RestoreDatafile(h, "") // a level 0 whose blocks were forgotten
	must(t, err)
	must(t, w.Commit(h))
	r, err := db.BeginRecovery(ctx, nil, oradb.Until{})
	must(t, err)
	need, _ := r.Next()
	refused(t, r.Apply(need.Archived), 283, 600, 10567)
}

func TestBackupRefusals(t *testing.T) {
	db := small(t, func(s *oradb.Spec) { s.NoArchive = true })
	_, err := db.ReadDatafile(ctx, 1, 0)
	refused(t, err, 19602)
	refused(t, db.ArchiveLogCurrent(ctx), 258)
	_, err = db.ReadDatafile(ctx, 9, 0)
	refused(t, err, 1516)
	_, err = db.Shutdown(ctx, false)
	must(t, err)
	c := controlOf(t, db)
	b := take(t, db, nil, nil) // closed: consistent
	if !b.files[1].image.Consistent() {
		t.Fatalf("%+v", b.files[1].image)
	}
	f, err := os.OpenFile(c.Datafiles[0].Name, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte{1, 2, 3}, 3*oradb.BlockSize+500)
	must(t, err)
	must(t, f.Close())
	r, err := db.ReadDatafile(ctx, 1, 0)
	must(t, err)
	for err == nil {
		_, err = r.Next()
	}
	refused(t, err, 19566)
	must(t, r.Close())
	must(t, os.Remove(c.Datafiles[0].Name))
	_, err = db.ReadDatafile(ctx, 1, 0)
	refused(t, err, 19625, 27037)
}

func TestWriterRefusals(t *testing.T) {
	db := small(t, nil)
	b := take(t, db, nil, nil)
	_, err := db.Shutdown(ctx, false)
	must(t, err)
	start(t, db, oradb.Mounted)
	w, err := db.RestoreDatafile(b.files[1].image, "")
	must(t, err)
	_, err = db.RestoreDatafile(b.files[1].image, "")
	refused(t, err, 19573)
	bad := append([]byte(nil), b.files[1].blocks[0].Data...)
	bad[200]++
	refused(t, w.Write(oradb.Block{Number: b.files[1].blocks[0].Number, Data: bad}), 19599)
	refused(t, w.Write(oradb.Block{Number: b.files[1].blocks[0].Number + 1, Data: b.files[1].blocks[0].Data}), 19599)
	must(t, w.Abort())
	refused(t, db.OpenDatabase(ctx), 1122, 1210)
	_, err = db.RestoreDatafile(b.files[1].image, filepath.Join(db.Base(), "no", "where.dbf"))
	refused(t, err, 19504, 27040)
}
