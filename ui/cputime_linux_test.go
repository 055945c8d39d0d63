package ui

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is what this thread has used of the processor: unlike the clock on
// the wall it does not tell of other programs.
func cpuTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
