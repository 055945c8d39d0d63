//go:build linux

package rman

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"orabak-tui/internal/config"
)

// TestMain lets the test binary stand in for rman: the fake ORACLE_HOME links
// to it, and the variable says what it plays.
func TestMain(m *testing.M) {
	if play, ok := plays[os.Getenv("FAKE_RMAN")]; ok {
		os.Exit(play(os.Getenv("FAKE_DIR")))
	}
	os.Exit(m.Run())
}

const (
	bannerText    = "\nRecovery Manager: Release 19.0.0.0.0 - Production on Sun Nov 3 11:28:12 2024\nVersion 19.23.0.0.0\n\n"
	connectedText = "connected to target database: ORCL (DBID=1748542883)\nusing target database control file instead of recovery catalog\n\n"
	stackText     = "RMAN-00571: ===========================================================\n" +
		"RMAN-00569: =============== ERROR MESSAGE STACK FOLLOWS ===============\n" +
		"RMAN-00571: ===========================================================\n" +
		"RMAN-03009: failure of backup command on d1 channel at 12/20/2022 07:36:28\n" +
		"ORA-19502: write error on file \"/stage/p1\", block number 1 (block size=8192)\n" +
		"ORA-27072: File I/O error\n\nRecovery Manager complete.\n"
)

// plays are what the fake rman can do; dir is shared with the test.
var plays = map[string]func(dir string) int{
	"ok": func(string) int {
		fmt.Print(bannerText + connectedText + "Starting backup at 2024-11-03 11:28:12\nFinished backup at 2024-11-03 11:28:20\n\nRecovery Manager complete.\n")
		return 0
	},
	// buffered writes as C's stdio does: by lines to a terminal, else by blocks.
	"buffered": func(dir string) int {
		out := bufio.NewWriterSize(os.Stdout, 4096)
		defer func() { _ = out.Flush() }()
		for n := range 10 {
			fmt.Fprintf(out, "line %d\n", n)
			if _, err := unix.IoctlGetTermios(1, unix.TCGETS); err == nil {
				_ = out.Flush()
			}
		}
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(dir, "go")); err == nil {
				return 0
			}
		}
		return 9
	},
	"long": func(string) int {
		fmt.Printf("%s\nshort\r\n\r\n%s", strings.Repeat("x", 3<<20), strings.Repeat("y", 100_000))
		return 0
	},
	"many": func(string) int {
		out := bufio.NewWriter(os.Stdout)
		for n := range 50_000 {
			fmt.Fprintf(out, "line %d\n", n)
		}
		_ = out.Flush()
		return 0
	},
	"both": func(string) int {
		fmt.Fprintln(os.Stdout, "to the output")
		fmt.Fprintln(os.Stderr, "to the errors")
		return 0
	},
	"grandchild": func(dir string) int {
		child := exec.Command("sleep", "60")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if child.Start() != nil {
			return 9
		}
		note(dir, "pid", fmt.Sprint(child.Process.Pid))
		fmt.Println("the last line")
		return 0
	},
	"stops": func(string) int {
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, syscall.SIGINT)
		fmt.Println("ready")
		<-interrupted
		fmt.Println("RMAN-03099: job cancelled at user request")
		return 1
	},
	"stubborn": func(dir string) int {
		signal.Ignore(syscall.SIGINT)
		child := exec.Command("sleep", "60")
		if child.Start() != nil {
			return 9
		}
		note(dir, "pid", fmt.Sprint(child.Process.Pid))
		fmt.Println("ready")
		time.Sleep(time.Minute)
		return 0
	},
	"waits": func(dir string) int {
		note(dir, "pid", fmt.Sprint(os.Getpid()))
		fmt.Println("ready")
		time.Sleep(time.Minute)
		return 0
	},
	// parent is no rman: it is this program, running one.
	"parent": func(dir string) int {
		script, err := NewScript("logs", ArchiveLogCurrent{})
		if err != nil {
			return 9
		}
		r := Runner{Home: os.Getenv("FAKE_HOME"), SID: "ORCL", Env: append(os.Environ(), "FAKE_RMAN=waits")}
		_, err = r.Run(context.Background(), Job{Name: "logs", Script: script, Dir: dir,
			OnLine: func(_ time.Time, line string) { fmt.Println(line) }})
		fmt.Println("ended:", err)
		return 1
	},
	"stack0": func(string) int { fmt.Print(bannerText + connectedText + stackText); return 0 },
	"stack1": func(string) int { fmt.Print(bannerText + connectedText + stackText); return 1 },
	"notdba": func(string) int {
		fmt.Print(bannerText + strings.Replace(stackText, "ORA-19502: write error on file \"/stage/p1\", block number 1 (block size=8192)\nORA-27072: File I/O error", "RMAN-04005: error from target database:\nORA-01031: insufficient privileges", 1))
		return 1
	},
	"exit3":  func(string) int { fmt.Println("rman: cannot \x1b[31mload"); return 3 },
	"killed": func(string) int { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); time.Sleep(time.Minute); return 0 },
	"foreign": func(string) int {
		fmt.Print("\nRecovery Manager : Release 21.0.0.0.0 - Production on Mar Nov 18 12:10:15 2025\n\n" +
			"conectado a la base de datos destino: ORCL (DBID=1748542883)\n\nEmpezando backup a las 18/11/25\n")
		return 0
	},
	// tells shows what it was given.
	"tells": func(dir string) int {
		note(dir, "args", strings.Join(os.Args[1:], "\n"))
		note(dir, "env", strings.Join(os.Environ(), "\n"))
		for _, arg := range os.Args[1:] {
			if file, ok := strings.CutPrefix(arg, "cmdfile="); ok {
				data, err := os.ReadFile(file)
				info, statErr := os.Stat(file)
				if err != nil || statErr != nil {
					fmt.Println("cannot read", file)
					return 9
				}
				note(dir, "cmdfile", string(data))
				note(dir, "mode", info.Mode().String())
				fmt.Println("RMAN> " + strings.SplitN(string(data), "\n", 2)[0]) // as the echo would
			}
		}
		if stdin, err := io.ReadAll(os.Stdin); err != nil || len(stdin) > 0 {
			return 8
		}
		if _, err := os.Open("/dev/tty"); err == nil {
			return 7 // it could ask the user's terminal
		}
		fmt.Print(connectedText)
		if os.Args[1] == "nocatalog" && !vanishes(strings.TrimPrefix(os.Args[2], "cmdfile=")) {
			return 6 // the credentials stay on disk while RMAN works
		}
		return 0
	},
}

