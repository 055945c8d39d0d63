package oracle

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestFactsOfAnOpenDatabase(t *testing.T) {
	s := open()
	s.Noise = "site banner of glogin.sql\nConnected.\n"
	got := facts(t, fake(t, s))
	want := &Facts{
		Status: Open, HeadersKnown: true, Instance: "ORCL", Host: "db1.example.com", Version: "19.0.0.0.0",
		DBID: 1748542883, Name: "ORCL", UniqueName: "ORCL_A", LogMode: "ARCHIVELOG", OpenMode: "READ WRITE", Role: "PRIMARY",
		CDB: true, ResetlogsSCN: 925702, ResetlogsTime: "2024-11-03 11:28:12", CurrentSCN: 9000123, CheckpointSCN: 9000001,
		ControlfileType: "CURRENT", RecoveryDest: "/fra", RecoveryLimit: 8589934592, RecoveryUsed: 123456,
		RecordKeepDays: 14, ChangeTracking: true, SpfilePath: "/u01/dbs/spfileORCL.ora",
		ControlFiles: []string{"/u02/c1.ctl", "/u03/c2.ctl"}, UTCOffsetMinutes: -210,
		Datafiles: []Datafile{
			{Number: 1, Name: "/u02/system01.dbf", Tablespace: "SYSTEM", Bytes: 734003200, BlockSize: 8192, Status: "SYSTEM",
				Enabled: "READ WRITE", CheckpointSCN: 9000001, CreationSCN: 7, HeaderSCN: 9000001, Fuzzy: true},
			{Number: 3, Name: "/u02/a b|c.dbf", Tablespace: "SYSAUX", Bytes: 1048576, BlockSize: 8192, Status: "ONLINE",
				Enabled: "READ WRITE", CheckpointSCN: 9000001, CreationSCN: 600, HeaderError: "FILE NOT FOUND"},
		},
		Redo: []RedoGroup{
			{Group: 1, Thread: 1, Sequence: 57, Status: "INACTIVE", Archived: true, FirstSCN: 8900000, Members: []string{"/u02/redo01.log"}},
			{Group: 2, Thread: 1, Sequence: 58, Status: "CURRENT", FirstSCN: 8999999, Members: []string{"/u02/redo02.log", "/u03/redo02.log"}},
		},
		Threads: []Thread{{Number: 1, Status: "OPEN", Enabled: "PUBLIC"}},
		ArchiveDests: []ArchiveDest{{Name: "LOG_ARCHIVE_DEST_1", Destination: "/u03/arch", Status: "VALID"},
			{Name: "LOG_ARCHIVE_DEST_2", Destination: "stby", Status: "ERROR", Error: "ORA-12541: TNS:no listener"}},
		Incarnations: []Incarnation{{Number: 1, ResetlogsSCN: 1, ResetlogsTime: "2019-04-17 00:55:59", Status: "PARENT"},
			{Number: 2, ResetlogsSCN: 925702, ResetlogsTime: "2024-11-03 11:28:12", Status: "CURRENT"}},
		Config: map[string]string{"CONTROLFILE AUTOBACKUP": "ON", "CHANNEL": "1 DEVICE TYPE DISK; 2 DEVICE TYPE DISK"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("facts:\n got %+v\nwant %+v", got, want)
	}
	for _, script := range recorded(t, *s, "script") {
		if strings.Count(script, ";") != 1 || !strings.HasSuffix(script, ";\nEXIT\n") {
			t.Errorf("a script is one question:\n%s", script)
		}
	}
}

func TestFactsAskWhatTheStateAllows(t *testing.T) {
	for _, c := range []struct {
		line   string
		status Status
		asked  int
	}{
		{"ORA-01034: ORACLE not available", Down, 1},
		{"INSTANCE|STARTED|19.0.0.0.0|ORCL|db1|", NoMount, 3},
		{"INSTANCE|MOUNTED|11.2.0.4.0|ORCL|db1|", Mounted, 15},
		{"INSTANCE|OPEN|19.0.0.0.0|ORCL|db1|", Open, 16},
	} {
		s := open()
		s.Answers["INSTANCE"] = []string{c.line}
		f := facts(t, fake(t, s))
		if f.Status != c.status {
			t.Errorf("%s: status %q, want %q", c.line, f.Status, c.status)
		}
		asked := recorded(t, *s, "script")
		if len(asked) != c.asked {
			t.Errorf("%s: asked %d questions, want %d", c.line, len(asked), c.asked)
		}
		if all := strings.Join(asked, ""); c.status != Open && strings.Contains(all, "cdb") && strings.Contains(c.line, "11.2") {
			t.Errorf("11.2 was asked for a column of 12.1:\n%s", all)
		}
		if c.status == Mounted && f.CurrentSCN != 0 {
			t.Errorf("a mounted database has no current SCN: %d", f.CurrentSCN)
		}
	}
}

func TestOptionalFactsMayBeMissing(t *testing.T) {
	s := open()
	for _, key := range []string{"TRACKING", "CDB", "TABLESPACE", "CONFIG", "AREA", "ZONE"} {
		s.Answers[key] = []string{"SELECT 'X|'||status||'|' FROM v$x", "       *", "ERROR at line 1:", "ORA-00942: table or view does not exist"}
	}
	f := facts(t, fake(t, s))
	if f.ChangeTracking || f.CDB || f.Datafiles[0].Tablespace != "" || len(f.Config) != 0 {
		t.Errorf("facts without answers: %+v", f)
	}
	if want := localOffset(time.Now()); f.UTCOffsetMinutes != want {
		t.Errorf("zone %d, want this host's %d", f.UTCOffsetMinutes, want)
	}
}

func TestRequiredFactsMayNotBeMissing(t *testing.T) {
	s := &scenario{All: []string{"ORA-00600: internal error code"}, Exit: 1}
	i := fake(t, s)
	for name, ask := range map[string]func(context.Context, *Facts) error{
		"parameters": i.askParameters, "database": i.askDatabase, "datafiles": i.askDatafiles, "headers": i.askHeaders,
		"redo": i.askRedo, "members": i.askMembers, "threads": i.askThreads, "destinations": i.askArchiveDests,
		"incarnations": i.askIncarnations,
	} {
		var e *Error
		if err := ask(context.Background(), &Facts{}); !errors.As(err, &e) || e.Code != "ORA-00600" || e.Question == "" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestColumnsThatAReleaseLacks(t *testing.T) {
	s := &scenario{Lacks: "STATUS BLOCK_SIZE FIRST_TIME", Answers: map[string][]string{
		"ARCHIVED": {"ARCHIVED|1|57|925702|8900000|8999999||2024-11-03 11:00:00|2024-11-03 11:00:01|2|||/arch/1_57.arc|"}}}
	i := fake(t, s)
	logs, err := i.ArchivedLogs(context.Background())
	must(t, err)
	if len(logs) != 1 || logs[0].Sequence != 57 || logs[0].NextTime == "" || logs[0].Bytes != 0 {
		t.Errorf("archived logs %+v", logs)
	}
	asked := recorded(t, *s, "script")
	if last := asked[len(asked)-1]; len(asked) != 4 || strings.Count(last, "||NULL||") != 3 {
		t.Errorf("asked %d times, last\n%s", len(asked), last)
	}
	s.Lacks = "SEQUENCE#"
	if _, err := fake(t, s).ArchivedLogs(context.Background()); err == nil || !strings.Contains(err.Error(), "SEQUENCE#") {
		t.Errorf("a column that is needed: error %v", err)
	}
}

func TestAnswersThatCannotBeTrusted(t *testing.T) {
	for name, lines := range map[string][]string{
		"cut row":           {"DATAFILE|1|734003200|SYSTEM|READ WRITE|9000001|7|8192|/u02/sys"},
		"line break inside": {"DATAFILE|1|734003200|SYSTEM|READ WRITE|9000001|7|8192|/u02/a", "b.dbf|"},
		"missing fields":    {"DATAFILE|1|734003200|"},
		"no number":         {"DATAFILE|one|734003200|SYSTEM|READ WRITE|9000001|7|8192|/u02/system01.dbf|"},
	} {
		s := open()
		s.Answers["DATAFILE"] = lines
		if err := fake(t, s).askDatafiles(context.Background(), &Facts{}); err == nil || !strings.Contains(err.Error(), "datafiles") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	s := open()
	s.Answers["INSTANCE"] = nil
	if _, err := fake(t, s).Status(context.Background()); err == nil {
		t.Error("no answer is not a status")
	}
}

func TestRecords(t *testing.T) {
	ctx := context.Background()
	i := fake(t, &scenario{Answers: map[string][]string{
		"SET": {"SET|900|1|I|0|2|NO|", "SET|901|2|D||1|YES|", "SET|902|3|L||1|NO|"},
		"PIECE": {"PIECE|902|3|1|A|512|2024-11-03 11:30:00|OBK_1|/stage/run1/logs_3_1.bkp|",
			"PIECE|900|1|2|A|2048|2024-11-03 11:29:00|OBK_1|/stage/run1/L0_1_2.bkp|",
			"PIECE|900|1|1|A|1024|2024-11-03 11:28:12|OBK_1|/stage/run1/L0_1_1.bkp|",
			"PIECE|901|2|1|X|9961472|2024-11-03 11:29:30|TAG20241103T112930|/stage/run10/c-1748542883-20241103-00|",
			"PIECE|999|9|1|A|1|||/elsewhere/x|"},
		"TAGGED":    {"TAGGED|902|3|OBK_1|", "TAGGED|900|1|OBK_1|", "TAGGED|900|1|OBK_1|", "TAGGED|901|2|TAG20241103T112930|"},
		"BACKEDUP":  {"BACKEDUP|900|1|1|0|0|9000001|9000005|925702|2024-11-03 11:28:12|", "BACKEDUP|901|2|0||0|9000010|0|925702|2024-11-03 11:29:30|"},
		"BACKEDLOG": {"BACKEDLOG|902|3|1|57|925702|8900000|8999999|2024-11-03 10:00:00|2024-11-03 11:00:00|"},
		"BACKEDSPF": {"BACKEDSPF|901|2|2024-11-03 11:29:30|"},
		"ARCHIVED": {"ARCHIVED|1|58|925702|8999999|18446744073709551615|2024-11-03 11:00:00||2024-11-03 11:05:00|10|512|A|/arch/1_58.arc|",
			"ARCHIVED|1|57|925702|8900000|8999999|2024-11-03 10:00:00|2024-11-03 11:00:00|2024-11-03 11:00:01|2|512|A|/arch/1_57.arc|",
			"ARCHIVED|1|56|925702|1|2||||2|512|X|/arch/gone.arc|", "ARCHIVED|1|55|925702|1|2||||2|512|A||"},
	}})
	tagged, err := i.Pieces(ctx, "obk_1")
	must(t, err)
	want := []PieceRecord{
		{Handle: "/stage/run1/L0_1_1.bkp", Tag: "OBK_1", Status: "A", Bytes: 1024, SetStamp: 900, SetCount: 1, Piece: 1, Pieces: 2, Completed: "2024-11-03 11:28:12", Type: "I"},
		{Handle: "/stage/run1/L0_1_2.bkp", Tag: "OBK_1", Status: "A", Bytes: 2048, SetStamp: 900, SetCount: 1, Piece: 2, Pieces: 2, Completed: "2024-11-03 11:29:00", Type: "I"},
		{Handle: "/stage/run1/logs_3_1.bkp", Tag: "OBK_1", Status: "A", Bytes: 512, SetStamp: 902, SetCount: 3, Piece: 1, Pieces: 1, Completed: "2024-11-03 11:30:00", Type: "L", Level: -1},
	}
	if !reflect.DeepEqual(tagged, want) {
		t.Errorf("pieces by tag:\n got %+v\nwant %+v", tagged, want)
	}
	in, err := i.PiecesIn(ctx, "/stage/run10")
	must(t, err)
	if len(in) != 1 || !in[0].ControlFile || in[0].Status != "X" || in[0].Level != -1 {
		t.Errorf("pieces in the folder: %+v", in)
	}
	if in, _ := i.PiecesIn(ctx, "/stage/run1/"); len(in) != 3 {
		t.Errorf("a folder is not a prefix: %+v", in)
	}
	all, err := i.AllPieces(ctx)
	must(t, err)
	if len(all) != 5 || all[4].Level != -1 || all[4].Type != "" {
		t.Errorf("all pieces: %+v", all)
	}
	checkRecords(t, ctx, i)
}

func checkRecords(t *testing.T, ctx context.Context, i *Instance) {
	t.Helper()
	files, err := i.DatafileRecords(ctx, "OBK_1")
	must(t, err)
	if want := []DatafileRecord{{SetStamp: 900, SetCount: 1, File: 1, CheckpointSCN: 9000001, AbsoluteFuzzySCN: 9000005, ResetlogsSCN: 925702, Completed: "2024-11-03 11:28:12"}}; !reflect.DeepEqual(files, want) {
		t.Errorf("datafiles by tag: %+v", files)
	}
	if files, _ = i.DatafileRecords(ctx, ""); len(files) != 2 || files[1].File != 0 || files[1].Level != -1 {
		t.Errorf("all datafiles: %+v", files)
	}
	logs, err := i.RedoRecords(ctx, "OBK_1")
	must(t, err)
	if want := []RedoRecord{{SetStamp: 902, SetCount: 3, Thread: 1, Sequence: 57, ResetlogsSCN: 925702, FirstSCN: 8900000, NextSCN: 8999999, FirstTime: "2024-11-03 10:00:00", NextTime: "2024-11-03 11:00:00"}}; !reflect.DeepEqual(logs, want) {
		t.Errorf("logs by tag: %+v", logs)
	}
	spfiles, err := i.SpfileRecords(ctx, "")
	must(t, err)
	if want := []SpfileRecord{{SetStamp: 901, SetCount: 2, Completed: "2024-11-03 11:29:30"}}; !reflect.DeepEqual(spfiles, want) {
		t.Errorf("SPFILEs: %+v", spfiles)
	}
	archived, err := i.ArchivedLogs(ctx)
	must(t, err)
	if len(archived) != 2 || archived[0].Sequence != 57 || archived[0].Bytes != 1024 || archived[1].NextSCN != 1<<63-1 {
		t.Errorf("archived logs: %+v", archived)
	}
}

func TestNumbersAndZones(t *testing.T) {
	for in, want := range map[string]int64{"": 0, " 12 ": 12, "1.5E+03": 1500, "18446744073709551615": 1<<63 - 1, "-1": -1} {
		if got, err := number(in); got != want || err != nil {
			t.Errorf("number(%q) = %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"x", "1e99", "####", "1 2", "-1e3", "NaN"} {
		if got, err := number(in); err == nil {
			t.Errorf("number(%q) = %d", in, got)
		}
	}
	for in, want := range map[string]int{"+00:00": 0, "+02:00": 120, "-03:30": -210, "+05:45": 345} {
		if got, err := offset(in); got != want || err != nil {
			t.Errorf("offset(%q) = %d, %v", in, got, err)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add("DATAFILE|1|2|3|\nORA-01034: ORACLE not available\n")
	f.Add("DATAFILE|1|2\nDATAFILE|||||\r\nERROR:\nSP2-0751: x")
	q := question{name: "files", key: "DATAFILE", fields: []string{"file#", "bytes", "name"}}
	f.Fuzz(func(t *testing.T, out string) {
		rows, err := readRows(q, []byte(out))
		for _, r := range rows {
			if len(r.fields) != len(q.fields) {
				t.Fatalf("a row of %d fields", len(r.fields))
			}
			r.num(0)
			r.level(1)
			line := "DATAFILE|" + strings.Join(r.fields, "|") + "|"
			if !strings.Contains(out, line) {
				t.Fatalf("row %q is not in the output", line)
			}
		}
		if err != nil && rows != nil {
			t.Fatal("rows beside an error")
		}
		if e := readError(q, []byte(out)); e != nil && !strings.Contains(out, e.Code) {
			t.Fatalf("code %q is not in the output", e.Code)
		}
		_, _ = offset(out)
	})
}
