package rmansim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
)

const toMount = "SHUTDOWN ABORT;\nSTARTUP MOUNT;\n"

// twoBases makes two level 0 backups of everything, with changes around them.
func twoBases(l *lab) {
	l.work(10, 1)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 DATABASE TAG BASE1 PLUS ARCHIVELOG;"))
	l.work(10, 2)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 DATABASE TAG BASE2 PLUS ARCHIVELOG;"))
	l.work(10, 3)
}

// piecesWith gives the handles of a tag's pieces.
func (l *lab) piecesWith(tag string) (out []string) {
	for _, p := range l.control().BackupPieces {
		if p.Tag == tag {
			out = append(out, p.Handle)
		}
	}
	return out
}

func remove(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if err := os.Remove(p); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFailover: a piece that is missing or damaged is an inline error, an older
// backup steps in, and the command succeeds.
func TestFailover(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"missing", "damaged", "torn", "other"} {
		t.Run(kind, func(t *testing.T) {
			l := newLab(t, nil)
			twoBases(l)
			path := l.piecesWith("BASE2")[0]
			want := "ORA-19599: block number"
			switch kind {
			case "missing":
				remove(t, path)
				want = "ORA-19505: failed to identify file"
			case "other":
				text, err := os.ReadFile(l.piecesWith("BASE1")[0])
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Fatal(err)
				}
				want = "ORA-19609: " + path + " is from different backup set"
			case "torn":
				want = "ORA-19587"
				damage(path, 3)
			default:
				damage(path, 40000)
			}
			out := l.ok(toMount + "RESTORE DATABASE;\nRECOVER DATABASE;\nALTER DATABASE OPEN;\n")
			l.has(out, "reading from backup piece "+path, "channel ORA_DISK_1: ORA-19870: error while restoring backup piece "+path,
				want, "failover to previous backup", "restored backup piece 1", "Finished restore")
			l.proves(l.control().Resetlogs, 0)
		})
	}
}

// TestNoBackupLeft: without any other backup the restore fails, for the files
// that came with the database.
func TestNoBackupLeft(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 TAG ONE DATABASE;"))
	remove(t, l.piecesWith("ONE")...)
	l.fails(toMount+"RESTORE DATABASE;\n", "ORA-19870", "failover to previous backup", "RMAN-03002: failure of restore command",
		"RMAN-06026: some targets not found - aborting restore", "RMAN-06023: no backup or copy of datafile 4 found to restore",
		"RMAN-06023: no backup or copy of datafile 1 found to restore")
	l.ok("CROSSCHECK BACKUP;")
	out := l.fails("RESTORE DATABASE;\n", "RMAN-06026", "RMAN-06023")
	l.lacks(out, "ORA-19870") // EXPIRED pieces are not even tried
}

// TestCreatesEmptyFile is the danger: the backup of a file that was added later
// cannot be read, the file is made empty, and RESTORE "finishes".
func TestCreatesEmptyFile(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	if _, err := l.db.AddDatafile(t.Context(), oradb.FileSpec{Tablespace: "APP", Name: "app01.dbf", Bytes: 256 << 10}); err != nil {
		t.Fatal(err)
	}
	l.work(10, 1)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 TAG APP DATAFILE 5;") + run("BACKUP INCREMENTAL LEVEL 0 TAG REST DATAFILE 1,2,3,4;"))
	remove(t, l.piecesWith("APP")...)
	out := l.ok(toMount + "RESTORE DATABASE;\n")
	l.has(out, "ORA-19870", "failover to previous backup", "creating datafile file number=5 name=", "Finished restore")
	l.ok("RECOVER DATABASE;\nALTER DATABASE OPEN;\n") // all redo is still there
	l.proves(l.control().Resetlogs, 0)
}

