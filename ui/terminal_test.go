package ui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestNativeProgressAndTitle(t *testing.T) {
	k := openedDesk(t, fixtureDeps(t))
	if v := k.a.View(); v.ProgressBar != nil || v.WindowTitle != "orabak-tui ORCL" {
		t.Fatalf("%+v", v)
	}
	showRun(k, liveEvents())
	if v := k.a.View(); v.ProgressBar == nil || v.ProgressBar.Value != 3 || v.ProgramStatus == nil {
		t.Fatalf("%+v", v.ProgressBar)
	}
	k.sees("● RUN full 3 %")
	k.a.leave()
	if v := k.a.View(); v.ProgressBar != nil || v.ProgramStatus != nil {
		t.Fatal("the last view does not take the progress back")
	}
}

// An answer that comes when the console has left would be typed into the shell.
func TestTerminalIsGivenBackAfterItsAnswer(t *testing.T) {
	k := newDesk(t, fixtureDeps(t))
	quits := func() bool {
		_, quit := k.a.leave()().(tea.QuitMsg)
		return quit
	}
	if quits() {
		t.Fatal("it leaves before the terminal has answered")
	}
	k.send(tea.BackgroundColorMsg{})
	if !quits() {
		t.Fatal("it does not leave after the answer")
	}
}

func TestSyncIsAskedForOverSSH(t *testing.T) {
	for _, tt := range []struct {
		tty, no string
		want    bool
	}{{"", "", false}, {"/dev/pts/3", "", true}, {"/dev/pts/3", "1", false}} {
		t.Setenv("SSH_TTY", tt.tty)
		t.Setenv("ORABAK_NO_SYNC", tt.no)
		if m, got := forceSync().(tea.ModeReportMsg); got != tt.want || got && m.Mode != ansi.ModeSynchronizedOutput {
			t.Errorf("SSH_TTY=%q ORABAK_NO_SYNC=%q: %v", tt.tty, tt.no, got)
		}
	}
}

func TestCalmDropsWhatNobodySees(t *testing.T) {
	clock := now
	f := calm(func() time.Time { return clock })
	passed := 0
	for range 100 {
		clock = clock.Add(time.Millisecond)
		if f(nil, tea.MouseWheelMsg{}) != nil {
			passed++
		}
		if f(nil, tea.MouseMotionMsg{}) != nil {
			t.Fatal("a move of the mouse passes")
		}
		if f(nil, keyOf("j")) == nil {
			t.Fatal("a key is dropped")
		}
	}
	if passed < 5 || passed > 7 {
		t.Fatalf("%d of 100 turns of the wheel in 100 ms pass", passed)
	}
}
