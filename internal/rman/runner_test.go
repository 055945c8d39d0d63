//go:build linux

package rman

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"orabak-tui/internal/oracle"
)

func TestRunGivesLinesEventsAndLog(t *testing.T) {
	for _, noPTY := range []bool{false, true} {
		s := play(t, "ok")
		s.NoPTY = noPTY
		var log bytes.Buffer
		var kinds []Kind
		lines := s.lines()
		s.job.Log = &log
		s.job.OnEvent = func(e Event) { kinds = append(kinds, e.Kind) }
		res, err := s.Run(context.Background(), s.job)
		check(t, err)
		if res.ExitCode != 0 || res.Failed || res.Killed || res.Stack != nil || res.Elapsed <= 0 {
			t.Errorf("result %+v", res)
		}
		if res.Summary.DBID != 1748542883 || !res.Summary.Complete || len(res.Summary.Steps) != 1 {
			t.Errorf("summary %+v", res.Summary)
		}
		want := bannerText + connectedText + "Starting backup at 2024-11-03 11:28:12\nFinished backup at 2024-11-03 11:28:20\n\nRecovery Manager complete.\n"
		if log.String() != want || strings.Join(*lines, "\n")+"\n" != want {
			t.Errorf("no pty %v: log\n%q\nwant\n%q", noPTY, log.String(), want)
		}
		if len(kinds) == 0 || kinds[len(kinds)-1] != KindComplete {
			t.Errorf("events %v", kinds)
		}
	}
}

// TestBufferedChildIsReadLive: the child holds back whole blocks on a pipe; it
// ends only after the test has seen its first line.
func TestBufferedChildIsReadLive(t *testing.T) {
	s := play(t, "buffered")
	n := 0
	s.job.OnLine = func(_ time.Time, line string) {
		if n++; line == "line 9" {
			note(s.dir, "go", "")
		}
	}
	if res, err := s.Run(context.Background(), s.job); err != nil || n != 10 {
		t.Errorf("%d lines, exit %d, %v", n, res.ExitCode, err)
	}
}

func TestLinesOfAnyLength(t *testing.T) {
	s := play(t, "long")
	lines := s.lines()
	res, err := s.Run(context.Background(), s.job)
	check(t, err)
	var x, y int
	for _, l := range *lines {
		x += strings.Count(l, "x")
		y += strings.Count(l, "y")
		if len(l) > maxLine+chunkSize {
			t.Errorf("a line of %d bytes", len(l))
		}
	}
	n := len(*lines)
	if x != 3<<20 || y != 100_000 || (*lines)[n-3] != "short" || (*lines)[n-2] != "" || res.ExitCode != 0 {
		t.Errorf("%d lines, %d x, %d y", n, x, y)
	}
}

func TestNoLineIsLostAtExit(t *testing.T) {
	for _, noPTY := range []bool{false, true} {
		s := play(t, "many")
		s.NoPTY = noPTY
		lines := s.lines()
		_, err := s.Run(context.Background(), s.job)
		check(t, err)
		if len(*lines) != 50_000 || (*lines)[49_999] != "line 49999" {
			t.Errorf("no pty %v: %d lines", noPTY, len(*lines))
		}
	}
	s := play(t, "both")
	lines := s.lines()
	_, err := s.Run(context.Background(), s.job)
	check(t, err)
	if got := strings.Join(*lines, ","); got != "to the output,to the errors" {
		t.Errorf("lines %s", got)
	}
}

func TestGrandchildDoesNotHoldUs(t *testing.T) {
	for _, noPTY := range []bool{false, true} {
		s := play(t, "grandchild")
		s.NoPTY = noPTY
		lines := s.lines()
		res, err := s.Run(context.Background(), s.job)
		check(t, err)
		pid, err := strconv.Atoi(s.noted(t, "pid"))
		check(t, err)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Errorf("the grandchild should still run: %v", err)
		}
		if len(*lines) != 1 || (*lines)[0] != "the last line" || res.Elapsed > 30*time.Second {
			t.Errorf("lines %q after %v", *lines, res.Elapsed)
		}
	}
}

func TestCancelInterrupts(t *testing.T) {
	s := play(t, "stops")
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("the user said so")
	lines := 0
	s.job.OnLine = func(_ time.Time, line string) {
		if lines++; line == "ready" {
			cancel(cause)
		}
	}
	res, err := s.Run(ctx, s.job)
	if !errors.Is(err, cause) || !res.Killed || !res.Failed || res.ExitCode != 1 || lines != 2 {
		t.Errorf("result %+v, %d lines, error %v", res, lines, err)
	}
}

func TestCancelKillsTheGroupAfterGrace(t *testing.T) {
	s := play(t, "stubborn")
	s.Grace = 200 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	s.job.OnLine = func(_ time.Time, line string) { cancel() }
	res, err := s.Run(ctx, s.job)
	if !errors.Is(err, context.Canceled) || !res.Killed || res.ExitCode != -1 {
		t.Errorf("result %+v, error %v", res, err)
	}
	pid, err := strconv.Atoi(s.noted(t, "pid"))
	check(t, err)
	if !dead(pid) {
		t.Error("the grandchild lives on")
	}
}

