package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
	"orabak-tui/s3store"
)

// No two bindings of a screen take the same key, but for those that mean to
// stand before a key that works everywhere.
func TestKeysDoNotShadow(t *testing.T) {
	meant := map[string]bool{"esc": true, "ctrl+r": true, "f5": true}
	for name, play := range scenes {
		t.Run(name, func(t *testing.T) {
			k := openedDesk(t, fixtureDeps(t))
			play(k)
			k.a.dialogs = nil
			taken := map[string]string{}
			for _, b := range k.a.bindings() {
				if b.do == nil || b.Help().Key == "" || b.Help().Desc == "" {
					t.Errorf("%v does nothing or says nothing", b.Keys())
				}
				for _, key := range b.Keys() {
					if by, ok := taken[key]; ok && !meant[key] {
						t.Errorf("%s is %q and %q", key, by, b.Help().Desc)
					}
					taken[key] = b.Help().Desc
				}
			}
		})
	}
}

// Every key that the help names does what it says or tells why it does not.
func TestKeysThatAreOffSayWhy(t *testing.T) {
	d := fixtureDeps(t)
	d.ReadOnly = true
	started := false
	d.Start = func(string, ...string) (run.Started, error) {
		started = true
		return run.Started{}, nil
	}
	k := openedDesk(t, d)
	k.sees("READ-ONLY")
	for _, key := range []string{"b", "r"} {
		k.press(key)
		if k.a.toast.text == "" || len(k.a.stack) > 1 {
			t.Errorf("%s: toast %q, %d screens", key, k.a.toast.text, len(k.a.stack))
		}
	}
	k.press(":")
	k.text("backup")
	k.press("enter")
	if !contains(k.screen(), "read-only") || started {
		t.Fatalf("the palette starts a backup:\n%s", k.screen())
	}
}

func TestFilterTakesLetters(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.press("/")
	k.text("qbr") // letters that are keys elsewhere
	if len(k.a.stack) != 1 || !contains(k.screen(), "no set matches") {
		t.Fatalf("letters are taken as commands:\n%s", k.screen())
	}
	k.press("esc")
	k.sees("8 sets")
	k.press("/")
	k.send(tea.PasteMsg{Content: "warn\x1b[31m"})
	k.press("enter", "enter")
	if _, ok := k.a.top().(*setView); ok {
		t.Fatal("a filter with a pasted escape matches something")
	}
}

func TestSelectionStaysOnItsSet(t *testing.T) {
	d := fixtureDeps(t)
	store := d.Store.(*fakeStore)
	k := openedDesk(t, d)
	k.press("j", "j")
	home := k.a.stack[0].(*sets)
	id := home.selected().ID
	store.mu.Lock()
	store.sets = append([]s3store.Set{set("archivelog", at(23, 14, 0), at(23, 14, 1), time.Second, 1, "")}, store.sets...)
	store.mu.Unlock()
	k.press("ctrl+r")
	k.sees("9 sets")
	if got := home.selected().ID; got != id {
		t.Fatalf("the selection went from %s to %s", id, got)
	}
}

func TestSeveralDatabases(t *testing.T) {
	d := fixtureDeps(t)
	other := set("full", at(20, 1, 0), at(20, 1, 0), time.Hour, 1, "")
	other.DBName, other.DBID, other.ID = "SALES", 7, "20261120T040003Z-full-SALES-0001"
	d.Store = &fakeStore{sets: append(fixtureSets(), other)}
	k := openedDesk(t, d)
	k.sees("8 sets") // SALES is not among them
	k.press("d", "down", "enter")
	k.sees("SALES › backups")
	k.sees("not this host's database")
}

// The console lives while S3 and Oracle hang, on what it knew before.
func TestNothingWaitsForTheNetwork(t *testing.T) {
	d := fixtureDeps(t)
	hang := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	d.Store = &fakeStore{cached: fixtureSets(), cachedAt: now.Add(-time.Hour), list: func(ctx context.Context) ([]s3store.Set, error) { return nil, hang(ctx) }}
	d.Facts = func(ctx context.Context) (*oracle.Facts, error) { return nil, hang(ctx) }
	d.Preflight = func(ctx context.Context) []Finding { hang(ctx); return nil }
	d.PlanBackup = func(ctx context.Context, _ string) (*run.Plan, error) { return nil, hang(ctx) }
	d.PlanRestore = func(ctx context.Context, _ restore.Request) (*restore.Plan, error) { return nil, hang(ctx) }
	k := newDesk(t, d)
	init := k.a.Init()
	if !contains(k.screen(), "8 sets") {
		t.Fatalf("the first frame is not from the cache:\n%s", k.screen())
	}
	k.do(init)
	k.press("c", "esc", "b", "esc", "r", "enter", "esc", "esc", "T", "esc", "L", "esc", "enter", "esc", "v", "esc", "j")
	if len(k.a.stack) != 1 {
		t.Fatalf("%d screens", len(k.a.stack))
	}
}

