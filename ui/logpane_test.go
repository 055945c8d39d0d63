package ui

import (
	"fmt"
	"strings"
	"testing"

	"orabak-tui/internal/run"
)

// pane makes a pane with n lines on a desk, drawn once in h lines.
func pane(t *testing.T, n, h int) (*logPane, *app) {
	a := newDesk(t, fixtureDeps(t)).a
	p := newLogPane()
	for i := range n {
		p.append(logLine{at: now, text: fmt.Sprintf("line %d", i)})
	}
	p.view(a, 80, h)
	return p, a
}

func TestRingKeepsTheLast(t *testing.T) {
	var r ring
	for i := range ringSize + 5 {
		r.append(logLine{text: fmt.Sprint(i)})
	}
	if r.len() != ringSize || r.dropped != 5 || r.at(0).text != "5" || r.at(ringSize-1).text != fmt.Sprint(ringSize+4) {
		t.Fatalf("%d lines, %d dropped, from %s to %s", r.len(), r.dropped, r.at(0).text, r.at(ringSize-1).text)
	}
}

func TestLogPaneFollowsAndPauses(t *testing.T) {
	p, a := pane(t, 50, 10)
	if s := strip(p.view(a, 80, 10)); !contains(s, "line 49") || contains(s, "line 39\n") {
		t.Fatalf("does not follow:\n%s", s)
	}
	p.scroll(-3)
	before := p.view(a, 80, 10)
	p.append(logLine{at: now, text: "new"})
	p.append(logLine{at: now, text: "newer"})
	if p.view(a, 80, 10) != before {
		t.Fatal("a paused pane moves")
	}
	if s := p.state(); !contains(s, "PAUSED +2") {
		t.Fatalf("state %q", s)
	}
	p.key("G")
	if s := p.view(a, 80, 10); !p.follow || !contains(s, "newer") || contains(p.state(), "+") {
		t.Fatal("G does not resume")
	}
}

// A paused pane stays on its text while the ring turns over.
func TestLogPaneStaysOnItsText(t *testing.T) {
	p, a := pane(t, ringSize, 10)
	p.scroll(-ringSize / 2)
	before := p.view(a, 80, 10)
	for range 100 {
		p.append(logLine{at: now, text: "flood"})
	}
	if got := p.view(a, 80, 10); got != before {
		t.Fatalf("moved from\n%s\nto\n%s", before, got)
	}
	if !contains(p.state(), "100 earlier lines") {
		t.Fatalf("state %q", p.state())
	}
}

// Scrolling down line by line shows every row of wrapped lines before the pane
// follows again.
func TestLogPaneWrapShowsTheEnd(t *testing.T) {
	p, a := pane(t, 0, 10)
	for i := range 30 {
		p.append(logLine{at: now, text: fmt.Sprintf("<%d>", i) + strings.Repeat("x", 200)})
	}
	p.toggleWrap()
	p.view(a, 60, 10)
	p.key("g")
	seen := map[int]bool{}
	for range 60 {
		s := strip(p.view(a, 60, 10))
		for i := range 30 {
			if contains(s, fmt.Sprintf("<%d>", i)) {
				seen[i] = true
			}
		}
		p.scroll(1)
	}
	if len(seen) != 30 || !p.follow {
		t.Fatalf("%d of 30 lines were seen, follow %v", len(seen), p.follow)
	}
}

func TestLogPaneSearch(t *testing.T) {
	p, a := pane(t, 100, 10)
	p.beginSearch()
	for _, r := range "LINE 7" {
		p.typed(keyOf(string(r)))
	}
	p.typed(keyOf("enter"))
	first := p.top
	if got := p.ring.at(first).text; got != "line 7" || p.follow {
		t.Fatalf("found %q from the end on", got)
	}
	p.findNext(1)
	if got := p.ring.at(p.top).text; got != "line 70" {
		t.Fatalf("next is %q", got)
	}
	p.findNext(-1)
	if p.top != first {
		t.Fatalf("previous is %q", p.ring.at(p.top).text)
	}
	if s := p.view(a, 80, 10); !contains(s, a.th.Selected.Render("line 7")) {
		t.Fatalf("the match does not stand out: %q", s)
	}
	p.search.SetValue("")
	p.want = "nowhere"
	p.findNext(1)
	if !contains(p.state(), "not found") || p.top != first {
		t.Fatalf("state %q", p.state())
	}
}

func TestLogPaneJumpsToErrors(t *testing.T) {
	p, a := pane(t, 20, 10)
	for i := range 3 {
		p.append(logLine{at: now, text: fmt.Sprintf("bad %d", i), severity: "error"})
		for range 20 {
			p.append(logLine{at: now, text: "fine"})
		}
	}
	p.view(a, 80, 10)
	for _, want := range []string{"bad 0", "bad 1", "bad 2", "bad 0"} {
		p.nextError()
		if got := p.ring.at(p.top).text; got != want {
			t.Fatalf("error %q, want %q", got, want)
		}
	}
}

func TestLogPaneUnfoldsCodes(t *testing.T) {
	p, a := pane(t, 0, 20)
	for range 2 {
		e := line("ORA-19502: write error", "error", "ORA-19502")
		p.event(a, &e)
	}
	count := func() int { return strings.Count(strip(p.view(a, 80, 20)), "free room or lower STAGING_LIMIT") }
	for mode, want := range map[unfolding]int{unfoldFirst: 1, unfoldAll: 2, unfoldNone: 0} {
		p.unfold = mode
		if got := count(); got != want {
			t.Errorf("mode %d unfolds %d times, want %d", mode, got, want)
		}
	}
}

// Nothing RMAN prints can move the cursor or colour the screen.
func TestLogPaneIsSafe(t *testing.T) {
	p, a := pane(t, 0, 20)
	for _, e := range []run.Event{
		line("\x1b[31mred\x1b[2J\x9b5A\r\nnew\u202eline", "", ""),
		{Type: run.TypeProblem, Problem: &run.Problem{Severity: "\x1b[5m", Text: "\x1b]0;title\x07", Stack: []string{"\x1b[1mbold"}, Cause: "\x1b[4m", Remedy: "\x1b[7m"}},
		{Type: run.TypePhase, Phase: &run.Phase{Name: "\x1b[1mrman", State: run.Failed, Detail: "\x1b[1m"}},
	} {
		p.event(a, &e)
	}
	a.th = newTheme(true, true, true)
	if s := strip(p.view(a, 80, 20)); strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 }) {
		t.Fatalf("%q", s)
	}
}

// A mark stands after what has come so far, and the pane follows again.
func TestLogPaneMark(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	v := showRun(k, liveEvents())
	k.size(80, 24)
	k.press("k", "k", "M")
	if !v.log.follow {
		t.Error("it does not follow")
	}
	v.take(k.a, eventsMsg{pump: -1, events: []run.Event{line("what came later", "", "")}})
	rows := strings.Split(strings.TrimRight(k.screen(), " \n"), "\n")
	n := len(rows) - 3 // above news and keys
	if !contains(rows[n-1], "── mark 14:02:11 ─") || !contains(rows[n], "what came later") {
		t.Errorf("\n%s", strings.Join(rows, "\n"))
	}
	for _, r := range rows {
		if w := len([]rune(r)); w > 80 {
			t.Errorf("%d columns: %s", w, r)
		}
	}
}
