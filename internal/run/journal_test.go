package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// clock is an injected one that moves only when told.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newJournal(t *testing.T) (*Journal, *clock) {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 23, 14, 3, 12, 345678901, time.UTC)}
	j, err := Create(t.TempDir(), childID, Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j, c
}

// samples has one event of each type, with every field set.
func samples() []Event {
	return []Event{
		{Type: TypeStart, Start: &Start{Kind: "full", SetID: "s", Tag: "T", DBName: "ORCL", DBID: 7, StartedBy: "cron", Version: "1", Args: []string{"--batch", "full"}}},
		{Type: TypePhase, Phase: &Phase{Name: "rman", State: Begun, Detail: "level 0"}},
		{Type: TypeLine, Line: &Line{Step: "level0", Text: `piece handle="/a\b" <x> & y`, Severity: "error", Code: "ORA-19502"}},
		{Type: TypeLine, Line: &Line{Text: "Übertragung läuft"}},
		{Type: TypeLine, Line: &Line{}},
		{Type: TypeChannel, Channel: &Channel{Name: "c1", Doing: "level 0", File: "/f", Piece: 2, State: Running, SID: 173}},
		{Type: TypeLongops, Longops: &Longops{Channels: []Longop{{Channel: "c1", SID: 173, Op: "RMAN: full datafile backup", Done: 3, Total: 4, BlockSize: 8192, Left: 9}}}},
		{Type: TypePiece, Piece: &Piece{Name: "p", Handle: "/s/p", Channel: "c1", Tag: "T", Bytes: 5, State: Finished, Content: "datafile 4"}},
		{Type: TypeTransfer, Transfer: &Transfer{Dir: "up", Name: "p", Key: "k/p", Done: 1, Total: 2, State: Retrying, Attempt: 3, Error: "503\nSlowDown"}},
		{Type: TypeTransfer, Transfer: &Transfer{Dir: "up", Name: "p", Key: "k/p", State: Done}},
		{Type: TypeProgress, Progress: &Progress{Phase: "upload", Done: 1, Total: 2, Items: 3, ItemsTotal: 4, Estimated: true, Staging: 5, StagingLimit: 6}},
		{Type: TypeProblem, Problem: &Problem{Severity: "warning", Code: "RMAN-08137", Text: "a\nb", Cause: "c", Remedy: "r", Stack: []string{"x", "y"}}},
		{Type: TypePlan, Plan: &Plan{Summary: "s", Bytes: 1, Pieces: 2, Sets: []string{"a"}, Steps: []PlanStep{{Name: "n", Detail: "d", Script: "run {\n}"}}, Warnings: []string{"w"}}},
		{Type: TypeCommit, Commit: &Commit{SetID: "s", Key: "k", Bytes: 9, Pieces: 1}},
		{Type: TypeRelease, Release: &Release{Deleted: 3, Kept: 1}},
		{Type: TypeMark, Mark: &Mark{Name: "m", Data: map[string]string{"upload": "u"}}},
		{Type: TypeEnd, End: &End{Exit: 3, Outcome: "warnings", SetID: "s", Code: "c", Error: "e", Remedy: "r", Warnings: 1, Bytes: 9, Pieces: 1}},
	}
}

func TestWhatIsEmittedIsRead(t *testing.T) {
	j, c := newJournal(t)
	want := samples()
	for n := range want {
		j.Emit(want[n])
		want[n].V, want[n].Seq, want[n].Time = FormatVersion, int64(n+1), c.at
		c.at = c.at.Add(time.Second)
	}
	self := Self(childID, c.at)
	want[0].Start = &Start{ID: childID, Kind: "full", SetID: "s", Tag: "T", DBName: "ORCL", DBID: 7, Host: self.Host, PID: self.PID, Proc: self.Proc, StartedBy: "cron", Version: "1", Args: []string{"--batch", "full"}}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := Read(j.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for n := range want {
		if n >= len(got) || !reflect.DeepEqual(got[n], want[n]) {
			t.Fatalf("event %d:\n got %s\nwant %s", n+1, dump(got[n]), dump(want[n]))
		}
	}
}

func dump(e Event) string { b, _ := json.Marshal(e); return string(b) }

func TestLinesByHandAreWhatTheGeneralEncoderWrites(t *testing.T) {
	for _, e := range samples() {
		e.V, e.Seq, e.Time = 1, 12, time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC)
		var n encoder
		got, err := n.encode(&e, false)
		if err != nil {
			t.Fatal(err)
		}
		want, err := marshal(&e)
		if err != nil || string(got) != string(want)+"\n" {
			t.Errorf("got  %swant %s\n%v", got, want, err)
		}
	}
}

