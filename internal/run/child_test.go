package run

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The tests start this test binary again as other processes of a run. What a
// child does is chosen by envChild.
const envChild = "RUN_TEST_CHILD"

var children = map[string]func(dir string) int{
	"write-end":    childWriteAndEnd,
	"write-hang":   childWriteAndHang,
	"lock-hang":    childLockAndHang,
	"marks":        childMarks,
	"until-signal": childUntilSignal,
	"stubborn":     childStubborn,
	"detached":     childDetached,
	"dies-early":   func(string) int { fmt.Println("no such luck"); return 1 },
}

func TestMain(m *testing.M) {
	if play, ok := children[os.Getenv(envChild)]; ok {
		os.Exit(play(os.Getenv("RUN_TEST_DIR")))
	}
	os.Exit(m.Run())
}

const childID = "20261123T140312Z-full-7f3a"

func childEnv(name, dir string, more ...string) []string {
	return append(append(os.Environ(), envChild+"="+name, "RUN_TEST_DIR="+dir), more...)
}

type child struct {
	*exec.Cmd
	out *bufio.Reader
}

// startChild starts a child and waits for its first line, "ready".
func startChild(t *testing.T, name, dir string, env ...string) *child {
	t.Helper()
	return startCommand(t, exec.Command(os.Args[0]), childEnv(name, dir, env...))
}

func startCommand(t *testing.T, cmd *exec.Cmd, env []string) *child {
	t.Helper()
	cmd.Env = env
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	c := &child{Cmd: cmd, out: bufio.NewReader(pipe)}
	c.expect(t, "ready")
	return c
}

func (c *child) expect(t *testing.T, want string) {
	t.Helper()
	line, err := c.out.ReadString('\n')
	if strings.TrimSpace(line) != want {
		t.Fatalf("child said %q (%v), want %q", line, err, want)
	}
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
}

func mustCreate(dir, id string) *Journal {
	j, err := Create(dir, id, Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	j.Emit(Event{Type: TypeStart, Start: &Start{Kind: "full", DBName: "ORCL", Version: "test", StartedBy: "cron"}})
	return j
}

func childWriteAndEnd(dir string) int {
	j := mustCreate(dir, childID)
	fmt.Println("ready")
	for n := range 500 {
		j.Emit(Event{Type: TypeLine, Line: &Line{Text: fmt.Sprintf("line %d", n)}})
	}
	j.Emit(Event{Type: TypeEnd, End: &End{Outcome: "done", SetID: SetID(childID, "ORCL"), Bytes: 77}})
	if j.Close() != nil {
		return 1
	}
	return 0
}

func childWriteAndHang(dir string) int {
	j := mustCreate(dir, childID)
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: "before"}})
	fmt.Println("ready")
	select {}
}

func childLockAndHang(dir string) int {
	if _, err := Acquire(dir, "ORCL", Self(childID, time.Now())); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready")
	select {}
}

func childMarks(dir string) int {
	fmt.Println("ready")
	j := mustCreate(dir, childID)
	for _, name := range []string{"one", "two", "two", "three"} {
		j.Emit(Event{Type: TypeMark, Mark: &Mark{Name: name}})
	}
	return 0
}

func childUntilSignal(dir string) int {
	ctx, stop, cause := WithSignals(context.Background())
	defer stop()
	j := mustCreate(dir, childID)
	fmt.Println("ready")
	<-ctx.Done()
	j.Emit(Event{Type: TypeEnd, End: &End{Exit: ExitCode(cause()), Outcome: "cancelled"}})
	if j.Close() != nil {
		return 1
	}
	return ExitCode(cause())
}

func childStubborn(string) int {
	ctx, _, _ := WithSignals(context.Background())
	fmt.Println("ready")
	<-ctx.Done()
	fmt.Println("asked")
	select {}
}

func childDetached(dir string) int {
	id := IDFromEnv("full", time.Now(), nil)
	if os.Getenv(EnvID) != "" {
		return 1
	}
	j := mustCreate(dir, id)
	fmt.Println("a word for launch.log")
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: strings.Join(os.Args[1:], " ")}})
	j.Emit(Event{Type: TypeEnd, End: &End{Outcome: "done"}})
	_ = j.Close()
	return 0
}
