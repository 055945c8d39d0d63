package ui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// starts are the runs that a desk has asked for.
func recordStarts(t *testing.T, d *Deps) *[][]string {
	var starts [][]string
	d.Start = func(kind string, args ...string) (run.Started, error) {
		starts = append(starts, append([]string{kind}, args...))
		dir := filepath.Join(d.Config.LogDir, "20261123T170211Z-"+kind+"-0001")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Error(err)
		}
		return run.Started{ID: filepath.Base(dir), Dir: dir, PID: 1}, nil
	}
	return &starts
}

func TestBackupAsksThenStarts(t *testing.T) {
	d := fixtureDeps(t)
	starts := recordStarts(t, &d)
	k := openedDesk(t, d)
	k.press("b", "enter")
	if !contains(k.a.toast.text, "the plan is not there yet") {
		t.Fatalf("toast %q", k.a.toast.text)
	}
	k.sees("datafiles-1")
	k.press("tab")
	k.sees("incremental backup of ORCL")
	k.press("enter")
	k.sees("Start a backup: incremental?")
	k.press("enter") // the first answer is not to
	k.press("enter", "right", "enter")
	k.sees("incremental is starting")
	if len(*starts) != 1 || !slices.Equal((*starts)[0], []string{"incremental"}) {
		t.Fatalf("started %v", *starts)
	}
	if len(k.a.stack) != 2 {
		t.Fatalf("%d screens: esc does not go to the list", len(k.a.stack))
	}
}

func TestRestoreTakesOnlyTheName(t *testing.T) {
	d := fixtureDeps(t)
	starts := recordStarts(t, &d)
	k := openedDesk(t, d)
	k.press("r", "j", "enter")
	k.text("tomorrow")
	k.press("enter")
	k.sees("FAIL not a time")
	for range 8 {
		k.send(keyOfBackspace)
	}
	k.text("2026-11-23 11:30:00")
	k.press("enter")
	k.sees("REACHABLE")
	k.press("tab")
	k.sees("mode: full")
	k.sees("REACHABLE")
	k.press("enter")
	k.text("PROD")
	k.press("enter")
	k.sees("that is not the database's name; nothing was changed")
	k.press("enter")
	k.text("orcl ")
	k.press("enter")
	k.sees("restore is starting")
	want := []string{"restore", "--until-time", "2026-11-23 11:30:00", "--mode", "full", "--dbid", "1591371226", "--confirm", "ORCL"}
	if len(*starts) != 1 || !slices.Equal((*starts)[0], want) {
		t.Fatalf("started %v, want %v", *starts, want)
	}
}

func TestRestoreRefusesWhatCannotBe(t *testing.T) {
	d := fixtureDeps(t)
	starts := recordStarts(t, &d)
	k := openedDesk(t, d)
	k.press("r", "j", "j", "j", "enter")
	k.text("1884150000")
	k.press("enter")
	k.sees("NOT REACHABLE")
	k.press("enter")
	if !contains(k.a.toast.text, "not reachable") || len(*starts) > 0 {
		t.Fatalf("toast %q, started %v", k.a.toast.text, *starts)
	}
	k.press("[")
	k.sees("SCN 1884100000") // the nearest before
}

// What was true when the plan was made may not be when the name is typed.
func TestRestoreLooksAgainBeforeItStarts(t *testing.T) {
	d := fixtureDeps(t)
	starts := recordStarts(t, &d)
	k := openedDesk(t, d)
	k.press("r", "enter")
	k.sees("REACHABLE")
	k.press("enter")
	k.text("ORCL")
	k.send(runsMsg{runs: fixtureRuns()})
	k.press("enter")
	k.sees("is running; nothing was changed")
	if len(*starts) > 0 {
		t.Fatalf("started %v", *starts)
	}
}

func TestRestoreFromTheSelectedSet(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.press("j", "r", "j", "j", "enter")
	if got := k.a.top().(*restoreScreen).input.Value(); got != fixtureSets()[1].ID {
		t.Fatalf("the field holds %q", got)
	}
}

func TestCalendarMoves(t *testing.T) {
	c := calendar{day: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)}
	for _, step := range []struct {
		months, days int
		want         string
	}{{1, 0, "2026-11-30"}, {-9, 0, "2026-02-28"}, {0, 1, "2026-03-01"}, {0, -7, "2026-02-22"}, {12, 0, "2027-02-22"}} {
		if c.move(step.months, step.days); c.day.Format(time.DateOnly) != step.want {
			t.Fatalf("%v leads to %s", step, c.day.Format(time.DateOnly))
		}
	}
}

func TestCalendarChoosesTheLastMoment(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.press("r", "c", "left", "enter")
	if got := k.a.top().(*restoreScreen).input.Value(); got != "2026-11-22 23:59:59" {
		t.Fatalf("the day before ends at %q", got)
	}
	k.press("esc", "c", "enter")
	if got := k.a.top().(*restoreScreen).input.Value(); got != "2026-11-23 14:00:24" {
		t.Fatalf("the last day ends at %q", got)
	}
}