func TestHostileTextsNeverReachTheFiles(t *testing.T) {
	j, _ := newJournal(t)
	const evil = "\x1b[31m\u202e\u009b\x07\xff\r"
	stack := []string{evil}
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: evil, Step: evil}})
	j.Emit(Event{Type: TypeTransfer, Transfer: &Transfer{Dir: "up", Name: evil, Error: evil, State: Failed}})
	j.Emit(Event{Type: TypeProblem, Problem: &Problem{Severity: "error", Text: evil, Stack: stack}})
	j.Emit(Event{Type: TypeMark, Mark: &Mark{Name: evil, Data: map[string]string{evil: evil}}})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if stack[0] != evil {
		t.Error("the caller's event was changed")
	}
	for _, name := range []string{EventsFile, TextFile} {
		data, err := os.ReadFile(filepath.Join(j.Dir(), name))
		if err != nil || CleanText(string(data)) != string(data) {
			t.Errorf("%s holds unsafe text: %q, %v", name, data, err)
		}
	}
	_, err := Replay(filepath.Join(j.Dir(), EventsFile), func(e Event) error {
		if e.Mark != nil && e.Mark.Data[CleanText(e.Mark.Name)] == "" {
			t.Errorf("%s", dump(e))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestThinning(t *testing.T) {
	j, c := newJournal(t)
	step := func(d time.Duration, e Event) { c.at = c.at.Add(d); j.Emit(e) }
	up := func(name string, s State, done int64) Event {
		return Event{Type: TypeTransfer, Transfer: &Transfer{Dir: "up", Name: name, Done: done, State: s}}
	}
	total := func(done int64) Event {
		return Event{Type: TypeProgress, Progress: &Progress{Phase: "upload", Done: done}}
	}
	step(0, up("a", Begun, 0))
	step(100*time.Millisecond, up("a", Running, 1)) // too soon after begun
	step(100*time.Millisecond, up("b", Running, 2)) // another piece
	step(100*time.Millisecond, up("a", Running, 3))
	step(0, up("a", Retrying, 3))
	step(0, up("a", Done, 4))
	step(0, total(10))
	step(100*time.Millisecond, total(11))
	step(100*time.Millisecond, total(12))
	step(0, Event{Type: TypePhase, Phase: &Phase{Name: "upload", State: Done}})
	step(time.Second, total(13))
	step(-time.Hour, total(14)) // the clock was set back
	events, err := Read(j.Dir())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		switch {
		case e.Transfer != nil:
			got = append(got, fmt.Sprint(e.Transfer.Name, e.Transfer.State, e.Transfer.Done))
		case e.Progress != nil:
			got = append(got, fmt.Sprint("total", e.Progress.Done))
		default:
			got = append(got, string(e.Type))
		}
	}
	want := "abegun0 brunning2 arunning3 aretrying3 adone4 total10 total12 phase total13 total14"
	if strings.Join(got, " ") != want {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestTextLogIsForPeople(t *testing.T) {
	j, c := newJournal(t)
	for _, e := range samples() {
		j.Emit(e)
	}
	if _, err := j.RMANLog().Write([]byte("RMAN> raw\n")); err != nil {
		t.Error(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(j.Dir(), TextFile))
	if err != nil {
		t.Fatal(err)
	}
	stamp := c.at.Local().Format("2006-01-02T15:04:05-07:00 ")
	for _, want := range []string{
		stamp + "full begins: run " + childID, stamp + `piece handle="/a\b" <x> & y` + "\n",
		stamp + "WARNING RMAN-08137: a\n    b\n    x\n", "what to do: r\n", stamp + "ended: warnings, exit code 3, set s",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("run.log lacks %q:\n%s", want, text)
		}
	}
	if raw, err := os.ReadFile(filepath.Join(j.Dir(), RMANFile)); err != nil || string(raw) != "RMAN> raw\n" {
		t.Errorf("rman.log holds %q, %v", raw, err)
	}
}

func TestEmitFromManyGoroutines(t *testing.T) {
	j, _ := newJournal(t)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for n := range 200 {
				j.Emit(Event{Type: TypeLine, Line: &Line{Step: itoa(g), Text: itoa(n)}})
			}
		})
	}
	all.Wait()
	if err := j.Close(); err != nil { // the last lines may still have waited
		t.Fatal(err)
	}
	events, err := Read(j.Dir())
	if err != nil || len(events) != 1600 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	next := map[string]int{}
	for n, e := range events {
		if e.Seq != int64(n+1) || e.Line.Text != itoa(next[e.Line.Step]) {
			t.Fatalf("event %d: %s", n+1, dump(e))
		}
		next[e.Line.Step]++
	}
}

func TestPermissions(t *testing.T) {
	j, _ := newJournal(t)
	want := map[string]os.FileMode{".": 0o700, ScriptsDir: 0o700, EventsFile: 0o600, TextFile: 0o600, RMANFile: 0o600, ownerFile: 0o600}
	for name, mode := range want {
		fi, err := os.Stat(filepath.Join(j.Dir(), name))
		if err != nil || fi.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, fi.Mode(), err)
		}
	}
}

