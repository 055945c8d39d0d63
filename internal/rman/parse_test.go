package rman

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// eventsOf parses a transcript.
func eventsOf(text string) []Event {
	var events []Event
	p := NewParser(func(e Event) { events = append(events, e) })
	for line := range strings.Lines(text) {
		p.Line(line)
	}
	p.End()
	return events
}

// lineCases has one line of each sort, and lines before it that its meaning
// depends on. Line, Text and Level are filled in by the test where they follow
// from the text.
var lineCases = []struct {
	before string
	line   string
	want   Event
}{
	{"", "Recovery Manager: Release 9.2.0.8.0 - 64bit Production", Event{Kind: KindVersion, Version: "9.2.0.8.0"}},
	{"Recovery Manager: Release 19.0.0.0.0 - Production on Sun Nov 3 11:28:12 2024", "Version 19.23.0.0.0",
		Event{Kind: KindVersion, Version: "19.23.0.0.0"}},
	{"", "Recovery Manager : Release 21.0.0.0.0 - Production on Mar Nov 18 12:10:15 2025", Event{Kind: KindVersion, Version: "21.0.0.0.0"}},
	{"", "SQL*Plus: Release 19.0.0.0.0 - Production on Sun Nov 3 2024", Event{Kind: KindText}},
	{"", "connected to target database: SALES (DBID=1748542883)", Event{Kind: KindConnected, Name: "SALES", DBID: 1748542883}},
	{"", "connected to target database: SALES (DBID=1748542883, not open)",
		Event{Kind: KindConnected, Name: "SALES", DBID: 1748542883, State: "not open"}},
	{"", "connected to target database: SALES (not mounted)", Event{Kind: KindConnected, Name: "SALES", State: "not mounted"}},
	{"", "connected to target database (not started)", Event{Kind: KindConnected, State: "not started"}},
	{"", "connected to target database: CDB:PDB1 (DBID=1095721678)", Event{Kind: KindConnected, Name: "CDB:PDB1", DBID: 1095721678}},
	{"", "connected to auxiliary database: CLONE (not mounted)", Event{Kind: KindAuxiliary, Name: "CLONE", State: "not mounted"}},
	{"", "connected to recovery catalog database", Event{Kind: KindCatalog}},
	{"", `database name is "SALES" and DBID is 1748542883`, Event{Kind: KindIdentity, Name: "SALES", DBID: 1748542883}},
	{"", "database name (or database unique name) used for search: SALES", Event{Kind: KindIdentity, Name: "SALES"}},
	{"", "RMAN> backup database;", Event{Kind: KindPrompt, Name: "backup database;"}},
	{"", "RMAN> RMAN> 2> 3> 4> ", Event{Kind: KindPrompt}},
	{"", "Recovery Manager complete.", Event{Kind: KindComplete}},
	{"", "Starting backup at 2026-11-03 02:00:00", Event{Kind: KindStepBegin, Name: "backup"}},
	{"", "Finished Control File and SPFILE Autobackup at 03-NOV-26", Event{Kind: KindStepEnd, Name: "Control File and SPFILE Autobackup"}},
	{"", "allocated channel: d1", Event{Kind: KindChannelAllocated, Channel: "d1"}},
	{"", "released channel: d1", Event{Kind: KindChannelReleased, Channel: "d1"}},
	{"", "channel d1: SID=12 instance=s1 device type=DISK", Event{Kind: KindChannelSession, Channel: "d1", SID: 12}},
	{"", "channel d1: sid=1437 devtype=DISK", Event{Kind: KindChannelSession, Channel: "d1", SID: 1437}},
	{"", "channel d1 disabled, job failed on it will be run on another channel", Event{Kind: KindChannelDisabled, Channel: "d1"}},
	{"", "channel d1: starting full datafile backup set", Event{Kind: KindSetBegin, Channel: "d1", Set: SetFull}},
	{"", "channel d1: starting compressed incremental level 1 datafile backup set",
		Event{Kind: KindSetBegin, Channel: "d1", Set: SetIncremental, Level: 1, Compressed: true}},
	{"", "channel d1: starting incremental level 0 datafile backupset", Event{Kind: KindSetBegin, Channel: "d1", Set: SetIncremental}},
	{"", "channel d1: starting compressed archived log backup set",
		Event{Kind: KindSetBegin, Channel: "d1", Set: SetLogs, Level: -1, Compressed: true}},
	{"", "channel d1: starting archive log backupset", Event{Kind: KindSetBegin, Channel: "d1", Set: SetLogs}},
	{"", "channel d1: starting datafile copy", Event{Kind: KindSetBegin, Channel: "d1", Set: SetCopy}},
	{"", "channel d1: starting datafile backup set restore", Event{Kind: KindText, Channel: "d1"}},
	{"", "channel d1: starting validation of datafile backup set", Event{Kind: KindText, Channel: "d1"}},
	{"", "channel d1: backup set complete, elapsed time: 26:00:05",
		Event{Kind: KindSetEnd, Channel: "d1", Elapsed: 26*time.Hour + 5*time.Second}},
	{"", "input datafile file number=00007 name=/u01/with blank/users01.dbf",
		Event{Kind: KindInputDatafile, File: 7, Name: "/u01/with blank/users01.dbf"}},
	{"", "input datafile fno=00003 name=+DG/x", Event{Kind: KindInputDatafile, File: 3, Name: "+DG/x"}},
	{"", "input archived log thread=2 sequence=314 RECID=1197 STAMP=1183999580", Event{Kind: KindInputLog, Thread: 2, Sequence: 314}},
	{"", "including current control file in backup set", Event{Kind: KindInputControl}},
	{"", "including standby control file in backup set", Event{Kind: KindInputControl, State: "standby"}},
	{"", "including current controlfile in backupset", Event{Kind: KindInputControl}},
	{"", "including current SPFILE in backup set", Event{Kind: KindInputSPFile}},
	{"", "channel d1: starting piece 2 at 03-NOV-26", Event{Kind: KindPieceBegin, Channel: "d1", Number: 2}},
	{"", "channel d1: finished piece 2 at 03-NOV-26", Event{Kind: KindPieceEnd, Channel: "d1", Number: 2}},
	{"channel d2: finished piece 3 at 03-NOV-26", "piece handle=/s/a b.bkp tag=DB LEVEL 0 comment=NONE",
		Event{Kind: KindPieceWritten, Handle: "/s/a b.bkp", Tag: "DB LEVEL 0", Comment: "NONE", Channel: "d2", Number: 3}},
	{"channel d2: finished piece 3 at 03-NOV-26\n\n", "piece handle=0abc_1_1 tag=T comment=API Version 2.0,MMS Version 3.17.7.27",
		Event{Kind: KindPieceWritten, Handle: "0abc_1_1", Tag: "T", Comment: "API Version 2.0,MMS Version 3.17.7.27", Channel: "d2", Number: 3}},
	{"channel d2: finished piece 3 at 03-NOV-26 with 2 copies and tag WEEK", "piece handle=/s/a comment=NONE",
		Event{Kind: KindPieceWritten, Handle: "/s/a", Tag: "WEEK", Comment: "NONE", Channel: "d2", Number: 3}},
	{"channel d2: finished piece 3 at 03-NOV-26\nchannel d1: starting piece 1 at 03-NOV-26", "piece handle=/s/a tag=T comment=NONE",
		Event{Kind: KindPieceWritten, Handle: "/s/a", Tag: "T", Comment: "NONE"}},
	{"", "piece handle=/s/c-1-20261103-00 comment=NONE",
		Event{Kind: KindPieceWritten, Handle: "/s/c-1-20261103-00", Comment: "NONE", Autobackup: true}},
	{"", "backup cancelled because there are no files to backup", Event{Kind: KindDone}},
	{"", "backup cancelled because all files were skipped",
		Event{Kind: KindSkippedDatafile, Name: "backup cancelled because all files were skipped"}},
	{"", "no parent backup or copy of datafile 4 found", Event{Kind: KindNoParent, File: 4}},
	{"", "skipping datafile 5; already backed up 1 time(s)",
		Event{Kind: KindSkippedDatafile, File: 5, Name: "datafile 5; already backed up 1 time(s)"}},
	{"", "skipping offline file 6", Event{Kind: KindSkippedDatafile, File: 6, Name: "offline file 6"}},
	{"", "skipping archived logs of thread 1 from sequence 9767 to 9769; already backed up",
		Event{Kind: KindSkippedLogs, Thread: 1, Sequence: 9767, LastSequence: 9769, Name: "already backed up"}},
	{"", "skipping archived log of thread 2 with sequence 4; already backed up",
		Event{Kind: KindSkippedLogs, Thread: 2, Sequence: 4, LastSequence: 4, Name: "already backed up"}},
	{"channel d1: deleting archived log(s)", "archived log file name=/a/1_57.arc RECID=57 STAMP=823275596",
		Event{Kind: KindDeletedLog, Name: "/a/1_57.arc"}},
	{"deleted archive log", "archive log filename=/a/1_57.arc recid=57 stamp=823275596", Event{Kind: KindDeletedLog, Name: "/a/1_57.arc"}},
	{"validation succeeded for archived log", "archived log file name=/a/1_57.arc RECID=57 STAMP=823275596",
		Event{Kind: KindText, Name: "/a/1_57.arc"}},
	{"RMAN-08120: warning: archived log not deleted, not yet applied by standby", "archived log file name=/a/1_60.arc thread=1 sequence=60",
		Event{Kind: KindKeptLog, Name: "/a/1_60.arc", Thread: 1, Sequence: 60}},
	{"deleted backup piece", "backup piece handle=/s/p1 RECID=5 STAMP=7",
		Event{Kind: KindDeletedPiece, Handle: "/s/p1", Name: "/s/p1", State: "deleted"}},
	{"crosschecked backup piece: found to be 'EXPIRED'", "backup piece handle=/s/p1 RECID=5 STAMP=7",
		Event{Kind: KindPieceStatus, Handle: "/s/p1", Name: "/s/p1", State: "EXPIRED"}},
	{"uncataloged backup piece", "backup piece handle=/s/p1 recid=5 stamp=7",
		Event{Kind: KindPieceStatus, Handle: "/s/p1", Name: "/s/p1", State: "uncataloged"}},
	{"changed backup piece unavailable", "backup piece handle=/s/p1 RECID=5 STAMP=7",
		Event{Kind: KindPieceStatus, Handle: "/s/p1", Name: "/s/p1", State: "unavailable"}},
	{"cataloged backup piece", "backup piece handle=/s/p1 RECID=5 STAMP=7",
		Event{Kind: KindCataloged, Handle: "/s/p1", Name: "/s/p1", State: "cataloged"}},
	{"List of Cataloged Files\n=======================", "File Name: /s/p1", Event{Kind: KindCataloged, Name: "/s/p1"}},
	{"List of Files Unknown to the Database\n=====", "File Name: /s/p1", Event{Kind: KindUnknownFile, Name: "/s/p1"}},
	{"List of Files Which Where Not Cataloged\n=====\nFile Name: /s/p1", "  RMAN-07517: Reason: The file header is corrupted",
		Event{Kind: KindNotCataloged, Code: "RMAN-07517", Name: "/s/p1", State: "The file header is corrupted"}},
	{"List of Datafiles\n====", "File Name: /u01/x.dbf", Event{Kind: KindText}},
	{"", "channel d1: restoring datafile 00013 to /u01/to here.dbf",
		Event{Kind: KindRestoreDatafile, Channel: "d1", File: 13, Name: "/u01/to here.dbf"}},
	{"", "restoring datafile 00003 to +DATA/x", Event{Kind: KindRestoreDatafile, File: 3, Name: "+DATA/x"}},
	{"", "destination for restore of datafile 00001: /u01/s.dbf", Event{Kind: KindRecoverDatafile, File: 1, Name: "/u01/s.dbf"}},
	{"", "channel d1: restoring control file", Event{Kind: KindRestoreControl, Channel: "d1"}},
	{"", "channel d1: copied control file copy", Event{Kind: KindRestoreControl, Channel: "d1"}},
	{"", "channel d1: restoring SPFILE", Event{Kind: KindRestoreSPFile, Channel: "d1"}},
	{"channel d1: restoring archived log", "archived log thread=1 sequence=442", Event{Kind: KindRestoreLog, Thread: 1, Sequence: 442}},
	{"channel d1: restoring archive log", "archive log thread=1 sequence=442", Event{Kind: KindRestoreLog, Thread: 1, Sequence: 442}},
	{"unable to find archived log", "archived log thread=1 sequence=15", Event{Kind: KindLogMissing, Thread: 1, Sequence: 15}},
	{"", "archived log thread=2 sequence=344", Event{Kind: KindText, Thread: 2, Sequence: 344}},
	{"", "channel d1: reading from backup piece /s/p 1", Event{Kind: KindReadBegin, Channel: "d1", Handle: "/s/p 1"}},
	{"", "channel d1: piece handle=/s/p1 tag=NIVEL 0 - FULL",
		Event{Kind: KindPieceRead, Channel: "d1", Handle: "/s/p1", Tag: "NIVEL 0 - FULL"}},
	{"channel d1: restored backup piece 1", "piece handle=/s/p1 tag=T1 params=NULL", Event{Kind: KindPieceRead, Handle: "/s/p1", Tag: "T1"}},
	{"channel d1: restored backup piece 1", "piece handle=/s/p1 tag=null params=NULL", Event{Kind: KindPieceRead, Handle: "/s/p1"}},
	{"", "channel d1: restored backup piece 14", Event{Kind: KindRestoredPiece, Channel: "d1", Number: 14}},
	{"", "channel d1: restore complete, elapsed time: 00:01:16", Event{Kind: KindRestoreEnd, Channel: "d1", Elapsed: 76 * time.Second}},
	{"", "channel d1: validation complete, elapsed time: 00:00:15", Event{Kind: KindValidateEnd, Channel: "d1", Elapsed: 15 * time.Second}},
	{"", "skipping datafile 6; already restored to file /u01/u.dbf", Event{Kind: KindAlreadyRestored, File: 6, Name: "/u01/u.dbf"}},
	{"", "datafile 6 is already restored to file /u01/u.dbf", Event{Kind: KindAlreadyRestored, File: 6, Name: "/u01/u.dbf"}},
	{"", "output file name=/u01/c.ctl", Event{Kind: KindOutputFile, Name: "/u01/c.ctl"}},
	{"", "output file name=/u01/c.dbf tag=T RECID=5 STAMP=8", Event{Kind: KindOutputFile, Name: "/u01/c.dbf"}},
	{"", "datafile 7 switched to datafile copy", Event{Kind: KindSwitched, File: 7}},
	{"", "creating datafile file number=16 name=/u01/n.dbf", Event{Kind: KindCreatingDatafile, File: 16, Name: "/u01/n.dbf"}},
	{"", "failover to previous backup", Event{Kind: KindFailover}},
	{"", "channel d1: failover to piece handle=/s/p2 tag=T", Event{Kind: KindFailover, Channel: "d1", Handle: "/s/p2", Tag: "T"}},
	{"", "channel d1: errors found reading piece handle=/s/p1", Event{Kind: KindPieceError, Channel: "d1", Handle: "/s/p1"}},
	{"", "starting media recovery", Event{Kind: KindRecoveryBegin}},
	{"", "media recovery complete, elapsed time: 00:00:03", Event{Kind: KindRecoveryEnd, Elapsed: 3 * time.Second}},
	{"", "media recovery complete", Event{Kind: KindRecoveryEnd}},
	{"", "media recovery failed", Event{Kind: KindRecoveryFailed}},
	{"", "archived log for thread 1 with sequence 57 is already on disk as file /a/1 57.arc",
		Event{Kind: KindLogOnDisk, Thread: 1, Sequence: 57, Name: "/a/1 57.arc"}},
	{"", "archived log file name=/a/1_57.arc thread=1 sequence=57", Event{Kind: KindLogApplied, Thread: 1, Sequence: 57, Name: "/a/1_57.arc"}},
	{"", "sql statement: alter database mount", Event{Kind: KindSQL, Name: "alter database mount"}},
	{"", "Statement processed", Event{Kind: KindStatement}},
	{"", "database mounted", Event{Kind: KindMounted}},
	{"", "database opened", Event{Kind: KindOpened}},
	{"starting Oracle instance without parameter file for retrieval of spfile", "Oracle instance started",
		Event{Kind: KindStarted, State: "dummy"}},
	{"", "Oracle instance started", Event{Kind: KindStarted}},
	{"", "Oracle instance shut down", Event{Kind: KindShutDown}},
	{"", "List of Backups", Event{Kind: KindListing, Name: "List of Backups"}},
	{"", "Deleted 5 EXPIRED objects", Event{Kind: KindDone}},
	{"", "Crosschecked 12 objects", Event{Kind: KindDone}},
	{"", "specification does not match any archived log in the repository", Event{Kind: KindDone}},
	{"", "continuing other job steps, job failed will not be re-run", Event{Kind: KindJobGivenUp}},
	{"", "user interrupt received", Event{Kind: KindInterrupt}},
	{"", "RMAN-08138: WARNING: archived log not deleted - must create more backups",
		Event{Kind: KindWarning, Code: "RMAN-08138", Name: "WARNING: archived log not deleted - must create more backups"}},
	{"", "ORA-15028: ASM file '+A/x' not dropped; currently being accessed",
		Event{Kind: KindWarning, Code: "ORA-15028", Name: "ASM file '+A/x' not dropped; currently being accessed"}},
	{"", "channel d1: ORA-19870: error while restoring backup piece /s/p1",
		Event{Kind: KindError, Code: "ORA-19870", Channel: "d1", Name: "error while restoring backup piece /s/p1"}},
	{"", "startup failed: ORA-01078: failure in processing system parameters",
		Event{Kind: KindError, Code: "ORA-01078", Name: "failure in processing system parameters"}},
	{"ORA-27072: File I/O error", "Linux-x86_64 Error: 28: No space left on device", Event{Kind: KindDetail}},
	{"", "RMAN-00569: =============== ERROR MESSAGE STACK FOLLOWS ===============", Event{Kind: KindStackBegin}},
	{"RMAN-00569: = ERROR MESSAGE STACK FOLLOWS =", "RMAN-06054: media recovery requesting unknown archived log",
		Event{Kind: KindStackLine, Code: "RMAN-06054", Name: "media recovery requesting unknown archived log"}},
	{"", "An unknown line of a release to come", Event{Kind: KindText}},
	{"", "канал ORA_DISK_1: что-то", Event{Kind: KindText}},
}

