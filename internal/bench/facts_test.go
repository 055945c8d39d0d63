package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// questionDelay is what a sqlplus takes to start and connect, in the benchmarks
// of questions: on a host of its own it is some tenths of a second.
const questionDelay = 200 * time.Millisecond

// slowQuestions puts a slow sqlplus in the place of the fast one. The function
// returned tells how often it has been called.
func (l *lab) slowQuestions() (asked func() int) {
	l.tb.Helper()
	tool, real := filepath.Join(l.db.Home(), "bin", "sqlplus"), l.path("sqlplus")
	if err := os.Rename(tool, real); err != nil {
		l.tb.Fatal(err)
	}
	calls := l.path("calls")
	script := fmt.Sprintf("#!/bin/sh\necho >> %s\nsleep %.2f\nexec %s \"$@\"\n", calls, questionDelay.Seconds(), real)
	if err := os.WriteFile(tool, []byte(script), 0o700); err != nil {
		l.tb.Fatal(err)
	}
	return func() int {
		said, _ := os.ReadFile(calls) // not there before the first
		return bytes.Count(said, []byte("\n"))
	}
}

// question is how long one question takes.
func (l *lab) question() time.Duration {
	l.tb.Helper()
	begin := time.Now()
	if _, err := l.oracle().Status(l.tb.Context()); err != nil {
		l.tb.Fatal(err)
	}
	return time.Since(begin)
}

// BenchmarkFixed makes a backup whose questions are slow, and counts what does
// not grow with the database: all but RMAN and the uploads.
func BenchmarkFixed(b *testing.B) {
	l := newLab(b, 0, 0, 0, 0)
	asked := l.slowQuestions()
	var fixed, inRow spread
	n := 0
	for range *rounds {
		one := l.question()
		before := asked()
		_, total := l.backup()
		took := total - l.events.overlapped()
		fixed = append(fixed, took.Seconds())
		inRow = append(inRow, took.Seconds()/one.Seconds())
		n = asked() - before
		b.Logf("phases %v", l.events.phases)
	}
	report("backup: all but RMAN and uploads, s", "", fixed.format("%.2f"), fmt.Sprintf("%d questions of %v at least", n, questionDelay))
	report("backup: all but RMAN and uploads ÷ one question", "", inRow.format("%.1f"), "")
}

// BenchmarkFacts asks an instance for its facts through a slow sqlplus.
func BenchmarkFacts(b *testing.B) {
	l := newLab(b, 0, 0, 0, 0)
	asked := l.slowQuestions()
	var took, parts spread
	for range *rounds {
		one := l.question()
		begin := time.Now()
		if _, err := l.oracle().Facts(b.Context()); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin).Seconds())
		parts = append(parts, time.Since(begin).Seconds()/one.Seconds())
	}
	n := asked()/(*rounds) - 1
	report("facts of the instance, s", "", took.format("%.2f"), fmt.Sprintf("%d questions of %v at least", n, questionDelay))
	report("facts of the instance ÷ one question", "", parts.format("%.1f"), fmt.Sprintf("one after the other would be %d", n))
}
