package restore

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// onHost is an input with the instance of the world mounted or open.
func (w *world) onHost(t Target) Input {
	in := w.input(t)
	in.Facts, in.LocalLogs = w.facts(), w.localLogs()
	in.Facts.HeadersKnown = true
	in.Exists = map[string]bool{}
	return in
}

func TestOnlyDamagedFilesComeBack(t *testing.T) {
	w := newWorld(3, 1)
	w.full()
	w.work(10)
	w.incremental(false)
	w.work(10)
	in := w.onHost(Target{})
	in.Facts.Datafiles[1].HeaderError = "FILE NOT FOUND"
	p := mustPlan(t, in)
	if !p.Complete || len(p.Files) != 1 || p.Files[0].Number != 2 {
		t.Fatalf("complete %v, files %+v", p.Complete, p.Files)
	}
	// One level 0, one level 1: the logs are here, the control file stays.
	if len(p.Pieces) != 2 || p.ControlFile != nil || p.Left != nil {
		t.Errorf("pieces %+v, control file %+v, left %+v", p.Pieces, p.ControlFile, p.Left)
	}
	script := p.Script()
	for _, want := range []string{"SHUTDOWN ABORT;", "STARTUP NOMOUNT;", "ALTER DATABASE MOUNT;", "RESTORE DATAFILE 2;", "RECOVER DATABASE;", "ALTER DATABASE OPEN;"} {
		if !strings.Contains(script, want) {
			t.Errorf("no %q in\n%s", want, script)
		}
	}
	if strings.Contains(script, "UNTIL") || strings.Contains(script, "OPEN RESETLOGS") {
		t.Errorf("an end in\n%s", script)
	}
}

func TestLogsBetweenBackupAndOnlineRedoMustBeThere(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	lost := w.switchLog(1)
	lost.local = false
	w.work(10)
	in := w.onHost(Target{})
	in.Facts.Datafiles[0].HeaderError = "FILE NOT FOUND"
	_, err := NewPlan(in)
	var e *UnreachableError
	if !errors.As(err, &e) || e.From != lost.Sequence || e.To != lost.Sequence {
		t.Fatalf("error %v, want sequence %d missing", err, lost.Sequence)
	}
}

func TestLostRedoEndsAtTheLastArchivedLog(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	last := w.switchLog(1)
	w.work(10)
	in := w.onHost(Target{})
	in.Exists["/data/redo1.log"] = false
	p := mustPlan(t, in)
	if p.Complete || p.SCN != last.NextSCN || p.ControlFile != nil {
		t.Errorf("complete %v, SCN %d, want %d; control file %+v", p.Complete, p.SCN, last.NextSCN, p.ControlFile)
	}
}

func TestTargetInOnlineRedo(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(20)
	target := w.scn - 5
	p := mustPlan(t, w.onHost(Target{Kind: TargetSCN, SCN: target}))
	if p.SCN != target || p.Complete {
		t.Errorf("SCN %d, want %d", p.SCN, target)
	}
}

func TestChangedLayoutRestoresTheOldControlFile(t *testing.T) {
	w := newWorld(2, 1)
	w.full()
	w.work(10)
	early := w.logs()
	w.addFile(9)
	w.work(10)
	w.full()
	p := mustPlan(t, w.onHost(Target{Kind: TargetSCN, SCN: early.ToSCN}))
	if p.ControlFile == nil || p.ControlFile.Set != early.ID {
		t.Errorf("control file %+v, want that of %s: today's asks for a datafile that did not exist", p.ControlFile, early.ID)
	}
	if len(p.Files) != 2 {
		t.Errorf("%d datafiles", len(p.Files))
	}
	same := mustPlan(t, w.onHost(Target{Kind: TargetSCN, SCN: w.sets[len(w.sets)-1].ToSCN}))
	if same.ControlFile != nil || len(same.Files) != 3 {
		t.Errorf("control file %+v for an unchanged layout, %d datafiles", same.ControlFile, len(same.Files))
	}
}

