package rman

import (
	"errors"
	"strings"
	"testing"
)

// statements has one of each form, with the text that RMAN is to read.
var statements = []struct {
	stmt Statement
	want string
}{
	{AllocateChannel{Name: "d1", Format: "/stage/run/%d_%T_%s_%p.bkp", MaxPieceSize: 8 << 30},
		"ALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '/stage/run/%d_%T_%s_%p.bkp' MAXPIECESIZE 8G;"},
	{AllocateChannel{Name: "d2", Format: "/stage/%U", Rate: 100 << 20}, "ALLOCATE CHANNEL d2 DEVICE TYPE DISK FORMAT '/stage/%U' RATE 100M;"},
	{AllocateChannel{Name: "t1"}, "ALLOCATE CHANNEL t1 DEVICE TYPE DISK;"},
	{ReleaseChannel{Name: "d1"}, "RELEASE CHANNEL d1;"},
	{SetControlfileAutobackupFormat{Format: "/stage/run/%F"},
		"SET CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK TO '/stage/run/%F';"},
	{SetCommandID{ID: "orabak-run"}, "SET COMMAND ID TO 'orabak-run';"},
	{BackupDatafiles{Level: 0, Compressed: true, Force: true, CheckLog: true, Tag: "OBK_1", FilesPerSet: 8},
		"BACKUP AS COMPRESSED BACKUPSET INCREMENTAL LEVEL 0 FORCE CHECK LOGICAL\n  TAG 'OBK_1' FILESPERSET 8 DATABASE;"},
	{BackupDatafiles{Level: 1, Cumulative: true, Tag: "OBK_1", SectionSize: 4<<30 + 5, Files: []int{1, 4}},
		"BACKUP AS BACKUPSET INCREMENTAL LEVEL 1 CUMULATIVE\n  TAG 'OBK_1' SECTION SIZE 4G DATAFILE 1, 4;"},
	{BackupArchivelogs{Compressed: true, Tag: "OBK_1", NotBackedUp: true},
		"BACKUP AS COMPRESSED BACKUPSET TAG 'OBK_1' ARCHIVELOG ALL NOT BACKED UP 1 TIMES;"},
	{BackupArchivelogs{Tag: "OBK_1", FilesPerSet: 20, Ranges: []LogRange{{Thread: 1, From: 57, To: 60}, {Thread: 2, From: 9, To: 9, Incarnation: 3}}},
		"BACKUP AS BACKUPSET FORCE TAG 'OBK_1' FILESPERSET 20 ARCHIVELOG FROM SEQUENCE 57 UNTIL SEQUENCE 60 THREAD 1;\n" +
			"BACKUP AS BACKUPSET FORCE TAG 'OBK_1' FILESPERSET 20 ARCHIVELOG FROM SEQUENCE 9 UNTIL SEQUENCE 9 THREAD 2 INCARNATION 3;"},
	{BackupSpfile{Tag: "OBK_1"}, "BACKUP AS BACKUPSET TAG 'OBK_1' SPFILE;"},
	{BackupControlfile{Tag: "OBK_1"}, "BACKUP AS BACKUPSET TAG 'OBK_1' CURRENT CONTROLFILE;"},
	{ArchiveLogCurrent{}, "SQL 'ALTER SYSTEM ARCHIVE LOG CURRENT';"},
	{DeleteArchivelogs{OlderThanHours: 24, BackedUp: 1},
		"DELETE NOPROMPT ARCHIVELOG ALL COMPLETED BEFORE 'SYSDATE-24/24' BACKED UP 1 TIMES TO DEVICE TYPE DISK;"},
	{DeleteArchivelogs{CompletedBefore: "2026-11-23 10:00:00", BackedUp: 1},
		"DELETE NOPROMPT ARCHIVELOG ALL COMPLETED BEFORE \"TO_DATE('2026-11-23 10:00:00','YYYY-MM-DD HH24:MI:SS')\" BACKED UP 1 TIMES TO DEVICE TYPE DISK;"},
	{DeleteArchivelogs{Ranges: []LogRange{{Thread: 1, From: 57, To: 60}, {Thread: 2, From: 9, To: 9}}},
		"DELETE NOPROMPT ARCHIVELOG FROM SEQUENCE 57 UNTIL SEQUENCE 60 THREAD 1;\nDELETE NOPROMPT ARCHIVELOG FROM SEQUENCE 9 UNTIL SEQUENCE 9 THREAD 2;"},
	{CatalogStartWith{Dir: "/restore/run"}, "CATALOG START WITH '/restore/run/' NOPROMPT;"},
	{CatalogBackupPieces{Handles: []string{"/r/p1", "/r/p 2"}}, "CATALOG BACKUPPIECE '/r/p1',\n  '/r/p 2';"},
	{CatalogArchivelogs{Paths: []string{"/arch/1_57.arc"}}, "CATALOG ARCHIVELOG '/arch/1_57.arc';"},
	{ChangeBackupPieces{Handles: []string{"/s/p1"}, To: Uncatalog}, "CHANGE BACKUPPIECE '/s/p1' UNCATALOG;"},
	{ChangeBackupPieces{Handles: []string{`D:\BACKUP\P1`}, To: Unavailable}, `CHANGE BACKUPPIECE 'D:\BACKUP\P1' UNAVAILABLE;`},
	{CrosscheckArchivelogs{Disk: true}, "ALLOCATE CHANNEL FOR MAINTENANCE DEVICE TYPE DISK;\nCROSSCHECK ARCHIVELOG ALL;\nRELEASE CHANNEL;"},
	{RunBlock{SetBackupCopies{}}, "RUN {\n  SET BACKUP COPIES 1;\n}"},
	{CrosscheckArchivelogs{}, "CROSSCHECK ARCHIVELOG ALL;"},
	{ListBackupTag{Tag: "DB LEVEL 0"}, "LIST BACKUP TAG 'DB LEVEL 0';"},
	{ListIncarnation, "LIST INCARNATION;"},
	{SetDBID{DBID: 1748542883}, "SET DBID 1748542883;"},
	{Startup{Force: true, NoMount: true}, "STARTUP FORCE NOMOUNT;"},
	{Startup{Mount: true, Pfile: "/tmp/init.ora"}, "STARTUP MOUNT PFILE='/tmp/init.ora';"},
	{Startup{}, "STARTUP;"},
	{Shutdown{}, "SHUTDOWN IMMEDIATE;"},
	{Shutdown{Abort: true}, "SHUTDOWN ABORT;"},
	{RestoreSpfile{From: "/s/c-1-20261123-00"}, "RESTORE SPFILE FROM '/s/c-1-20261123-00';"},
	{RestoreSpfile{From: "/s/c", To: "/d/spfileX.ora"}, "RESTORE SPFILE TO '/d/spfileX.ora' FROM '/s/c';"},
	{RestoreSpfile{From: "/s/c", Pfile: "/d/init.ora"}, "RESTORE SPFILE TO PFILE '/d/init.ora' FROM '/s/c';"},
	{RestoreControlfile{From: "/s/c"}, "RESTORE CONTROLFILE FROM '/s/c';"},
	{MountDatabase, "ALTER DATABASE MOUNT;"},
	{OpenDatabase, "ALTER DATABASE OPEN;"},
	{OpenResetlogs, "ALTER DATABASE OPEN RESETLOGS;"},
	{ResetDatabaseToIncarnation{Number: 2}, "RESET DATABASE TO INCARNATION 2;"},
	{RenameFile{From: "/old/redo01.log", To: "/new/redo01.log"}, `SQL "ALTER DATABASE RENAME FILE ''/old/redo01.log'' TO ''/new/redo01.log''";`},
	{SetDatafileOnline{File: 4}, "SQL 'ALTER DATABASE DATAFILE 4 OFFLINE';"},
	{SetDatafileOnline{File: 4, Online: true}, "SQL 'ALTER DATABASE DATAFILE 4 ONLINE';"},
	{SetUntil{SCN: 1536308}, "SET UNTIL SCN 1536308;"},
	{SetUntil{Time: "2020-09-05 04:42:54"}, `SET UNTIL TIME "TO_DATE('2020-09-05 04:42:54','YYYY-MM-DD HH24:MI:SS')";`},
	{SetUntil{Sequence: 66, Thread: 1}, "SET UNTIL SEQUENCE 66 THREAD 1;"},
	{RestoreDatabase{}, "RESTORE DATABASE;"},
	{RestoreDatabase{Force: true}, "RESTORE DATABASE FORCE;"},
	{RestoreDatabase{Validate: true}, "RESTORE DATABASE VALIDATE;"},
	{RestoreDatafiles{Files: []int{4}, Force: true}, "RESTORE DATAFILE 4 FORCE;"},
	{RecoverDatabase{}, "RECOVER DATABASE;"},
	{RecoverDatabase{NoRedo: true}, "RECOVER DATABASE NOREDO;"},
	{RecoverDatafiles{Files: []int{4, 5}}, "RECOVER DATAFILE 4, 5;"},
	{SetNewname{File: 4, To: "+DATA/x.dbf"}, "SET NEWNAME FOR DATAFILE 4 TO '+DATA/x.dbf';"},
	{SwitchDatafileAll{}, "SWITCH DATAFILE ALL;"},
	{SetArchivelogDestination{Dir: "/r/arch"}, "SET ARCHIVELOG DESTINATION TO '/r/arch';"},
}

