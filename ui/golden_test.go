package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
)

var update = flag.Bool("update", false, "write the golden views anew")

func contains(s, part string) bool { return strings.Contains(s, part) }

// golden compares a text with testdata/golden/name, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update writes it anew\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

// sizes are the terminals that every view is drawn for.
var sizes = [][2]int{{60, 16}, {80, 24}, {120, 40}}

// goldenViews draws what is on a desk in all sizes, and checks that each frame
// fills its terminal exactly.
func goldenViews(t *testing.T, name string, k *desk) {
	t.Helper()
	var b strings.Builder
	for _, s := range sizes {
		k.size(s[0], s[1])
		k.a.View() // scrolls to where the next one stays
		content := k.a.View().Content
		if h := lipgloss.Height(content); h != s[1] {
			t.Errorf("%s at %dx%d has %d lines", name, s[0], s[1], h)
		}
		fmt.Fprintf(&b, "== %d x %d\n", s[0], s[1])
		for line := range strings.SplitSeq(strip(content), "\n") {
			if w := lipgloss.Width(line); w > s[0] {
				t.Errorf("%s at %dx%d has a line of %d columns: %s", name, s[0], s[1], w, line)
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	golden(t, name+".txt", b.String())
}

// scenes are the screens of the console in the states that matter.
var scenes = map[string]func(k *desk){
	"sets":             func(k *desk) { k.sees("locked") },
	"sets-filter":      func(k *desk) { k.press("/"); k.text("nov arch"); k.sees("3 of 8") },
	"sets-by-size":     func(k *desk) { k.press("o"); k.sees("by size") },
	"sets-foreign":     func(k *desk) { k.press("G") },
	"set":              func(k *desk) { k.press("enter"); k.sees("locked") },
	"help":             func(k *desk) { k.press("?") },
	"palette":          func(k *desk) { k.press(":"); k.text("re") },
	"backup":           func(k *desk) { k.press("b"); k.sees("datafiles-1") },
	"backup-confirm":   func(k *desk) { k.press("b"); k.sees("datafiles-1"); k.press("enter") },
	"restore":          func(k *desk) { k.press("r", "j", "enter"); k.text("2026-11-23 11:30:00") },
	"restore-calendar": func(k *desk) { k.press("r", "c") },
	"restore-plan":     func(k *desk) { k.press("r", "enter"); k.sees("REACHABLE"); k.press("enter"); k.text("OR") },
	"restore-script":   func(k *desk) { k.press("r", "enter"); k.sees("REACHABLE"); k.press("s") },
	"restore-refused": func(k *desk) {
		k.press("r", "j", "j", "j", "enter")
		k.text("1884150000")
		k.press("enter")
		k.sees("NOT REACHABLE")
	},
	"databases": func(k *desk) {
		other := set("full", at(20, 1, 0), at(20, 1, 0), time.Hour, 1, "")
		other.DBName, other.DBID, other.ID = "SALES", 7, "20261120T040003Z-full-SALES-0001"
		k.a.d.Store.(*fakeStore).sets = append(fixtureSets(), other)
		k.press("ctrl+r")
		k.until("SALES", func() bool { return len(k.a.data.list.dbs) == 2 })
		k.press("d")
	},
	"runs":       func(k *desk) { k.a.data.runs = fixtureRuns(); k.press("L") },
	"check":      func(k *desk) { k.press("c"); k.sees("AccessDenied") },
	"trends":     func(k *desk) { k.press("T", "tab", "tab"); k.sees("throughput") },
	"verify":     func(k *desk) { k.press("v"); k.sees("as they should be") },
	"run-live":   func(k *desk) { showRun(k, liveEvents()) },
	"run-failed": func(k *desk) { showRun(k, failedEvents()) },
	"run-done":   func(k *desk) { showRun(k, doneEvents()) },
	"run-search": func(k *desk) { showRun(k, liveEvents()); k.press("F", "/"); k.text("piece"); k.press("enter") },
	"run-cancel": func(k *desk) { showRun(k, liveEvents()); k.press("x") },
}

func TestGolden(t *testing.T) {
	for name, play := range scenes {
		t.Run(name, func(t *testing.T) {
			k := openedDesk(t, fixtureDeps(t))
			play(k)
			goldenViews(t, name, k)
		})
	}
}

// In ASCII every byte on the screen is one, and nothing shifts.
func TestGoldenASCII(t *testing.T) {
	for name, play := range scenes {
		t.Run(name, func(t *testing.T) {
			d := fixtureDeps(t)
			d.ASCII = true
			k := openedDesk(t, d)
			play(k)
			goldenViews(t, filepath.Join("ascii", name), k)
			for i, r := range k.screen() {
				if r >= 0x80 {
					t.Fatalf("%q at byte %d of\n%s", r, i, k.screen())
				}
			}
		})
	}
}

// The styles of each theme, escapes and all.
func TestGoldenStyled(t *testing.T) {
	for _, dark := range []bool{true, false} {
		for _, name := range []string{"sets", "run-failed", "restore-plan"} {
			theme := map[bool]string{true: "dark", false: "light"}[dark]
			t.Run(theme+"/"+name, func(t *testing.T) {
				k := openedDesk(t, fixtureDeps(t))
				k.a.th = newTheme(dark, false, false)
				scenes[name](k)
				k.size(80, 24)
				golden(t, filepath.Join(theme, name+".ansi"), k.a.View().Content+"\n")
			})
		}
	}
}