func TestRestartable(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP DATABASE;"))
	l.ok(toMount + "RESTORE DATABASE;\n")
	out := l.ok("RESTORE DATABASE;\n")
	l.has(out, "skipping datafile 1; already restored to file", "restore not done; all files read only, offline, excluded, or already restored")
	l.lacks(out, "reading from backup piece")
	remove(t, l.control().Datafiles[1].Name)
	out = l.ok("RESTORE DATABASE;\n")
	l.has(out, "skipping datafile 1; already restored", "restoring datafile 00002")
	l.has(l.ok("RESTORE DATABASE FORCE;\n"), "restoring datafile 00001")
	l.ok("RECOVER DATABASE;\nALTER DATABASE OPEN;\n")
	l.fails("RESTORE DATABASE;\n", "failure of restore command", "ORA-19870", "ORA-19573: cannot obtain exclusive enqueue for datafile")
}

// TestMissingFile: RECOVER wants the files to be there.
func TestMissingFile(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(toMount)
	if _, err := l.db.Lose(oradb.LoseDatafile(3)); err != nil {
		t.Fatal(err)
	}
	l.fails("RECOVER DATABASE;\n", "RMAN-03002: failure of recover command", "RMAN-06094: datafile 3 must be restored")
	l.fails("RESTORE DATAFILE 9;", "RMAN-20201: datafile not found in the recovery catalog", "RMAN-06010: error while looking up datafile: 9")
	l.fails("RESTORE TABLESPACE nope;", "RMAN-20202", `RMAN-06019: could not translate tablespace name "NOPE"`)
}

// withOldControl backs everything up and comes back with the control file of
// the autobackup, mounted.
func withOldControl(l *lab, more string) (before *oradb.Control) {
	l.t.Helper()
	l.work(10, 1)
	out := l.ok(run("BACKUP INCREMENTAL LEVEL 0 TAG L0 DATABASE PLUS ARCHIVELOG TAG AL;"))
	auto := lastHandle(l.t, out)
	if more != "" {
		l.work(10, 2)
		l.ok(run(more))
	}
	before = l.control()
	if _, err := l.db.Lose(oradb.LoseDatafiles, oradb.LoseControl, oradb.LoseRedo, oradb.LoseArchived); err != nil {
		l.t.Fatal(err)
	}
	l.fails("SHUTDOWN ABORT;", "RMAN-00554", "RMAN-06003: ORACLE error from target database:", "ORA-00210")
	if _, err := l.db.Shutdown(l.t.Context(), true); err != nil {
		l.t.Fatal(err)
	}
	l.ok("STARTUP NOMOUNT;\nRESTORE CONTROLFILE FROM '" + auto + "';\nALTER DATABASE MOUNT;\n")
	return before
}

// TestNoEnd: with a backup control file, recovery without UNTIL asks for a log
// that nobody knows.
func TestNoEnd(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	before := withOldControl(l, "")
	end := lastBackedUp(before)
	out := l.fails("RESTORE DATABASE;\nRECOVER DATABASE;\n", "Finished restore", "starting media recovery", "archived log file name=",
		"unable to find archived log", "archived log thread=1 sequence=3", "RMAN-03002: failure of recover command at",
		fmt.Sprintf("RMAN-06054: media recovery requesting unknown archived log for thread 1 with sequence 3 and starting SCN of %d", end))
	l.lacks(out, "Finished recover")
	l.ok("ALTER DATABASE OPEN RESETLOGS;\n")
	l.proves(before.Resetlogs, end)
}

// TestUntilSequence recovers up to a log and not including it.
func TestUntilSequence(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	before := withOldControl(l, "BACKUP TAG AL2 ARCHIVELOG ALL NOT BACKED UP 1 TIMES;")
	l.ok("CATALOG START WITH '$S/' NOPROMPT;")
	var end oradb.SCN
	for _, b := range before.BackupLogs {
		if b.Sequence == 3 {
			end = b.FirstSCN
		}
	}
	out := l.ok("RUN {\nSET UNTIL SEQUENCE 3 THREAD 1;\nRESTORE DATABASE;\nRECOVER DATABASE;\n}\nALTER DATABASE OPEN RESETLOGS;\n")
	l.has(out, "archived log thread=1 sequence=2", "channel default: deleting archived log(s)", "media recovery complete")
	l.lacks(out, "thread=1 sequence=3")
	l.proves(before.Resetlogs, end)
	l.fails("RUN { SET UNTIL SCN 5; RESTORE DATABASE; }", "RMAN-20208")
}

