package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"orabak-tui/internal/run"
)

// plainDesk is a desk in plain mode whose lines wait in the queue, as if a
// terminal took none.
func plainDesk(t *testing.T) *desk {
	t.Helper()
	d := fixtureDeps(t)
	d.Plain = true
	k := newDesk(t, d)
	k.a.speech.busy = true
	k.do(k.a.Init())
	k.until("the first look", func() bool {
		x := &k.a.data
		return !x.loading && x.facts != nil && x.runsKnown && sameZone(x.list.zone, x.zone)
	})
	k.size(80, 24)
	return k
}

// heard are the lines that were told since the last call.
func (k *desk) heard() string {
	text := strings.Join(k.a.speech.queue, "\n")
	k.a.speech.queue = nil
	return text
}

// What is told of each screen, and what stands below it.
func TestGoldenPlain(t *testing.T) {
	for _, name := range []string{"sets", "sets-filter", "set", "backup-confirm", "restore", "restore-plan", "restore-refused", "restore-calendar", "trends", "verify", "palette", "run-live", "run-failed"} {
		t.Run(name, func(t *testing.T) {
			k := plainDesk(t)
			k.heard()
			scenePlain(k, name)
			k.send(nil)
			told := k.heard()
			if i := strings.IndexAny(told, "│─█░●✓╭"); i >= 0 {
				t.Errorf("a line, a bar or a sign at %d", i)
			}
			v := k.a.View()
			at := "none"
			if v.Cursor != nil {
				at = fmt.Sprintf("%d, %d", v.Cursor.X, v.Cursor.Y)
			}
			golden(t, filepath.Join("plain", name+".txt"), fmt.Sprintf("== told\n%s\n== stands below, cursor %s\n%s\n", told, at, v.Content))
			if v.AltScreen || lipgloss.Height(v.Content) != 2 {
				t.Errorf("not two lines below what was told: %q", v.Content)
			}
		})
	}
}

// scenePlain plays a scene; what it waits for may be told and not be seen.
func scenePlain(k *desk, name string) {
	k.plain = true
	if name == "sets" { // which is there from the start: told again
		k.a.speech.where = ""
		return
	}
	scenes[name](k)
}

// Moving the selection tells nothing but the row, which stands below; a clock
// that goes on and rates that change tell nothing.
func TestPlainTellsNoNumbersThatRun(t *testing.T) {
	k := plainDesk(t)
	k.heard()
	k.press("j")
	if told := k.heard(); told != "" {
		t.Errorf("told %q", told)
	}
	if !strings.HasPrefix(k.a.View().Content, ">  13:45") {
		t.Errorf("below stands %q", k.a.View().Content)
	}
	k.a.d.Now = func() time.Time { return now.Add(90 * time.Second) }
	k.send(runsTickMsg{})
	if told := k.heard(); told != "" {
		t.Errorf("told %q", told)
	}
}

// Each tenth of a run under way is told once, wherever one is.
func TestPlainTellsTenths(t *testing.T) {
	k := plainDesk(t)
	v := showRun(k, beginning())
	k.press("esc")
	k.heard()
	for i := range 30 {
		e := transfer("ORCL_3c", int64(i)<<30, 100<<30, run.Running)
		e.Time = now.Add(time.Duration(i) * time.Second)
		k.send(eventsMsg{pump: v.pump.id, events: []run.Event{e}})
	}
	var tenths []string
	for l := range strings.SplitSeq(k.heard(), "\n") {
		if head, _, ok := strings.Cut(l, " done"); ok {
			tenths = append(tenths, head)
		}
	}
	if want := []string{"full: 10 %"}; !slices.Equal(tenths, want) {
		t.Errorf("told %q, want %q", tenths, want)
	}
}

// A flood of output is told as far as anybody can listen.
func TestPlainTellsTheEndOfAFlood(t *testing.T) {
	k := plainDesk(t)
	showRun(k, beginning())
	k.send(nil)
	k.heard()
	k.send(eventsMsg{pump: -1, events: floodOf(1000)})
	lines := strings.Split(strings.TrimSpace(k.heard()), "\n")
	if !strings.Contains(lines[0], "960 more lines in the file") || len(lines) != unheardMost+1 {
		t.Errorf("%d lines, the first is %q", len(lines), lines[0])
	}
	k.press("f")
	k.heard()
	k.send(eventsMsg{pump: -1, events: floodOf(10)})
	if told := k.heard(); told != "" {
		t.Errorf("paused, and yet told %q", told)
	}
}

// The renderer inserts at most a screenful at once, and in order.
func TestPlainPrintsInOrder(t *testing.T) {
	a := newApp(t.Context(), fixtureDeps(t))
	a.h = 24
	s := speech{queue: strings.Split(strings.Repeat("x\n", 49)+"x", "\n")}
	for _, left := range []int{30, 10, 0} {
		if s.flush(a) == nil || len(s.queue) != left {
			t.Fatalf("%d lines are left, not %d", len(s.queue), left)
		}
		if s.flush(a) != nil {
			t.Fatal("printed beside what is being printed")
		}
		s.busy = false
	}
}
