package rman

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

const listBackup = `
RMAN> list backup tag 'ORABAK_1';

using target database control file instead of recovery catalog

List of Backup Sets
===================


BS Key  Type LV Size       Device Type Elapsed Time Completion Time    
------- ---- -- ---------- ----------- ------------ -------------------
7       Incr 0  1.02G      DISK        00:00:41     2026-11-03 02:00:44
        BP Key: 7   Status: AVAILABLE  Compressed: YES  Tag: ORABAK 1
        Piece Name: /stage/a b_1_1.bkp
  List of Datafiles in backup set 7
  Container ID: 3, PDB Name: HR
  File LV Type Ckp SCN    Ckp Time            Abs Fuz SCN Sparse Name
  ---- -- ---- ---------- ------------------- ----------- ------ ----
  1    0  Incr 123456789012 2026-11-03 02:00:03              NO    /u01/Program Files/system01.dbf
  3    0  Incr 1536226    2026-11-03 02:00:03 1536300     NO    /u01/sysaux01.dbf

BS Key  Type LV Size
------- ---- -- ----------
8       Full    17.20M
  Control File Included: Ckp SCN: 1536301      Ckp time: 2026-11-03 02:00:50
  SPFILE Included: Modification time: 2026-10-30 11:12:13
  SPFILE db_unique_name: SALES

  Backup Set Copy #1 of backup set 8
  Device Type Elapsed Time Completion Time     Compressed Tag
  ----------- ------------ ------------------- ---------- ---
  DISK        00:00:02     2026-11-03 02:00:52 NO         ORABAK 1

    List of Backup Pieces for backup set 8 Copy #1
    BP Key  Pc# Status      Piece Name
    ------- --- ----------- ----------
    8       1   AVAILABLE   /stage/cf 1
    9       2   EXPIRED     /stage/cf_2

  Backup Set Copy #2 of backup set 8
  Device Type Elapsed Time Completion Time     Compressed Tag
  ----------- ------------ ------------------- ---------- ---
  SBT_TAPE    00:00:09     2026-11-03 02:01:09 YES        OTHER

    List of Backup Pieces for backup set 8 Copy #2
    BP Key  Pc# Status      Media                   Piece Name
    ------- --- ----------- ----------------------- ----------
    10      1   UNAVAILABLE s3.example.com/bucket   08abcdef_1_2

BS Key  Size       Device Type Elapsed Time Completion Time    
------- ---------- ----------- ------------ -------------------
9       34.50K     SBT_TAPE    00:00:00     2026-11-03 02:01:00
        BP Key: 11   Status: AVAILABLE  Compressed: NO  Tag: ORABAK_1
        Handle: 09abcdef_1_1   Media: s3.example.com/bucket

  List of Archived Logs in backup set 9
  Thrd Seq     Low SCN    Low Time            Next SCN   Next Time
  ---- ------- ---------- ------------------- ---------- ---------
  1    53489   32521098570 2026-11-03 01:59:00 32521626221 2026-11-03 02:01:00
  2    7       32521098574 2026-11-03 01:59:01 32521626264 2026-11-03 02:01:01

RMAN> exit
`

