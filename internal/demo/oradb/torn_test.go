package oradb_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// page is what a kill cannot tear: the kernel looks for signals between pages.
const page = 4096

// tear puts the second pages of all changed blocks back to what they were, as if
// the process that wrote them had been killed in the middle of each.
func tear(t *testing.T, path string, before []byte) (torn int) {
	t.Helper()
	now, err := os.ReadFile(path)
	must(t, err)
	for at := oradb.BlockSize; at < len(now); at += oradb.BlockSize {
		if !bytes.Equal(now[at:at+oradb.BlockSize], before[at:at+oradb.BlockSize]) {
			copy(now[at+page:at+oradb.BlockSize], before[at+page:])
			torn++
		}
	}
	must(t, os.WriteFile(path, now, 0o600))
	return torn
}

func fileOf(t *testing.T, db *oradb.DB, number int) string {
	t.Helper()
	c, err := db.Control()
	must(t, err)
	return c.Datafile(number).Name
}

// tornDatabase has fractured blocks in its third datafile, changed many times
// since the last checkpoint.
func tornDatabase(t *testing.T) *oradb.DB {
	t.Helper()
	db := small(t, nil)
	work(t, db, 20, 1)
	prove(t, db, oradb.Target{}) // a checkpoint
	path := fileOf(t, db, 3)
	before, err := os.ReadFile(path)
	must(t, err)
	work(t, db, 9, 2) // of one log
	if torn := tear(t, path, before); torn < 3 {
		t.Fatalf("only %d blocks were written since the checkpoint", torn)
	}
	return db
}

func TestCrashRecoveryMendsTornBlocks(t *testing.T) {
	db := tornDatabase(t)
	must(t, db.Crash())
	start(t, db, oradb.Opened)
	prove(t, db, oradb.Target{})
}

func TestAnotherProcessMendsTornBlocks(t *testing.T) {
	db := tornDatabase(t)
	other, err := oradb.Open(db.Base(), db.SID())
	must(t, err)
	work(t, other, 5, 3)
	prove(t, other, oradb.Target{})
}

// TestBackupReadsTornBlocksAgain: a process is killed while a backup runs.
func TestBackupReadsTornBlocksAgain(t *testing.T) {
	db := small(t, nil)
	work(t, db, 20, 1)
	r, err := db.ReadDatafile(context.Background(), 3, 0)
	must(t, err)
	path := fileOf(t, db, 3)
	before, err := os.ReadFile(path)
	must(t, err)
	work(t, db, 9, 2) // of one log
	tear(t, path, before)
	for err == nil {
		_, err = r.Next()
	}
	if err != io.EOF { //nolint:errorlint // the end is never wrapped
		t.Fatal(err)
	}
	must(t, r.Close())
}

// TestTornRecoveryBeginsAgain: media recovery is killed in the middle of blocks,
// and mends them when it is begun again.
func TestTornRecoveryBeginsAgain(t *testing.T) {
	db := small(t, nil)
	work(t, db, 20, 1)
	b := take(t, db, nil, nil)
	work(t, db, 40, 2)
	must(t, db.Crash())
	start(t, db, oradb.Mounted)
	restoreFiles(t, db, b)
	path := fileOf(t, db, 3)
	before, err := os.ReadFile(path)
	must(t, err)
	recoverDB(t, db, oradb.Until{})
	if tear(t, path, before) < 3 {
		t.Fatal("recovery wrote too little")
	}
	header := before[oradb.BlockSize : 2*oradb.BlockSize] // it was not stamped yet
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt(header, oradb.BlockSize)
	must(t, err)
	must(t, f.Close())
	recoverDB(t, db, oradb.Until{})
	must(t, db.OpenDatabase(context.Background()))
	prove(t, db, oradb.Target{})
}

// TestTornHeaderIsTheNewOne: the last bytes of a header are only its seal.
func TestTornHeaderIsTheNewOne(t *testing.T) {
	db := small(t, nil)
	path := fileOf(t, db, 1)
	before, err := os.ReadFile(path)
	must(t, err)
	work(t, db, 10, 1)
	must(t, db.SwitchLogfile(context.Background()))
	want, err := oradb.DatafileHeader(path)
	must(t, err)
	tear(t, path, before)
	if got, err := oradb.DatafileHeader(path); err != nil || got != want {
		t.Errorf("%+v\n%+v\n%v", got, want, err)
	}
}
