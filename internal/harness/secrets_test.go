package harness

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/run"
)

// canaries are set in the program's environment as cron would, and must come
// out nowhere.
var canaries = map[string]string{
	"AWS_SECRET_ACCESS_KEY": secretKey,
	"AWS_SESSION_TOKEN":     "canary-2b71-session-token-never-to-be-seen",
	"RMAN_TARGET":           "backup/canary-c04d-password@service",
	"NOTIFY_URL":            "http://127.0.0.1:9/canary-77aa-notify",
}

// sung lists the places where a canary can be found: every file of the world
// but .env, and what the program printed.
func (w *world) sung(printed ...ended) (found []string) {
	w.t.Helper()
	look := func(where string, b []byte) {
		for name, c := range canaries {
			needle := c
			if name == "RMAN_TARGET" {
				needle = "canary-c04d-password"
			}
			if bytes.Contains(b, []byte(needle)) {
				found = append(found, name+" in "+where)
			}
		}
	}
	for _, e := range printed {
		look("the output: "+e.out+e.err, []byte(e.out+e.err))
	}
	_ = filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Base(path) != ".env" {
			b, _ := os.ReadFile(path)
			look(path, b)
		}
		return nil
	})
	return found
}

// TestSecrets runs every command, an error of every sort and a crash with
// canaries for secrets; nothing but .env may contain them: no log, journal,
// script, cache, object, argument or environment of a child.
func TestSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 800)
	must(t, os.MkdirAll(w.path("oracle", "called"), 0o700))
	delete(w.env, "AWS_SECRET_ACCESS_KEY")
	w.save()
	env := []string{"AWS_SECRET_ACCESS_KEY=" + secretKey}
	var all []ended
	do := func(extra []string, args ...string) ended {
		e := w.run(append(env, extra...), args...)
		all = append(all, e)
		return e
	}
	batch := func(action string) { do(nil, append([]string{"--batch"}, strings.Fields(action)...)...) }
	for _, a := range []string{"full", "incremental --json", "list --json", "check", "verify --deep", "runs", "follow", "iam writer", "restore --dry-run", "cancel", "resume"} {
		batch(a)
	}
	w.faults(rmansim.Faults{Pieces: []rmansim.PieceFault{{At: 1, Kind: "disk_full", Once: true}}})
	batch("archivelog")
	w.faults(rmansim.Faults{})
	do([]string{run.EnvCrashAt + "=piece-confirmed"}, "--batch", "archivelog")
	do([]string{"AWS_SESSION_TOKEN=" + canaries["AWS_SESSION_TOKEN"]}, "--batch", "archivelog")
	do([]string{"AWS_SESSION_TOKEN=" + canaries["AWS_SESSION_TOKEN"]}, "--batch", "check")
	do([]string{"RMAN_TARGET=" + canaries["RMAN_TARGET"]}, "--batch", "archivelog")
	do([]string{"RMAN_TARGET=" + canaries["RMAN_TARGET"]}, "--batch", "check", "--json")
	do([]string{"NOTIFY_URL=" + canaries["NOTIFY_URL"]}, "--batch", "archivelog")
	do([]string{"NOTIFY_URL=" + canaries["NOTIFY_URL"], "RMAN_TARGET=" + canaries["RMAN_TARGET"], "AWS_SESSION_TOKEN=" + canaries["AWS_SESSION_TOKEN"],
		"NOTIFY_COMMAND=env > " + w.path("notified") + "; cat >> " + w.path("notified")}, "--batch", "archivelog")
	w.everyOtherCommand(do)
	do([]string{"AWS_ENDPOINT_URL_S3=" + w.url, "S3_BUCKET=no-such-bucket"}, "--batch", "list")
	do([]string{"AWS_SECRET_ACCESS_KEY=" + secretKey, "RMAN_CHANNELS=many", "AWS_SESSION_TOKEN=\x1b" + canaries["AWS_SESSION_TOKEN"]}, "--batch", "list")
	batch("archivelog")
	_, _ = w.lose(oradb.LoseEverything)
	batch("restore --confirm " + sid)
	if called, _ := filepath.Glob(w.path("oracle", "called", "rman-*")); len(called) < 5 {
		t.Fatalf("%d calls of rman were seen", len(called))
	}
	if b, err := os.ReadFile(w.path("notified")); err != nil || !bytes.Contains(b, []byte("ORABAK_EVENT=end")) {
		t.Fatalf("the command was not told: %s, %v", b, err)
	}
	must(t, os.WriteFile(w.path("planted"), []byte("x"+secretKey), 0o600))
	if len(w.sung()) != 1 {
		t.Fatalf("the search finds %v, not the one that was planted", w.sung())
	}
	must(t, os.Remove(w.path("planted")))
	w.holds("canary secrets in every command, error and crash", w.sung(all...), 9)
	w.noStrangers()
}