func TestParserLines(t *testing.T) {
	for _, c := range lineCases {
		events := eventsOf(c.before + "\n" + c.line + "\n")
		got := lastOfLine(events, strings.Count(c.before, "\n")+2)
		want := c.want
		want.Line, want.Text = got.Line, strings.TrimSpace(c.line)
		if want.Set != SetIncremental {
			want.Level = -1
		}
		if got != want {
			t.Errorf("%s\n got %+v\nwant %+v", c.line, got, want)
		}
	}
}

// lastOfLine gives the event that the line itself made.
func lastOfLine(events []Event, line int) Event {
	var last Event
	for _, e := range events {
		if e.Line == line && e.Kind != KindStackEnd && e.Kind != KindLocalized {
			last = e
		}
	}
	return last
}

// Each kind is seen in some case above, so that none is without a test.
func TestParserKindsAreAllSeen(t *testing.T) {
	seen := map[Kind]bool{KindStackEnd: true, KindLocalized: true} // TestParserStack, TestParserLocalized
	for _, c := range lineCases {
		seen[c.want.Kind] = true
	}
	for _, kind := range []Kind{
		KindText, KindVersion, KindConnected, KindAuxiliary, KindCatalog, KindIdentity, KindPrompt, KindComplete,
		KindStepBegin, KindStepEnd, KindChannelAllocated, KindChannelSession, KindChannelReleased, KindChannelDisabled, KindSetBegin,
		KindSetEnd, KindInputDatafile, KindInputLog, KindInputControl, KindInputSPFile, KindPieceBegin, KindPieceEnd,
		KindPieceWritten, KindNoParent, KindSkippedDatafile, KindSkippedLogs, KindDeletedLog, KindKeptLog,
		KindDeletedPiece, KindPieceStatus, KindCataloged, KindUnknownFile, KindNotCataloged, KindRestoreDatafile,
		KindRecoverDatafile, KindRestoreControl, KindRestoreSPFile, KindRestoreLog, KindReadBegin, KindPieceRead,
		KindRestoredPiece, KindRestoreEnd, KindValidateEnd, KindAlreadyRestored, KindOutputFile, KindSwitched,
		KindCreatingDatafile, KindFailover, KindPieceError, KindRecoveryBegin, KindRecoveryEnd, KindRecoveryFailed,
		KindLogOnDisk, KindLogApplied, KindLogMissing, KindSQL, KindStatement, KindMounted, KindOpened, KindStarted,
		KindShutDown, KindListing, KindDone, KindJobGivenUp, KindInterrupt, KindWarning, KindError, KindDetail,
		KindStackBegin, KindStackLine,
	} {
		if !seen[kind] {
			t.Errorf("no line of kind %s", kind)
		}
	}
}