// TestKilledParentTakesRMANWithIt: an orphan would go on writing into staging.
func TestKilledParentTakesRMANWithIt(t *testing.T) {
	s := play(t, "parent")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(s.Env, "FAKE_HOME="+s.Home)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Errorf("%q %v", line, err)
	}
	check(t, cmd.Process.Kill())
	_ = cmd.Wait()
	pid, err := strconv.Atoi(s.noted(t, "pid"))
	check(t, err)
	if !dead(pid) {
		t.Error("rman lives on")
	}
}

// dead waits for a killed process that is not ours to vanish or be a zombie.
func dead(pid int) bool {
	for range 200 {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func TestCancelledBeforeItStarts(t *testing.T) {
	s := play(t, "ok")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	lines := s.lines()
	if res, err := s.Run(ctx, s.job); !errors.Is(err, context.Canceled) || len(*lines) != 0 || res.ExitCode != -1 {
		t.Errorf("%d lines, %+v, %v", len(*lines), res, err)
	}
}

func TestWatchdog(t *testing.T) {
	s := play(t, "stops")
	s.Silence = 300 * time.Millisecond
	asked := 0
	s.job.Alive = func() bool { asked++; return asked < 3 }
	res, err := s.Run(context.Background(), s.job)
	var e *Error
	if !errors.Is(err, ErrSilent) || !errors.As(err, &e) || !res.Killed || asked != 3 {
		t.Errorf("asked %d times, %+v, %v", asked, res, err)
	}
	if !strings.Contains(err.Error(), "300ms") || !strings.Contains(err.Error(), "V$SESSION_WAIT") {
		t.Errorf("the error gives no advice: %v", err)
	}
}

func TestExitStatusAndStackBothDecide(t *testing.T) {
	for name, c := range map[string]struct {
		exit int
		root string
		is   error
		says []string
	}{
		"stack0":  {0, "ORA-19502", ErrStack, []string{"rman logs", "ORA-19502", "write error"}},
		"stack1":  {1, "ORA-19502", ErrStack, []string{"ORA-19502"}},
		"notdba":  {1, "ORA-01031", oracle.ErrNotDBA, []string{"OSDBA"}},
		"exit3":   {3, "", ErrExit, []string{"exit status 3", `cannot \x1b[31mload`}},
		"killed":  {-1, "", ErrExit, []string{"printed nothing"}},
		"foreign": {0, "", ErrLocalized, []string{"NLS_LANG"}},
	} {
		s := play(t, name)
		res, err := s.Run(context.Background(), s.job)
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, c.is) || !res.Failed || res.Killed {
			t.Errorf("%s: %+v, error %v", name, res, err)
			continue
		}
		if e.Exit != c.exit || e.Root != c.root || e.Step != "logs" || (e.Stack != nil) != (c.root != "") || e.Stack != res.Stack {
			t.Errorf("%s: error %+v", name, e)
		}
		if c.root != "" && e.Remedy == "" {
			t.Errorf("%s: no remedy", name)
		}
		for _, s := range c.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: error lacks %q: %v", name, s, err)
			}
		}
	}
}

func TestScriptIsKept(t *testing.T) {
	s := play(t, "ok")
	for _, want := range []string{"logs.rman", "logs-2.rman"} {
		res, err := s.Run(context.Background(), s.job)
		check(t, err)
		data, err := os.ReadFile(res.Script)
		check(t, err)
		info, err := os.Stat(res.Script)
		check(t, err)
		if filepath.Base(res.Script) != want || string(data) != s.job.Script.String() || info.Mode().Perm() != 0o600 {
			t.Errorf("%s %v: %s", res.Script, info.Mode(), data)
		}
	}
	if info, err := os.Stat(s.job.Dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder %v %v", info, err)
	}
	s.job.Name = "../logs"
	if _, err := s.Run(context.Background(), s.job); err == nil {
		t.Error("a name that leaves the folder was taken")
	}
}

func TestRunnerFaults(t *testing.T) {
	s := play(t, "ok")
	run := func(want error) {
		t.Helper()
		_, err := s.Run(context.Background(), s.job)
		if !errors.Is(err, want) || !errors.Is(s.Check(), want) || oracle.Remedy(err) == "" {
			t.Errorf("error %v, want %v", err, want)
		}
	}
	s.SID = ""
	run(oracle.ErrNoSID)
	s.SID = "ORCL"
	path := filepath.Join(s.Home, "bin", "rman")
	check(t, os.Remove(path))
	run(oracle.ErrNoTool)
	check(t, os.WriteFile(path, []byte("#!/bin/sh\n"), 0o600))
	run(oracle.ErrToolDenied)
	s.Home = filepath.Join(s.Home, "none")
	run(oracle.ErrNoHome)
	if _, err := os.Stat(s.job.Dir); err == nil {
		t.Error("a run that cannot start wrote files")
	}
}

func TestLogFailureDoesNotStopRMAN(t *testing.T) {
	s := play(t, "ok")
	s.job.Log = full{}
	lines := s.lines()
	res, err := s.Run(context.Background(), s.job)
	check(t, err)
	if !errors.Is(res.LogErr, syscall.ENOSPC) || len(*lines) == 0 {
		t.Errorf("log error %v, %d lines", res.LogErr, len(*lines))
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }
