package rmansim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// run wraps commands in RUN with one channel that writes to the staging folder.
func run(commands string) string { return "RUN {" + channelD1 + commands + "\n}\n" }

// TestParent: what a level 1 builds on is a question to the repository alone.
func TestParent(t *testing.T) {
	t.Parallel()
	const noParent = "no parent backup or copy of datafile 1 found"
	l := newLab(t, nil)
	level1 := run("BACKUP INCREMENTAL LEVEL 1 TAG L1 DATABASE;")
	out := l.ok(level1)
	l.has(out, noParent, "no parent backup or copy of datafile 4 found", "starting incremental level 0 datafile backup set")
	l.lacks(out, "starting incremental level 1")

	l.work(10, 1)
	out = l.ok(level1)
	l.has(out, "starting incremental level 1 datafile backup set")
	l.lacks(out, noParent)

	for _, name := range l.staged() {
		if err := os.Remove(filepath.Join(l.stage, name)); err != nil {
			t.Fatal(err)
		}
	}
	l.lacks(l.ok(level1), noParent) // gone from disk, not from the repository
	l.ok("CHANGE BACKUP TAG L1 UNAVAILABLE;")
	l.lacks(l.ok("CROSSCHECK BACKUP TAG L1;"), "EXPIRED")
	l.lacks(l.ok(level1), noParent)
	l.fails("CHANGE BACKUP TAG L1 AVAILABLE;", "ORA-19505", "ORA-27037") // it looks for the files
	l.has(l.ok("CROSSCHECK BACKUP;"), "found to be 'EXPIRED'", "Crosschecked")
	l.lacks(l.ok(level1), noParent) // the newest piece is there
	l.ok("CHANGE BACKUP TAG L1 UNCATALOG;")
	l.has(l.ok(level1), noParent)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 TAG L0 DATABASE;"))
	l.ok(run("BACKUP FULL TAG F DATABASE;"))
	c := l.control()
	p, ok := c.Parent(1, true)
	if !ok || p.Level != 0 {
		t.Fatalf("parent %+v, %v", p, ok)
	}
}

// TestNewFile: a file added after the level 0 gets a level 0 of its own.
func TestNewFile(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 DATABASE;"))
	if _, err := l.db.AddDatafile(t.Context(), oradb.FileSpec{Tablespace: "APP", Name: "app01.dbf", Bytes: 256 << 10}); err != nil {
		t.Fatal(err)
	}
	out := l.ok(run("BACKUP INCREMENTAL LEVEL 1 DATABASE;"))
	l.has(out, "no parent backup or copy of datafile 5 found", "incremental level 0", "file number=00005", "incremental level 1", "file number=00001")
}

func TestOptimization(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok("ALTER TABLESPACE users READ ONLY;\nCONFIGURE BACKUP OPTIMIZATION ON;\n" + run("BACKUP DATABASE;"))
	out := l.ok(run("BACKUP DATABASE;"))
	l.has(out, "skipping datafile 4; already backed up 1 time(s)")
	l.lacks(out, "file number=00004")
	out = l.ok(run("BACKUP FORCE DATABASE;"))
	l.has(out, "file number=00004")
	l.lacks(out, "skipping")
	l.ok(run("BACKUP ARCHIVELOG ALL;"))
	l.has(l.ok(run("BACKUP ARCHIVELOG ALL;")), "skipping archived log of thread 1 with sequence 1; already backed up")
}

