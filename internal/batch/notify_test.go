package batch

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// A run tells how it ended; a notification that fails leaves its exit code
// alone and shows nothing of the address.
func TestARunIsTold(t *testing.T) {
	dir := t.TempDir()
	c := &config.Config{OracleSID: "ORCL", LogDir: dir, MetricsFile: filepath.Join(dir, "m.prom"),
		NotifyURL: config.NewSecret("http://127.0.0.1:1/canary"), NotifyCommand: `echo "$ORABAK_EVENT $ORABAK_EXIT $ORABAK_SET" >> ` + filepath.Join(dir, "told")}
	var out, diag bytes.Buffer
	a := &App{Config: c, Stdout: &out, Stderr: &diag, Now: time.Now}
	j := &job{app: a, id: run.NewID("full", a.Now(), nil)}
	var err error
	if j.journal, err = run.Create(dir, j.id, run.Options{Now: a.Now}); err != nil {
		t.Fatal(err)
	}
	code := j.run(context.Background(), "full", func(context.Context, *job) (achieved, error) {
		return achieved{setID: "s1", setKind: "full"}, errors.New("no room")
	})
	if code != ExitFailed {
		t.Errorf("exit code %d", code)
	}
	told, _ := os.ReadFile(filepath.Join(dir, "told"))
	if string(told) != "start 0 \nend 1 s1\n" {
		t.Errorf("the command was told %q", told)
	}
	metrics, _ := os.ReadFile(c.MetricsFile)
	if !strings.Contains(string(metrics), `orabak_last_exit_code{db="ORCL",kind="full"} 1`) {
		t.Errorf("metrics\n%s", metrics)
	}
	if all := out.String() + diag.String(); !strings.Contains(all, "notice: NOTIFY_URL") || strings.Contains(all, "canary") {
		t.Errorf("said %s", all)
	}
}
