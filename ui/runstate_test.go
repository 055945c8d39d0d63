package ui

import (
	"testing"
	"time"

	"orabak-tui/internal/run"
)

// feedAll is the state after events that come a second apart, the last one
// now.
func feedAll(events ...run.Event) *runState {
	s := &runState{}
	for _, e := range story(events...) {
		s.feed(&e)
	}
	return s
}

func TestRunStatePhases(t *testing.T) {
	s := feedAll(phaseEvent("check", run.Begun), phaseEvent("check", run.Done), phaseEvent("rman", run.Begun), phaseEvent("rman", run.Failed))
	if len(s.phases) != 2 || s.phases[0].ended.Sub(s.phases[0].began) != time.Second || s.phases[1].state != run.Failed {
		t.Fatalf("%+v", s.phases)
	}
}

func TestRunStateTransfers(t *testing.T) {
	s := feedAll(
		transfer("a", 0, 100, run.Begun), transfer("a", 60, 100, run.Running),
		transfer("b", 0, 50, run.Begun), transfer("a", 100, 100, run.Done),
		transfer("b", 10, 50, run.Running), transfer("c", 5, 9, run.Running), transfer("c", 0, 9, run.Failed),
	)
	if s.bytes() != 110 || s.files != 1 || len(s.moving) != 1 || s.moving[0].Name != "b" {
		t.Fatalf("%d bytes, %d files, moving %+v", s.bytes(), s.files, s.moving)
	}
}

func TestRunStateShareAndETA(t *testing.T) {
	s := feedAll(
		run.Event{Type: run.TypeProgress, Progress: &run.Progress{Total: 1000, Estimated: true}},
		transfer("a", 0, 600, run.Begun), transfer("a", 300, 600, run.Running),
	)
	if share, ok := s.share(); !ok || share != 0.3 {
		t.Fatalf("share %v %v", share, ok)
	}
	left, ok := s.eta(now)
	if !ok || left <= 0 {
		t.Fatalf("eta %v %v", left, ok)
	}
	if later, ok := s.eta(now.Add(time.Minute)); ok {
		t.Fatalf("eta %v though nothing moves for a minute", later)
	}
}

// Once RMAN has written everything, the whole is known and no estimate any
// more.
func TestRunStateKnowsTheWholeAfterRMAN(t *testing.T) {
	s := feedAll(
		run.Event{Type: run.TypeProgress, Progress: &run.Progress{Total: 1000, Estimated: true}},
		run.Event{Type: run.TypePiece, Piece: &run.Piece{Name: "a", Bytes: 400, State: run.Finished}},
		phaseEvent("rman", run.Begun), phaseEvent("rman", run.Done),
	)
	if total, estimated := s.total(); total != 400 || estimated {
		t.Fatalf("%d, estimated %v", total, estimated)
	}
}

func TestRunStateIsBounded(t *testing.T) {
	s := &runState{}
	for i := range 10_000 {
		e := run.Event{Time: now.Add(time.Duration(i) * time.Second), Type: run.TypeProblem, Problem: &run.Problem{Severity: "warning"}}
		s.feed(&e)
		s.up.add(e.Time, 1)
	}
	if len(s.problems) > problemsMost || len(s.up.values) > samplesMost {
		t.Fatalf("%d problems, %d samples", len(s.problems), len(s.up.values))
	}
}

func TestSamplerRate(t *testing.T) {
	var s sampler
	for i := range 30 {
		s.add(now.Add(time.Duration(i)*time.Second), 1000)
	}
	if got := s.rate(now.Add(29 * time.Second)); got < 900 || got > 1100 {
		t.Fatalf("rate %.0f, want about 1000", got)
	}
	if got := s.rate(now.Add(45 * time.Second)); got < 300 || got > 600 {
		t.Fatalf("rate %.0f after 16 s of silence", got)
	}
	if got := s.rate(now.Add(2 * time.Minute)); got != 0 {
		t.Fatalf("rate %.0f after two minutes of silence", got)
	}
}

func TestRunStateChannelsWork(t *testing.T) {
	channel := func(c run.Channel) run.Event { return run.Event{Type: run.TypeChannel, Channel: &c} }
	c1 := func(done, total int64) run.Event {
		return longops(run.Longop{Channel: "c1", Done: done, Total: total, BlockSize: 8192})
	}
	s := feedAll(channel(run.Channel{Name: "c1", Doing: "level 0", File: "/a", Piece: 1}), c1(100, 1000), c1(300, 1000))
	if w := s.work["c1"]; w.share() != 0.3 || w.rate != 200*8192 {
		t.Errorf("%+v", w)
	}
	if !s.working(now) || s.working(now.Add(time.Minute)) {
		t.Error("an answer counts for a while, not for ever")
	}
	// Another set begins: nothing is known of it, least of all a rate.
	s = feedAll(c1(100, 1000), channel(run.Channel{Name: "c1", Doing: "level 0"}))
	if _, ok := s.work["c1"]; ok {
		t.Error("the share of the set before is still shown")
	}
	s = feedAll(c1(900, 1000), c1(50, 700))
	if w := s.work["c1"]; w.rate != 0 || w.share() > 0.1 {
		t.Errorf("the rate spans two sets: %+v", w)
	}
	// What a journal says is not to be trusted.
	for _, l := range [][2]int64{{5, 0}, {-7, 3}, {9, 3}} {
		s = feedAll(c1(l[0], l[1]))
		if got := s.work["c1"].share(); got < 0 || got > 1 {
			t.Errorf("%v: share %v", l, got)
		}
	}
}

// What a process printed is in its journal, too, unless it crashed.
func TestLastWordsAreTheCrash(t *testing.T) {
	printed := "13:07:18  -- check: begun\npanic: index out of range\n\ngoroutine 1"
	v := &runView{}
	if got := v.lastWords(printed); got != printed {
		t.Errorf("before the journal began: %q", got)
	}
	v.state.began = now
	if got := v.lastWords(printed); got != "panic: index out of range\n\ngoroutine 1" {
		t.Errorf("%q", got)
	}
	if got := v.lastWords("13:07:18  -- check: begun\n"); got != "" {
		t.Errorf("%q", got)
	}
}
