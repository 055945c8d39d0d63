//go:build unix

package oracle

import (
	"os/exec"
	"syscall"
)

// ownGroup makes cancellation end the whole process group: sqlplus may have
// helpers, and a terminal's ^C must not reach it before us.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