func TestParserStripsMsgno(t *testing.T) {
	e := eventsOf("RMAN-08522: input datafile fno=00003 name=+DG/x\r\n")[0]
	want := Event{Kind: KindInputDatafile, Line: 1, Text: "input datafile fno=00003 name=+DG/x", MsgNo: "RMAN-08522",
		File: 3, Name: "+DG/x", Level: -1}
	if e != want {
		t.Errorf("got %+v\nwant %+v", e, want)
	}
	// A number that nothing knows is a plain line once the switch shows itself,
	// and an error where it does not.
	if e := eventsOf("RMAN-06005: connected to target database: A (DBID=1)\nRMAN-06999: words\n")[1]; e.Kind != KindText || e.MsgNo != "RMAN-06999" {
		t.Errorf("with msgno: %+v", e)
	}
	if e := eventsOf("RMAN-06999: words\n")[0]; e.Kind != KindError {
		t.Errorf("without msgno: %+v", e)
	}
}

func TestParserJoinsWrappedPieces(t *testing.T) {
	events := eventsOf("channel d1: finished piece 1 at 03-NOV-26\n" +
		"piece handle=/stage/a_very_long_na\nme.bkp tag=T1\ncomment=NONE\n" +
		"channel d1: finished piece 2 at 03-NOV-26\npiece handle=/stage/b.bkp\ntag=T1 comment=NONE\n")
	var handles []string
	for _, e := range events {
		if e.Kind == KindPieceWritten {
			handles = append(handles, e.Handle+"|"+e.Tag+"|"+e.Channel)
		}
	}
	want := []string{"/stage/a_very_long_name.bkp|T1|d1", "/stage/b.bkp|T1|d1"}
	if !reflect.DeepEqual(handles, want) {
		t.Errorf("got %q, want %q", handles, want)
	}
}

