package run

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotRunning says that there is nothing to cancel: the run has ended, or
// its process is gone.
var ErrNotRunning = errors.New("the run is not running")

// Cancel asks the process of a run to end cleanly: with SIGINT, and with
// SIGTERM when somebody has asked before. It signals only the very process
// that owns the run, never one that got its pid later, and none on another
// host. It does not wait for the end.
func Cancel(i Info) error {
	h, l := lifeOf(i.Dir)
	if l == dead || i.ended() {
		return fmt.Errorf("cancel %s: %w", i.ID, ErrNotRunning)
	}
	if h.PID == 0 {
		h = i.owner // the folder lost its owner file; the start event knows
	}
	if h.Host != hostname() {
		return fmt.Errorf("cancel %s: it runs on host %s: cancel it there", i.ID, Clean(h.Host))
	}
	// On Linux the handle is bound to the process, so what is checked after
	// opening it is what gets the signal.
	p, err := os.FindProcess(h.PID)
	if err != nil {
		return fmt.Errorf("cancel %s: %w", i.ID, err)
	}
	defer func() { _ = p.Release() }()
	if h.life() != alive {
		return fmt.Errorf("cancel %s: %w", i.ID, ErrNotRunning)
	}
	return signalOwner(i, p)
}

func signalOwner(i Info, p *os.Process) error {
	asked := filepath.Join(i.Dir, cancelFile)
	sig := syscall.SIGINT
	if _, err := os.Stat(asked); err == nil {
		sig = syscall.SIGTERM
	}
	if err := p.Signal(sig); err != nil {
		return fmt.Errorf("cancel %s: %w", i.ID, err)
	}
	// Written after the fact; a full disk must not keep a run from being
	// cancelled.
	_ = WriteFile(asked, []byte(sig.String()+"\n"))
	return nil
}