func TestStatements(t *testing.T) {
	for _, c := range statements {
		if got, err := Text(c.stmt); got != c.want || err != nil {
			t.Errorf("%T:\n got %s\nwant %s\nerr  %v", c.stmt, got, c.want, err)
		}
	}
}

func TestStatementsThatAreRefused(t *testing.T) {
	for _, s := range []Statement{
		AllocateChannel{Name: "d 1"}, AllocateChannel{Name: "1d"}, AllocateChannel{}, AllocateChannel{Name: "d1; EXIT"},
		AllocateChannel{Name: "d1", Format: "/stage/%s"}, AllocateChannel{Name: "d1", Format: "/stage/piece"},
		AllocateChannel{Name: "d1", Format: "/stage/%z_%U"}, AllocateChannel{Name: "d1", Format: "/stage/%U%"},
		AllocateChannel{Name: "d1", Format: "stage/%U"}, AllocateChannel{Name: "d1", MaxPieceSize: 1000},
		AllocateChannel{Name: "d1", Rate: -1},
		SetControlfileAutobackupFormat{Format: "/stage/x"}, SetControlfileAutobackupFormat{Format: "/stage/%F_%F"},
		SetControlfileAutobackupFormat{Format: "/stage/%d_%F"}, SetControlfileAutobackupFormat{Format: "%F"},
		BackupDatafiles{Level: 2, Tag: "T"}, BackupDatafiles{Level: -1, Tag: "T"}, BackupDatafiles{Level: 0},
		BackupDatafiles{Level: 0, Cumulative: true, Tag: "T"}, BackupDatafiles{Level: 0, Tag: strings.Repeat("T", 31)},
		BackupDatafiles{Level: 0, Tag: "T", Files: []int{0}}, BackupDatafiles{Level: 0, Tag: "T'"},
		BackupDatafiles{Level: 0, Tag: "TÄG"}, BackupDatafiles{Level: 0, Tag: "T", FilesPerSet: -1},
		BackupArchivelogs{Tag: "T", NotBackedUp: true, Ranges: []LogRange{{Thread: 1, From: 1, To: 2}}},
		BackupArchivelogs{Tag: "T", Ranges: []LogRange{{Thread: 1, From: 3, To: 2}}},
		BackupArchivelogs{Tag: "T", Ranges: []LogRange{{From: 1, To: 2}}}, BackupArchivelogs{Tag: "T", Ranges: []LogRange{{Thread: 1, To: 2}}},
		DeleteArchivelogs{}, DeleteArchivelogs{OlderThanHours: 24}, DeleteArchivelogs{BackedUp: 1, OlderThanHours: -1},
		DeleteArchivelogs{BackedUp: 1, CompletedBefore: "SYSDATE"}, DeleteArchivelogs{BackedUp: 1, CompletedBefore: "2026-1-2 03:04:05"},
		DeleteArchivelogs{BackedUp: 1, CompletedBefore: "2026-11-23 10:00:00", OlderThanHours: 1},
		CatalogStartWith{}, CatalogStartWith{Dir: "stage"}, CatalogBackupPieces{}, CatalogArchivelogs{Paths: []string{""}},
		ChangeBackupPieces{Handles: []string{"/p"}}, ChangeBackupPieces{Handles: []string{"/p"}, To: "DELETE"}, ChangeBackupPieces{To: Uncatalog},
		List("LIST COPY; EXIT"), AlterDatabase("DROP DATABASE"), SetDBID{}, SetDBID{DBID: 1 << 32},
		Startup{Mount: true, NoMount: true}, Startup{Pfile: "/tmp/a b'c"}, RestoreSpfile{}, RestoreSpfile{From: "/s", To: "/a", Pfile: "/b"},
		RestoreSpfile{From: "/s", To: "/a%d"}, RestoreControlfile{}, ResetDatabaseToIncarnation{},
		RenameFile{From: "/a", To: "/b'"}, RenameFile{From: "/a"}, SetDatafileOnline{},
		SetUntil{}, SetUntil{SCN: 1, Sequence: 1, Thread: 1}, SetUntil{Sequence: 1}, SetUntil{SCN: -1},
		SetUntil{Time: "2020-09-05"}, SetUntil{Time: "2020-09-05 25:00:00"}, SetUntil{Time: "2020-09-05 04:42:54')"},
		RestoreDatafiles{}, RecoverDatafiles{Files: []int{-4}}, SetNewname{File: 4, To: "/u/%b"}, SetNewname{File: 4},
		SetArchivelogDestination{}, SetCommandID{ID: "a\nEXIT"},
	} {
		text, err := Text(s)
		var r *Refused
		if !errors.As(err, &r) || text != "" {
			t.Errorf("%T %+v: text %q, error %v", s, s, text, err)
		} else if r.What == "" || r.Why == "" || r.Remedy == "" {
			t.Errorf("%T: the refusal does not tell all: %+v", s, r)
		}
	}
}

