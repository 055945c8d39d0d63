// Package vterm runs a program on a pseudo-terminal with a terminal emulator
// on the other side, for tests and screenshots: what it shows is what a person
// would see. It is not part of the program.
package vterm

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Term is a program on its terminal. Its methods may be called from any
// goroutine.
type Term struct {
	cmd *exec.Cmd
	tty *os.File

	mu    sync.Mutex // guards emu and raw: the emulator's own lock leaves String out
	emu   *vt.Emulator
	raw   strings.Builder
	still bool // the terminal takes no bytes
	wake  *sync.Cond

	ended chan struct{}
	shown chan struct{} // closed when everything that was written is on the screen
	err   error
	work  sync.WaitGroup // the goroutines that show and answer
}

// Start runs cmd on a terminal of w columns and h lines, as the leader of a
// session of its own. Close it.
func Start(w, h int, cmd *exec.Cmd) (*Term, error) {
	t := &Term{cmd: cmd, emu: vt.NewEmulator(w, h), ended: make(chan struct{}), shown: make(chan struct{})}
	t.wake = sync.NewCond(&t.mu)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
	if err != nil {
		return nil, fmt.Errorf("start on a terminal: %w", err)
	}
	if t.tty, err = pollable(tty); err != nil {
		return nil, fmt.Errorf("start on a terminal: %w", err)
	}
	t.work.Go(t.show)
	t.work.Go(func() { _, _ = io.Copy(t.tty, t.emu) }) // the emulator's answers to queries; ends with Close
	go func() {
		t.err = cmd.Wait()
		close(t.ended)
	}()
	return t, nil
}

// pollable gives a file on the same terminal whose Close ends a Read, also when
// another process holds the terminal.
func pollable(tty *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(tty.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tty.Close() }()
	if err := unix.SetNonblock(fd, true); err != nil { // before NewFile, which asks for it
		_ = unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), tty.Name()), nil
}

// show draws what the program writes, until it ends.
func (t *Term) show() {
	defer close(t.shown)
	buf := make([]byte, 32<<10)
	for {
		n, err := t.tty.Read(buf)
		t.mu.Lock()
		for t.still {
			t.wake.Wait()
		}
		_, _ = t.emu.Write(buf[:n])
		t.raw.Write(buf[:n])
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Stall makes the terminal take no bytes any more, as a frozen connection
// does; or take them again.
func (t *Term) Stall(still bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.still = still
	t.wake.Broadcast()
}

// Screen is the text on the screen.
func (t *Term) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.emu.String()
}

// Raw is every byte that the program wrote.
func (t *Term) Raw() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw.String()
}

// Type sends keys as a terminal does: behind its answers to what the program
// has asked before.
func (t *Term) Type(keys string) error {
	_, err := io.WriteString(t.emu.InputPipe(), keys)
	return err
}

// Resize changes the size of the terminal and tells the program.
func (t *Term) Resize(w, h int) error {
	t.mu.Lock()
	t.emu.Resize(w, h)
	t.mu.Unlock()
	return pty.Setsize(t.tty, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
}

// ErrNotSeen says that something did not come onto the screen in time.
var ErrNotSeen = errors.New("not seen on the screen")

// WaitFor waits until all texts are on the screen. The error shows the screen.
func (t *Term) WaitFor(most time.Duration, texts ...string) error {
	return t.Until(most, strings.Join(texts, ", "), func(s string) bool {
		for _, text := range texts {
			if !strings.Contains(s, text) {
				return false
			}
		}
		return true
	})
}

// Until waits until the screen is as it should be, which what names.
func (t *Term) Until(most time.Duration, what string, ok func(screen string) bool) error {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	deadline := time.After(most)
	for !ok(t.Screen()) {
		select {
		case <-look.C:
		case <-deadline:
			return fmt.Errorf("%w: %s\n%s", ErrNotSeen, what, t.Screen())
		}
	}
	return nil
}

// lastWords is how long Wait waits for what the program wrote to be shown: for
// ever, on a terminal that is stalled or that another process holds.
const lastWords = time.Second

// Wait waits for the end of the program, and for what it wrote to be on the
// screen, and returns its exit code, -1 when a signal ended it.
func (t *Term) Wait(most time.Duration) (code int, err error) {
	select {
	case <-t.ended:
	case <-time.After(most):
		return -1, fmt.Errorf("the program goes on:\n%s", t.Screen())
	}
	select {
	case <-t.shown: // its last words too
	case <-time.After(lastWords):
	}
	return t.cmd.ProcessState.ExitCode(), nil
}

// Process is the program's process id.
func (t *Term) Process() int { return t.cmd.Process.Pid }

// Hangup closes the terminal, as a connection that drops does: the kernel
// sends SIGHUP.
func (t *Term) Hangup() error { return t.tty.Close() }

// Close ends the program, if it has not ended, and the terminal.
func (t *Term) Close() {
	t.Stall(false)
	_ = t.cmd.Process.Kill() // fails when it has ended
	<-t.ended
	_ = t.tty.Close()
	// Not Close of the emulator, which races with the reading of its answers.
	if c, ok := t.emu.InputPipe().(io.Closer); ok {
		_ = c.Close()
	}
	t.work.Wait()
}
