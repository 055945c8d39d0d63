package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"orabak-tui/internal/run"
)

// exitUsage is the exit code where there is no terminal to draw on; 1 is that
// of a console that failed.
const exitUsage = 2

// cachePatience is how long the first frame waits for the list of the last
// time, which is a file on this host.
const cachePatience = 50 * time.Millisecond

// stalledAfter is how long the program may take to end after a signal. A
// terminal that takes no bytes any more holds the renderer, and that the loop.
const stalledAfter = 2 * time.Second

// Terminal says why there can be no console here; nil when there can.
func Terminal() error {
	switch {
	case os.Getenv("TERM") == "dumb":
		return errors.New("the terminal is dumb: no console; use --batch ACTION (see --help)")
	case !term.IsTerminal(os.Stdin.Fd()), !term.IsTerminal(os.Stdout.Fd()):
		return errors.New("no terminal, no console; use --batch ACTION (see --help)")
	}
	return nil
}

// Run shows the console until somebody leaves it and returns the process's
// exit code: 0 left, 1 failed, 2 no terminal, 130 or 143 ended by a signal.
// Runs that were started go on in any case. Call it once, from main.
func Run(ctx context.Context, d Deps) int {
	if err := Terminal(); err != nil {
		fmt.Fprintln(os.Stderr, "orabak-tui:", err)
		return exitUsage
	}
	ctx, stop, cause := run.WithSignals(ctx)
	defer stop()
	a := newApp(ctx, d)
	a.data.begin(d, cachePatience)
	before, _ := term.GetState(os.Stdin.Fd())
	ended := make(chan error, 1)
	go func() {
		_, err := tea.NewProgram(a, options(ctx, d)...).Run()
		ended <- err
	}()
	err := watch(ctx, ended, before)
	switch sig := cause(); {
	case sig != nil:
		say(os.Stderr, "orabak-tui: "+context.Cause(ctx).Error()+"\n")
		return run.ExitCode(sig)
	case err != nil:
		say(os.Stderr, "orabak-tui: "+run.Clean(err.Error())+"\n")
		return 1
	}
	return 0
}

// say writes a text to a terminal that may take nothing any more: then the
// writing is left behind and ends with the process.
func say(to io.Writer, text string) {
	wrote := make(chan struct{})
	go func() {
		_, _ = io.WriteString(to, text)
		close(wrote)
	}()
	select {
	case <-wrote:
	case <-time.After(stalledAfter / 10):
	}
}

func options(ctx context.Context, d Deps) []tea.ProgramOption {
	o := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(30), tea.WithFilter(calm(time.Now))}
	if d.NoColor {
		o = append(o, tea.WithColorProfile(colorprofile.ASCII))
	}
	return o
}

// goneAfter is the time between two looks whether the terminal is still there.
const goneAfter = 2 * time.Second

// errGone: the connection dropped and no signal said so, as under nohup.
var errGone = errors.New("the terminal is gone; what was started goes on")

// watch waits for the end of the program, but after a signal only for a while:
// then it puts the terminal back by itself.
func watch(ctx context.Context, ended <-chan error, before *term.State) error {
	look := time.NewTicker(goneAfter)
	defer look.Stop()
	for running := true; running; {
		select {
		case err := <-ended:
			return err
		case <-look.C:
			if _, err := term.GetState(os.Stdin.Fd()); err != nil {
				return errGone
			}
		case <-ctx.Done():
			running = false
		}
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(stalledAfter):
	}
	if before != nil {
		_ = term.Restore(os.Stdin.Fd(), before) // the last thing that can be tried
	}
	say(os.Stdout, leaveSequence)
	return context.Cause(ctx)
}

// leaveSequence takes back the modes that the console sets.
const leaveSequence = ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseExtSgr + ansi.ResetModeBracketedPaste +
	ansi.ResetModeAltScreenSaveCursor + ansi.ShowCursor

// calmFor is the least time between two turns of the wheel that count.
const calmFor = 16 * time.Millisecond

// calm drops what comes faster than the eye sees: turns of the wheel beyond
// one a frame, and every move of the mouse.
func calm(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch msg.(type) {
		case tea.MouseMotionMsg:
			return nil
		case tea.MouseWheelMsg:
			if t := now(); t.Sub(last) >= calmFor {
				last = t
				return msg
			}
			return nil
		}
		return msg
	}
}

// Locale says from the environment whether the terminal must be spared
// anything but ASCII: the locale is not UTF-8, or it is a Linux console, whose
// font has neither all borders nor bars.
func Locale(getenv func(string) string) (ascii bool) {
	if getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return true // the C locale
}
