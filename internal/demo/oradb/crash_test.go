package oradb_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"orabak-tui/internal/demo/oradb"
)

// TestCrashesKeepTheTruth: crashes, checkpoints and switches in any order, from
// two handles as two processes have them, lose nothing.
func TestCrashesKeepTheTruth(t *testing.T) {
	db := small(t, func(s *oradb.Spec) { s.Threads = 2 })
	other, err := oradb.Open(db.Base(), db.SID())
	must(t, err)
	seed := uint64(100)
	rapid.Check(t, func(rt *rapid.T) {
		for _, event := range rapid.SliceOfN(rapid.IntRange(0, 5), 4, 12).Draw(rt, "events") {
			seed++
			switch event {
			case 0:
				must(t, db.Crash())
				start(t, other, oradb.Opened)
			case 1:
				must(t, other.SwitchLogfile(context.Background()))
			case 2:
				_, err := db.SnapshotControl()
				must(t, err)
			case 3:
				work(t, other, 3, seed)
			default:
				_, err := db.Work(context.Background(), oradb.Work{Transactions: 2, Seed: seed, Thread: 1 + event%2})
				must(t, err)
			}
		}
		must(t, db.Crash())
		start(t, db, oradb.Opened)
		prove(t, db, oradb.Target{})
	})
}

// TestUncommittedIsForgotten: a process is killed between its entry in the ledger
// and the commit. The next one may first start the instance, which gives out the
// same SCN.
func TestUncommittedIsForgotten(t *testing.T) {
	for _, next := range []func(t *testing.T, db *oradb.DB){
		func(t *testing.T, db *oradb.DB) { work(t, db, 1, 2) },
		func(t *testing.T, db *oradb.DB) { must(t, db.SwitchLogfile(context.Background())) },
		func(t *testing.T, db *oradb.DB) { must(t, db.Crash()); start(t, db, oradb.Opened) },
		func(t *testing.T, db *oradb.DB) {
			_, err := db.AddDatafile(context.Background(), oradb.FileSpec{Name: "more.dbf", Tablespace: "MORE"})
			must(t, err)
		},
	} {
		db := small(t, nil)
		work(t, db, 5, 1)
		in, err := db.Instance()
		must(t, err)
		entry := make([]byte, 40)
		binary.LittleEndian.PutUint32(entry[4:], 1) // datafile
		binary.LittleEndian.PutUint32(entry[8:], 2) // block
		binary.LittleEndian.PutUint64(entry[12:], uint64(in.SCN))
		f, err := os.OpenFile(filepath.Join(db.Base(), "sim", db.SID(), "truth", "ledger.bin"), os.O_APPEND|os.O_WRONLY, 0)
		must(t, err)
		_, err = f.Write(entry)
		must(t, err)
		must(t, f.Close())
		next(t, db)
		work(t, db, 3, 3)
		prove(t, db, oradb.Target{})
	}
}

// childEnv makes the test binary a process that works on a database until it is
// killed.
const childEnv = "ORADB_TEST_CHILD"

func childWork(base string) {
	db, err := oradb.Open(base, "DEMO")
	for seed := uint64(os.Getpid()); err == nil; seed++ {
		if _, err = db.Work(context.Background(), oradb.Work{Transactions: 5, Seed: seed}); err == nil && seed%4 == 0 {
			err = db.ArchiveLogCurrent(context.Background())
		}
		fmt.Println("worked")
	}
	fmt.Println("failed", err)
}

// TestKilledProcessesKeepTheTruth: any moment is a good one for kill -9 of a
// process that changes the database.
func TestKilledProcessesKeepTheTruth(t *testing.T) {
	db := small(t, nil)
	for round := range 4 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+db.Base())
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for range 1 + round%3 {
			if !lines.Scan() || lines.Text() != "worked" {
				t.Fatalf("the child says %q", lines.Text())
			}
		}
		work(t, db, 3, uint64(round)) // both at once
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		if round%2 == 1 {
			must(t, db.Crash())
			start(t, db, oradb.Opened)
		}
		work(t, db, 2, uint64(1000+round))
		prove(t, db, oradb.Target{})
	}
}
