package run

import (
	"fmt"
	"testing"
)

// Lines of a burst are in the file, in their order, when an event that must
// not wait has been emitted, and when the journal is closed.
func TestBurstKeepsTheOrder(t *testing.T) {
	j, _ := newJournal(t)
	const n = 2000 // several times burstSize
	for i := range n {
		j.Emit(Event{Type: TypeLine, Line: &Line{Text: fmt.Sprintf("line %d", i)}})
	}
	j.Emit(Event{Type: TypeMark, Mark: &Mark{Name: "after"}})
	for i := range n {
		j.Emit(Event{Type: TypeChannel, Channel: &Channel{Name: "c1", Piece: i + 1, State: Running}})
		if i == 0 {
			expect(t, j, n+1)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, j, 2*n+1)
}

// expect finds at least so many events, numbered in order.
func expect(t *testing.T, j *Journal, least int) {
	t.Helper()
	events, err := Read(j.Dir())
	if err != nil || len(events) < least {
		t.Fatalf("%d events, want at least %d: %v", len(events), least, err)
	}
	for i, e := range events {
		if e.Seq != int64(i+1) {
			t.Fatalf("event %d has number %d", i, e.Seq)
		}
	}
}

// What waits is written by the timer, with no later event to push it out.
func TestBurstIsFlushedLate(t *testing.T) {
	j, _ := newJournal(t)
	j.Emit(Event{Type: TypeMark, Mark: &Mark{Name: "first"}})
	j.mu.Lock()
	j.wait.last = j.wait.last.Add(burstDelay * 10_000) // as if written this moment, however slow the machine
	j.mu.Unlock()
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: "waits"}})
	if events, _ := Read(j.Dir()); len(events) == 1 && !waits(j) {
		t.Fatal("a line waits that no timer will write")
	}
	j.flushLate()
	if events, err := Read(j.Dir()); err != nil || len(events) != 2 {
		t.Fatalf("%d events, %v", len(events), err)
	}
}

func waits(j *Journal) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.wait.armed || len(j.wait.buf) == 0
}
