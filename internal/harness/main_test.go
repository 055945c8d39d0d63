package harness

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

var (
	long    = flag.Bool("long", os.Getenv("ORABAK_LONG") == "1", "try every point and many seeds")
	seed    = flag.Uint64("seed", seedFromEnv(), "of all dice")
	report  = flag.String("report", "", "write the table of what was tried to this file")
	records = flag.String("records", "", "keep what was tried in this folder; -report adds up all that is there")
)

func seedFromEnv() uint64 {
	n, err := strconv.ParseUint(os.Getenv("ORABAK_SEED"), 10, 64)
	if err != nil {
		return 1
	}
	return n
}

// The programs under test, built once.
var (
	program string // orabak-tui
	tools   string // the simulated rman and sqlplus
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == powerWord {
		launchUnderPower(os.Args[2:]) // does not return
	}
	flag.Parse()
	if !*long && os.Getenv("ORABAK_HARNESS") == "" {
		fmt.Println("the harness kills hundreds of processes: ORABAK_HARNESS=1 runs it, -long at length")
		return
	}
	os.Exit(prepared(m))
}

func prepared(m *testing.M) int {
	dir, err := os.MkdirTemp("", "orabak-harness-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program, tools = filepath.Join(dir, "orabak-tui"), filepath.Join(dir, "tools")
	if err := build(program, "orabak-tui"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := build(tools, "orabak-tui/internal/harness/tools"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if code == 0 {
		if err := remember(thisRun()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// remember keeps the account of a run that went well, and reports.
func remember(a account) error {
	all := []account{a}
	if *records != "" {
		var err error
		if len(a.Tries) > 0 { // -run '^$' only adds up
			err = a.keep(*records)
		}
		if err != nil {
			return err
		}
		if all, err = kept(*records); err != nil {
			return err
		}
	}
	if *report == "" {
		return nil
	}
	return writeReport(*report, all)
}

// build builds a program of this module; the long version has the race
// detector in it when the tests have.
func build(out, pkg string) error {
	args := []string{"build", "-buildvcs=false", "-o", out}
	if raceEnabled && *long {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, pkg)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", pkg, err, said.String())
	}
	return nil
}
