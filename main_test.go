package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"orabak-tui/internal/config"
)

// The test binary is the program itself; the demo in it installs a copy of the
// test binary as its rman and sqlplus, which end up here too.
func TestMain(m *testing.M) {
	program := func() { os.Exit(run()) }
	testscript.Main(m, map[string]func(){"orabak-tui": program, "rman": program, "sqlplus": program})
}

// Every script is a session at the command line, on a demo of its own.
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of processes: the long form runs them, without the race detector")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Setup:               setup,
		RequireExplicitExec: true,
		Cmds:                commands,
	})
}

// commands are what the scripts can say besides testscript's own.
var commands = map[string]func(*testscript.TestScript, bool, []string){"exits": exits}

// setup gives a script a demo of its own, without history.
func setup(e *testscript.Env) error {
	e.Setenv("ORABAK_DEMO_DIR", filepath.Join(e.WorkDir, "demo"))
	e.Setenv("ORABAK_DEMO_HISTORY", "0")
	e.Setenv("HOME", e.WorkDir)
	e.Setenv("TZ", "UTC")
	return nil
}

// exits runs a program and compares its exit code, which exec only tells as
// zero or not.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := exitCode(err); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func exitCode(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strconv.Itoa(exit.ExitCode())
	default:
		return err.Error()
	}
}

// The README's table of keys is the code's.
func TestReadmeNamesEveryKey(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := "<!-- keys -->\n" + config.Table() + "<!-- /keys -->"
	if !strings.Contains(string(b), want) {
		t.Fatalf("README.md lacks the present table of keys:\n%s", want)
	}
}
