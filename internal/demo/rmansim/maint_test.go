package rmansim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// TestCatalogAsks: without NOPROMPT there is a question; without an answer
// nothing happens.
func TestCatalogAsks(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP TAG X DATABASE;"))
	l.ok("CHANGE BACKUP TAG X UNCATALOG;")
	out := l.ok("CATALOG START WITH '$S/';")
	l.has(out, "Do you really want to catalog the above files (enter YES or NO)?")
	l.lacks(out, "cataloging")
	for _, c := range []struct {
		input string
		done  bool
	}{{"NO\n", false}, {"perhaps\nno\n", false}, {"yes\n", true}} {
		out, code := l.stdin("CATALOG START WITH '" + l.stage + "/';\n" + c.input)
		if code != 0 || strings.Contains(out, "cataloging done") != c.done {
			t.Errorf("%q: exit %d\n%s", c.input, code, out)
		}
	}
	l.has(l.ok("LIST BACKUP TAG 'x';"), "List of Backup Sets", "Tag: X")
}

// TestCatalogRefuses: foreign, damaged and unknown files are named with the
// reason; the command itself succeeds.
func TestCatalogRefuses(t *testing.T) {
	t.Parallel()
	other := newLab(t, func(s *oradb.Spec) { s.Name, s.Seed = "OTHER", 7 })
	other.ok(strings.ReplaceAll(run("BACKUP DATAFILE 1;"), "$S", other.stage))
	l := newLab(t, nil)
	foreign := filepath.Join(l.stage, "foreign")
	move(t, other.piecesWith(other.control().BackupPieces[0].Tag)[0], foreign)
	for name, text := range map[string]string{"junk": "not a piece", "empty": ""} {
		if err := os.WriteFile(filepath.Join(l.stage, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := l.ok("CATALOG START WITH '$S/' NOPROMPT;")
	l.has(out, "no files cataloged", "List of Files Which Were Not Cataloged", "File Name: $S/empty", "RMAN-07517: Reason: The file header is corrupted",
		"File Name: $S/foreign", "RMAN-07518: Reason: Foreign database file DBID: ", "Database Name: OTHER")
	l.ok(run("BACKUP TAG G DATAFILE 1;") + "CHANGE BACKUP TAG G UNCATALOG;")
	good := l.staged()[0]
	l.fails("CATALOG BACKUPPIECE '$S/foreign', '$S/junk', '$S/nothing', '$S/"+good+"';",
		"ORA-19870: error while restoring backup piece $S/foreign", "ORA-19691: $S/foreign is from different database",
		"ORA-19608: $S/junk is not a backup piece", "ORA-19505: failed to identify file", "cataloged backup piece",
		"RMAN-00569", "RMAN-03002: failure of catalog command at", "RMAN-06209: List of failed objects", "RMAN-06214: Backup Piece    $S/foreign",
		"RMAN-06214: Backup Piece    $S/nothing")
	// The pattern is a prefix, not a folder.
	l.has(l.ok("CATALOG START WITH '$S/jun' NOPROMPT;"), "File Name: $S/junk")
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestCatalogMoved: a piece whose record is EXPIRED comes back under its new
// path.
func TestCatalogMoved(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP TAG X DATABASE;"))
	old := l.piecesWith("X")[0]
	move(t, old, filepath.Join(l.stage, "moved"))
	l.has(l.ok("CROSSCHECK BACKUP TAG X;"), "found to be 'EXPIRED'")
	l.fails(toMount+"RESTORE DATABASE;\n", "RMAN-06023")
	l.has(l.ok("CATALOG BACKUPPIECE '$S/moved';"), "cataloged backup piece", "backup piece handle=$S/moved RECID=")
	l.has(l.ok("RESTORE DATABASE;\n"), "reading from backup piece $S/moved")
	l.has(l.ok("DELETE NOPROMPT EXPIRED BACKUP;"), "deleted backup piece", "backup piece handle="+old, "Deleted 1 EXPIRED objects")
	l.has(l.ok("DELETE NOPROMPT EXPIRED BACKUP;"), "specification does not match any backup in the repository")
}

func TestDeleteBackup(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP TAG X DATAFILE 1;\nBACKUP TAG Y DATAFILE 2;"))
	x, y := l.piecesWith("X")[0], l.piecesWith("Y")[0]
	remove(t, y)
	out := l.ok("DELETE NOPROMPT BACKUP TAG Y;")
	l.has(out, "RMAN-06207: WARNING: 1 objects could not be deleted for DISK channel(s) due", "RMAN-06208:", "RMAN-06214: Backup Piece")
	l.has(l.ok("DELETE NOPROMPT FORCE BACKUP TAG Y;"), "deleted backup piece")
	l.lacks(l.ok("DELETE BACKUP TAG X;"), "deleted") // asked, not answered
	l.has(l.ok("DELETE NOPROMPT BACKUPPIECE '"+x+"';"), "List of Backup Pieces", "deleted backup piece", "Deleted 1 objects")
	if _, err := os.Stat(x); err == nil {
		t.Error("the piece is still there")
	}
	l.fails("CHANGE BACKUPPIECE '"+x+"' AVAILABLE;", "RMAN-20260: backup piece not found in the recovery catalog")
	l.fails("LIST BACKUPSET 99;", "RMAN-20215")
}

func TestChangeInArea(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok("BACKUP TAG X DATAFILE 1;")
	l.fails("CHANGE BACKUP TAG X UNAVAILABLE;", "ORA-19813")
	l.fails("BACKUP KEEP UNTIL TIME 'SYSDATE+30' DATAFILE 1;", "backup will be obsolete on date", "ORA-19811")
	l.fails("BACKUP KEEP FOREVER DATAFILE 1;", "RMAN-06522")
	l.ok(run("BACKUP INCREMENTAL LEVEL 0 TAG K KEEP UNTIL TIME 'SYSDATE+30' DATABASE;"))
	l.has(l.ok(run("BACKUP INCREMENTAL LEVEL 1 DATABASE;")), "no parent backup or copy of datafile 1 found")
}

// TestImplicitCrosscheck: after a restored control file was mounted, records
// whose pieces are gone expire, and strays of the recovery area come in.
func TestImplicitCrosscheck(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	withOldControl(l, "")
	remove(t, l.piecesWith("L0")...)
	l.fails("RESTORE DATABASE;", "Starting restore at", "Starting implicit crosscheck backup at", "Crosschecked",
		"Finished implicit crosscheck backup at", "searching for all files in the recovery area", "RMAN-06023")
	l.has(l.ok("LIST EXPIRED BACKUP SUMMARY;"), " X DISK", " L0\n")
	for _, p := range l.control().BackupPieces {
		if p.Tag == "L0" && p.Status != oradb.Expired {
			t.Errorf("piece %s is %s", p.Handle, p.Status)
		}
	}
}

func TestListShapes(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.has(l.ok("LIST BACKUP;"), "specification does not match any backup in the repository")
	l.ok(run("BACKUP AS COMPRESSED BACKUPSET INCREMENTAL LEVEL 0 TAG X DATABASE;\nBACKUP TAG Y ARCHIVELOG ALL;"))
	out := l.ok("LIST BACKUP SUMMARY;")
	l.has(out, "List of Backups\n===============\nKey     TY LV S Device Type Completion Time     #Pieces #Copies Compressed Tag\n",
		"1       B  0  A DISK        ", " 1       1       YES        X\n", "2       B  A  A DISK", "3       B  F  A DISK")
	out = l.ok("LIST BACKUP;")
	l.has(out, "BS Key  Type LV Size       Device Type Elapsed Time Completion Time", "1       Incr 0  ",
		"BP Key: 1   Status: AVAILABLE  Compressed: YES  Tag: X", "Piece Name: $S/", "List of Datafiles in backup set 1",
		"  1    0  Incr ", "List of Archived Logs in backup set 2", "  Thrd Seq     Low SCN    Low Time", "  1    1       ",
		"SPFILE Included: Modification time:", "Control File Included: Ckp SCN:")
	l.has(l.ok("LIST ARCHIVELOG ALL;"), "List of Archived Log Copies for database with db_unique_name DEMO", "1       1    1       A ", "        Name: /")
	l.has(l.ok("LIST BACKUP OF ARCHIVELOG ALL;"), "List of Archived Logs in backup set 2")
	l.lacks(l.ok("LIST BACKUP OF ARCHIVELOG ALL;"), "List of Datafiles")
	l.has(l.ok("LIST BACKUP OF CONTROLFILE;"), "Control File Included")
	l.has(l.ok("LIST BACKUP COMPLETED BEFORE 'SYSDATE-1';"), "specification does not match")
	l.has(l.ok("REPORT SCHEMA;"), "List of Permanent Datafiles", "1    1        SYSTEM               YES     /", "List of Temporary Files")
	l.has(l.ok("LIST INCARNATION;"), "List of Database Incarnations", "DEMO", "CURRENT")
	l.has(l.ok("REPORT NEED BACKUP;"), "Report of files")
	l.has(l.ok("LIST EXPIRED BACKUP;"), "specification does not match any backup")
}

func TestObsolete(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.ok(run("BACKUP TAG X DATABASE;"))
	l.has(l.ok("REPORT OBSOLETE;"), "RMAN retention policy is set to redundancy 1", "no obsolete backups found")
	if err := l.db.SetClock(l.db.Now().AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	l.ok(run("BACKUP TAG Y DATABASE;"))
	l.has(l.ok("REPORT OBSOLETE;"), "Backup Piece", l.piecesWith("X")[0])
	l.has(l.ok("DELETE NOPROMPT OBSOLETE;"), "deleted backup piece")
	if _, err := os.Stat(l.piecesWith("Y")[0]); err != nil {
		t.Error("a backup that is needed was deleted")
	}
}

func TestConfigure(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	out := l.ok("CONFIGURE DEVICE TYPE DISK PARALLELISM 2 BACKUP TYPE TO COMPRESSED BACKUPSET;\nCONFIGURE CHANNEL DEVICE TYPE DISK FORMAT '$S/c_%U' MAXPIECESIZE 10M;\n" +
		"BACKUP FILESPERSET 2 DATABASE;\nSHOW ALL;")
	l.has(out, "new RMAN configuration parameters:", "are successfully stored", "allocated channel: ORA_DISK_1", "allocated channel: ORA_DISK_2",
		"channel ORA_DISK_1: starting compressed full datafile backup set", "channel ORA_DISK_2: starting compressed", "piece handle=$S/c_",
		"CONFIGURE DEVICE TYPE DISK PARALLELISM 2 BACKUP TYPE TO COMPRESSED BACKUPSET;\n",
		"CONFIGURE CHANNEL DEVICE TYPE DISK FORMAT   '$S/c_%U' MAXPIECESIZE 10485760;")
	l.has(l.ok("CONFIGURE DEVICE TYPE DISK CLEAR;\nSHOW DEVICE TYPE;"), "old RMAN configuration parameters:", "reset to default value",
		"CONFIGURE DEVICE TYPE DISK PARALLELISM 1 BACKUP TYPE TO BACKUPSET; # default")
	l.ok("CONFIGURE ARCHIVELOG DELETION POLICY TO BACKED UP 1 TIMES TO DISK;\nSQL 'ALTER SYSTEM SWITCH LOGFILE';\n")
	l.has(l.ok("DELETE NOPROMPT ARCHIVELOG ALL;"), "RMAN-08138: ")
	l.lacks(l.ok("DELETE NOPROMPT FORCE ARCHIVELOG ALL;"), "RMAN-08138: ")
}

func TestResetDatabase(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	withOldControl(l, "")
	l.fails("RESTORE DATABASE;\nRECOVER DATABASE;\n", "RMAN-06054")
	l.ok("ALTER DATABASE OPEN RESETLOGS;\nSHUTDOWN IMMEDIATE;\nSTARTUP MOUNT;\n")
	l.fails("RESET DATABASE TO INCARNATION 9;", "RMAN-20009")
	l.has(l.ok("RESET DATABASE TO INCARNATION 1;\nLIST INCARNATION;"), "database reset to incarnation 1", "CURRENT", "ORPHAN")
	l.fails("RUN {\nSET UNTIL SCN 1;\nRESTORE DATABASE;\n}\n", "RMAN-20208")
}

// TestStrayInArea: what lies in the recovery area without a record is cataloged
// when a restored control file is mounted.
func TestStrayInArea(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	auto := lastHandle(t, l.ok(run("BACKUP DATAFILE 1;")))
	l.ok("BACKUP TAG STRAY DATAFILE 2;\nSHUTDOWN ABORT;\nSTARTUP NOMOUNT;\nRESTORE CONTROLFILE FROM '" + auto + "';\nALTER DATABASE MOUNT;\n")
	l.has(l.ok("LIST BACKUP SUMMARY;"), "searching for all files in the recovery area", "cataloging done", "List of Cataloged Files",
		"File Name: "+l.db.Base(), " STRAY\n")
}
