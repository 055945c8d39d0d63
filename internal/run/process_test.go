package run

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestFollowAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "write-end", dir)
	var events []Event
	err := Follow(testContext(t), filepath.Join(dir, childID), true, func(e Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(events) != 502 || events[0].Start == nil || events[501].End == nil {
		t.Fatalf("%d events", len(events))
	}
	for n, e := range events {
		if e.Seq != int64(n+1) {
			t.Fatalf("event %d has number %d", n+1, e.Seq)
		}
	}
	info, err := Stat(dir, childID)
	if err != nil || info.State != Done || info.SetID != "20261123T140312Z-full-ORCL-7f3a" || info.Bytes != 77 || info.Resumable {
		t.Errorf("%+v %v", info, err)
	}
}

func TestFollowEndsWhenOwnerIsKilled(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "write-hang", dir)
	seen := make(chan Event, 10)
	ended := make(chan error, 1)
	go func() {
		ended <- Follow(testContext(t), filepath.Join(dir, childID), true, func(e Event) error { seen <- e; return nil })
	}()
	<-seen
	if e := <-seen; e.Line == nil || e.Line.Text != "before" {
		t.Errorf("got %+v", e)
	}
	if info, _ := Stat(dir, childID); info.State != Running || info.PID != c.Process.Pid {
		t.Errorf("a live run: %+v", info)
	}
	c.kill(t)
	if err := <-ended; !errors.Is(err, ErrOwnerGone) {
		t.Errorf("follow ended with %v", err)
	}
	info, err := Stat(dir, childID)
	if err != nil || info.State != Interrupted || !info.Resumable || info.Exit != -1 || info.Ended.IsZero() {
		t.Errorf("%+v %v", info, err)
	}
	if err := Cancel(info); !errors.Is(err, ErrNotRunning) {
		t.Errorf("cancel of a dead run: %v", err)
	}
	if err := Settle(info.Dir, "20261124T000000Z-resume-0000"); err != nil {
		t.Fatal(err)
	}
	if info, _ := Stat(dir, childID); info.Resumable {
		t.Error("resumable after it was settled")
	}
}

func TestZombieIsDead(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "write-hang", dir)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Not waited for: the pid exists until Cleanup. Following is the way to
	// wait for the kill to arrive.
	err := Follow(testContext(t), filepath.Join(dir, childID), false, func(Event) error { return nil })
	if !errors.Is(err, ErrOwnerGone) {
		t.Errorf("follow ended with %v", err)
	}
}

func TestLockIsTakenOverAfterKill(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "lock-hang", dir)
	me := Self("20261124T000000Z-full-0000", time.Now())
	_, err := Acquire(dir, "ORCL", me)
	var held *HeldError
	if !errors.As(err, &held) || held.Holder.PID != c.Process.Pid || held.Holder.RunID != childID {
		t.Fatalf("lock that is held: %v", err)
	}
	if !strings.Contains(err.Error(), childID) || !strings.Contains(err.Error(), held.Holder.Host) {
		t.Errorf("holder is not named: %v", err)
	}
	if other, err := Acquire(dir, "OTHER", me); err != nil {
		t.Errorf("lock of another database: %v", err)
	} else if err := other.Release(); err != nil {
		t.Error(err)
	}
	c.kill(t)
	lock, err := Acquire(dir, "ORCL", me)
	if err != nil {
		t.Fatal(err)
	}
	if p := lock.Previous(); p == nil || p.PID != c.Process.Pid {
		t.Errorf("previous holder: %+v", p)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}

func TestCrashPoints(t *testing.T) {
	for _, c := range []struct {
		env   string
		marks string
	}{
		{EnvCrashAt + "=one", "one"},
		{EnvCrashAt + "=two:2", "one two two"},
		{EnvCrashBefore + "=two:2", "one two"},
		{EnvCrashBefore + "=one", ""},
		{EnvCrashAt + "=four", "one two two three"},
	} {
		dir := t.TempDir()
		child := startChild(t, "marks", dir, c.env)
		err := child.Wait()
		if status := child.ProcessState.Sys().(syscall.WaitStatus); c.env != EnvCrashAt+"=four" && status.Signal() != syscall.SIGKILL {
			t.Errorf("%s: ended with %v", c.env, err)
		}
		events, err := Read(filepath.Join(dir, childID))
		var got []string
		for _, e := range events {
			if e.Mark != nil {
				got = append(got, e.Mark.Name)
			}
		}
		if err != nil || strings.Join(got, " ") != c.marks {
			t.Errorf("%s: marks %v, want %s (%v)", c.env, got, c.marks, err)
		}
	}
}

func TestSignalsEndARunCleanly(t *testing.T) {
	// A child inherits an ignored SIGHUP, as under nohup, but no handler.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 143} {
		dir := t.TempDir()
		c := startChild(t, "until-signal", dir)
		if err := c.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		info, err := Stat(dir, childID)
		if c.ProcessState.ExitCode() != want || err != nil || info.State != Cancelled || info.Exit != want {
			t.Errorf("%v: exit %d, %+v, %v", sig, c.ProcessState.ExitCode(), info, err)
		}
	}
}