func TestNotBackedUp(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("SQL 'ALTER SYSTEM SWITCH LOGFILE';\nSQL 'ALTER SYSTEM SWITCH LOGFILE';\nBACKUP TAG A ARCHIVELOG ALL NOT BACKED UP 1 TIMES;"))
	out := l.ok(run("BACKUP ARCHIVELOG ALL NOT BACKED UP 1 TIMES;"))
	l.has(out, "current log archived", "skipping archived logs of thread 1 from sequence 1 to 3; already backed up",
		"input archived log thread=1 sequence=4")
	l.lacks(l.ok(run("BACKUP ARCHIVELOG SEQUENCE BETWEEN 1 AND 2 NOT BACKED UP 2 TIMES;")), "skipping", "current log archived")
	l.has(l.ok(run("BACKUP ARCHIVELOG SEQUENCE BETWEEN 1 AND 2 NOT BACKED UP 2 TIMES;")),
		"skipping archived logs of thread 1 from sequence 1 to 2; already backed up")
	l.ok("CHANGE BACKUP TAG A UNCATALOG;")
	l.lacks(l.ok(run("BACKUP ARCHIVELOG SEQUENCE 1 NOT BACKED UP 2 TIMES;")), "skipping")
	l.fails(run("BACKUP ARCHIVELOG SEQUENCE 99;"), "RMAN-03002: failure of backup command at", "RMAN-20242")
}

// TestName: FORMAT must make names unique; the pieces of the failed set go, and
// those of complete sets stay, on disk and in the repository.
func TestName(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	out := l.fails("RUN {\nSET CONTROLFILE AUTOBACKUP OFF;\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/same.bkp';\n"+
		"BACKUP FILESPERSET 1 DATAFILE 3,4;\n}\n",
		"piece handle=$S/same.bkp", "RMAN-00569", "RMAN-03009: failure of backup command on d1 channel at",
		`ORA-19504: failed to create file "$S/same.bkp"`, "ORA-27038: created file already exists")
	l.lacks(out, "Autobackup")
	if got := l.staged(); len(got) != 1 {
		t.Errorf("staged %v", got)
	}
	if n := len(l.control().BackupSets); n != 1 {
		t.Errorf("%d sets recorded", n)
	}
	l.fails("RUN {\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/none/%U';\nBACKUP SPFILE;\n}\n",
		`ORA-19504: failed to create file "$S/none/`, "ORA-27040", "Linux-x86_64 Error: 2: No such file or directory")
	l.fails("RUN {\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%q';\nBACKUP SPFILE;\n}\n", "ORA-19715: invalid format q for generated name")
	l.fails(run("BACKUP SPFILE TAG 'X234567890123456789012345678901';"), "ORA-19705: tag value exceeds maximum length of 30 characters")
	l.has(l.ok(run("BACKUP SPFILE TAG \"My spfile\";")), "tag=MY SPFILE comment=NONE")
}

// TestPieces: MAXPIECESIZE makes several pieces of a set, which restore and
// catalog only together.
func TestPieces(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.work(20, 1)
	out := l.ok("RUN {\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%s_%p' MAXPIECESIZE 100K;\nBACKUP TAG P DATAFILE 1;\n}\n")
	l.has(out, "starting piece 1", "finished piece 1", "starting piece 2", "finished piece 2", "starting piece 3", "backup set complete")
	c := l.control()
	for _, p := range c.BackupPieces {
		if p.Tag == "P" && p.Bytes > 100<<10 {
			t.Errorf("piece %d has %d bytes", p.Number, p.Bytes)
		}
	}
	l.ok("CHANGE BACKUP TAG P UNCATALOG;")
	l.ok("CATALOG BACKUPPIECE '$S/1_2';")
	l.fails("SHUTDOWN IMMEDIATE;\nSTARTUP MOUNT;\nRESTORE DATAFILE 1;\n",
		"RMAN-06026: some targets not found", "RMAN-06023: no backup or copy of datafile 1 found to restore")
	l.ok("CATALOG START WITH '$S/1_' NOPROMPT;")
	out = l.ok("RESTORE DATAFILE 1;\nRECOVER DATABASE;\nALTER DATABASE OPEN;\n")
	l.has(out, "restored backup piece 1", "reading from backup piece $S/1_2", "restored backup piece 2", "Finished recover")
	l.proves(l.control().Resetlogs, 0)
}