func TestVerifyTellsWhatIsWrong(t *testing.T) {
	d := fixtureDeps(t)
	d.Store.(*fakeStore).verify = func(m *s3store.Manifest) (s3store.Report, error) {
		return s3store.Report{OK: 2, Corrupt: []s3store.Fault{{Key: "k/p1", Want: "CRC64NVME a", Have: "CRC64NVME b"}}}, nil
	}
	k := openedDesk(t, d)
	k.press("v")
	k.sees("FAIL")
	k.sees("k/p1")
	d.Store.(*fakeStore).verify = func(*s3store.Manifest) (s3store.Report, error) { return s3store.Report{}, errors.New("timeout") }
	k.press("D")
	k.sees("timeout")
}

// A run's journal, followed from disk: its view replays it, its advice and its
// verdict stand there without another key.
func TestRunViewReplaysAJournal(t *testing.T) {
	d := fixtureDeps(t)
	k := openedDesk(t, d)
	writeJournal(t, d.Config.LogDir, "20261123T163312Z-full-7f3a", failedEvents())
	k.press("L", "ctrl+r")
	k.sees("ORA-19502")
	k.press("enter")
	k.sees("next: free room in /u01/stage or lower STAGING_LIMIT")
	k.sees("exit 1")
	v := k.a.top().(*runView)
	if v.running() {
		t.Fatal("it is not seen to have ended")
	}
	k.press("esc")
	if k.a.live != nil {
		t.Fatal("a run that has ended is followed")
	}
}

// The run under way is followed behind the screens, and opened as it is.
func TestRunUnderWayIsFollowedInTheBackground(t *testing.T) {
	d := fixtureDeps(t)
	k := openedDesk(t, d)
	j := writeJournal(t, d.Config.LogDir, "20261123T163312Z-full-7f3a", liveEvents())
	k.press("ctrl+r")
	k.sees("● RUN full")
	k.press("w")
	k.sees("FOLLOW")
	v := k.a.top().(*runView)
	if v != k.a.live {
		t.Fatal("it is read a second time")
	}
	k.press("esc")
	j.Emit(run.Event{Type: run.TypeEnd, End: &run.End{Exit: 0, Outcome: "done"}})
	k.until("end", func() bool { return !v.running() })
}

// A view of a run that is closed stops reading.
func TestClosedRunViewStopsItsPump(t *testing.T) {
	d := fixtureDeps(t)
	k := openedDesk(t, d)
	writeJournal(t, d.Config.LogDir, "20261123T163312Z-full-7f3a", liveEvents())
	v := newRunView(k.a, "20261123T163312Z-full-7f3a", filepath.Join(d.Config.LogDir, "20261123T163312Z-full-7f3a"))
	k.a.push(v)
	k.do(v.follow())
	k.sees("FOLLOW")
	k.press("esc")
	deadline := time.Now().Add(5 * time.Second)
	for {
		v.pump.mu.Lock()
		ended := v.pump.ended
		v.pump.mu.Unlock()
		if ended {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("it goes on reading")
		}
		time.Sleep(time.Millisecond) // polled with a deadline
	}
}

// A process that dies before its journal begins is told by its last words.
func TestRunThatNeverBegan(t *testing.T) {
	d := fixtureDeps(t)
	k := openedDesk(t, d)
	dir := filepath.Join(d.Config.LogDir, "20261123T170211Z-full-0001")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	owner := `{"run_id":"20261123T170211Z-full-0001","host":` + quotedHost(t) + `,"pid":999999999}`
	for name, text := range map[string]string{"owner.json": owner, run.LaunchFile: "orabak-tui: S3_BUCKET is not set\x1b[2J\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k.send(startedMsg{run: run.Started{ID: filepath.Base(dir), Dir: dir}})
	k.sees("S3_BUCKET is not set")
	k.sees("the process is gone")
	if strings.Contains(k.a.View().Content, "\x1b[2J") {
		t.Fatal("its escapes reach the terminal")
	}
}

func TestCancelIsTwoSteps(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	v := showRun(k, liveEvents())
	k.press("x", "enter")
	if v.asked || len(k.a.dialogs) > 0 {
		t.Fatal("the first answer cancels")
	}
	k.press("x", "right", "enter")
	k.sees("cancelling")
	k.press("x")
	k.sees("It was asked before")
}

func TestSaveAndCopy(t *testing.T) {
	d := fixtureDeps(t)
	t.Chdir(t.TempDir())
	k := openedDesk(t, d)
	writeJournal(t, d.Config.LogDir, "20261123T163312Z-full-7f3a", failedEvents())
	k.press("L", "ctrl+r")
	k.sees("ORA-19502")
	k.press("enter")
	k.sees("exit 1")
	k.press("s")
	k.sees("saved to orabak-20261123T163312Z-full-7f3a.log")
	b, err := os.ReadFile("orabak-20261123T163312Z-full-7f3a.log")
	if err != nil || !contains(string(b), "ORA-19502") {
		t.Fatalf("%v %s", err, b)
	}
	if i, _ := os.Stat("orabak-20261123T163312Z-full-7f3a.log"); i.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v", i.Mode())
	}
	k.press("y")
	k.sees("sent to the terminal's clipboard")
	if got := k.a.top().(*runView).log.text(); !contains(got, "ended: failed") || contains(got, "\x1b") {
		t.Fatalf("%q", got)
	}
}
