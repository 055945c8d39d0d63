package run

import (
	"errors"
	"os"
	"syscall"
)

// flock takes an advisory lock without waiting: how is syscall.LOCK_EX or
// LOCK_SH. The kernel releases it when the process ends, however it ends; no
// child inherits it, because Go opens files close-on-exec.
func flock(f *os.File, how int) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		for {
			failed = syscall.Flock(int(fd), how|syscall.LOCK_NB)
			if failed != syscall.EINTR {
				return
			}
		}
	})
	return errors.Join(err, failed)
}

// flockHeld tells whether some process holds a lock on the file.
func flockHeld(path string) (held, known bool) {
	f, err := os.Open(path)
	if err != nil {
		return false, false
	}
	defer f.Close()
	err = flock(f, syscall.LOCK_SH)
	return errors.Is(err, syscall.EWOULDBLOCK), err == nil || errors.Is(err, syscall.EWOULDBLOCK)
}