func TestParseListBackup(t *testing.T) {
	want := []BackupSet{
		{
			Key: 7, Type: "Incr", Size: "1.02G", Device: "DISK", Elapsed: "00:00:41", Completed: "2026-11-03 02:00:44", Container: "HR",
			Pieces: []ListedPiece{{Key: 7, Number: 1, Copy: 1, Status: "AVAILABLE", Compressed: true, Tag: "ORABAK 1", Handle: "/stage/a b_1_1.bkp"}},
			Datafiles: []ListedDatafile{
				{File: 1, Type: "Incr", SCN: 123456789012, Time: "2026-11-03 02:00:03", Name: "/u01/Program Files/system01.dbf"},
				{File: 3, Type: "Incr", SCN: 1536226, Time: "2026-11-03 02:00:03", FuzzySCN: 1536300, Name: "/u01/sysaux01.dbf"},
			},
		},
		{
			Key: 8, Type: "Full", Level: -1, Size: "17.20M", Device: "SBT_TAPE", Elapsed: "00:00:09", Completed: "2026-11-03 02:01:09",
			ControlFile: &ListedControlFile{SCN: 1536301, Time: "2026-11-03 02:00:50"},
			SPFile:      &ListedSPFile{Modified: "2026-10-30 11:12:13"},
			Pieces: []ListedPiece{
				{Key: 8, Number: 1, Copy: 1, Status: "AVAILABLE", Tag: "ORABAK 1", Handle: "/stage/cf 1"},
				{Key: 9, Number: 2, Copy: 1, Status: "EXPIRED", Tag: "ORABAK 1", Handle: "/stage/cf_2"},
				{Key: 10, Number: 1, Copy: 2, Status: "UNAVAILABLE", Compressed: true, Tag: "OTHER", Handle: "08abcdef_1_2", Media: "s3.example.com/bucket"},
			},
		},
		{
			Key: 9, Type: "Archived Log", Level: -1, Size: "34.50K", Device: "SBT_TAPE", Elapsed: "00:00:00", Completed: "2026-11-03 02:01:00",
			Pieces: []ListedPiece{{Key: 11, Number: 1, Copy: 1, Status: "AVAILABLE", Tag: "ORABAK_1", Handle: "09abcdef_1_1", Media: "s3.example.com/bucket"}},
			Logs: []ListedLog{
				{Thread: 1, Sequence: 53489, LowSCN: 32521098570, LowTime: "2026-11-03 01:59:00", NextSCN: 32521626221, NextTime: "2026-11-03 02:01:00"},
				{Thread: 2, Sequence: 7, LowSCN: 32521098574, LowTime: "2026-11-03 01:59:01", NextSCN: 32521626264, NextTime: "2026-11-03 02:01:01"},
			},
		},
	}
	got, err := ParseListBackup(strings.NewReader(listBackup))
	if err != nil {
		t.Fatal(err)
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("set %d of %d\n got %+v\nwant %+v", i, len(got), at(got, i), at(want, i))
		}
	}
}

func at[T any](list []T, i int) (v T) {
	if i < len(list) {
		v = list[i]
	}
	return v
}

// The same list with the msgno switch, where each line has a number, and with
// the default date format, where a full backup's level is blank.
func TestParseListBackupMsgno(t *testing.T) {
	text := "RMAN-06345: List of Backup Sets\r\nRMAN-06346: ===================\r\n" +
		"RMAN-06348: BS Key  Type LV Size       Device Type Elapsed Time Completion Time\r\n" +
		"RMAN-06349: ------- ---- -- ---------- ----------- ------------ ---------------\r\n" +
		"RMAN-06353: 12      Full    1.50G      DISK        00:01:00     03-NOV-26      \r\n" +
		"RMAN-06351:         BP Key: 12   Status: AVAILABLE  Compressed: NO  Tag: T\r\n" +
		"RMAN-06352:         Piece Name: D:\\BACKUP\\X_1_1.BAK\r\n" +
		"RMAN-06354:   List of Datafiles in backup set 12\r\n" +
		"RMAN-06355:   File LV Type Ckp SCN    Ckp Time  Name\r\n" +
		"RMAN-06356:   ---- -- ---- ---------- --------- ----\r\n" +
		"RMAN-06357:   4       Full 855319     03-NOV-26 D:\\DATA\\USERS 01.DBF\r\n"
	got, err := ParseListBackup(strings.NewReader(text))
	if err != nil || len(got) != 1 || len(got[0].Datafiles) != 1 || len(got[0].Pieces) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := ListedDatafile{File: 4, Level: -1, Type: "Full", SCN: 855319, Time: "03-NOV-26", Name: `D:\DATA\USERS 01.DBF`}
	if got[0].Datafiles[0] != want || got[0].Level != -1 || got[0].Pieces[0].Handle != `D:\BACKUP\X_1_1.BAK` {
		t.Errorf("got %+v", got[0])
	}
}

