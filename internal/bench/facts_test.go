package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkFacts asks an instance for its facts through a sqlplus that takes
// 150 ms to start and connect, as one on a host of its own may.
func BenchmarkFacts(b *testing.B) {
	const delay = 150 * time.Millisecond
	l := newLab(b, 0, 0, 0, 0)
	tool := filepath.Join(l.db.Home(), "bin", "sqlplus")
	if err := os.Rename(tool, filepath.Join(l.dir, "sqlplus")); err != nil {
		b.Fatal(err)
	}
	calls := l.path("calls")
	script := fmt.Sprintf("#!/bin/sh\necho >> %s\nsleep %.2f\nexec %s \"$@\"\n", calls, delay.Seconds(), filepath.Join(l.dir, "sqlplus"))
	if err := os.WriteFile(tool, []byte(script), 0o700); err != nil {
		b.Fatal(err)
	}
	var took, parts spread
	for range *rounds {
		begin := time.Now()
		if _, err := l.oracle().Status(b.Context()); err != nil {
			b.Fatal(err)
		}
		one := time.Since(begin)
		begin = time.Now()
		if _, err := l.oracle().Facts(b.Context()); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin).Seconds())
		parts = append(parts, time.Since(begin).Seconds()/one.Seconds())
	}
	said, err := os.ReadFile(calls)
	if err != nil {
		b.Fatal(err)
	}
	n := bytes.Count(said, []byte("\n"))/(*rounds) - 1
	report("facts of the instance, s", "", took.format("%.2f"), fmt.Sprintf("%d questions of %v at least", n, delay))
	report("facts of the instance ÷ one question", "", parts.format("%.1f"), fmt.Sprintf("one after the other would be %d", n))
}
