package ui_test

import (
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"orabak-tui/ui/internal/vterm"
)

// The real program on a terminal, on a demo of its own. The parts share the
// demo and go one after another, as a day with the program does.
func TestConsole(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and a demo: some ten seconds")
	}
	w := newWorld(t)
	for _, part := range []struct {
		name string
		play func(*testing.T, *world)
	}{
		{"list and filter", listAndFilter}, {"resize", resize}, {"backup", backupLive}, {"channels", channels}, {"plain", plain}, {"attach", attach}, {"kill mid-backup", killMidBackup},
		{"restore", restoreByName}, {"suspend", suspend}, {"signals", signals}, {"stalled terminal", stalled}, {"hang-up", hangUp},
		{"no terminal", noTerminal}, {"no colour", noColour}, {"read-only", readOnly},
	} {
		t.Run(part.name, func(t *testing.T) { part.play(t, w) })
	}
}

func listAndFilter(t *testing.T, w *world) {
	x := w.console(t)
	sees(t, x, "Recoverable to", "2 sets")
	types(t, x, "/arch")
	sees(t, x, "1 of 2 sets")
	types(t, x, "\x1b")
	until(t, x, "all sets again", func(s string) bool { return !strings.Contains(s, "of 2 sets") })
	types(t, x, "q")
	exits(t, x, 0)
	if raw := x.Raw(); strings.LastIndex(raw, "\x1b[?1049l") < strings.LastIndex(raw, "\x1b[?1049h") || !strings.Contains(raw, "\x1b[?25h") {
		t.Fatal("the terminal is not put back")
	}
}

func resize(t *testing.T, w *world) {
	x := w.console(t)
	for _, s := range [][2]int{{80, 24}, {60, 16}, {300, 100}} {
		if err := x.Resize(s[0], s[1]); err != nil {
			t.Fatal(err)
		}
		until(t, x, "a footer on the last line", func(screen string) bool {
			lines := strings.Split(screen, "\n")
			return len(lines) == s[1] && strings.Contains(lines[s[1]-1], "q quit")
		})
	}
	if err := x.Resize(40, 10); err != nil {
		t.Fatal(err)
	}
	sees(t, x, "needs 60 columns", "40 x 10")
	if err := x.Resize(120, 40); err != nil {
		t.Fatal(err)
	}
	sees(t, x, "2 sets")
}

// startBackup starts a backup of the n-th kind from the console.
func startBackup(t *testing.T, x *vterm.Term, n int, kind string) {
	t.Helper()
	types(t, x, "b")
	for range n {
		types(t, x, "\t")
	}
	sees(t, x, kind+" backup of DEMO", "RUN {")
	types(t, x, "\r")
	sees(t, x, "Start a backup: "+kind+"?")
	types(t, x, "\t\r")
	sees(t, x, "-"+kind+"-")
}

func backupLive(t *testing.T, w *world) {
	x := w.console(t)
	startBackup(t, x, 2, "archivelog")
	sees(t, x, "started by console", "RMAN") // its output, live or just over
	sees(t, x, "OK exit 0", "is on S3")
	types(t, x, "\x1b")
	sees(t, x, "3 sets")
}

func attach(t *testing.T, w *world) {
	x := w.console(t)
	other := w.command("--batch", "incremental")
	other.Env = append(w.env, `RMANSIM_FAULTS={"write_rate":32768}`) // slow enough to be seen
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	sees(t, x, "RUN incremental") // in the first line, found by itself
	types(t, x, "w")
	sees(t, x, "started by cron", "output")
	sees(t, x, "OK exit 0")
	if err := other.Wait(); err != nil {
		t.Fatal(err)
	}
}

