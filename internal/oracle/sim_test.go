package oracle

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/sqlsim"
)

// TestMain lets the test binary stand in for sqlplus on a simulated database.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "sqlplus" {
		os.Exit(sqlsim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	os.Exit(m.Run())
}

// simulated is a small simulated database with an Instance that asks it.
func simulated(t *testing.T) (*oradb.DB, *Instance) {
	t.Helper()
	db, err := oradb.Create(t.Context(), oradb.Spec{Base: t.TempDir(), SID: "DEMO", RedoSize: 256 << 10, Files: []oradb.FileSpec{
		{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 1 << 20},
		{Tablespace: "USERS", Name: "users01.dbf", Bytes: 512 << 10},
	}})
	must(t, err)
	exe, err := os.Executable()
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(db.Home(), "bin"), 0o700))
	must(t, os.Symlink(exe, filepath.Join(db.Home(), "bin", "sqlplus")))
	return db, New(Options{Home: db.Home(), SID: db.SID(), Target: config.NewSecret("/"),
		Env: append(os.Environ(), "GORACE=atexit_sleep_ms=0", "TZ=Asia/Kolkata")})
}

// simulate runs a script in the simulator.
func simulate(t *testing.T, db *oradb.DB, script string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "run.rcv")
	must(t, os.WriteFile(file, []byte(script), 0o600))
	var out bytes.Buffer
	p := rmansim.Program{Stdout: &out, Stderr: &out, Env: Environ(nil, db.Home(), db.SID())}
	if code := p.Run([]string{"target", "/", "nocatalog", "cmdfile=" + file}); code != 0 {
		t.Fatalf("exit %d\n%s", code, out.String())
	}
}

func TestSimulatedDatabaseInEachState(t *testing.T) {
	db, i := simulated(t)
	c, err := db.Control()
	must(t, err)
	f := facts(t, i)
	if f.Status != Open || f.DBID != int64(c.DBID) || f.LogMode != "ARCHIVELOG" || f.CurrentSCN == 0 || f.ControlfileType != "CURRENT" ||
		f.RecoveryDest == "" || f.SpfilePath == "" || len(f.ControlFiles) == 0 || f.UTCOffsetMinutes != 330 || f.RecordKeepDays == 0 {
		t.Errorf("open: %+v", f)
	}
	if len(f.Datafiles) != 2 || f.Datafiles[1].Tablespace != "USERS" || f.Datafiles[1].Bytes != 512<<10 || f.Datafiles[0].HeaderSCN == 0 ||
		len(f.Redo) != 3 || len(f.Redo[0].Members) == 0 || len(f.Threads) != 1 || len(f.Incarnations) == 0 || len(f.ArchiveDests) == 0 {
		t.Errorf("open: %+v", f)
	}
	_, err = db.Lose(oradb.LoseDatafile(2))
	must(t, err)
	simulate(t, db, "SHUTDOWN ABORT;\nSTARTUP MOUNT;\n")
	f = &Facts{}
	must(t, sequence(t.Context(), f, i.askInstance, i.askDatabase, i.askDatafiles, i.askHeaders))
	if f.Status != Mounted || f.CurrentSCN != 0 || f.Datafiles[0].HeaderError != "" || f.Datafiles[1].HeaderError == "" {
		t.Errorf("mounted with a lost file: %+v", f)
	}
	simulate(t, db, "STARTUP FORCE NOMOUNT;\n")
	if f = facts(t, i); f.Status != NoMount || f.DBID != 0 || len(f.ControlFiles) == 0 {
		t.Errorf("started: %+v", f)
	}
	simulate(t, db, "SHUTDOWN ABORT;\n")
	if f = facts(t, i); f.Status != Down {
		t.Errorf("shut down: %+v", f)
	}
}

func TestSimulatedRecords(t *testing.T) {
	ctx := context.Background()
	db, i := simulated(t)
	stage := t.TempDir()
	simulate(t, db, strings.ReplaceAll(`RUN {
SET CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK TO '$S/%F';
ALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%d_%s_%p.bkp';
BACKUP FORCE INCREMENTAL LEVEL 0 TAG 'RUN1' FILESPERSET 1 DATABASE;
SQL 'ALTER SYSTEM ARCHIVE LOG CURRENT';
BACKUP TAG 'RUN1' ARCHIVELOG ALL;
BACKUP TAG 'RUN1' SPFILE;
}
`, "$S", stage))
	pieces, err := i.Pieces(ctx, "RUN1")
	must(t, err)
	in, err := i.PiecesIn(ctx, stage)
	must(t, err)
	if len(pieces) != 4 || len(in) != 6 {
		t.Fatalf("%d pieces with the tag, %d in the folder: %+v", len(pieces), len(in), in)
	}
	for _, p := range in {
		info, err := os.Stat(p.Handle)
		must(t, err)
		if p.Status != "A" || p.Bytes != info.Size() || p.Piece != 1 || p.Pieces != 1 || p.Completed == "" || p.Type == "" {
			t.Errorf("piece of %d bytes: %+v", info.Size(), p)
		}
	}
	files, err := i.DatafileRecords(ctx, "run1")
	must(t, err)
	if len(files) != 2 || files[0].Level != 0 || files[0].CheckpointSCN == 0 || files[0].ResetlogsSCN == 0 || files[1].SetStamp == 0 {
		t.Errorf("datafiles %+v", files)
	}
	logs, err := i.RedoRecords(ctx, "RUN1")
	must(t, err)
	archived, err := i.ArchivedLogs(ctx)
	must(t, err)
	if len(logs) == 0 || len(logs) != len(archived) || logs[0].Sequence != archived[0].Sequence || logs[0].NextSCN != archived[0].NextSCN {
		t.Errorf("backed up %+v\narchived %+v", logs, archived)
	}
	for _, a := range archived {
		if info, err := os.Stat(a.Name); err != nil || a.Bytes == 0 || a.Bytes > info.Size() {
			t.Errorf("archived log %+v: %v", a, err)
		}
	}
	spfiles, err := i.SpfileRecords(ctx, "RUN1")
	must(t, err)
	if len(spfiles) != 1 || spfiles[0].Completed == "" {
		t.Errorf("SPFILEs %+v", spfiles)
	}
}

// What is finished, and sums over sessions, are left out.
func TestSimulatedLongops(t *testing.T) {
	db, i := simulated(t)
	began := db.Now().Add(-90 * time.Second)
	for n, row := range []oradb.Longop{
		{SID: 31, Opname: "RMAN: full datafile backup", SoFar: 250, TotalWork: 1000},
		{SID: 32, Opname: "RMAN: full datafile backup", SoFar: 1000, TotalWork: 1000},
		{SID: 33, Opname: "RMAN: aggregate input", SoFar: 1, TotalWork: 1000},
		{SID: 34, Opname: "Table Scan", SoFar: 1, TotalWork: 1000},
	} {
		row.Serial, row.Context, row.Start = n, 1, began
		must(t, db.SetLongop(row))
	}
	ops, err := i.Longops(t.Context())
	must(t, err)
	if len(ops) != 1 {
		t.Fatalf("%+v", ops)
	}
	op := ops[0]
	if op.SID != 31 || op.Done != 250 || op.Total != 1000 || op.Op != "RMAN: full datafile backup" ||
		op.Age.Round(time.Minute) != 2*time.Minute || op.Left < 4*time.Minute {
		t.Errorf("%+v", op)
	}
}