func TestOlderIncarnationIsReset(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	first := w.logs()
	w.work(10)
	w.logs()
	w.resetlogs(first.ToSCN)
	w.work(10)
	w.full()
	p := mustPlan(t, w.onHost(Target{Kind: TargetSCN, SCN: first.ToSCN - 2}))
	if !p.ResetIncarnation || p.ResetlogsSCN != 1000 {
		t.Fatalf("reset %v to %d", p.ResetIncarnation, p.ResetlogsSCN)
	}
	if !strings.Contains(p.Script(), "RESET DATABASE TO INCARNATION 1;") {
		t.Errorf("no RESET DATABASE in\n%s", p.Script())
	}
	if text := strings.Join(p.Warnings, "\n"); !strings.Contains(text, "older incarnation") {
		t.Errorf("warnings %q", p.Warnings)
	}
}

func TestOneDatabaseMustBeMeant(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	in := w.input(Target{})
	other := in.Sets[0]
	other.DBID, other.DBName, other.ID = 7, "OTHER", "other"
	in.Sets = append(in.Sets, other)
	if _, err := NewPlan(in); err == nil || !strings.Contains(err.Error(), "OTHER") {
		t.Errorf("error %v", err)
	}
	in.DBID = 4242
	if p := mustPlan(t, in); p.DBName != "ORCL" {
		t.Errorf("database %s", p.DBName)
	}
	in.Sets = nil
	if _, err := NewPlan(in); !errors.Is(err, ErrNoSets) {
		t.Errorf("error %v", err)
	}
}