func TestBucketThatFailsIsToldOnce(t *testing.T) {
	d := fixtureDeps(t)
	d.Store = &fakeStore{cached: fixtureSets(), cachedAt: now.Add(-time.Hour), list: func(context.Context) ([]s3store.Set, error) {
		return nil, errors.New("dial tcp: no route to host")
	}}
	k := openedDesk(t, d)
	k.sees("FAIL the bucket cannot be read: dial tcp")
	k.sees("the bucket cannot be read now")
	k.press("j")
	k.send(setsTickMsg{})
	k.until("a second look", func() bool { return !k.a.data.loading })
	if k.a.toast.text != "" {
		t.Fatalf("told again: %s", k.a.toast.text)
	}
}

func TestQuit(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.press("q")
	if !k.a.leaving {
		t.Fatal("q does not leave")
	}
	k = openedDesk(t, fixtureDeps(t))
	k.a.data.runs = fixtureRuns()
	k.press("q")
	k.sees("20261123T163312Z-full-7f3a is running (pid 48113)")
	k.press("enter") // stay has the focus
	if k.a.leaving || len(k.a.dialogs) > 0 {
		t.Fatal("the first answer is not to stay")
	}
	k.press("ctrl+c", "right", "enter")
	if !k.a.leaving {
		t.Fatal("the second answer does not leave")
	}
}

func TestSmallTerminal(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.size(59, 16)
	s := k.screen()
	if !contains(s, "60 columns") || !contains(s, "59 x 16") {
		t.Fatalf("%s", s)
	}
	k.press("b")
	if len(k.a.stack) > 1 {
		t.Fatal("keys work blindly")
	}
	k.press("q")
	if !k.a.leaving {
		t.Fatal("q does not leave")
	}
}

// Every size shows every screen without a line that is too long or missing.
func TestEverySize(t *testing.T) {
	for name, play := range scenes {
		k := openedDesk(t, fixtureDeps(t))
		play(k)
		for _, s := range [][2]int{{60, 16}, {61, 100}, {79, 17}, {100, 24}, {109, 16}, {110, 30}, {111, 16}, {200, 50}, {300, 16}, {300, 100}} {
			k.size(s[0], s[1])
			lines := strings.Split(k.screen(), "\n")
			if len(lines) != s[1] {
				t.Fatalf("%s at %v has %d lines", name, s, len(lines))
			}
			for _, l := range lines {
				if lipgloss.Width(l) > s[0] {
					t.Fatalf("%s at %v has a line of %d columns: %s", name, s, lipgloss.Width(l), l)
				}
			}
		}
	}
}

func TestMouse(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	k.a.View()
	home := k.a.stack[0].(*sets)
	k.send(tea.MouseClickMsg{X: 5, Y: frameAbove + headerLines + 3, Button: tea.MouseLeft})
	if s := home.selected(); s == nil || s.Kind != "incremental" {
		t.Fatalf("a click selects %v", s)
	}
	k.send(tea.MouseClickMsg{X: 5, Y: frameAbove + headerLines, Button: tea.MouseLeft}) // a heading
	if s := home.selected(); s == nil || s.Kind != "incremental" {
		t.Fatalf("a click on a heading selects %v", s)
	}
	k.send(tea.MouseClickMsg{X: 5, Y: frameAbove + headerLines + 3, Button: tea.MouseLeft})
	if _, ok := k.a.top().(*setView); !ok {
		t.Fatal("a second click does not open")
	}
	k.press("esc")
	k.send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	if k.a.View().MouseMode == tea.MouseModeNone {
		t.Fatal("no mouse")
	}
	k.press("m")
	if k.a.View().MouseMode != tea.MouseModeNone {
		t.Fatal("m does not give the mouse back to the terminal")
	}
}

// Drawing changes nothing: the same screen twice is the same.
func TestViewIsStable(t *testing.T) {
	for name, play := range scenes {
		k := openedDesk(t, fixtureDeps(t))
		play(k)
		first := k.a.View().Content
		if k.a.View().Content != first {
			t.Errorf("%s changes when drawn again", name)
		}
	}
}

func ExampleLocale() {
	for _, env := range []map[string]string{
		{"LANG": "en_US.UTF-8"}, {"LANG": "en_US.UTF-8", "LC_ALL": "C"}, {"LC_CTYPE": "C.utf8"}, {"LANG": "C.UTF-8", "TERM": "linux"}, {},
	} {
		fmt.Println(Locale(func(k string) string { return env[k] }))
	}
	// Output:
	// false
	// true
	// false
	// true
	// true
}
