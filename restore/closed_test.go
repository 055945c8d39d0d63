package restore

import (
	"errors"
	"testing"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// closedInput is a mounted database that was closed cleanly at SCN 500 and has
// lost its online redo.
func closedInput() *Input {
	return &Input{Facts: oracle.Facts{Status: oracle.Mounted, ControlfileType: "CURRENT", HeadersKnown: true, CheckpointSCN: 500,
		Threads: []oracle.Thread{{Number: 1, Status: "CLOSED"}},
		Datafiles: []oracle.Datafile{{Number: 1, Status: "SYSTEM", HeaderSCN: 500}, {Number: 2, Status: "ONLINE", HeaderSCN: 500},
			{Number: 3, Status: "ONLINE", Enabled: "READ ONLY", HeaderSCN: 90}, {Number: 4, Status: "OFFLINE", HeaderSCN: 80, HeaderError: "OFFLINE NORMAL"}}}}
}

func TestOnlyACleanlyClosedDatabaseKeepsItsFiles(t *testing.T) {
	if scn, ok := closedAt(closedInput()); !ok || scn != 500 {
		t.Errorf("closed at %d, %v", scn, ok)
	}
	for name, change := range map[string]func(*oracle.Facts){
		"open":                 func(f *oracle.Facts) { f.Status = oracle.Open },
		"restored control":     func(f *oracle.Facts) { f.ControlfileType = "BACKUP" },
		"lost control":         func(f *oracle.Facts) { f.ControlfileLost = true },
		"crashed":              func(f *oracle.Facts) { f.Threads[0].Status = "OPEN" },
		"threads not known":    func(f *oracle.Facts) { f.Threads = nil },
		"fuzzy":                func(f *oracle.Facts) { f.Datafiles[1].Fuzzy = true },
		"restored file":        func(f *oracle.Facts) { f.Datafiles[1].HeaderSCN = 400 },
		"recovered to another": func(f *oracle.Facts) { f.CheckpointSCN = 600 },
		"missing file":         func(f *oracle.Facts) { f.Datafiles[0].HeaderError = "FILE NOT FOUND" },
		"headers not known":    func(f *oracle.Facts) { f.HeadersKnown = false },
		"no files":             func(f *oracle.Facts) { f.Datafiles = nil },
	} {
		in := closedInput()
		change(&in.Facts)
		if scn, ok := closedAt(in); ok {
			t.Errorf("%s: counts as closed at %d", name, scn)
		}
	}
}

func TestTheLogThatRecoveryAskedFor(t *testing.T) {
	stack := func(code, text string) error {
		return &rman.Error{Root: code, Stack: &rman.Stack{Lines: []rman.StackLine{{Code: "RMAN-03002", Text: "failure of recover command"}, {Code: code, Text: text}}}}
	}
	const text = "media recovery requesting unknown archived log for thread 1 with sequence 58 and starting SCN of 9000123"
	for _, c := range []struct {
		err  error
		want int64
	}{{stack("RMAN-06054", text), 9000123}, {stack("RMAN-06054", "cut"), 0}, {stack("ORA-00353", text), 0}, {errors.New(text), 0}} {
		if got := requestedSCN(c.err); got != c.want {
			t.Errorf("%v: SCN %d, want %d", c.err, got, c.want)
		}
	}
}