// TestTotalLossScript is the text that a person reads before typing the name.
func TestTotalLossScript(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	w.logs()
	in := w.input(Target{})
	in.Facts = oracle.Facts{Status: oracle.Down}
	in.Exists = map[string]bool{"/home/dbs/spfileORCL.ora": false, "/data/control01.ctl": false}
	in.Channels = 2
	p := mustPlan(t, in)
	piece := p.ControlFile.Path
	want := "# spfile: if it is missing: from " + p.ControlFile.Piece.Name + "\n" +
		"SET DBID 4242;\nSTARTUP NOMOUNT;\nRESTORE SPFILE FROM '" + piece + "';\nSTARTUP FORCE NOMOUNT;\n\n" +
		"# controlfile: from " + p.ControlFile.Piece.Name + "\nRESTORE CONTROLFILE FROM '" + piece + "';\n\n" +
		"# mount: \nALTER DATABASE MOUNT;\n\n" +
		"# catalog: the downloaded pieces\nCATALOG START WITH '/restore/ORCL-4242/' NOPROMPT;\n\n" +
		"# restore: 1 datafiles\nRUN {\n  ALLOCATE CHANNEL d1 DEVICE TYPE DISK;\n  ALLOCATE CHANNEL d2 DEVICE TYPE DISK;\n  SET UNTIL SCN 1016;\n  RESTORE DATABASE;\n}\n\n" +
		"# recover: until SCN 1016\nRUN {\n  ALLOCATE CHANNEL d1 DEVICE TYPE DISK;\n  ALLOCATE CHANNEL d2 DEVICE TYPE DISK;\n  SET UNTIL SCN 1016;\n  RECOVER DATABASE;\n}\n\n" +
		"# open: RESETLOGS\nALTER DATABASE OPEN RESETLOGS;\n\n"
	if got := p.Script(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	text := strings.Join(p.Lines(), "\n")
	for _, part := range []string{"REACHABLE", "What you get", "before SCN 1016", "Download", "Disk", "RESETLOGS starts a new incarnation"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
}

// TestTimeScript: the clause is in the host's own wall clock.
func TestTimeScript(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(100)
	w.logs()
	for _, m := range w.sets {
		m.UTCOffsetMinutes = -180
	}
	at := worldStart.Add(secondsOf(120))
	for name, target := range map[string]Target{
		"instant": {Kind: TargetTime, Time: at},
		"local":   {Kind: TargetTime, Local: at.Add(-secondsOf(180 * 60)).Format(timeLayout)},
	} {
		p := mustPlan(t, w.input(target))
		if want := "SET UNTIL TIME \"TO_DATE('2026-11-01 00:02:00','YYYY-MM-DD HH24:MI:SS')\";"; !strings.Contains(p.Script(), want) {
			t.Errorf("%s: no %s in\n%s", name, want, p.Script())
		}
		if !p.Time.Equal(at) {
			t.Errorf("%s: time %v, want %v", name, p.Time, at)
		}
	}
	end := w.sets[len(w.sets)-1]
	if p := mustPlan(t, w.input(Target{Kind: TargetTime, Time: end.RecoverableTo})); p.SCN != end.ToSCN {
		t.Errorf("the end of redo by its time is SCN %d, want %d", p.SCN, end.ToSCN)
	}
	if _, err := NewPlan(w.input(Target{Kind: TargetTime, Time: end.RecoverableTo.Add(secondsOf(1))})); !errors.Is(err, ErrUnreachable) {
		t.Errorf("a moment after the end of redo: %v", err)
	}
}

func TestSequenceTarget(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	for range 30 {
		w.work(5)
		w.logs()
	}
	for _, m := range w.sets[1:] {
		for _, l := range logsOf(m) {
			if p := mustPlan(t, w.input(Target{Kind: TargetSequence, Sequence: l.Sequence, Thread: 1})); p.SCN != l.FirstSCN {
				t.Errorf("sequence %d ends at SCN %d, want %d", l.Sequence, p.SCN, l.FirstSCN)
			}
		}
	}
	if _, err := NewPlan(w.input(Target{Kind: TargetSequence, Sequence: 500, Thread: 1})); !errors.Is(err, ErrUnreachable) {
		t.Errorf("error %v", err)
	}
}

func TestExcludedFileStaysOffline(t *testing.T) {
	w := newWorld(2, 1)
	w.full()
	w.work(10)
	last := w.logs()
	for _, m := range w.sets {
		m.Excluded = []int{2}
		m.Pieces = slices.DeleteFunc(m.Pieces, func(p s3store.Piece) bool {
			return len(p.Files) > 0 && p.Files[0].Number == 2
		})
	}
	p := mustPlan(t, w.input(Target{}))
	if p.SCN != last.ToSCN || len(p.Files) != 1 {
		t.Fatalf("SCN %d, %d datafiles", p.SCN, len(p.Files))
	}
	for _, want := range []string{"RESTORE DATAFILE 1;", "SQL 'ALTER DATABASE DATAFILE 2 OFFLINE';"} {
		if !strings.Contains(p.Script(), want) {
			t.Errorf("no %q in\n%s", want, p.Script())
		}
	}
}

func TestPlanAsJSON(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	data, err := json.Marshal(mustPlan(t, w.input(Target{})))
	must(t, err)
	var back map[string]any
	must(t, json.Unmarshal(data, &back))
	for _, key := range []string{"db_name", "dbid", "reachable", "complete", "scn", "sets", "pieces", "files", "logs", "bytes", "bytes_here", "disk", "steps", "warnings"} {
		if _, ok := back[key]; !ok {
			t.Errorf("no %q in %s", key, data)
		}
	}
}

func TestMeasure(t *testing.T) {
	p := &Plan{Needs: []Need{{What: "staging", Dir: "/a", Bytes: 60}, {What: "datafiles", Dir: "/b", Bytes: 50}, {What: "datafiles", Dir: "/c", Bytes: 50}}}
	space := map[string]Space{"/a": {"disk1", 100}, "/b": {"disk1", 100}, "/c": {"disk2", 100}}
	err := p.Measure(func(dir string) (Space, error) { return space[dir], nil })
	var e *NoRoomError
	if !errors.As(err, &e) || len(e.Folders) != 2 || !p.Needs[0].Short || !p.Needs[1].Short || p.Needs[2].Short {
		t.Errorf("error %v, needs %+v", err, p.Needs)
	}
	space["/a"], space["/b"] = Space{"disk1", 110}, Space{"disk1", 110}
	if err := p.Measure(func(dir string) (Space, error) { return space[dir], nil }); err != nil || p.Needs[0].Short {
		t.Errorf("error %v", err)
	}
}
