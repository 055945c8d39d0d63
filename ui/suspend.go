package ui

import (
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
)

// rendererStops is how long the renderer gets to come to its end before the
// process stops. Bubble Tea v2.1.1 does not wait for it: a renderer that is
// stopped by SIGTSTP in between stops the clock of the next one after fg, and
// nothing is drawn ever again (seen in 2 of 11 tries on a busy machine).
const rendererStops = 50 * time.Millisecond

// pause stops the process group as ctrl+z does in a shell and returns when it
// is continued. It runs while the terminal is given back.
type pause struct{}

// Run stops this process until SIGCONT.
func (pause) Run() error {
	time.Sleep(rendererStops)
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	// A child that is stopped between fork and exec is in no group that fg
	// continues, and its parent cannot even stop while it waits for the exec: the
	// shell would not get its terminal. This lock is what forks hold.
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	<-continued
	return nil
}

// SetStdin, SetStdout and SetStderr are of no use to a process that stops.
func (pause) SetStdin(io.Reader)  {}
func (pause) SetStdout(io.Writer) {}
func (pause) SetStderr(io.Writer) {}

// suspend gives the terminal to the shell until fg brings the console back.
func (a *app) suspend() tea.Cmd {
	return a.afterAnswer(tea.Exec(pause{}, func(error) tea.Msg { return tea.ResumeMsg{} }))
}
