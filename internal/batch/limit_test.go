package batch

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// The limit goes to the run that works, is taken back, and reaches no run that
// would never look.
func TestLimitOfARun(t *testing.T) {
	dir := t.TempDir()
	var out, diag bytes.Buffer
	limit := func(args ...string) int {
		a := &App{Config: &config.Config{LogDir: dir}, Options: Options{Action: "limit", Args: args}, Stdout: &out, Stderr: &diag, Now: time.Now}
		return a.Run(context.Background())
	}
	begin := func(kind string, at time.Time) *run.Journal {
		t.Helper()
		j, err := run.Create(dir, run.NewID(kind, at, nil), run.Options{})
		if err != nil {
			t.Fatal(err)
		}
		j.Emit(run.Event{Type: run.TypeStart, Start: &run.Start{Kind: kind}})
		return j
	}
	if code := limit("20M"); code != ExitFailed {
		t.Errorf("without a run: exit code %d", code)
	}
	j := begin("full", time.Now())
	defer j.Close()
	file := filepath.Join(j.Dir(), backup.LimitFile)
	for _, c := range []struct{ rate, want string }{{"20M", "20971520\n"}, {"1.5K/s", "1536\n"}, {"0", "0\n"}, {"default", ""}, {"default", ""}} {
		code := limit(c.rate)
		got, _ := os.ReadFile(file)
		if code != ExitDone || string(got) != c.want {
			t.Errorf("%s: exit code %d, file %q, want %q", c.rate, code, got, c.want)
		}
	}
	for _, c := range []struct {
		args []string
		want int
	}{{[]string{"fast"}, ExitUsage}, {[]string{"-1"}, ExitUsage}, {[]string{""}, ExitUsage}, {[]string{"5M", "../" + j.ID()}, ExitFailed}, {[]string{"5M", j.ID()}, ExitDone}} {
		if code := limit(c.args...); code != c.want {
			t.Errorf("%q: exit code %d, want %d\n%s", c.args, code, c.want, diag.String())
		}
	}
	r := begin("restore", time.Now().Add(-time.Hour))
	defer r.Close()
	over := begin("full", time.Now().Add(-2*time.Hour))
	over.Emit(run.Event{Type: run.TypeEnd, End: &run.End{}})
	closed := over.Close()
	for _, other := range []*run.Journal{r, over} {
		if code := limit("5M", other.ID()); code != ExitFailed || closed != nil {
			t.Errorf("%s: exit code %d", other.ID(), code)
		}
		if _, err := os.Stat(filepath.Join(other.Dir(), backup.LimitFile)); err == nil {
			t.Errorf("%s got a limit", other.ID())
		}
	}
}
