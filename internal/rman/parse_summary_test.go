package rman

import (
	"reflect"
	"strings"
	"testing"
)

func summaryOf(text string) *Summary {
	s := NewSummary()
	p := NewParser(s.Add)
	for line := range strings.Lines(text) {
		p.Line(line)
	}
	p.End()
	return s
}

func TestSummaryAttributesPieces(t *testing.T) {
	s := summaryOf("channel d1: starting piece 1 at x\nchannel d2: finished piece 3 at x\n" +
		"piece handle=/s/two_3 tag=T comment=NONE\nchannel d1: finished piece 1 at x\npiece handle=/s/one_1 tag=T comment=NONE\n" +
		"Starting Control File and SPFILE Autobackup at x\npiece handle=/s/c-1-20261103-00 comment=NONE\n" +
		"Finished Control File and SPFILE Autobackup at x\n")
	want := []Piece{
		{Handle: "/s/two_3", Tag: "T", Comment: "NONE", Channel: "d2", Number: 3, Line: 3},
		{Handle: "/s/one_1", Tag: "T", Comment: "NONE", Channel: "d1", Number: 1, Line: 5},
		{Handle: "/s/c-1-20261103-00", Comment: "NONE", Autobackup: true, Line: 7},
	}
	if !reflect.DeepEqual(s.Written, want) {
		t.Errorf("got %+v\nwant %+v", s.Written, want)
	}
}

func TestSummarySteps(t *testing.T) {
	s := summaryOf("Starting restore at x\nStarting implicit crosscheck backup at x\nFinished implicit crosscheck backup at x\n" +
		"Finished restore at x\nStarting recover at x\n" + banner + "RMAN-03002: failure of recover command at x\n")
	want := []StepLog{
		{Name: "restore", Begin: 1, End: 4, Finished: true},
		{Name: "implicit crosscheck backup", Begin: 2, End: 3, Finished: true},
		{Name: "recover", Begin: 5},
	}
	if !reflect.DeepEqual(s.Steps, want) {
		t.Errorf("got %+v\nwant %+v", s.Steps, want)
	}
	if s.Finished("restore") != 1 || s.Finished("recover") != 0 {
		t.Error("Finished does not count the finished steps")
	}
}

func TestSummaryDangers(t *testing.T) {
	s := summaryOf("Starting restore at x\nchannel d1: ORA-19870: error while restoring backup piece /s/p\n" +
		"failover to previous backup\ncreating datafile file number=16 name=/u/n.dbf\nFinished restore at x\n" +
		"skipping datafile 5; already backed up 1 time(s)\nno parent backup or copy of datafile 7 found\n" +
		"RMAN-08120: warning: archived log not deleted, not yet applied by standby\n")
	kinds := []Kind{}
	for _, d := range s.Dangers {
		kinds = append(kinds, d.Kind)
	}
	want := []Kind{KindError, KindFailover, KindCreatingDatafile, KindSkippedDatafile}
	if !reflect.DeepEqual(kinds, want) || s.Dangers[2].File != 16 || s.Dangers[0].Code != "ORA-19870" {
		t.Errorf("dangers %+v", s.Dangers)
	}
	if !reflect.DeepEqual(s.NoParent, []int{7}) || len(s.Warnings) != 1 || len(s.Errors) != 1 {
		t.Errorf("no parent %v, warnings %v, errors %v", s.NoParent, s.Warnings, s.Errors)
	}
}

func TestSummaryIdentity(t *testing.T) {
	for text, want := range map[string]struct {
		name string
		dbid int64
	}{
		"connected to auxiliary database: CLONE (not mounted)\n":                                                                        {"CLONE", 0},
		"connected to auxiliary database: CLONE (not mounted)\nconnected to target database: A (DBID=7)\n":                              {"A", 7},
		"connected to target database: DUMMY (not mounted)\nRMAN> SET DBID = 2718281828;\nconnected to target database: A (not open)\n": {"A", 2718281828},
		"connected to target database: A (not mounted)\nconnected to target database: B (DBID=8)\n":                                     {"A", 8},
		"RMAN> set dbid 12\nconnected to target database: A (DBID=13)\n":                                                                {"A", 13},
	} {
		if s := summaryOf(text); s.DBName != want.name || s.DBID != want.dbid {
			t.Errorf("%q: %q %d, want %q %d", text, s.DBName, s.DBID, want.name, want.dbid)
		}
	}
}