// everyOtherCommand runs what reads and explains, with an argument where there
// is one, and what fails for want of one.
func (w *world) everyOtherCommand(do func(extra []string, args ...string) ended) {
	w.t.Helper()
	runs, _ := filepath.Glob(w.path("logs", "2*"))
	if len(runs) == 0 {
		w.t.Fatal("there are no runs")
	}
	newest := filepath.Base(runs[len(runs)-1])
	for _, args := range [][]string{
		{"list"}, {"show", "no-such-set"}, {"runs", "--json"}, {"follow", newest}, {"follow", newest, "--json"}, {"cancel", newest},
		{"explain", filepath.Join(runs[0], run.RMANFile)}, {"explain", filepath.Join(runs[0], run.RMANFile), "--json"}, {"explain", w.path(".env")},
		{"check", "--json"}, {"verify", "--json"}, {"restore", "--dry-run", "--json"}, {"iam", "restorer"}, {"iam", "pruner"}, {"iam", "auditor"}, {"nonsense"},
	} {
		do(nil, append([]string{"--batch"}, args...)...)
	}
	for _, args := range [][]string{{"--help"}, {"--version"}, {"--no-such-flag"}, {"--demo", "where", "--demo-dir", w.path("demo")}} {
		do([]string{"ORABAK_DEMO_HISTORY=0"}, args...)
	}
}

// noStrangers: children get no variable of the store's at all.
func (w *world) noStrangers() {
	w.t.Helper()
	called, _ := filepath.Glob(w.path("oracle", "called", "*"))
	for _, c := range called {
		b, err := os.ReadFile(c)
		must(w.t, err)
		if bytes.Contains(b, []byte("AWS_SECRET")) || bytes.Contains(b, []byte("AWS_SESSION")) {
			w.t.Errorf("%s was given the store's keys:\n%s", c, b)
		}
	}
}

// readable lists what others may read or enter below a folder.
func readable(dir string, except ...string) (found []string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return nil //nolint:nilerr // it went away
		}
		for _, e := range except {
			if strings.HasPrefix(path, e) {
				return nil
			}
		}
		if fi, err := d.Info(); err == nil && fi.Mode().Perm()&0o077 != 0 && path != dir {
			found = append(found, fi.Mode().String()+" "+path)
		}
		return nil
	})
	return found
}

// careless runs the program under a umask that hides nothing.
func (w *world) careless(extra []string, args ...string) ended {
	w.t.Helper()
	cmd := w.command(extra, args...)
	cmd.Args = append([]string{"sh", "-c", `umask 0 && exec "$0" "$@"`}, cmd.Args...)
	cmd.Path = "/bin/sh"
	return w.finish(cmd, nil)
}

// TestPermissions: whatever the umask, files are for their owner alone: after
// backups, a failure, a crash and a restore, and over the whole tree of a demo.
func TestPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 810)
	w.careless(nil, "--batch", "full")
	w.careless([]string{run.EnvCrashAt + "=piece-confirmed"}, "--batch", "archivelog")
	found := readable(w.dir)
	w.careless(nil, "--batch", "archivelog")
	_, _ = w.lose(oradb.LoseDatafiles)
	w.careless([]string{run.EnvCrashAt + "=restored"}, "--batch", "restore", "--confirm", sid)
	found = append(found, readable(w.dir)...)
	w.careless(nil, "--batch", "restore", "--confirm", sid)
	w.holds("permissions under umask 0", append(found, readable(w.dir)...), 9)

	demo := t.TempDir()
	cmd := exec.Command("sh", "-c", `umask 0 && "$0" --demo --demo-dir "$1" where && "$0" --demo --demo-dir "$1" --batch full`, program, demo)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "ORABAK_DEMO_HISTORY=0"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.holds("permissions under umask 0", readable(demo), 9)
}

// TestPlainHTTPWarns: a store beyond this host over plain http is told of; one
// on the loopback interface is not.
func TestPlainHTTPWarns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 820)
	for url, warned := range map[string]bool{"http://192.0.2.1:9000": true, "http://s3.example.com": true, "https://s3.example.com": false,
		"http://127.0.0.1:9": false, "http://localhost:9": false, "http://[::1]:9": false} {
		e := w.run([]string{"AWS_ENDPOINT_URL_S3=" + url}, "--batch", "iam", "writer")
		if e.code != 0 || strings.Contains(e.err, "plain http") != warned {
			t.Errorf("%s: %v", url, e)
		}
	}
}
