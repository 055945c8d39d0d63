package harness

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
)

// smallDisk mounts a disk of so many bytes over a folder of the world.
func (w *world) smallDisk(name string, bytes int64) string {
	w.t.Helper()
	dir := w.path(name)
	must(w.t, os.MkdirAll(dir, 0o700))
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "mode=0700,size="+itoa(bytes), "harness", dir).CombinedOutput()
	if err != nil {
		w.t.Skipf("this user cannot mount a small disk: %s", out)
	}
	w.t.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
	return dir
}

// remount mounts a small disk again with an option.
func (w *world) remount(dir, option string) {
	w.t.Helper()
	if out, err := exec.Command("mount", "-o", "remount,"+option, dir).CombinedOutput(); err != nil {
		w.t.Skipf("this user cannot remount: %s", out)
	}
}

// fill writes until there is no room.
func fill(t testing.TB, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; {
		_, err := f.Write(make([]byte, size))
		switch {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			t.Fatal(err)
		}
	}
}

// background is a run that goes on beside the test.
type background struct {
	w    *world
	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan ended
}

// start starts an action; its wait must be called.
func (w *world) start(action string, extra ...string) *background {
	w.t.Helper()
	args := append([]string{"--batch"}, strings.Fields(action)...)
	b := &background{w: w, cmd: w.command(extra, args...), done: make(chan ended, 1)}
	b.cmd.Stdout, b.cmd.Stderr = &b.out, &b.out
	must(w.t, b.cmd.Start())
	go func() {
		_ = b.cmd.Wait()
		e := ended{code: b.cmd.ProcessState.ExitCode(), out: b.out.String()}
		if st, ok := b.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && st.Signaled() {
			e.signal = st.Signal()
		}
		b.done <- e
	}()
	return b
}

func (b *background) wait() ended {
	b.w.t.Helper()
	select {
	case e := <-b.done:
		if e.signal != 0 {
			b.w.calmed()
		}
		b.w.tell("%v → %d %v", b.cmd.Args[3:], e.code, e.signal)
		return e
	case <-time.After(patience):
		_ = b.cmd.Process.Kill()
		b.w.t.Fatalf("%v does not end", b.cmd.Args)
		return ended{}
	}
}

// staged counts the files of a name in staging.
func (w *world) staged(begin string) int {
	files, _ := filepath.Glob(w.path("staging", "*", begin+"*"))
	return len(files)
}

// TestStagingFull: the disk is full in the middle of a backup; the error says
// so and the next run is fine.
func TestStagingFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	disk := w.smallDisk("staging", 20<<20)
	w.batch("full")
	w.work(4)
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	must(t, os.Truncate(ballast, 14<<20))
	slow := w.slowly(300 * time.Millisecond)
	w.batch("full", 1, 0, 6)
	slow()
	must(t, os.Remove(ballast))
	w.batch("full", 0, 3)
	w.check("staging full")
	w.sometimes(false, "staging full")
}

// TestLogDirFull: a full LOG_DIR does not stop a backup; it is told.
func TestLogDirFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 610)
	w.batch("full")
	w.work(4)
	must(t, os.Rename(w.path("logs"), w.path("logs.before")))
	disk := w.smallDisk("logs", 1<<20)
	fill(t, filepath.Join(disk, "ballast"))
	must(t, os.Truncate(filepath.Join(disk, "ballast"), 1<<20-64<<10))
	w.batch("incremental", 1, 3)
	must(t, os.Remove(filepath.Join(disk, "ballast")))
	w.batch("incremental", 0, 3)
	w.check("LOG_DIR full")
}

// TestLogDirUnusable: without a journal nothing is begun.
func TestLogDirUnusable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 620)
	w.batch("full")
	w.work(4)
	good := w.env["LOG_DIR"]
	must(t, os.WriteFile(w.path("file"), nil, 0o600))
	w.env["LOG_DIR"] = w.path("file", "logs")
	w.save()
	e := w.batch("incremental", 1)
	if !bytes.Contains([]byte(e.err), []byte("LOG_DIR")) {
		t.Errorf("the error does not name LOG_DIR: %v", e)
	}
	w.env["LOG_DIR"] = good
	w.save()
	w.batch("incremental", 0, 3)
	w.check("LOG_DIR unusable")
}

// TestFewDescriptors: a run that cannot open files fails clearly, or works.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 630)
	w.batch("full")
	limits := []string{"10", "14", "18", "24", "32", "48"}
	for _, n := range w.some(limits, 2) {
		w.work(4)
		cmd := w.command(nil, "--batch", "incremental")
		cmd.Args = append([]string{"sh", "-c", `ulimit -n ` + n + ` && exec "$0" "$@"`}, cmd.Args...)
		cmd.Path = "/bin/sh"
		w.tell("ulimit -n %s", n)
		e := w.finish(cmd, nil)
		if e.code < 0 || e.code == 2 || e.out+e.err == "" {
			t.Errorf("with %s descriptors: %v", n, e)
		}
		w.batch("incremental", 0, 3)
		w.check("out of file descriptors")
	}
}

// TestClockJumps: the host's clock jumps forth and back between runs and in
// the middle of one.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 640)
	w.batch("full")
	for n := range 3 + 9*oneIf(*long) {
		w.work(6)
		jump := time.Duration(w.dice.IntN(2*72)-72) * time.Hour
		e := w.engine(kinds[w.dice.IntN(3)])
		from := time.Now()
		e.now = func() time.Time {
			if now := time.Now(); n%2 == 0 || now.Sub(from) > 200*time.Millisecond {
				return now.Add(jump)
			}
			return time.Now()
		}
		w.tell("the clock jumps by %v", jump)
		_, err := e.run(t.Context())
		must(t, err)
		w.check("clock jumps")
	}
	w.disaster("clock jumps")
}

// TestDatabaseRestarts: the instance goes down and comes back in mid run.
func TestDatabaseRestarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 670)
	w.batch("full")
	for _, moment := range w.some([]string{"HARN_", "c-", "none"}, 1) {
		w.work(6)
		w.faults(rmansim.Faults{WriteRate: 1 << 20})
		b := w.start("incremental")
		w.eventually("RMAN to write "+moment, func() bool {
			return w.staged(moment) > 0 || moment != "HARN_" && w.staged("state.jsonl") > 0
		})
		must(t, w.db.Crash())
		_, err := w.db.Startup(t.Context(), oradb.StartupOptions{To: oradb.Opened})
		must(t, err)
		e := b.wait()
		w.faults(rmansim.Faults{})
		if e.code != 0 && e.code != 1 && e.code != 3 && e.code != 6 {
			t.Errorf("a run whose database restarted: %v", e)
		}
		w.batch("incremental", 0, 3)
		w.check("database restarted in mid run")
	}
	w.sometimes(false, "database restarted in mid run")
}