func TestSections(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.work(20, 1)
	out := l.ok(run("BACKUP SECTION SIZE 256K DATAFILE 1;"))
	l.has(out, "backing up blocks 1 through 32", "finished piece 1", "backing up blocks 33 through 64", "finished piece 4")
	l.ok("SHUTDOWN IMMEDIATE;\nSTARTUP MOUNT;\nRESTORE DATAFILE 1;\nRECOVER DATABASE;\nALTER DATABASE OPEN;\n")
	l.proves(l.control().Resetlogs, 0)
	l.fails("RUN {\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%U' MAXPIECESIZE 1M;\nBACKUP SECTION SIZE 256K DATAFILE 1;\n}\n", "RMAN-06808: SECTION SIZE cannot be used when piece limit is in effect")
	l.fails("RUN {\nALLOCATE CHANNEL d1 DEVICE TYPE DISK MAXPIECESIZE 500;\n}\n", "failure of allocate command", "RMAN-06192")
	l.fails("RUN {\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%U' MAXPIECESIZE 20K;\nBACKUP DATAFILE 1;\n}\n", "ORA-19586: 20 k-byte limit is too small")
}

// TestAutobackupRules: after the last BACKUP of a run, and wherever a command
// that is no BACKUP follows one.
func TestAutobackupRules(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	for script, want := range map[string]int{
		"BACKUP DATAFILE 1;":                     1,
		"BACKUP DATAFILE 1;\nBACKUP DATAFILE 2;": 1,
		"BACKUP DATAFILE 1;\nSQL 'ALTER SYSTEM SWITCH LOGFILE';\nBACKUP ARCHIVELOG ALL;": 2,
		"BACKUP DATAFILE 1;\nRELEASE CHANNEL d1;":                                        1,
		"SET CONTROLFILE AUTOBACKUP OFF;\nBACKUP DATAFILE 2;":                            0,
	} {
		out := l.ok(run(script))
		if n := strings.Count(out, "Starting Control File and SPFILE Autobackup"); n != want {
			t.Errorf("%q: %d autobackups, want %d\n%s", script, n, want, out)
		}
	}
	out := l.ok("CONFIGURE CONTROLFILE AUTOBACKUP OFF;\nBACKUP DATAFILE 1 FORMAT '$S/%U';")
	l.has(out, "including current control file in backup set", "including current SPFILE in backup set")
	l.lacks(out, "Autobackup at")
	l.fails("CONFIGURE CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK TO '$S/auto';", "RMAN-06492")
}

func TestNoArchive(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(s *oradb.Spec) { s.NoArchive = true })
	l.fails("BACKUP DATABASE;", "specifying datafile(s) in backup set", "RMAN-03009: failure of backup command on ORA_DISK_1 channel",
		"ORA-19602: cannot backup or copy active file in NOARCHIVELOG mode")
	l.ok("SHUTDOWN IMMEDIATE;\nSTARTUP MOUNT;\nBACKUP DATABASE;\nALTER DATABASE OPEN;\n")
}

// TestLostLog: an archived log that was removed behind RMAN's back.
func TestLostLog(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok("SQL 'ALTER SYSTEM SWITCH LOGFILE';")
	name := l.control().ArchivedLogs[0].Name
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	l.fails(run("BACKUP ARCHIVELOG ALL;"), "RMAN-06059: expected archived log not found, loss of archived log compromises recoverability",
		"ORA-19625: error identifying file "+name, "ORA-27037: unable to obtain file status")
	l.has(l.ok("CROSSCHECK ARCHIVELOG ALL;"), "validation failed for archived log")
	l.ok(run("BACKUP ARCHIVELOG ALL;"))
	l.has(l.ok("DELETE NOPROMPT EXPIRED ARCHIVELOG ALL;"), "Deleted 1 EXPIRED objects")
}