func vanishes(file string) bool {
	for range 2000 {
		if _, err := os.Stat(file); err != nil {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

func note(dir, name, text string) { _ = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600) }

// stage is a Runner whose rman is a play, with the folder they share.
type stage struct {
	Runner
	dir string
	job Job
}

func play(t *testing.T, name string) *stage {
	t.Helper()
	home, dir := t.TempDir(), t.TempDir()
	exe, err := os.Executable()
	check(t, err)
	check(t, os.Mkdir(filepath.Join(home, "bin"), 0o700))
	check(t, os.Symlink(exe, filepath.Join(home, "bin", "rman")))
	script, err := NewScript("logs", ArchiveLogCurrent{})
	check(t, err)
	return &stage{dir: dir,
		Runner: Runner{Home: home, SID: "ORCL", Target: config.NewSecret("/"), Grace: 10 * time.Second,
			Env: append(os.Environ(), "FAKE_RMAN="+name, "FAKE_DIR="+dir, "GORACE=atexit_sleep_ms=0")},
		job: Job{Name: "logs", Script: script, Dir: filepath.Join(dir, "run")},
	}
}

// lines collects the lines of the job.
func (s *stage) lines() *[]string {
	var lines []string
	s.job.OnLine = func(_ time.Time, line string) { lines = append(lines, line) }
	return &lines
}

// noted waits for nothing: the play has ended or has printed a line since.
func (s *stage) noted(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	check(t, err)
	return string(data)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