func TestRefusedNamesValueAndRemedy(t *testing.T) {
	_, err := NewScript("x", CatalogBackupPieces{Handles: []string{"/a\x1b[31m\n", "/b;c"}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"rman script x", `"/a\x1b[31m\n"`, `"/b;c"`, "control character", "semicolon", "choose"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q: %v", want, err)
		}
	}
	if strings.ContainsAny(err.Error(), "\x1b") {
		t.Error("the error carries a control character")
	}
}

func TestScriptText(t *testing.T) {
	script, err := NewScript("level0-1", RunBlock{
		AllocateChannel{Name: "d1", Format: "/s/%U"},
		BackupDatafiles{Level: 0, Force: true, Tag: "OBK", Files: make26()},
		ReleaseChannel{Name: "d1"},
	}, ListBackupTag{Tag: "OBK"})
	if err != nil {
		t.Fatal(err)
	}
	want := `RUN {
  ALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '/s/%U';
  BACKUP AS BACKUPSET INCREMENTAL LEVEL 0 FORCE
    TAG 'OBK' DATAFILE 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    21, 22, 23, 24, 25, 26;
  RELEASE CHANNEL d1;
}
LIST BACKUP TAG 'OBK';
`
	if script.String() != want || len(script.Steps) != 2 {
		t.Errorf("%d steps:\n%s\nwant\n%s", len(script.Steps), script, want)
	}
}