func TestParserJoinsWrappedReads(t *testing.T) {
	events := eventsOf("channel d1: piece handle=D:\\AREA\\BACKUPSE\nT\\X_.BKP tag=TAG20120719T155\n846\n" +
		"channel d1: restored backup piece 1\n")
	if e := events[0]; e.Kind != KindPieceRead || e.Handle != `D:\AREA\BACKUPSET\X_.BKP` || e.Channel != "d1" || e.Line != 1 {
		t.Errorf("got %+v", e)
	}
	if e := events[1]; e.Kind != KindText || e.Text != "846" {
		t.Errorf("the rest of the tag: %+v", e)
	}
}

func TestParserGivesBackWhatWasNotWrapped(t *testing.T) {
	var texts []string
	for _, e := range eventsOf("channel d1: finished piece 1 at 03-NOV-26\npiece handle=/stage/a.bkp\nwords\n" +
		"channel d1: backup set complete, elapsed time: 00:00:01\n") {
		texts = append(texts, string(e.Kind)+" "+e.Text)
	}
	want := []string{"piece-end channel d1: finished piece 1 at 03-NOV-26", "piece-written piece handle=/stage/a.bkp",
		"text words", "set-end channel d1: backup set complete, elapsed time: 00:00:01"}
	if !reflect.DeepEqual(texts, want) {
		t.Errorf("got %q\nwant %q", texts, want)
	}
}