func TestScriptPathStaysInside(t *testing.T) {
	j, _ := newJournal(t)
	for name, want := range map[string]string{
		"level0-1.rman": "level0-1.rman", "../../x": "_.._.._x", "": "_", "..": "_..", ".x": "_.x", "a/b\x00c": "a_b_c",
	} {
		if got := j.ScriptPath(name); got != filepath.Join(j.Dir(), ScriptsDir, want) {
			t.Errorf("ScriptPath(%q) = %s", name, got)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	j, _ := newJournal(t)
	logDir := filepath.Dir(j.Dir())
	if _, err := Create(logDir, childID, Options{}); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second journal of a run: %v", err)
	}
	for _, id := range []string{"", "..", "../x", "20261123T140312Z-full-ORCL-7f3a"} {
		if _, err := Create(logDir, id, Options{}); err == nil {
			t.Errorf("journal of %q", id)
		}
	}
	file := filepath.Join(logDir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Create(file, childID, Options{})
	if err == nil || !strings.Contains(err.Error(), "LOG_DIR") {
		t.Errorf("LOG_DIR that is a file: %v", err)
	}
}

// A disk that fills up in the middle of a run: /dev/full fails every write.
func TestFullDiskDoesNotStopTheRun(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	j, _ := newJournal(t)
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: "fits"}})
	good := j.events
	j.events = full
	j.Emit(Event{Type: TypeMark, Mark: &Mark{Name: "lost"}})
	if err := j.Err(); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("Err is %v", err)
	}
	// Half a line was written before the disk was full.
	j.events, j.torn = good, true
	if _, err := good.WriteString(`{"v":1,"seq":2,"ti`); err != nil {
		t.Fatal(err)
	}
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: "room again"}})
	gaps, err := Replay(filepath.Join(j.Dir(), EventsFile), func(Event) error { return nil })
	events, _ := Read(j.Dir())
	if err != nil || gaps.Garbage != 1 || len(events) != 2 || events[1].Line.Text != "room again" || events[1].Seq != 3 {
		t.Errorf("%d events, %+v, %v", len(events), gaps, err)
	}
	if j.Close() == nil {
		t.Error("Close forgot the failure")
	}
}

func TestEmitAfterClose(t *testing.T) {
	j, _ := newJournal(t)
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	j.Emit(Event{Type: TypeMark, Mark: &Mark{Name: "late"}})
	if !errors.Is(j.Err(), errClosed) {
		t.Errorf("Err is %v", j.Err())
	}
}

func BenchmarkEmitLine(b *testing.B) {
	j, err := Create(b.TempDir(), childID, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	e := Event{Type: TypeLine, Line: &Line{Step: "level0-1", Text: "input datafile file number=00004 name=/u01/app/oracle/oradata/ORCL/users01.dbf"}}
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		j.Emit(e)
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
}

// cpuTime is what this process has used, user and system: unlike the clock it
// does not count other programs on a busy machine.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWriteAlone is the floor of BenchmarkEmitLine: the same bytes in the
// same system calls, without any work of ours.
func BenchmarkWriteAlone(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "x"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	line := make([]byte, 185)
	before := cpuTime()
	for b.Loop() {
		if _, err := f.Write(line); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
}
