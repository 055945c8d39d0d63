package bench

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// usage is what one process took.
type usage struct {
	wall time.Duration
	cpu  time.Duration // user and system, children that it waited for included
	out  string
}

// contender is one way to do the work of a round.
type contender struct {
	name    string
	prepare func() // not timed; may be nil
	command func() *exec.Cmd
}

// role gives a command that makes this binary play a part.
func role(tb testing.TB, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(self(tb), args...)
	cmd.Env = append(os.Environ(), roleEnv+"="+name)
	return cmd
}

// measure runs a command to its end.
func measure(tb testing.TB, cmd *exec.Cmd) usage {
	tb.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		tb.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, lastLines(out.String()))
	}
	s := cmd.ProcessState
	return usage{time.Since(begin), s.UserTime() + s.SystemTime(), out.String()}
}

func lastLines(s string) string { return s[max(0, len(s)-1000):] }

// duel has contenders take turns, once to warm up and then for all rounds; the
// order is turned round each time. The result is by name, in the order of the
// rounds.
func duel(tb testing.TB, all []contender) map[string][]usage {
	tb.Helper()
	got := map[string][]usage{}
	for round := range *rounds + 1 {
		turn := slices.Clone(all)
		if round%2 == 1 {
			slices.Reverse(turn)
		}
		for _, c := range turn {
			if c.prepare != nil {
				c.prepare()
			}
			u := measure(tb, c.command())
			if round > 0 {
				got[c.name] = append(got[c.name], u)
			}
		}
	}
	return got
}

// ratios are ours by theirs, round by round.
func ratios(ours, theirs []usage, of func(usage) time.Duration) spread {
	var s spread
	for i := range ours {
		s = append(s, of(ours[i]).Seconds()/of(theirs[i]).Seconds())
	}
	return s
}

func wall(u usage) time.Duration { return u.wall }
func cpu(u usage) time.Duration  { return u.cpu }

// best is the name of the contender, ours excepted, with the least median.
func best(got map[string][]usage, of func(usage) time.Duration, names ...string) string {
	name, least := "", 0.0
	for _, n := range names {
		if len(got[n]) == 0 {
			continue
		}
		if m := inSeconds(got[n], of).median(); name == "" || m < least {
			name, least = n, m
		}
	}
	return name
}

func inSeconds(all []usage, of func(usage) time.Duration) spread {
	var s spread
	for _, u := range all {
		s = append(s, of(u).Seconds())
	}
	return s
}

// logAll writes down what every contender took.
func logAll(b *testing.B, got map[string][]usage, bytes int64) {
	for _, name := range slices.Sorted(maps.Keys(got)) {
		w, c := inSeconds(got[name], wall), inSeconds(got[name], cpu)
		b.Logf("%-12s wall %s s, %s, cpu %s s", name, w.format("%.2f"), mib(bytes, time.Duration(w.median()*1e9)), c.format("%.2f"))
	}
}

// background runs a process until the test ends. It returns when the process
// has printed its first line, with that line.
func background(tb testing.TB, cmd *exec.Cmd) string {
	tb.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line := make([]byte, 256)
	n, err := out.Read(line)
	if err != nil {
		tb.Fatalf("%s: %v", cmd.Path, err)
	}
	return strings.TrimSpace(string(line[:n]))
}

// installed tells whether a peer is there, by its path or a cached server's.
func installed(name string) (string, bool) {
	if path, err := exec.LookPath(name); err == nil {
		return path, true
	}
	if cache, err := os.UserCacheDir(); err == nil {
		path := cache + "/orabak-tui/servers/" + name
		if _, err := os.Stat(path); err == nil {
			return path, true
		}
	}
	return "", false
}

// within runs f with a limit that only catches what hangs.
func within(tb testing.TB, f func(context.Context) error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	if err := f(ctx); err != nil {
		tb.Fatal(fmt.Errorf("%s: %w", tb.Name(), err))
	}
}

// ownCPU is what this process used so far, user and system.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