// TestGap: a log that the repository knows and that is nowhere.
func TestGap(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP DATABASE;"))
	l.work(10, 1)
	l.ok("SQL 'ALTER SYSTEM SWITCH LOGFILE';\nSQL 'ALTER SYSTEM SWITCH LOGFILE';\nSQL 'ALTER SYSTEM SWITCH LOGFILE';\nSQL 'ALTER SYSTEM SWITCH LOGFILE';\n")
	remove(t, l.control().ArchivedLogs[0].Name)
	l.fails(toMount+"RESTORE DATABASE;\nRECOVER DATABASE;\n", "archived log for thread 1 with sequence 2 is already on disk as file",
		"RMAN-06053: unable to perform media recovery because of missing log",
		"RMAN-06025: no backup of archived log for thread 1 with sequence 1 and starting SCN of")
	l.fails("RESTORE ARCHIVELOG ALL;", "RMAN-06026", "RMAN-06025: no backup of archived log for thread 1 with sequence 1")
}

// TestOldControlKnowsNoNewBackups: backups taken after the control file are
// unknown until they are cataloged.
func TestOldControlKnowsNoNewBackups(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	before := withOldControl(l, "BACKUP INCREMENTAL LEVEL 1 TAG L1 DATABASE;\nBACKUP TAG AL2 ARCHIVELOG ALL NOT BACKED UP 1 TIMES;")
	end := lastBackedUp(before)
	out := l.ok("LIST BACKUP SUMMARY;")
	l.has(out, "Starting implicit crosscheck backup at", "Finished implicit crosscheck copy", "no files cataloged", "L0")
	l.lacks(out, " L1\n", "AL2")
	l.lacks(l.ok("LIST BACKUP SUMMARY;"), "implicit crosscheck")
	l.fails("RUN { SET UNTIL SEQUENCE 9; RESTORE DATABASE; }", "RMAN-20206")
	l.has(l.ok("CATALOG START WITH '$S/' NOPROMPT;"), "List of Files Unknown to the Database", "cataloging done", "List of Cataloged Files")
	l.has(l.ok("CATALOG START WITH '$S/' NOPROMPT;"), "no files found to be unknown to the database")
	out = l.ok(fmt.Sprintf("RUN {\nSET UNTIL SCN %d;\nRESTORE DATABASE;\nRECOVER DATABASE;\n}\n", end))
	l.has(out, "starting incremental datafile backup set restore", "media recovery complete")
	l.has(l.ok("BACKUP FORMAT '$S/%U' SPFILE;"), "RMAN-06497: WARNING: control file is not current, control file AUTOBACKUP skipped")
	l.ok("ALTER DATABASE OPEN RESETLOGS;")
	l.proves(before.Resetlogs, end)
	// The level 0 of the old incarnation is still an ancestor.
	l.lacks(l.ok(run("BACKUP INCREMENTAL LEVEL 1 TAG L1B FORMAT '$S/new_%s_%p' DATABASE;")), "no parent")
}

func TestAutobackupSearch(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP DATAFILE 2;") + "BACKUP DATAFILE 3;\n")
	dbid := l.control().DBID
	l.ok("SHUTDOWN ABORT;\nSTARTUP NOMOUNT;\n")
	l.fails("RESTORE CONTROLFILE FROM '/nowhere';", "RMAN-06172: no AUTOBACKUP found or specified handle is not a valid copy or piece")
	out := l.ok(fmt.Sprintf("SET DBID %d;\nRUN {\nSET CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK TO '$S/%%F';\nRESTORE CONTROLFILE FROM AUTOBACKUP;\n}\n", dbid))
	l.has(out, "looking for AUTOBACKUP on day: ", "AUTOBACKUP found: $S/c-", "control file restore from AUTOBACKUP complete", "output file name=")
	out = l.ok("RESTORE CONTROLFILE FROM AUTOBACKUP;")
	l.has(out, "recovery area destination: ", "database name (or database unique name) used for search: DEMO", "found in the recovery area")
	l.fails("SET DBID 77;\nRESTORE CONTROLFILE FROM AUTOBACKUP MAXDAYS 2;", "no AUTOBACKUPS found in the recovery area", "no AUTOBACKUP in 2 days found", "RMAN-06172")
	l.fails("RESTORE SPFILE FROM AUTOBACKUP;", "RMAN-06564")
	l.fails(fmt.Sprintf("SET DBID %d;\nALTER DATABASE MOUNT;\n", dbid+1), "RMAN-06189")
}