func TestSummaryVersion(t *testing.T) {
	release := "Recovery Manager: Release 19.0.0.0.0 - Production on x\n"
	for text, want := range map[string]string{
		release:                           "19.0.0.0.0",
		release + "Version 19.23.0.0.0\n": "19.23.0.0.0",
		release + "\n" + release + "Version 19.23.0.0.0\n":                                "19.23.0.0.0",
		"Recovery Manager: Release 11.2.0.4.0\n" + release + "Version 19.23.0.0.0\n":      "11.2.0.4.0",
		"SQL*Plus: Release 21.0.0.0.0 - Production\nVersion 21.3.0.0.0\n":                 "",
		"Recovery Manager: Release 9.2.0.1.0 - Production.\nVersion control is elsewhere": "9.2.0.1.0",
		"Recovery Manager: Release 11.2.0.1.0\nBANNER\nVersion 7.7\n":                     "11.2.0.1.0",
	} {
		if got := summaryOf(text).Version; got != want {
			t.Errorf("%q: version %q, want %q", text, got, want)
		}
	}
}

func TestOutcome(t *testing.T) {
	fails := func(command string) string {
		return banner + "RMAN-03002: failure of " + command + " command at 11/03/2026 02:00:00\nRMAN-06172: x\n\n"
	}
	step := func(name string) string { return "Starting " + name + " at x\nFinished " + name + " at x\n" }
	for name, c := range map[string]struct {
		text string
		want Outcome
	}{
		"nothing":                      {"", Unknown},
		"connection only":              {"connected to target database: A (DBID=7)\nRMAN> \n", Unknown},
		"ended by itself":              {"connected to target database: A (DBID=7)\nRMAN> exit\nRecovery Manager complete.\n", Success},
		"finished":                     {step("backup"), Success},
		"cut in a step":                {"Starting backup at x\nchannel d1: starting piece 1 at x\n", Unknown},
		"cut after a piece":            {"Starting backup at x\npiece handle=/s/p tag=T comment=NONE\n", Unknown},
		"begins within a step":         {"piece handle=/s/p tag=T comment=NONE\nFinished backup at x\n", Success},
		"one of two fails":             {step("backup") + fails("backup"), Partial},
		"second try works":             {fails("restore") + step("restore"), Partial},
		"work goes on after a failure": {fails("recover") + "RMAN> alter database open resetlogs;\ndatabase opened\n", Partial},
		"the restore after the control file's fails": {"Starting restore at x\nchannel d1: restoring control file\nFinished restore at x\n" + fails("restore"), Failure},
		"one of two restores fails":                  {"Starting restore at x\nchannel d1: restoring datafile 00004 to /u/x\nFinished restore at x\n" + fails("restore"), Partial},
		"the last link fails":                        {step("restore") + fails("recover"), Failure},
		"a list after a failure":                     {fails("recover") + "RMAN> list incarnation;\nList of Database Incarnations\n", Failure},
		"steps of one command":                       {"RMAN> backup database plus archivelog;\n" + step("backup") + fails("backup plus archivelog"), Failure},
		"an earlier command":                         {"RMAN> \n" + step("backup") + "RMAN> \n" + fails("backup plus archivelog"), Partial},
		"inner steps of a failed command":            {"Starting Duplicate Db at x\n" + step("restore") + fails("Duplicate Db"), Failure},
		"error without a stack":                      {"RMAN-03009: failure of backup command on d1 channel at x\nORA-19502: x\n", Failure},
		"error answered by the step's end":           {"Starting recover at x\nORA-19505: x\nFinished recover at x\n", Success},
		"error without a stack in a step":            {"Starting restore at x\nRMAN-06172: x\nRMAN> \n", Failure},
		"error that RMAN passed over":                {"crosschecked backup piece: found to be 'EXPIRED'\nbackup piece handle=/s RECID=1 STAMP=2\nORA-19505: x\nRecovery Manager complete.\n", Success},
		"second try after a lost banner":             {"RMAN-03002: failure of backup command at x\nRMAN> \n" + step("backup"), Partial},
		"job given up":                               {"RMAN-03009: failure of backup command on d1 channel at x\ncontinuing other job steps, job failed will not be re-run\n", Failure},
		"warnings":                                   {step("backup") + "RMAN-08120: warning: archived log not deleted, not yet applied by standby\n", Success},
		"dummy instance":                             {"startup failed: ORA-01078: x\nstarting Oracle instance without parameter file for retrieval of spfile\nOracle instance started\n", Success},
		"startup fails":                              {"startup failed: ORA-01078: x\n", Failure},
		"created empty":                              {"Starting restore at x\nORA-19870: x\nfailover to previous backup\ncreating datafile file number=4 name=/u/x\nFinished restore at x\n", Failure},
		"created because it is new":                  {"Starting restore at x\ncreating datafile file number=4 name=/u/x\nFinished restore at x\n", Success},
		"others went on":                             {"continuing other job steps, job failed will not be re-run\nFinished backup at x\n", Partial},
		"interrupted":                                {"Starting backup at x\nuser interrupt received\n", Failure},
		"recovery failed":                            {"Starting recover at x\nmedia recovery failed\n", Failure},
	} {
		if got := summaryOf(c.text).Outcome(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
