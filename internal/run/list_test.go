package run

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// writeRun makes a run of a given age that ended as told; a nil end leaves a
// run whose process is gone.
func writeRun(t testing.TB, logDir, id string, end *End, lines int) {
	t.Helper()
	p, err := ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	j, err := Create(logDir, id, Options{Now: func() time.Time { return p.Time }})
	if err != nil {
		t.Fatal(err)
	}
	j.Emit(Event{Type: TypeStart, Start: &Start{Kind: p.Kind, DBName: "ORCL", Version: "1"}})
	for n := range lines {
		j.Emit(Event{Type: TypeLine, Line: &Line{Text: fmt.Sprintf("line %d of many lines of a run", n)}})
	}
	if end == nil {
		j.Emit(Event{Type: TypeProblem, Problem: &Problem{Severity: "error", Code: "ORA-1", Text: "last words"}})
		gone := Holder{RunID: id, Host: hostname(), PID: os.Getpid(), Proc: "another boot", Started: p.Time}
		if err := writeJSON(filepath.Join(j.Dir(), ownerFile), gone); err != nil {
			t.Fatal(err)
		}
	} else {
		j.Emit(Event{Type: TypeEnd, End: end})
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(j.Dir(), EventsFile), p.Time, p.Time); err != nil {
		t.Fatal(err)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	writeRun(t, dir, "20260101T000000Z-full-0001", &End{Outcome: "done", Bytes: 5, SetID: "s"}, 2000)
	writeRun(t, dir, "20260102T000000Z-full-0002", nil, 2000)
	writeRun(t, dir, "20260103T000000Z-restore-0003", &End{Exit: 6, Outcome: "interrupted"}, 0)
	writeRun(t, dir, "20260104T000000Z-verify-0004", nil, 0)
	writeRun(t, dir, "20260105T000000Z-full-0005", &End{Exit: 1, Outcome: "failed", Error: "disk full", Code: "ORA-19502"}, 0)
	writeRun(t, dir, "20260106T000000Z-full-0006", &End{Exit: 3, Outcome: "a word of tomorrow"}, 0)
	writeRun(t, dir, "20260106T120000Z-full-0009", &End{Exit: 130, Outcome: "cancelled"}, 0)
	for _, other := range []string{"notes", ".lock-ORCL", "20260107T000000Z-full-ORCL-0007"} {
		if err := MkdirAll(filepath.Join(dir, other)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "20260108T000000Z-full-0008")); err != nil {
		t.Fatal(err)
	}
	list, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range list {
		got = append(got, fmt.Sprint(i.ID[17:], i.State, i.Exit, i.Bytes, i.Resumable, i.Code, i.Error))
	}
	want := []string{
		"full-0009cancelled130 0 true",
		"full-0006warnings3 0 false", "full-0005failed1 0 falseORA-19502disk full", "verify-0004interrupted-1 0 falseORA-1last words",
		"restore-0003interrupted6 0 true", "full-0002interrupted-1 0 trueORA-1last words", "full-0001done0 5 false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	if list, err := List(filepath.Join(dir, "none")); err != nil || len(list) != 0 {
		t.Errorf("no LOG_DIR: %v %v", list, err)
	}
}

func TestListOfARunWithoutJournal(t *testing.T) {
	dir := t.TempDir()
	if err := MkdirAll(filepath.Join(dir, childID)); err != nil {
		t.Fatal(err)
	}
	if i, err := Stat(dir, childID); err != nil || i.State != Unknown {
		t.Errorf("a folder that was just made: %+v %v", i, err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, childID), old, old); err != nil {
		t.Fatal(err)
	}
	if i, err := Stat(dir, childID); err != nil || i.State != Interrupted && !onNetwork(dir) {
		t.Errorf("a folder that nobody filled: %+v %v", i, err)
	}
}

// A journal that cannot be read may hold anything: such a run is not called
// interrupted, not resumed and not removed.
func TestRunThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	// Reading a folder fails for root, too.
	if err := MkdirAll(filepath.Join(dir, childID, EventsFile)); err != nil {
		t.Fatal(err)
	}
	i, err := Stat(dir, childID)
	if err != nil || i.State != Unknown || i.Resumable || i.Error == "" {
		t.Errorf("%+v %v", i, err)
	}
	gone, err := Prune(dir, 1, time.Now().AddDate(10, 0, 0), nil)
	if err != nil || len(gone) != 0 {
		t.Errorf("pruned %v, %v", gone, err)
	}
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	const (
		oldDone      = "20260101T000000Z-full-0001"
		oldResumable = "20260102T000000Z-full-0002"
		oldOther     = "20260103T000000Z-verify-0003"
		newDone      = "20260401T000000Z-full-0004"
		running      = "20260104T000000Z-full-0005"
	)
	writeRun(t, dir, oldDone, &End{Outcome: "done"}, 0)
	writeRun(t, dir, oldResumable, nil, 0)
	writeRun(t, dir, oldOther, nil, 0)
	writeRun(t, dir, newDone, &End{Outcome: "done"}, 0)
	now := time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC)
	j, err := Create(dir, running, Options{Now: func() time.Time { return now.AddDate(-1, 0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if gone, err := Prune(dir, 0, now, nil); err != nil || len(gone) != 0 {
		t.Errorf("keep for ever: %v %v", gone, err)
	}
	gone, err := Prune(dir, 80, now, nil)
	if err != nil || !slices.Equal(gone, []string{oldOther, oldDone}) {
		t.Errorf("pruned %v, %v", gone, err)
	}
	left, _ := List(dir)
	if len(left) != 3 {
		t.Errorf("left: %+v", left)
	}
	gone, err = Prune(dir, 80, now, func(Info) bool { return false })
	if err != nil || !slices.Equal(gone, []string{oldResumable}) {
		t.Errorf("pruned %v, %v", gone, err)
	}
}

func BenchmarkList(b *testing.B) {
	dir := b.TempDir()
	for n := range 500 {
		writeRun(b, dir, fmt.Sprintf("20260101T000000Z-full-%04x", n), &End{Outcome: "done"}, 0)
	}
	for b.Loop() {
		if list, err := List(dir); err != nil || len(list) != 500 {
			b.Fatal(len(list), err)
		}
	}
}