func TestNewName(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.work(5, 1)
	l.ok(run("BACKUP DATABASE;"))
	l.fails(toMount+"RUN {\nSET NEWNAME FOR DATABASE TO '$S/new_%b';\nRESTORE DATABASE;\nRECOVER DATABASE;\n}\nHOST 'true';\n"+
		"RUN { SWITCH DATAFILE ALL; }\nHOST 'exit 3';\n", "restoring datafile 00001 to $S/new_system01.dbf", "media recovery complete", "RMAN-06135")
	out := l.ok("RUN {\nSET NEWNAME FOR DATAFILE 4 TO '$S/users_new.dbf';\nRESTORE DATAFILE 4;\nSWITCH DATAFILE ALL;\nRECOVER DATABASE;\n}\nALTER DATABASE OPEN;\n")
	l.has(out, "executing command: SET NEWNAME", "datafile 4 switched to datafile copy", "input datafile copy RECID=", "file name=$S/users_new.dbf")
	if got := l.control().Datafiles[3].Name; got != filepath.Join(l.stage, "users_new.dbf") {
		t.Errorf("file 4 is %s", got)
	}
	l.proves(l.control().Resetlogs, 0)
}

func TestRestoreLogs(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok("SQL 'ALTER SYSTEM SWITCH LOGFILE';\n" + run("BACKUP ARCHIVELOG ALL DELETE INPUT;"))
	out := l.ok("RESTORE ARCHIVELOG FROM SEQUENCE 1 UNTIL SEQUENCE 2;\n")
	l.has(out, "starting archived log restore to default destination", "restoring archived log", "archived log thread=1 sequence=1",
		"reading from backup piece", "restore complete")
	l.has(l.ok("RESTORE ARCHIVELOG ALL;\n"), "archived log for thread 1 with sequence 1 is already on disk as file", "restore not done")
	l.ok("RUN {\nSET ARCHIVELOG DESTINATION TO '$S';\nRESTORE ARCHIVELOG SEQUENCE 1 FORCE;\n}\n")
	if got := l.staged(); !strings.HasPrefix(got[0], "1_1_") {
		t.Errorf("staged %v", got)
	}
	l.has(l.ok("RESTORE ARCHIVELOG ALL FORCE VALIDATE;\n"), "validation complete")
}

func TestValidateAndPreview(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP TAG V DATABASE PLUS ARCHIVELOG;"))
	l.has(l.ok("RESTORE DATABASE VALIDATE;"), "starting validation of datafile backup set", "restored backup piece 1", "validation complete")
	l.has(l.ok("RESTORE DATABASE PREVIEW;"), "List of Backup Sets", "Media recovery start SCN is", "Recovery must be done beyond SCN")
	l.has(l.ok("RESTORE DATABASE PREVIEW SUMMARY;"), "List of Backups", "Media recovery start SCN is")
	l.has(l.ok("VALIDATE DATAFILE 1;\nVALIDATE BACKUPSET 1;"), "List of Datafiles", "1    OK", "validation complete")
	for _, p := range l.piecesWith("V") {
		damage(p, 40000)
	}
	l.fails("RESTORE DATABASE VALIDATE;", "failure of restore command", "ORA-19870", "ORA-19599")
	l.ok("RESTORE DATABASE PREVIEW;") // the repository does not know
}