func killMidBackup(t *testing.T, w *world) {
	before := len(w.runs(t))
	x := w.console(t)
	startBackup(t, x, 0, "full")
	sees(t, x, "started by console")
	if err := syscall.Kill(x.Process(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Wait(patience); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; {
		runs := w.runs(t)
		if len(runs) == before+1 && runs[0].State == "done" {
			if runs[0].Kind != "full" || !strings.Contains(w.batch(t, "list"), runs[0].SetID) {
				t.Fatalf("%+v is not in the list", runs[0])
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the backup did not survive the console: %+v", runs[0])
		}
	}
}

func restoreByName(t *testing.T, w *world) {
	w.demo(t, "lose", "datafiles")
	x := w.console(t)
	types(t, x, "r\r")
	sees(t, x, "REACHABLE", "restores over it")
	types(t, x, "\rORCL\r")
	sees(t, x, "that is not the database's name; nothing was changed")
	types(t, x, "\rDEMO\r")
	sees(t, x, "started by console")
	sees(t, x, "exit 0")
	if out := w.demo(t, "prove"); !strings.Contains(out, "proved") {
		t.Fatal(out)
	}
}

// Ctrl-Z stops the console and not a run; fg brings it back.
func suspend(t *testing.T, w *world) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash on this machine: job control needs a shell")
	}
	cmd := exec.Command(shell, "--norc", "--noprofile", "-i")
	cmd.Env, cmd.Dir = append(w.env, "PS1=ready> "), w.dir
	x := w.start(t, cmd)
	sees(t, x, "ready>")
	types(t, x, w.exe+" --demo\r")
	sees(t, x, "DEMO › backups", "as of")
	types(t, x, "\x1a")
	sees(t, x, "Stopped", "ready>")
	types(t, x, "fg\r")
	sees(t, x, "DEMO › backups", "q quit")
	types(t, x, "q")
	until(t, x, "the shell", func(s string) bool { return strings.Count(s, "ready>") == 3 })
	types(t, x, "exit\r")
	exits(t, x, 0)
}

func signals(t *testing.T, w *world) {
	// A child inherits an ignored SIGHUP, as under nohup, but no handler.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for sig, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 143} {
		x := w.console(t)
		if err := syscall.Kill(x.Process(), sig); err != nil {
			t.Fatal(err)
		}
		exits(t, x, code)
		if err := x.WaitFor(patience, "stopped by signal: "+sig.String()); err != nil {
			t.Fatal(err)
		}
		if raw := x.Raw(); !strings.Contains(raw, "\x1b[?1049l") {
			t.Fatalf("%v leaves the alternate screen on", sig)
		}
	}
}

// A terminal that takes no bytes holds the loop; the program ends all the
// same.
func stalled(t *testing.T, w *world) {
	x := w.console(t)
	x.Stall(true)
	frames := time.NewTicker(50 * time.Millisecond) // slower than the renderer, so that each is drawn
	defer frames.Stop()
	for i := range 30 { // some 30 KiB each, more than a terminal's buffer holds
		<-frames.C
		if err := x.Resize(290+i%2, 100); err != nil {
			t.Fatal(err)
		}
	}
	asked := time.Now()
	if err := syscall.Kill(x.Process(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	exits(t, x, 143)
	if took := time.Since(asked); took < time.Second {
		t.Fatalf("it ended after %v: the terminal was not stalled, so nothing was tested", took)
	}
}

// The connection drops: the console goes away, also where nothing tells it so
// because SIGHUP is ignored.
func hangUp(t *testing.T, w *world) {
	for _, x := range []*vterm.Term{w.console(t), w.start(t, w.deaf())} {
		sees(t, x, "DEMO › backups")
		if err := x.Hangup(); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Wait(patience); err != nil {
			t.Fatal(err)
		}
	}
}

func noTerminal(t *testing.T, w *world) {
	var stderr strings.Builder
	cmd := w.command()
	cmd.Stderr = &stderr
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 2 || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "--batch") {
		t.Fatalf("%v: %q", err, stderr.String())
	}
	cmd = w.command()
	cmd.Env = append(w.env, "TERM=dumb")
	x := w.start(t, cmd)
	exits(t, x, 2)
	if raw := x.Raw(); strings.Contains(raw, "\x1b") || !strings.Contains(raw, "--batch") {
		t.Fatalf("%q", raw)
	}
}

var colour = regexp.MustCompile(`\x1b\[([0-9;]*;)?(3[0-79]|4[0-7]|9[0-7]|38;[0-9;]*)m`)

func noColour(t *testing.T, w *world) {
	cmd := w.command()
	cmd.Env = append(w.env, "NO_COLOR=yes") // any value
	x := w.start(t, cmd)
	sees(t, x, "OK", "as of")
	if c := colour.FindString(x.Raw()); c != "" {
		t.Fatalf("colour %q", c)
	}
	if with := w.console(t); !colour.MatchString(with.Raw()) {
		t.Fatal("no colour at all: nothing was tested")
	}
}

func readOnly(t *testing.T, w *world) {
	x := w.console(t, "--read-only")
	sees(t, x, "READ-ONLY")
	types(t, x, "b")
	sees(t, x, "backup: the console is read-only")
	types(t, x, "?")
	sees(t, x, "not now: the console is read-only")
}
