// Shots makes the pictures of the README from the real program: it plays a
// session on a demo in a terminal emulator and draws what stands on the
// screen. Run docs/screenshots.sh; nothing else uses it.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"orabak-tui/ui/internal/vterm"
)

// patience is how long anything may take.
const patience = 3 * time.Minute

func main() {
	exe := flag.String("exe", "", "the program")
	demo := flag.String("demo", "", "folder of its demo")
	to := flag.String("to", "docs/screenshots", "folder of the pictures")
	flag.Parse()
	if err := run(*exe, *demo, *to); err != nil {
		fmt.Fprintln(os.Stderr, "shots:", err)
		os.Exit(1)
	}
}

// step is one picture: keys to type, what must then be on the screen.
type step struct {
	name  string // empty = no picture
	keys  string
	sees  []string
	like  *regexp.Regexp // and this, if not nil
	sizes [2]int         // changed before the keys, if not zero
}

// session is the day that the pictures tell of.
var session = []step{
	{sees: []string{"DEMO › backups", "as of", "Recoverable"}},
	{name: "sets", keys: "j", sees: []string{"reaches"}},
	{name: "backup", keys: "b", sees: []string{"full backup of DEMO", "RUN {"}},
	{keys: "\r", sees: []string{"Start a backup"}},
	{name: "run-live", keys: "\t\r", sees: []string{"started by console", "ETA"}, like: regexp.MustCompile(`c1 .* [1-9]\d* % .*\n c2 .* [1-9]\d* % `)},
	{name: "run", sees: []string{"OK exit 0"}},
	{name: "restore-calendar", keys: "\x1brc", sees: []string{"can be reached"}},
	{name: "restore-plan", keys: "\r\r", sees: []string{"REACHABLE", "Steps"}},
	{name: "trends", keys: "\x1b\x1bT\t", sees: []string{"throughput"}},
	{name: "check", keys: "\x1bc", sees: []string{"can be listed, written and read"}},
	{name: "small", keys: "\x1b", sees: []string{"q quit"}, sizes: [2]int{60, 16}},
}

func run(exe, demo, to string) error {
	cmd := exec.Command(exe, "--demo")
	for _, kv := range os.Environ() {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "TERM", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "SSH_TTY":
		default:
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC", "ORABAK_DEMO_DIR="+demo)
	t, err := vterm.Start(120, 36, cmd)
	if err != nil {
		return err
	}
	defer t.Close()
	for _, s := range session {
		if err := play(t, s, to); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func play(t *vterm.Term, s step, to string) error {
	if s.sizes[0] > 0 {
		if err := t.Resize(s.sizes[0], s.sizes[1]); err != nil {
			return err
		}
	}
	for _, key := range keysOf(s.keys) {
		if err := t.Type(key); err != nil {
			return err
		}
		if key == "\x1b" { // what follows at once would be read as alt and a letter
			time.Sleep(200 * time.Millisecond)
		}
	}
	if err := t.WaitFor(patience, s.sees...); err != nil {
		return err
	}
	if s.like != nil {
		if err := t.Until(patience, s.like.String(), s.like.MatchString); err != nil {
			return err
		}
	}
	if s.name == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(to, s.name+".svg"), []byte(t.SVG(vterm.Dark)), 0o644)
}

func keysOf(s string) []string { return strings.Split(s, "") }