// TestUntilTime recovers to a moment between two changes.
func TestUntilTime(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	hour := func() {
		t.Helper()
		if err := l.db.SetClock(l.db.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	l.work(5, 1)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 DATABASE;"))
	hour()
	done, err := l.db.Work(t.Context(), oradb.Work{Transactions: 5, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	hour()
	at := l.db.Now().UTC().Format("2006-01-02 15:04:05")
	hour()
	l.work(5, 3)
	l.ok(run("BACKUP INCREMENTAL LEVEL 1 DATABASE;\nBACKUP ARCHIVELOG ALL;"))
	before := l.control().Resetlogs
	out := l.ok(toMount + "RUN {\nSET UNTIL TIME \"TO_DATE('" + at + "','YYYY-MM-DD HH24:MI:SS')\";\nRESTORE DATABASE;\nRECOVER DATABASE;\n}\nALTER DATABASE OPEN RESETLOGS;\n")
	l.lacks(out, "incremental datafile backup set restore")
	l.proves(before, done.Last+1)
	l.fails("RUN { SET UNTIL TIME 'tomorrow'; RESTORE DATABASE; }", "failure of set command", "ORA-0")
	l.fails("SHUTDOWN ABORT;\nSTARTUP MOUNT;\nRUN { SET UNTIL TIME \"TO_DATE('2001-01-01','YYYY-MM-DD')\"; RESTORE DATABASE; }", "RMAN-20207")
}

// TestNoRedo stops after the level 1s; SKIP leaves a tablespace behind.
func TestNoRedo(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 DATABASE;"))
	l.work(5, 1)
	l.ok(run("BACKUP INCREMENTAL LEVEL 1 CUMULATIVE DATABASE;"))
	out := l.ok(toMount + "RESTORE DATABASE;\nRECOVER DATABASE NOREDO;\n")
	l.has(out, "starting incremental datafile backup set restore", "Finished recover")
	l.lacks(out, "starting media recovery")
	l.fails("ALTER DATABASE OPEN;", "ORA-01113")
	l.has(l.ok("RECOVER DATABASE SKIP TABLESPACE users;\nALTER DATABASE OPEN;"), "Executing: alter database datafile 4 offline", "media recovery complete")
	l.ok("RECOVER DATAFILE 4;\nSQL 'ALTER DATABASE DATAFILE 4 ONLINE';")
	l.proves(l.control().Resetlogs, 0)
}

// TestLostOnline: a current control file asks for the online log that is gone.
func TestLostOnline(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP DATABASE;"))
	l.work(5, 1)
	l.ok("SHUTDOWN ABORT;")
	if _, err := l.db.Lose(oradb.LoseRedo); err != nil {
		t.Fatal(err)
	}
	l.fails("STARTUP MOUNT;\nRESTORE DATABASE;\nRECOVER DATABASE;\n", "media recovery failed", "RMAN-03002: failure of recover command",
		"ORA-00283: recovery session canceled due to errors", "RMAN-11003: failure during parse/execution of SQL statement: alter database recover\n if needed start",
		"ORA-00313: open failed for members of log group", "ORA-00312: online log", "ORA-27037")
}

// TestAddedFileInRedo: recovery with an older control file makes the datafiles
// that were added since.
func TestAddedFileInRedo(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.work(5, 1)
	auto := lastHandle(t, l.ok(run("BACKUP INCREMENTAL LEVEL 0 DATABASE;")))
	if _, err := l.db.AddDatafile(t.Context(), oradb.FileSpec{Tablespace: "APP", Name: "app01.dbf", Bytes: 256 << 10}); err != nil {
		t.Fatal(err)
	}
	l.work(10, 2)
	l.ok("SQL 'ALTER SYSTEM SWITCH LOGFILE';\n" + run("BACKUP ARCHIVELOG ALL;"))
	before := l.control()
	end := lastBackedUp(before)
	if _, err := l.db.Lose(oradb.LoseEverything); err != nil {
		t.Fatal(err)
	}
	l.ok(fmt.Sprintf("SET DBID %d;\nSTARTUP NOMOUNT;\nRESTORE SPFILE FROM '%s';\nSTARTUP FORCE NOMOUNT;\nRESTORE CONTROLFILE FROM '%s';\nALTER DATABASE MOUNT;\nCATALOG START WITH '$S/' NOPROMPT;\n",
		before.DBID, auto, auto))
	out := l.ok(fmt.Sprintf("RUN {\nSET UNTIL SCN %d;\nRESTORE DATABASE;\nRECOVER DATABASE;\n}\nALTER DATABASE OPEN RESETLOGS;\n", end))
	l.has(out, "starting media recovery", "creating datafile file number=5 name=", "media recovery complete")
	l.proves(before.Resetlogs, end)
}
