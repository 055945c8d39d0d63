package oradb_test

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// small makes an open database that is quick to copy.
func small(t *testing.T, change func(*oradb.Spec)) *oradb.DB {
	t.Helper()
	dir, err := os.MkdirTemp("", "oradb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := oradb.Spec{
		Base: dir, RedoSize: 64 << 10, Seed: 7,
		Files: []oradb.FileSpec{
			{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 40 * oradb.BlockSize},
			{Tablespace: "UNDOTBS1", Name: "undotbs01.dbf", Bytes: 24 * oradb.BlockSize},
			{Tablespace: "DATA", Name: "data01.dbf", Bytes: 90 * oradb.BlockSize},
		},
	}
	if change != nil {
		change(&s)
	}
	db, err := oradb.Create(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func work(t *testing.T, db *oradb.DB, n int, seed uint64) oradb.WorkDone {
	t.Helper()
	done, err := db.Work(context.Background(), oradb.Work{Transactions: n, Seed: seed})
	must(t, err)
	if done.Transactions != n {
		t.Fatalf("%d transactions instead of %d", done.Transactions, n)
	}
	return done
}

// prove fails unless the database equals the target.
func prove(t *testing.T, db *oradb.DB, target oradb.Target) oradb.Proof {
	t.Helper()
	p, err := db.Prove(context.Background(), target)
	must(t, err)
	if !p.OK() {
		t.Fatalf("%d of %d blocks differ, the first: %v", p.Total, p.Blocks, p.Differences[0])
	}
	return p
}

// backup is a backup set in memory: enough to restore with the primitives.
type backup struct {
	files   map[int]fileBackup
	control []byte
}

type fileBackup struct {
	image  oradb.DatafileImage
	since  oradb.SCN
	blocks []oradb.Block
}

// take backs up all datafiles, level 1 since the base when there is one;
// between is called in the middle of each file.
func take(t *testing.T, db *oradb.DB, base *backup, between func()) *backup {
	t.Helper()
	c, err := db.Control()
	must(t, err)
	b := &backup{files: map[int]fileBackup{}}
	for _, df := range c.Datafiles {
		since := oradb.SCN(0)
		if base != nil {
			since = base.files[df.Number].image.CheckpointSCN
		}
		b.files[df.Number] = takeFile(t, db, df.Number, since, between)
	}
	b.control, err = db.SnapshotControl()
	must(t, err)
	return b
}

func takeFile(t *testing.T, db *oradb.DB, file int, since oradb.SCN, between func()) fileBackup {
	t.Helper()
	r, err := db.ReadDatafile(context.Background(), file, since)
	must(t, err)
	defer func() { _ = r.Close() }()
	fb := fileBackup{since: since}
	if between != nil {
		between()
	}
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		fb.blocks = append(fb.blocks, oradb.Block{Number: b.Number, Data: append([]byte(nil), b.Data...)})
	}
	fb.image = r.Image()
	return fb
}

// restoreFiles copies a level 0 back and applies the level 1s.
func restoreFiles(t *testing.T, db *oradb.DB, full *backup, incs ...*backup) {
	t.Helper()
	for _, fb := range full.files {
		w, err := db.RestoreDatafile(fb.image, "")
		must(t, err)
		putBlocks(t, w, fb)
	}
	for _, inc := range incs {
		for _, fb := range inc.files {
			w, err := db.ApplyIncremental(fb.image, fb.since)
			if fb.since == 0 {
				w, err = db.RestoreDatafile(fb.image, "")
			}
			must(t, err)
			putBlocks(t, w, fb)
		}
	}
	createMissing(t, db)
}

// createMissing makes the files that were added after the last backup.
func createMissing(t *testing.T, db *oradb.DB) {
	t.Helper()
	c, err := db.Control()
	must(t, err)
	for _, df := range c.Datafiles {
		if _, err := os.Stat(df.Name); os.IsNotExist(err) {
			_, err := db.CreateDatafile(df.Number, "")
			must(t, err)
		}
	}
}

func putBlocks(t *testing.T, w *oradb.DatafileWriter, fb fileBackup) {
	t.Helper()
	for _, b := range fb.blocks {
		must(t, w.Write(b))
	}
	must(t, w.Commit(fb.image))
}

// recover applies what is on disk until the end and tells whether the end was
// reached.
func recoverDB(t *testing.T, db *oradb.DB, until oradb.Until) (reached oradb.SCN, whole bool) {
	t.Helper()
	r, err := db.BeginRecovery(context.Background(), nil, until)
	must(t, err)
	for {
		need, more := r.Next()
		path := need.Archived
		if path == "" {
			path = need.Online
		}
		if !more || path == "" {
			must(t, r.Finish())
			return r.Reached(), !more
		}
		must(t, r.Apply(path))
	}
}

func start(t *testing.T, db *oradb.DB, to oradb.State) {
	t.Helper()
	_, err := db.Startup(context.Background(), oradb.StartupOptions{To: to, Force: true})
	must(t, err)
}

func TestCreatedDatabaseIsOpenAndTrue(t *testing.T) {
	db := small(t, nil)
	in, err := db.Instance()
	must(t, err)
	if in.State != oradb.Opened || !in.Spfile || in.SCN == 0 {
		t.Fatalf("instance %+v", in)
	}
	if p := prove(t, db, oradb.Target{}); p.Blocks == 0 {
		t.Fatal("nothing compared")
	}
}

func TestCrashLosesNothing(t *testing.T) {
	db := small(t, nil)
	work(t, db, 30, 1)
	must(t, db.Crash())
	other, err := oradb.Open(db.Base(), db.SID())
	must(t, err)
	start(t, other, oradb.Opened)
	prove(t, other, oradb.Target{})
	work(t, db, 30, 2)
	prove(t, other, oradb.Target{})
}

func TestProveSeesADamagedBlock(t *testing.T) {
	db := small(t, nil)
	work(t, db, 30, 1)
	_, err := db.Shutdown(context.Background(), false)
	must(t, err)
	c := controlOf(t, db)
	f, err := os.OpenFile(c.Datafiles[2].Name, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("x"), 4*oradb.BlockSize+100)
	must(t, err)
	must(t, f.Close())
	p, err := db.Prove(context.Background(), oradb.Target{})
	must(t, err)
	if p.Total != 1 || p.Differences[0].File != 3 || p.Differences[0].Block != 4 {
		t.Fatalf("proof %+v", p)
	}
}

// controlOf mounts the database and reads its control file.
func controlOf(t *testing.T, db *oradb.DB) *oradb.Control {
	t.Helper()
	start(t, db, oradb.Mounted)
	c, err := db.Control()
	must(t, err)
	return c
}

func TestLostDatafileRecoversCompletely(t *testing.T) {
	db := small(t, nil)
	work(t, db, 40, 1)
	b := take(t, db, nil, func() { work(t, db, 10, 9) })
	work(t, db, 120, 2)
	c, err := db.Control()
	must(t, err)
	if len(c.ArchivedLogs) == 0 {
		t.Fatal("no archived logs: the test shows nothing")
	}
	_, err = db.Lose(oradb.LoseDatafile(3))
	must(t, err)
	_, err = db.Shutdown(context.Background(), true)
	must(t, err)
	_, err = db.Startup(context.Background(), oradb.StartupOptions{To: oradb.Opened})
	if !oradb.HasCode(err, 1157) || !oradb.HasCode(err, 1110) {
		t.Fatalf("open without a datafile: %v", err)
	}
	w, err := db.RestoreDatafile(b.files[3].image, "")
	must(t, err)
	putBlocks(t, w, b.files[3])
	if err := db.OpenDatabase(context.Background()); !oradb.HasCode(err, 1113) {
		t.Fatalf("open without recovery: %v", err)
	}
	if _, whole := recoverDB(t, db, oradb.Until{}); !whole {
		t.Fatal("a log is missing")
	}
	if err := db.OpenResetlogs(context.Background()); !oradb.HasCode(err, 1139) {
		t.Fatalf("RESETLOGS after complete recovery: %v", err)
	}
	must(t, db.OpenDatabase(context.Background()))
	if p := prove(t, db, oradb.Target{}); p.Lost.Changes != 0 {
		t.Fatalf("lost %+v", p.Lost)
	}
}
