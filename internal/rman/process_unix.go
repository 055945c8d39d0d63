//go:build unix

package rman

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// detach gives the child a session of its own: no terminal to ask a password
// from, no ^C that reaches it before us, and a group that can be signalled.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	dieWithParent(cmd.SysProcAttr)
}

// interrupt asks the child's group to stop, as ^C would.
func (p *process) interrupt() { p.signal(syscall.SIGINT) }

// kill ends the child's group.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

func (p *process) signal(s syscall.Signal) {
	if p.cmd.Process != nil && p.cmd.Process.Pid > 1 {
		_ = syscall.Kill(-p.cmd.Process.Pid, s)
	}
}

// pollable gives a file on the same terminal that Close can interrupt; the
// one that package pty opens blocks in the kernel.
func pollable(master *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	_ = master.Close()
	return os.NewFile(uintptr(fd), "rman output"), nil
}
