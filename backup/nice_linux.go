package backup

import (
	"runtime"
	"syscall"
)

// standBack gives the goroutine a thread of its own for the rest of its life and
// lowers that thread's priority, unless the process has a lower one. The disk
// follows: the kernel derives the I/O priority of a thread from its nice value.
//
// The store reads and hashes pieces in the goroutine that calls it, so this is
// what stands back; sending is left to net/http's own goroutines. The goroutine
// never lets go of its thread: Go then ends the thread with it and starts
// neither new threads nor RMAN from it, whose server processes would inherit
// the value.
func standBack(nice int) {
	if nice <= 0 {
		return
	}
	runtime.LockOSThread()
	raw, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0) // of this thread; the kernel gives 20 - nice
	if err == nil && 20-raw < nice {
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, nice) // a courtesy: without it all works
	}
}