func TestParseBackupSummary(t *testing.T) {
	text := "List of Backups\n===============\n" +
		"Key     TY LV S Device Type Completion Time     #Pieces #Copies Compressed Tag\n" +
		"------- -- -- - ----------- ------------------- ------- ------- ---------- ---\n" +
		"62      B  A  A DISK        12/08/2026 15:38:01 1       2       NO         FULL BACKUP - PART 2\n" +
		"12345678 B  0  X SBT_TAPE    03-NOV-26           12      1       YES        \n"
	got, err := ParseBackupSummary(strings.NewReader(text))
	want := []SummaryRow{
		{Key: 62, Type: "B", Level: "A", Status: "A", Device: "DISK", Completed: "12/08/2026 15:38:01", Pieces: 1, Copies: 2, Tag: "FULL BACKUP - PART 2"},
		{Key: 12345678, Type: "B", Level: "0", Status: "X", Device: "SBT_TAPE", Completed: "03-NOV-26", Pieces: 12, Copies: 1, Compressed: true},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("err %v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestParseListArchivelog(t *testing.T) {
	text := "List of Archived Log Copies for database with db_unique_name SALES\n" +
		"=====================================================================\n\n" +
		"Key     Thrd Seq     S Low Time           \n------- ---- ------- - -------------------\n" +
		"1       1    5       A 2026-11-03 01:00:00\n        Name: /fra/with blank/1_5.arc\n\n" +
		"2       2    6       X 2026-11-03 01:10:00\n        Name: +FRA/2_6.arc\n\n" +
		"List of Archived Log Copies\nKey     Thrd Seq     S Low Time  Name\n------- ---- ------- - --------- ----\n" +
		"3       1    7       D 03-NOV-26 /old/1 7.arc\n"
	got, err := ParseListArchivelog(strings.NewReader(text))
	want := []ArchivedLog{
		{Key: 1, Thread: 1, Sequence: 5, Status: "A", LowTime: "2026-11-03 01:00:00", Name: "/fra/with blank/1_5.arc"},
		{Key: 2, Thread: 2, Sequence: 6, Status: "X", LowTime: "2026-11-03 01:10:00", Name: "+FRA/2_6.arc"},
		{Key: 3, Thread: 1, Sequence: 7, Status: "D", LowTime: "03-NOV-26", Name: "/old/1 7.arc"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("err %v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestParseListIncarnation(t *testing.T) {
	text := "List of Database Incarnations\n" +
		"DB Key  Inc Key DB Name  DB ID            STATUS  Reset SCN  Reset Time\n" +
		"------- ------- -------- ---------------- --- ---------- ----------\n" +
		"1       1       SALES    1748542883       PARENT  1          2019-04-17 00:55:59\n" +
		"1       2       SALES    1748542883       CURRENT 1920977    12-DEC-25\n"
	got, err := ParseListIncarnation(strings.NewReader(text))
	want := []Incarnation{
		{DBKey: 1, Key: 1, DBName: "SALES", DBID: 1748542883, Status: "PARENT", ResetSCN: 1, ResetTime: "2019-04-17 00:55:59"},
		{DBKey: 1, Key: 2, DBName: "SALES", DBID: 1748542883, Status: "CURRENT", ResetSCN: 1920977, ResetTime: "12-DEC-25"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("err %v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestParseReportSchema(t *testing.T) {
	text := "RMAN-06139: WARNING: control file is not current for REPORT SCHEMA\n" +
		"Report of database schema for database with db_unique_name SALES\n\n" +
		"List of Permanent Datafiles\n===========================\n" +
		"File Size(MB) Tablespace           RB segs Datafile Name\n---- -------- -------------------- ------- ------------------------\n" +
		"1    800      SYSTEM               YES     /u01/system01.dbf\n2    0        PDB$SEED:SYSTEM      ***     \n" +
		"4    5        USERS                NO      C:\\Program Files\\users01.dbf\n\n" +
		"List of Temporary Files\n=======================\n" +
		"File Size(MB) Tablespace           Maxsize(MB) Tempfile Name\n---- -------- -------------------- ----------- --------------------\n" +
		"1    71       TEMP                 32767       /u01/temp01.dbf\n"
	got, err := ParseReportSchema(strings.NewReader(text))
	want := Schema{
		Datafiles: []SchemaFile{
			{File: 1, MegaBytes: 800, Tablespace: "SYSTEM", Rollback: true, Name: "/u01/system01.dbf"},
			{File: 2, Tablespace: "PDB$SEED:SYSTEM"},
			{File: 4, MegaBytes: 5, Tablespace: "USERS", Name: `C:\Program Files\users01.dbf`},
		},
		Tempfiles: []SchemaFile{{File: 1, MegaBytes: 71, Tablespace: "TEMP", MaxMB: 32767, Name: "/u01/temp01.dbf"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("err %v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestListErrors(t *testing.T) {
	failed := "RMAN-00571: ===\nRMAN-00569: === ERROR MESSAGE STACK FOLLOWS ===\nRMAN-00571: ===\n" +
		"RMAN-03002: failure of list command at 11/03/2026 02:00:00\nRMAN-06403: could not obtain a fully authorized session\n" +
		"ORA-01034: ORACLE not available\n"
	_, err := ParseListBackup(strings.NewReader(failed))
	if !errors.Is(err, ErrStack) || !strings.Contains(err.Error(), "ORA-01034") {
		t.Errorf("a failed LIST gave %v", err)
	}
	_, err = ParseListArchivelog(strings.NewReader("conectado a la base de datos de destino: XE (DBID=3092654103)\n"))
	if !errors.Is(err, ErrLocalized) {
		t.Errorf("a Spanish LIST gave %v", err)
	}
	sets, err := ParseListBackup(strings.NewReader("specification does not match any backup in the repository\n"))
	if err != nil || len(sets) != 0 {
		t.Errorf("an empty LIST gave %v, %v", sets, err)
	}
}

func TestParseTime(t *testing.T) {
	want := time.Date(2026, 11, 3, 2, 0, 44, 0, time.UTC)
	for _, s := range []string{"2026-11-03 02:00:44", "2026-11-03T02:00:44", " 2026-11-03 02:00:44 "} {
		if got, err := ParseTime(s, time.UTC); err != nil || !got.Equal(want) {
			t.Errorf("ParseTime(%q) = %v, %v", s, got, err)
		}
	}
	if _, err := ParseTime("03-NOV-26", time.UTC); err == nil || !strings.Contains(err.Error(), "NLS_DATE_FORMAT") {
		t.Errorf("a date of the default format gave %v", err)
	}
}

// openCorpus opens a transcript by the number that its name begins with.
func openCorpus(t *testing.T, no string) *os.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(corpusDir, no+"-*.txt"))
	if err != nil || len(names) != 1 {
		t.Skip("no corpus of real transcripts beside the project on this machine")
	}
	f, err := os.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestListCorpus(t *testing.T) {
	for no, want := range map[string]int{"01": 8, "25": 18, "31": 17} {
		rows, err := ParseBackupSummary(openCorpus(t, no))
		if err != nil || len(rows) != want {
			t.Errorf("%s: %d rows, want %d; %v", no, len(rows), want, err)
		}
	}
	schema, err := ParseReportSchema(openCorpus(t, "31"))
	if err != nil || len(schema.Datafiles) != 26 || len(schema.Tempfiles) != 7 {
		t.Errorf("schema of %d datafiles and %d tempfiles; %v", len(schema.Datafiles), len(schema.Tempfiles), err)
	}
	sets, err := ParseListBackup(openCorpus(t, "31"))
	if err != nil || len(sets) != 3 || sets[0].ControlFile == nil || sets[0].ControlFile.SCN != 2903604 || sets[2].Logs[0].NextSCN != 2903574 {
		t.Errorf("sets %+v; %v", sets, err)
	}
	sets, err = ParseListBackup(openCorpus(t, "34"))
	if err != nil || len(sets) != 4 || sets[1].Container != "PDB$SEED" || len(sets[2].Datafiles) != 4 ||
		sets[2].Datafiles[3].Name != "/u01/app/oracle/oradata/o12201/hr/users01.dbf" || sets[3].Logs[0].Sequence != 1635 {
		t.Errorf("sets %+v; %v", sets, err)
	}
	// The list stands before the error that ends the transcript.
	sets, err = ParseListBackup(openCorpus(t, "12"))
	if !errors.Is(err, ErrStack) || len(sets) != 1 || len(sets[0].Logs) != 3 || sets[0].Logs[0].NextSCN != 32521626221 {
		t.Errorf("sets %+v; %v", sets, err)
	}
}
