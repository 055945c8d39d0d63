package run

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Detached describes a run to be started as its own process.
type Detached struct {
	Exe    string   // empty = this program
	Args   []string // without the program's name; secrets never belong here
	Env    []string // nil = that of this process
	Dir    string   // working directory; empty = that of this process
	LogDir string
	ID     string // of the run, from NewID
}

// Started is a run that was started detached.
type Started struct {
	ID   string
	Dir  string // the folder of the run, to be followed at once
	PID  int
	Done <-chan struct{} // closed when the process has ended, if this one lives to see it
}

// StartDetached starts a run in a session of its own: it survives this process
// and the terminal. The child learns its id from ORABAK_RUN_ID (IDFromEnv).
// What it prints goes to launch.log in the folder of the run, where the reason
// stands if it dies before its journal begins. The folder exists when
// StartDetached returns, so Follow can begin.
func StartDetached(d Detached) (Started, error) {
	dir := filepath.Join(d.LogDir, d.ID)
	cmd, err := d.start(dir)
	if err != nil {
		return Started{}, fmt.Errorf("start run %s: %w", Clean(d.ID), err)
	}
	done := make(chan struct{})
	go func() { // ends with the child; without it the child would stay a zombie
		_ = cmd.Wait() // how it went stands in the journal
		close(done)
	}()
	if err := writeOwner(dir, holderOf(cmd.Process.Pid, d.ID, time.Now())); err != nil {
		return Started{}, fmt.Errorf("start run %s: it runs as process %d, but %w", d.ID, cmd.Process.Pid, err)
	}
	return Started{ID: d.ID, Dir: dir, PID: cmd.Process.Pid, Done: done}, nil
}

func (d Detached) start(dir string) (*exec.Cmd, error) {
	cmd, err := d.command()
	if err != nil {
		return nil, err
	}
	if err := MkdirAll(dir); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(filepath.Join(dir, LaunchFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the child has its own copy
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return cmd, nil
}

func (d Detached) command() (*exec.Cmd, error) {
	if p, err := ParseID(d.ID); err != nil || p.DBName != "" {
		return nil, errors.New("that is not the id of a run")
	}
	if d.Exe == "" {
		exe, err := os.Executable()
		if err != nil {
			return nil, err
		}
		d.Exe = exe
	}
	if d.Env == nil {
		d.Env = os.Environ()
	}
	cmd := exec.Command(d.Exe, d.Args...) //nolint:gosec // our own program, or a test's
	cmd.Dir = d.Dir
	cmd.Env = append(slices.DeleteFunc(slices.Clone(d.Env), isID), EnvID+"="+d.ID)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd, nil
}

func isID(kv string) bool { return strings.HasPrefix(kv, EnvID+"=") }

// writeOwner names the child as the owner, unless it has done so itself.
func writeOwner(dir string, h Holder) error {
	if _, done := readHolder(filepath.Join(dir, ownerFile)); done {
		return nil
	}
	return writeJSON(filepath.Join(dir, ownerFile), h)
}