func make26() []int {
	files := make([]int, 26)
	for i := range files {
		files[i] = i + 1
	}
	return files
}

func TestScriptsThatAreRefused(t *testing.T) {
	d1 := AllocateChannel{Name: "d1", Format: "/s/%U", MaxPieceSize: 1 << 30}
	for name, stmts := range map[string][]Statement{
		"nothing":             nil,
		"an empty block":      {RunBlock{}},
		"a block in a block":  {RunBlock{RunBlock{SwitchDatafileAll{}}}},
		"a list in a block":   {RunBlock{ListIncarnation}},
		"a reset in a block":  {RunBlock{ResetDatabaseToIncarnation{Number: 1}}},
		"a channel outside":   {d1},
		"an until outside":    {SetUntil{SCN: 1}, RecoverDatabase{}},
		"a newname outside":   {SetNewname{File: 1, To: "/a"}},
		"a channel twice":     {RunBlock{d1, d1}},
		"an unknown channel":  {RunBlock{d1, ReleaseChannel{Name: "d2"}}},
		"a refused statement": {RunBlock{RestoreDatafiles{}}},
		"pieces and sections": {RunBlock{d1, BackupDatafiles{Tag: "T", SectionSize: 1 << 30}}},
	} {
		if script, err := NewScript("x", stmts...); err == nil || script != nil {
			t.Errorf("%s: accepted:\n%v", name, script)
		}
	}
	_, err := NewScript("x", RunBlock{d1, BackupDatafiles{Tag: "T", SectionSize: 1 << 30}})
	if !errors.Is(err, ErrSectionedPieces) {
		t.Errorf("error %v", err)
	}
}

func TestSizesInRMANsUnits(t *testing.T) {
	for bytes, want := range map[int64]string{
		1 << 10: "1K", 1<<20 - 1: "1023K", 1 << 20: "1M", 1<<20 + 1: "1M", 1 << 30: "1G", 1<<30 + 1<<20: "1025M",
		1<<30 - 1: "1023M", 3 << 29: "1536M", 100_000_000: "95M", 1 << 40: "1024G",
	} {
		r := &render{}
		r.size("size", bytes)
		if got := r.b.String(); got != want || r.errs != nil {
			t.Errorf("%d bytes: %q %v, want %q", bytes, got, r.errs, want)
		}
	}
}
