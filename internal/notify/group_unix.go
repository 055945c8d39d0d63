//go:build unix

package notify

import (
	"os/exec"
	"syscall"
)

// ownGroup lets the end of the time end the shell with all that it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
