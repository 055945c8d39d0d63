package harness

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestLongLine: a line without an end does not fill the memory.
func TestLongLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 862)
	w.batch("full")
	size := 400 << 20
	if *long {
		size = 1 << 30
	}
	w.inject(injection{On: "logs", Mode: "flood", Exit: 0, Size: size})
	e, kib := w.measured("--batch", "archivelog")
	w.tame("an endless line", e, 0, 1, 3)
	t.Logf("%d MiB of memory for a line of %d MiB", kib>>10, size>>20)
	if kib > 200<<10 {
		t.Error("that is too much")
	}
	log := w.path("endless.log") // sparse: a line of nothing but zeros
	must(t, os.WriteFile(log, []byte("Recovery Manager: Release 19.0.0.0.0\n"), 0o600))
	must(t, os.Truncate(log, int64(size)))
	e, kib = w.measured("--batch", "explain", log)
	w.tame("an endless line in a file", e, 0, 1)
	t.Logf("%d MiB of memory to explain it", kib>>10)
	if kib > 200<<10 {
		t.Error("that is too much")
	}
	w.batch("archivelog", 0, 3)
	w.check(hostile)
}

// measured runs the program and gives the most memory it had resident, in KiB;
// 0 where the system does not show it. (What wait tells of it counts the memory
// of this test too.)
func (w *world) measured(args ...string) (e ended, kib int64) {
	w.t.Helper()
	e = w.finish(w.command(nil, args...), func(cmd *exec.Cmd) {
		status := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for range tick.C {
			b, _ := os.ReadFile(status)
			_, hwm, found := strings.Cut(string(b), "VmHWM:")
			if !found {
				return // it has ended
			}
			hwm, _, _ = strings.Cut(strings.TrimSpace(hwm), " ")
			if n, err := strconv.ParseInt(hwm, 10, 64); err == nil {
				kib = max(kib, n)
			}
		}
	})
	return e, kib
}
