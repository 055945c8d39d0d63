package notify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return string(data)
}

func TestMetricsOfOneRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orabak.prom")
	must(t, (&Notifier{metrics: path}).End(context.Background(), sample()))
	got := read(t, path)
	for _, line := range []string{
		"# TYPE orabak_last_success_timestamp_seconds gauge",
		`orabak_last_success_timestamp_seconds{db="ORCL",kind="full"} 1090`,
		`orabak_last_attempt_timestamp_seconds{db="ORCL",kind="full"} 1090`,
		`orabak_last_duration_seconds{db="ORCL",kind="full"} 90`,
		`orabak_last_bytes{db="ORCL",kind="full"} 12`,
		`orabak_last_exit_code{db="ORCL",kind="full"} 0`,
		`orabak_recoverable_until_timestamp_seconds{db="ORCL",kind="full"} 1080`,
	} {
		if strings.Count(got, line+"\n") != 1 {
			t.Errorf("%q is not there once:\n%s", line, got)
		}
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode() != 0o644 {
		t.Errorf("mode %v, %v", fi.Mode(), err)
	}
}

func TestAFailureKeepsTheLastSuccess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orabak.prom")
	must(t, writeMetrics(path, sample()))
	f := failed()
	f.EndedAt = time.Unix(5000, 0)
	must(t, writeMetrics(path, f))
	got := read(t, path)
	for _, line := range []string{`orabak_last_success_timestamp_seconds{db="ORCL",kind="full"} 1090`,
		`orabak_last_attempt_timestamp_seconds{db="ORCL",kind="full"} 5000`, `orabak_last_exit_code{db="ORCL",kind="full"} 1`,
		`orabak_recoverable_until_timestamp_seconds{db="ORCL",kind="full"} 1080`} {
		if strings.Count(got, line+"\n") != 1 {
			t.Errorf("%q is not there once:\n%s", line, got)
		}
	}
}

func TestSeriesOfOthersAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orabak.prom")
	other := sample()
	other.DB, other.Kind, other.SetKind = `A"\`+"\n", "archivelog", ""
	must(t, writeMetrics(path, other))
	newer := "# TYPE orabak_newer gauge\norabak_newer{db=\"X\",kind=\"full\"} 7\n"
	must(t, os.WriteFile(path, []byte(read(t, path)+newer), 0o600))
	resumed := sample()
	resumed.Kind = "resume"
	must(t, writeMetrics(path, resumed))
	got := read(t, path)
	for _, line := range []string{`orabak_last_bytes{db="A\"\\\n",kind="archivelog"} 12`, `orabak_newer{db="X",kind="full"} 7`,
		`orabak_last_success_timestamp_seconds{db="ORCL",kind="full"} 1090`, `orabak_last_success_timestamp_seconds{db="ORCL",kind="resume"} 1090`} {
		if strings.Count(got, line+"\n") != 1 {
			t.Errorf("%q is not there once:\n%s", line, got)
		}
	}
	if strings.Count(got, "# TYPE orabak_last_bytes ") != 1 || strings.Count(got, "# TYPE orabak_newer ") != 1 {
		t.Errorf("a family is declared more than once:\n%s", got)
	}
}

func TestAFileOfSomebodyElseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "node.prom")
	const theirs = "node_load1 0.5\n"
	must(t, os.WriteFile(path, []byte(theirs), 0o600))
	if err := writeMetrics(path, sample()); !errors.Is(err, errForeign) || read(t, path) != theirs {
		t.Errorf("error %v, file %q", err, read(t, path))
	}
	if err := writeMetrics(filepath.Join(path, "x.prom"), sample()); err == nil || !strings.Contains(err.Error(), "METRICS_FILE") {
		t.Errorf("error %v", err)
	}
}
