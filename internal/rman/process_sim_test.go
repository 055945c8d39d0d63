//go:build linux

package rman

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
)

func init() {
	plays["simulator"] = func(string) int {
		return rmansim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())
	}
}

// TestTotalLossThroughTypedScripts backs up and recovers the simulated
// database with nothing but statements of this package.
func TestTotalLossThroughTypedScripts(t *testing.T) {
	s, db := simulated(t)
	stage := filepath.Join(s.dir, "stage")
	check(t, os.Mkdir(stage, 0o700))
	work(t, db, 1)
	level0 := s.mustRun(t, "full", backupBlock(stage, 0)...)
	work(t, db, 2)
	level1 := s.mustRun(t, "incremental", backupBlock(stage, 1)...)
	if len(level0.Summary.Written) < 4 || len(level1.Summary.Written) < 4 || level1.Summary.NoParent != nil {
		t.Fatalf("pieces: %d, %d; without parent: %v", len(level0.Summary.Written), len(level1.Summary.Written), level1.Summary.NoParent)
	}
	s.mustRun(t, "list", ListBackupTag{Tag: "T1"}, ListIncarnation, ListArchivelogs, ListBackupSummary, ReportSchema)
	c, err := db.Control()
	check(t, err)
	auto, end := autobackup(t, level1), lastNext(c)
	_, err = db.Lose(oradb.LoseEverything)
	check(t, err)
	s.mustRun(t, "spfile", SetDBID{DBID: int64(c.DBID)}, Startup{Force: true, NoMount: true}, RestoreSpfile{From: auto}, Startup{Force: true, NoMount: true})
	s.mustRun(t, "control", RestoreControlfile{From: auto}, MountDatabase, CatalogStartWith{Dir: stage})
	s.mustRun(t, "restore", RunBlock{AllocateChannel{Name: "r1"}, SetUntil{SCN: end}, RestoreDatabase{}, RecoverDatabase{}}, OpenResetlogs)
	p, err := db.Prove(t.Context(), oradb.Target{Branch: &c.Resetlogs, Until: oradb.SCN(end)})
	check(t, err)
	if !p.OK() || p.Blocks == 0 {
		t.Errorf("%d of %d blocks differ: %v", p.Total, p.Blocks, p.Differences)
	}
	s.job.Script, err = NewScript("wrong", RestoreDatabase{})
	check(t, err)
	if res, err := s.Run(context.Background(), s.job); err == nil || res.Stack == nil || res.ExitCode != 1 {
		t.Errorf("a restore of an open database: %+v, %v", res, err)
	}
}

func simulated(t *testing.T) (*stage, *oradb.DB) {
	t.Helper()
	db, err := oradb.Create(t.Context(), oradb.Spec{Base: t.TempDir(), SID: "DEMO", RedoSize: 256 << 10, Files: []oradb.FileSpec{
		{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 1 << 20},
		{Tablespace: "SYSAUX", Name: "sysaux01.dbf", Bytes: 512 << 10},
		{Tablespace: "UNDOTBS1", Name: "undotbs01.dbf", Bytes: 512 << 10},
	}})
	check(t, err)
	s := play(t, "simulator")
	s.Home, s.SID, s.Silence = db.Home(), db.SID(), time.Minute
	exe, err := os.Executable()
	check(t, err)
	check(t, os.MkdirAll(filepath.Join(db.Home(), "bin"), 0o700))
	check(t, os.Symlink(exe, filepath.Join(db.Home(), "bin", "rman")))
	return s, db
}

// backupBlock is a whole backup, as the engine orders it.
func backupBlock(stage string, level int) []Statement {
	tag := fmt.Sprintf("T%d", level)
	return []Statement{RunBlock{
		SetCommandID{ID: tag},
		SetControlfileAutobackupFormat{Format: stage + "/%F"},
		AllocateChannel{Name: "c1", Format: stage + "/%d_%T_%s_%p_%t.bkp", MaxPieceSize: 1 << 30},
		AllocateChannel{Name: "c2", Format: stage + "/%d_%T_%s_%p_%t.bkp", MaxPieceSize: 1 << 30, Rate: 1 << 30},
		BackupDatafiles{Level: level, Compressed: level == 0, Force: true, CheckLog: true, Tag: tag, FilesPerSet: 1},
		ArchiveLogCurrent{},
		BackupArchivelogs{Compressed: true, Tag: tag, NotBackedUp: true},
		BackupSpfile{Tag: tag},
		BackupControlfile{Tag: tag},
		ReleaseChannel{Name: "c1"}, ReleaseChannel{Name: "c2"},
	}}
}

func work(t *testing.T, db *oradb.DB, seed uint64) {
	t.Helper()
	_, err := db.Work(t.Context(), oradb.Work{Transactions: 30, Seed: seed})
	check(t, err)
}

// mustRun runs statements that must succeed.
func (s *stage) mustRun(t *testing.T, name string, statements ...Statement) Result {
	t.Helper()
	script, err := NewScript(name, statements...)
	check(t, err)
	var out strings.Builder
	s.job.Name, s.job.Script, s.job.Log = name, script, &out
	res, err := s.Run(context.Background(), s.job)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return res
}

// autobackup is the handle of the last autobackup of a job.
func autobackup(t *testing.T, res Result) string {
	t.Helper()
	handle := ""
	for _, p := range res.Summary.Written {
		if p.Autobackup {
			handle = p.Handle
		}
	}
	if handle == "" {
		t.Fatal("no autobackup")
	}
	return handle
}

// lastNext is the SCN at which the backed up redo ends.
func lastNext(c *oradb.Control) int64 {
	var end int64
	for _, l := range c.BackupLogs {
		end = max(end, int64(l.NextSCN))
	}
	return end
}
