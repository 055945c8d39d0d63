package rman

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/creack/pty"
)

// chunkSize is how much of the output is read at once, in bytes.
const chunkSize = 64 << 10

// drainTime is how long the output may pause, after the child has exited,
// before it counts as complete: a grandchild that keeps the terminal open must
// not hold us. What the child wrote is in the kernel by then.
const drainTime = 2 * time.Second

// drainMost bounds the whole drain, in bytes, for a grandchild that goes on
// printing; the kernel buffers far less.
const drainMost = 8 << 20

// process is a child in a session and process group of its own, whose output
// (both streams) arrives as chunks. The owner reads chunks and exited until
// both are closed or it calls close.
type process struct {
	cmd    *exec.Cmd
	out    *os.File
	chunks chan []byte // closed at the end of the output
	exited chan error  // the child's end, once
	gone   chan struct{}
}

// start starts cmd. Its output comes through a pseudo-terminal, because a
// child that uses stdio would hold back whole blocks on a pipe; where there is
// none, or noPTY asks so, through a pipe.
func start(cmd *exec.Cmd, noPTY bool) (*process, error) {
	ours, theirs, err := openOutput(noPTY)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = theirs, theirs // Stdin nil is the null device
	detach(cmd)
	p := &process{cmd: cmd, out: ours, chunks: make(chan []byte), exited: make(chan error, 1), gone: make(chan struct{})}
	started := make(chan error)
	go p.live(started)
	err = <-started
	_ = theirs.Close()
	if err != nil {
		_ = ours.Close()
		return nil, err
	}
	go p.read()
	return p, nil
}

// live starts the child and waits for it, on one thread: the kernel's signal
// for a dead parent is bound to the thread that started the child.
func (p *process) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		p.exited <- p.cmd.Wait()
	}
}

// read sends what comes until the end, which a pseudo-terminal reports as an
// input/output error.
func (p *process) read() {
	defer close(p.chunks)
	buf := make([]byte, chunkSize)
	for {
		n, err := p.out.Read(buf)
		if n > 0 {
			select {
			case p.chunks <- append([]byte(nil), buf[:n]...):
			case <-p.gone:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// close releases our end of the output.
func (p *process) close() {
	close(p.gone)
	_ = p.out.Close()
}

// openOutput opens both ends of a pseudo-terminal or of a pipe.
func openOutput(noPTY bool) (ours, theirs *os.File, err error) {
	if !noPTY {
		if ours, theirs, err = openPTY(); err == nil {
			return ours, theirs, nil
		}
	}
	return os.Pipe()
}

// openPTY opens a raw terminal (no echo, no \n translation) so wide that
// nothing wraps at its edge.
func openPTY() (ours, theirs *os.File, err error) {
	master, theirs, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			_ = master.Close()
			_ = theirs.Close()
		}
	}()
	if err = makeRaw(theirs); err != nil {
		return nil, nil, err
	}
	if err = pty.Setsize(theirs, &pty.Winsize{Rows: 10000, Cols: 32767}); err != nil {
		return nil, nil, err
	}
	ours, err = pollable(master)
	return ours, theirs, err
}

// exitCode reads the status out of Wait's error; -1 for a signal.
func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}
