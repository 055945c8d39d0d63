package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// lines are what RMAN says of one datafile, over and over: about fifty bytes
// each, one in eight with a handle.
var lines = []string{
	"Starting backup at 2026-11-24 04:00:00",
	"channel c1: starting incremental level 0 datafile backup set",
	"channel c1: specifying datafile(s) in backup set",
	"input datafile file number=%05d name=/u02/oradata/ORCL/users%05d.dbf",
	"channel c1: starting piece 1 at 2026-11-24 04:00:01",
	"channel c1: finished piece 1 at 2026-11-24 04:00:16",
	"piece handle=/backup/stage/ORCL_%05d_%05d_1_1 tag=OB20261124T040000 comment=NONE",
	"channel c1: backup set complete, elapsed time: 00:00:15",
}

// sayRole prints that many lines.
func sayRole(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(os.Stdout, 4<<10) // as a C library with a pipe or terminal
	for i := range n {
		text := lines[i%len(lines)]
		switch i % len(lines) {
		case 3, 6:
			text = fmt.Sprintf(text, i%99999, i%99999)
		}
		if _, err := w.WriteString(text + "\n"); err != nil {
			return err
		}
	}
	return w.Flush()
}

// talker makes an ORACLE_HOME whose rman says n lines.
func talker(b *testing.B, n int) string {
	home := b.TempDir()
	bin := filepath.Join(home, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		b.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\n%s=say exec %s %d\n", roleEnv, self(b), n)
	if err := os.WriteFile(filepath.Join(bin, "rman"), []byte(script), 0o700); err != nil {
		b.Fatal(err)
	}
	return home
}

// BenchmarkLines has the engine's path take 1,000,000 lines: process, parser,
// narrator, journal with both its files, and RMAN's own log.
func BenchmarkLines(b *testing.B) {
	const n = 1_000_000
	for _, pty := range []bool{true, false} {
		name := map[bool]string{true: "terminal", false: "pipe"}[pty]
		b.Run(name, func(b *testing.B) {
			var took, per spread
			for range *rounds {
				d, used := hear(b, n, !pty)
				took = append(took, d.Seconds())
				per = append(per, used.Seconds()*1e6/n)
			}
			report("1,000,000 lines through a "+name+", s", "≤ 5", took.format("%.2f"), "RMAN's process included")
			report("engine CPU per line through a "+name+", µs", "≤ 3", per.format("%.2f"), "reading, parsing, journal, logs")
		})
	}
}

// hear returns how long a job took and what this process used of the CPU.
func hear(b *testing.B, n int, pipe bool) (took, used time.Duration) {
	b.Helper()
	dir := b.TempDir()
	j, err := run.Create(dir, run.NewID("full", time.Now(), nil), run.Options{})
	if err != nil {
		b.Fatal(err)
	}
	script, err := rman.NewScript("lines", rman.ArchiveLogCurrent{})
	if err != nil {
		b.Fatal(err)
	}
	r := &rman.Runner{Home: talker(b, n), SID: "ORCL", NoPTY: pipe}
	heard := 0
	narrate := rman.NewNarrator(j, "lines")
	before, begin := ownCPU(), time.Now()
	within(b, func(ctx context.Context) error {
		_, err := r.Run(ctx, rman.Job{Name: "lines", Script: script, Dir: j.Dir(), Log: j.RMANLog(), OnEvent: func(e rman.Event) {
			heard++
			narrate.Event(e)
		}})
		return err
	})
	took, used = time.Since(begin), ownCPU()-before
	if err := j.Close(); err != nil || heard < n {
		b.Fatal(heard, err)
	}
	return took, used
}