func TestParserKeepsEveryLine(t *testing.T) {
	text := "\ufeffRecovery Manager: Release 19.0.0.0.0\r\n\r\nbad \xff utf-8\x1b[31m red\x1b[0m \x07bell\tand tab\n" +
		strings.Repeat("x", 3<<20) + "\nlast line without end"
	events := eventsOf(text)
	if len(events) != 4 {
		t.Fatalf("%d events, want 4: one for each line that is not blank", len(events))
	}
	if got, want := events[1].Text, "bad \ufffd utf-8 red bell and tab"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if events[0].Version != "19.0.0.0.0" || len(events[2].Text) != 3<<20 || events[3].Line != 5 {
		t.Errorf("version %q, %d bytes, line %d", events[0].Version, len(events[2].Text), events[3].Line)
	}
}

func TestParserAnswersBehindPrompt(t *testing.T) {
	events := eventsOf("RMAN> Starting backup at 03-NOV-26\nRMAN> 2> RMAN-06171: not connected to target database\n")
	kinds := make([]Kind, 0, len(events))
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	want := []Kind{KindPrompt, KindStepBegin, KindPrompt, KindError}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
}

// What RMAN prints for a piece in the languages that it speaks.
func TestParserForeignPieces(t *testing.T) {
	for line, want := range map[string]Event{
		"Piece Handle=C:\\DB\\01_1_1, Tag=TAG20261103T020000, Kommentar=NONE":           {Kind: KindPieceWritten, Handle: "C:\\DB\\01_1_1", Tag: "TAG20261103T020000", Comment: "NONE"},
		"片段句柄 = +FRA/A/x.1.2 标记 = WEEK 注释 = NONE":                                       {Kind: KindPieceWritten, Handle: "+FRA/A/x.1.2", Tag: "WEEK", Comment: "NONE"},
		"片段句柄 = +FRA/A/s_1 注释 = NONE":                                                   {Kind: KindPieceWritten, Handle: "+FRA/A/s_1", Comment: "NONE", Autobackup: true},
		"段 handle=/s/c-1-20261103-00 comment=NONE":                                      {Kind: KindPieceWritten, Handle: "/s/c-1-20261103-00", Comment: "NONE", Autobackup: true},
		"handle de parte=01abc_1_1 etiqueta=T comentario=API Version 2.0,MMS Version 3": {Kind: KindPieceWritten, Handle: "01abc_1_1", Tag: "T", Comment: "API Version 2.0,MMS Version 3"},
		"canal d1 : descripteur d'élément=F:\\SAVE\\X 1 balise=WEEK":                    {Kind: KindPieceRead, Handle: "F:\\SAVE\\X 1", Tag: "WEEK"},
		"チャネルd1: ピース・ハンドル=/s/x タグ=TAG20261103T020000":                                   {Kind: KindPieceRead, Handle: "/s/x", Tag: "TAG20261103T020000"},
		"Kanal d1: Piece Handle=/s/x, Tag=WEEK":                                         {Kind: KindPieceRead, Handle: "/s/x", Tag: "WEEK"},
		"Kanal d1: SID=621, Gerätetyp=DISK":                                             {Kind: KindText},
		"número de archivo de datos de entrada=00010 nombre=C:\\X.DBF":                  {Kind: KindText},
	} {
		events := eventsOf("Mit Zieldatenbank verbunden: XE (DBID=3092654103)\n" + line + "\n")
		got := lastOfLine(events, 2)
		want.Line, want.Text, want.Level = 2, line, -1
		if got != want {
			t.Errorf("%s\n got %+v\nwant %+v", line, got, want)
		}
	}
}

func TestParserLocalized(t *testing.T) {
	for name, text := range map[string]string{
		"connection": "verbunden mit Zieldatenbank: SALES (DBID=1748542883, nicht offen)",
		"banner":     "恢复管理器: Release 11.2.0.1.0 - Production on 星期四 3月 3 10:29:11 2016",
		"piece":      "段句柄=/s/p1 标记=WEEK 注释=NONE",
		"stack":      "RMAN-00569: =============== 错误消息堆栈跟随 ===============",
	} {
		n := 0
		for _, e := range eventsOf(text + "\n" + text + "\n") {
			if e.Kind == KindLocalized {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s: announced %d times, want once", name, n)
		}
	}
	english := "connected to target database: A (DBID=1)\npiece handle=/s/p tag=TAG20261103T020000 comment=NONE\n" +
		"[2026-11-03] connected to target database: A (DBID=1)\nnohup: piece handle=/s/p tag=TAG20261103T020000 comment=NONE\n"
	for _, e := range eventsOf(english) {
		if e.Kind == KindLocalized {
			t.Errorf("English taken for another language: line %d", e.Line)
		}
	}
}