func TestStates(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok("SHUTDOWN ABORT;")
	l.fails("BACKUP DATABASE;", "connected to target database (not started)", "RMAN-03002: failure of backup command",
		"RMAN-06403: could not obtain a fully authorized session", "ORA-01034: ORACLE not available")
	l.fails("STARTUP NOMOUNT;\nBACKUP DATABASE;", "ORA-01507: database not mounted")
	l.fails("CATALOG START WITH '/x' NOPROMPT;", "connected to target database: DEMO (not mounted)", "failure of catalog command", "ORA-01507")
	l.fails("RUN { RESTORE DATABASE; }", "failure of restore command", "ORA-01507")
	l.fails("RESTORE CONTROLFILE;", "RMAN-06563")
	l.has(l.ok("ALTER DATABASE MOUNT;"), "Statement processed")
	l.has(l.ok("SHOW ALL;"), "connected to target database: DEMO (DBID=", ", not open)", "CONFIGURE RETENTION POLICY TO REDUNDANCY 1; # default")
	l.fails("RESTORE CONTROLFILE FROM '/x';", "RMAN-06496")
	l.fails("SET DBID 1;", "RMAN-06188")
	l.fails("SQL 'ALTER SYSTEM SWITCH LOGFILE';", "sql statement: ALTER SYSTEM SWITCH LOGFILE", "RMAN-03002: failure of sql command",
		"RMAN-11003: failure during parse/execution of SQL statement: ALTER SYSTEM SWITCH LOGFILE", "ORA-01109")
	l.ok("ALTER DATABASE OPEN;")
	l.fails("ALTER DATABASE OPEN RESETLOGS;", "failure of sql statement command", "ORA-")
	l.fails("SQL 'frobnicate';", "ORA-00900")
}

func TestDeleteInput(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	out := l.ok(run("BACKUP ARCHIVELOG ALL DELETE INPUT;"))
	l.has(out, "backup set complete", "channel d1: deleting archived log(s)", "archived log file name=", "RECID=1")
	if name := l.control().ArchivedLogs[0].Name; name != "" {
		t.Errorf("the log %s is still recorded", name)
	}
	l.ok("SQL 'ALTER SYSTEM SWITCH LOGFILE';")
	out = l.ok("DELETE NOPROMPT ARCHIVELOG ALL BACKED UP 1 TIMES TO DEVICE TYPE DISK;")
	l.has(out, "RMAN-08138: ", "thread=1 sequence=2")
	l.lacks(out, "deleted archived log")
	if err := (Faults{NeededFrom: 2, NeededCode: 8120}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	l.has(l.ok("DELETE NOPROMPT ARCHIVELOG ALL;"), "RMAN-08120: ")
	if err := (Faults{}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	l.has(l.ok("DELETE NOPROMPT ARCHIVELOG ALL COMPLETED BEFORE 'SYSDATE-1';"), "specification does not match any archived log in the repository")
	l.has(l.ok("DELETE NOPROMPT ARCHIVELOG ALL COMPLETED BEFORE 'SYSDATE+1';"), "deleted archived log", "Deleted 1 objects")
}

// TestAgeing: records that are older than control_file_record_keep_time may be
// overwritten; a level 1 then finds no parent.
func TestAgeing(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(s *oradb.Spec) { s.Slots = 6; s.Params = oradb.Params{"control_file_record_keep_time": "3"} })
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 TAG L0 DATABASE;"))
	const filler = "BACKUP DATAFILE 1;\nBACKUP DATAFILE 2;\nBACKUP DATAFILE 3;\nBACKUP DATAFILE 4;"
	l.ok(run(filler))
	l.lacks(l.ok(run("BACKUP INCREMENTAL LEVEL 1 DATABASE;")), "no parent") // too young to go
	if err := l.db.SetClock(l.db.Now().AddDate(0, 0, 5)); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		l.ok(run(filler))
	}
	l.has(l.ok(run("BACKUP INCREMENTAL LEVEL 1 DATABASE;")), "no parent backup or copy of datafile 1 found")
	l.lacks(l.ok("LIST BACKUP SUMMARY;"), " L0\n")
}
