package harness

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// injection is what the tools' rman does wrong; see tools/inject.go.
type injection struct {
	On    string
	Mode  string
	Lines []string
	Exit  int
	Keep  bool
	Size  int
}

func (w *world) inject(i injection) {
	w.t.Helper()
	b, err := json.Marshal(i)
	must(w.t, err)
	must(w.t, run.WriteFile(w.path("oracle", "inject.json"), b))
}

// stack is RMAN's error stack for a code.
func stack(code string) []string {
	title := "injected by the harness"
	if e, ok := rman.Lookup(code); ok {
		title = e.Title
	}
	return []string{
		"RMAN-00571: ===========================================================",
		"RMAN-00569: =============== ERROR MESSAGE STACK FOLLOWS ===============",
		"RMAN-00571: ===========================================================",
		"RMAN-03002: failure of backup command at 11/24/2026 20:00:00",
		code + ": " + title,
		"", "Recovery Manager complete.",
	}
}

// catalogue lists every code that the error catalogue knows.
func catalogue() (codes []string) {
	for _, kind := range []string{"RMAN", "ORA"} {
		for n := range 100_000 {
			code := fmt.Sprintf("%s-%05d", kind, n)
			if _, ok := rman.Lookup(code); ok {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// TestEveryCodeInBackup has RMAN fail with each code of the catalogue, before it
// does anything and behind work that was done.
func TestEveryCodeInBackup(t *testing.T) {
	codes := catalogue()
	if len(codes) < 100 {
		t.Fatalf("the catalogue knows %d codes only", len(codes))
	}
	const hands = 2
	for hand := range hands {
		t.Run(fmt.Sprint(hand), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 400+uint64(hand))
			w.batch("full")
			for n, code := range w.some(codes, 6) {
				if !*long || n%hands == hand {
					w.failWith(code, []string{"before", "after"}[n/2%2])
				}
			}
			w.sometimes(false, "RMAN: a code of the catalogue")
		})
	}
}

// failWith has the last script of a backup fail with a code.
func (w *world) failWith(code, mode string) {
	w.t.Helper()
	w.work(4)
	w.tell("%s %s", mode, code)
	w.inject(injection{On: "logs", Mode: mode, Lines: stack(code), Exit: 1})
	r, err := w.engine("archivelog").run(w.t.Context())
	w.refused(code, r.SetID, err)
	if err != nil && !strings.Contains(err.Error(), code) {
		if e, _ := rman.Lookup(code); e.Severity == rman.Fatal {
			w.t.Errorf("%s: the error does not name it: %v", code, err)
		}
	}
	if _, err := w.engine("archivelog").run(w.t.Context()); err != nil {
		w.t.Errorf("after %s the next run fails: %v\n%s", code, err, w.lastRun())
	}
	w.check("RMAN: a code of the catalogue")
}

// refused: a failed RMAN is a failed run, and nothing is committed.
func (w *world) refused(what, set string, err error) {
	w.t.Helper()
	if err == nil || set != "" {
		w.t.Errorf("%s: set %q was committed, error %v\n%s", what, set, err, w.lastRun())
	}
}

// TestRMANLies: its exit status and its stack are both looked at.
func TestRMANLies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 410)
	w.batch("full")
	for name, i := range map[string]injection{
		"exit status 0 with an error stack":   {On: "logs", Mode: "after", Lines: stack("ORA-19502"), Exit: 0},
		"exit status 1 without a word":        {On: "logs", Mode: "mute", Exit: 1},
		"exit status 0, nothing done or said": {On: "logs", Mode: "before", Exit: 0},
	} {
		w.work(4)
		w.inject(i)
		e := w.batch("archivelog", 1)
		if !strings.Contains(e.out+e.err, "ended: failed") {
			t.Errorf("%s: %v", name, e)
		}
		w.batch("archivelog", 0, 3)
		w.check("RMAN: " + name)
	}
}

// pieceFaults are what the simulated rman can do at any piece.
var pieceFaults = []string{"disk_full", "create", "channel", "kill", "area_full", "silent", "corrupt"}

// TestRMANFailsAtAPiece: disk full, a channel that dies, RMAN killed, a piece
// that is reported and not there, at the nth piece.
func TestRMANFailsAtAPiece(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 420)
	w.env["RMAN_CHANNELS"] = "1" // a second one would do the first one's work
	w.save()
	w.batch("full")
	for _, kind := range w.some(pieceFaults, 4) {
		for at := 1; at <= 1+2*oneIf(*long); at++ {
			w.work(4)
			w.faults(rmansim.Faults{Pieces: []rmansim.PieceFault{{At: at, Kind: kind, After: 20000, Once: true}}})
			if kind == "corrupt" {
				// RMAN does not know it, and nobody can but who reads the piece
				// as RMAN does: S3 holds exactly what RMAN wrote.
				w.faults(rmansim.Faults{})
				continue
			}
			e := w.batch("incremental", 1)
			if e.code != 1 || !strings.Contains(e.out, "ended: failed") {
				t.Errorf("%s: %v", kind, e)
			}
			w.faults(rmansim.Faults{})
			w.recover("incremental", at)
			w.check("RMAN: " + strings.ReplaceAll(kind, "_", " ") + " at a piece")
		}
	}
	w.sometimes(true, "RMAN: (all of these in a row)")
}

// TestRMANHangs: the watchdog ends an RMAN that says nothing and writes nothing.
func TestRMANHangs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 430)
	w.batch("full")
	w.work(4)
	w.env["RMAN_SILENCE_LIMIT"] = "2s"
	w.save()
	w.faults(rmansim.Faults{Pieces: []rmansim.PieceFault{{At: 1, Kind: "hang", Once: true}}})
	e := w.batch("archivelog", 1)
	if !strings.Contains(e.out+e.err, "silent") {
		t.Errorf("the error does not say that RMAN fell silent: %v", e)
	}
	w.faults(rmansim.Faults{})
	w.batch("archivelog", 0, 3)
	w.check("RMAN: hangs")
}

// TestEveryCodeInRestore has a script of the restore fail with each code; the
// restore is then started again.
func TestEveryCodeInRestore(t *testing.T) {
	const hands = 2
	scripts := []string{"catalog", "restore", "recover", "open", "mount", "controlfile", "spfile"}
	for hand := range hands {
		t.Run(fmt.Sprint(hand), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 440+uint64(hand))
			w.lean = true // hundreds of sets
			w.batch("full")
			for n, code := range w.some(catalogue(), 1) {
				if !*long || n%hands == hand {
					w.failRestoreWith(code, scripts[n%len(scripts)])
				}
			}
			w.lean = false
			w.check("RMAN: a code of the catalogue, in restore")
		})
	}
}

// failRestoreWith has one script of a restore fail with a code.
func (w *world) failRestoreWith(code, script string) {
	w.t.Helper()
	const fault = "RMAN: a code of the catalogue, in restore"
	w.work(4)
	w.batch("archivelog", 0, 3)
	before, end := w.lose(oradb.LoseEverything)
	w.inject(injection{On: script, Mode: []string{"before", "after"}[w.dice.IntN(2)], Lines: stack(code), Exit: 1})
	w.tell("%s in %s", code, script)
	if e := w.batch("restore --confirm "+sid, 0, 1, 3); e.code == 1 {
		w.batch("restore --confirm "+sid, 0, 3)
	}
	w.inject(injection{On: "nothing"})
	w.proves(fault, before, end)
	w.batch("full", 0, 3)
	w.check(fault)
}