func TestSIGHUPStaysIgnoredUnderNohup(t *testing.T) {
	dir := t.TempDir()
	c := startCommand(t, exec.Command("sh", "-c", `trap "" HUP; exec "$0"`, os.Args[0]), childEnv("until-signal", dir))
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if err := c.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.Wait()
	if got := c.ProcessState.ExitCode(); got != 130 {
		t.Errorf("exit %d", got)
	}
}

// A run that does not end when it is asked dies of being asked again.
func TestImpatientSignalsKill(t *testing.T) {
	c := startChild(t, "stubborn", t.TempDir())
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	c.expect(t, "asked")
	ctx, ended := testContext(t), make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	for again := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-again.C:
			_ = c.Process.Signal(syscall.SIGTERM) // it may just have ended
			continue
		case <-ended:
		case <-ctx.Done():
			t.Fatal("it lives on")
		}
		break
	}
	if s := c.ProcessState.Sys().(syscall.WaitStatus); s.Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v", c.ProcessState)
	}
}

func TestCancelSignalsTheOwner(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "until-signal", dir)
	info, err := Stat(dir, childID)
	if err != nil {
		t.Fatal(err)
	}
	if err := Cancel(info); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if got := c.ProcessState.ExitCode(); got != 130 {
		t.Errorf("exit %d after the first cancel", got)
	}
}

func TestSecondCancelIsSIGTERM(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "until-signal", dir)
	info, err := Stat(dir, childID)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(info.Dir, cancelFile), nil); err != nil {
		t.Fatal(err)
	}
	if err := Cancel(info); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if got := c.ProcessState.ExitCode(); got != 143 {
		t.Errorf("exit %d after the second cancel", got)
	}
}

func TestCancelNeverSignalsAStranger(t *testing.T) {
	dir := t.TempDir()
	c := startChild(t, "until-signal", dir)
	info, err := Stat(dir, childID)
	if err != nil {
		t.Fatal(err)
	}
	// The same pid, started at another time: somebody else.
	stranger := info.owner
	stranger.Proc += "0"
	if err := writeJSON(filepath.Join(info.Dir, ownerFile), stranger); err != nil {
		t.Fatal(err)
	}
	if err := Cancel(info); !errors.Is(err, ErrNotRunning) {
		t.Errorf("cancel of a stranger: %v", err)
	}
	stranger.Host = "elsewhere"
	if err := writeJSON(filepath.Join(info.Dir, ownerFile), stranger); err != nil {
		t.Fatal(err)
	}
	if err := Cancel(info); err == nil || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("cancel on another host: %v", err)
	}
	if again, _ := Stat(dir, childID); again.State != Running {
		t.Errorf("a run whose journal is locked is %s", again.State)
	}
	c.kill(t)
	if again, _ := Stat(dir, childID); !onNetwork(dir) && again.State != Interrupted {
		t.Errorf("a run of another host name whose journal is free is %s", again.State)
	}
}

func TestStartDetached(t *testing.T) {
	dir := t.TempDir()
	id := NewID("full", time.Now(), nil)
	r, err := StartDetached(Detached{Args: []string{"--batch", "full"}, Env: childEnv("detached", dir), LogDir: dir, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	var last Event
	var args string
	err = Follow(testContext(t), r.Dir, true, func(e Event) error {
		last = e
		if e.Line != nil {
			args = e.Line.Text
		}
		return nil
	})
	if err != nil || last.End == nil || args != "--batch full" {
		t.Errorf("follow: %v, last %+v, args %q", err, last, args)
	}
	<-r.Done
	launch, err := os.ReadFile(filepath.Join(r.Dir, LaunchFile))
	if err != nil || string(launch) != "a word for launch.log\n" {
		t.Errorf("launch.log holds %q, %v", launch, err)
	}
	if _, err := StartDetached(Detached{Env: childEnv("detached", dir), LogDir: dir, ID: id}); err == nil {
		t.Error("a second run of the same id was started")
	}
}

func TestStartDetachedThatDiesEarly(t *testing.T) {
	dir := t.TempDir()
	id := NewID("full", time.Now(), nil)
	r, err := StartDetached(Detached{Env: childEnv("dies-early", dir), LogDir: dir, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	err = Follow(testContext(t), r.Dir, true, func(Event) error { return nil })
	if !errors.Is(err, ErrOwnerGone) {
		t.Errorf("follow ended with %v", err)
	}
	<-r.Done
	if info, err := Stat(dir, id); err != nil || info.State != Interrupted {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestDetachedRunHasItsOwnSession(t *testing.T) {
	dir := t.TempDir()
	r, err := StartDetached(Detached{Env: childEnv("write-hang", dir), LogDir: dir, ID: childID})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(r.PID, syscall.SIGKILL); <-r.Done }()
	if pgid, err := syscall.Getpgid(r.PID); err != nil || pgid != r.PID {
		t.Errorf("process group %d of process %d, %v", pgid, r.PID, err)
	}
	stat, err := os.ReadFile("/proc/" + strings.TrimSpace(itoa(r.PID)) + "/stat")
	if err != nil {
		t.Skip("this system has no /proc to see sessions in")
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if fields[3] != itoa(r.PID) || fields[4] != "0" {
		t.Errorf("session %s, terminal %s", fields[3], fields[4])
	}
}
