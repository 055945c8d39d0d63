package ui_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/ui/internal/vterm"
)

// patience is how long anything may take on a machine that is busy.
const patience = 90 * time.Second

// world is the program and a demo for it to work on.
type world struct {
	exe string
	env []string
	dir string // working directory of the consoles
}

// newWorld builds the program and makes a demo with a day of history.
func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{exe: filepath.Join(dir, "orabak-tui"), dir: dir}
	build := exec.Command("go", "build", "-o", w.exe, "orabak-tui")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, kv := range os.Environ() {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "TERM", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "SSH_TTY", "READ_ONLY":
		default:
			w.env = append(w.env, kv)
		}
	}
	w.env = append(w.env, "TERM=xterm-256color", "LANG=C.UTF-8", "ORABAK_DEMO_HISTORY=1", "ORABAK_DEMO_DIR="+filepath.Join(dir, "demo"))
	w.batch(t, "list")
	return w
}

func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.exe, append([]string{"--demo"}, args...)...)
	cmd.Env, cmd.Dir = w.env, w.dir
	return cmd
}

// deaf is a console that does not hear SIGHUP, as under nohup.
func (w *world) deaf() *exec.Cmd {
	cmd := exec.Command("sh", "-c", `trap "" HUP; exec "$0" --demo`, w.exe)
	cmd.Env, cmd.Dir = w.env, w.dir
	return cmd
}

// batch runs an action to its end and returns what it printed.
func (w *world) batch(t *testing.T, args ...string) string {
	t.Helper()
	return w.demo(t, append([]string{"--batch"}, args...)...)
}

func (w *world) demo(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.command(args...).Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// console opens a console of 120 x 40 and waits for its list.
func (w *world) console(t *testing.T, args ...string) *vterm.Term {
	t.Helper()
	x := w.start(t, w.command(args...))
	sees(t, x, "DEMO › backups", "as of", "DBID")
	return x
}

func (w *world) start(t *testing.T, cmd *exec.Cmd) *vterm.Term {
	t.Helper()
	x, err := vterm.Start(120, 40, cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

func sees(t *testing.T, x *vterm.Term, texts ...string) {
	t.Helper()
	if err := x.WaitFor(patience, texts...); err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, x *vterm.Term, what string, ok func(screen string) bool) {
	t.Helper()
	if err := x.Until(patience, what, ok); err != nil {
		t.Fatal(err)
	}
}

func types(t *testing.T, x *vterm.Term, keys string) {
	t.Helper()
	if err := x.Type(keys); err != nil {
		t.Fatal(err)
	}
}

func exits(t *testing.T, x *vterm.Term, want int) {
	t.Helper()
	if code, err := x.Wait(patience); err != nil || code != want {
		t.Fatalf("exit %d (%v), want %d\n%s", code, err, want, x.Screen())
	}
}

// runInfo is a row of --batch runs --json.
type runInfo struct{ ID, Kind, State, SetID string }

func (w *world) runs(t *testing.T) []runInfo {
	t.Helper()
	var rows []struct {
		ID    string `json:"id"`
		Kind  string `json:"kind"`
		State string `json:"state"`
		SetID string `json:"set_id"`
	}
	if err := json.Unmarshal([]byte(w.batch(t, "runs", "--json")), &rows); err != nil {
		t.Fatal(err)
	}
	var out []runInfo
	for _, r := range rows {
		out = append(out, runInfo(r))
	}
	return out
}
