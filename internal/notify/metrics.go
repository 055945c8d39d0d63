package notify

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/run"
)

// metric is one family of the text file; every series carries db and kind.
type metric struct{ name, help string }

// The families, in the order of the file.
var families = []metric{
	{"orabak_last_success_timestamp_seconds", "End of the last run of this kind that did what it was for."},
	{"orabak_last_attempt_timestamp_seconds", "End of the last run of this kind."},
	{"orabak_last_duration_seconds", "Duration of the last run of this kind."},
	{"orabak_last_bytes", "Bytes that the last run of this kind moved."},
	{"orabak_last_exit_code", "Exit code of the last run of this kind: 0 done, 3 done with warnings, else failed."},
	{"orabak_recoverable_until_timestamp_seconds", "Moment up to which the last set of this kind can be recovered."},
}

// series matches a line of ours.
var series = regexp.MustCompile(`^(orabak_[a-z_]+)(\{db="(?:[^"\\]|\\.)*",kind="(?:[^"\\]|\\.)*"\}) (\S+)$`)

// errForeign protects a file that somebody else writes.
var errForeign = errors.New("METRICS_FILE: the file holds what this program did not write; it was left alone: name another file")

// table is family → labels → value, as text.
type table map[string]map[string]string

// writeMetrics brings the series of a run up to date and keeps all others. A
// series that the run says nothing of (the last success of a run that failed)
// stays too. Two runs that end in the same moment may lose one's series.
func writeMetrics(path string, f Facts) error {
	old, err := readMetrics(path)
	if err != nil {
		return err
	}
	old.record(f)
	if err := run.WriteReadable(path, old.text()); err != nil {
		return fmt.Errorf("METRICS_FILE: %w", err)
	}
	return nil
}

func readMetrics(path string) (table, error) {
	t := table{}
	data, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return t, nil
		}
		return nil, fmt.Errorf("METRICS_FILE: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		m := series.FindStringSubmatch(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case m == nil:
			return nil, errForeign
		default:
			t.set(m[1], m[2], m[3])
		}
	}
	return t, nil
}

func (t table) set(family, labels, value string) {
	if t[family] == nil {
		t[family] = map[string]string{}
	}
	t[family][labels] = value
}

// record enters a run. A resume counts for the kind of set it finished too.
func (t table) record(f Facts) {
	t.attempt(f, f.Kind)
	if f.SetKind != "" && f.SetKind != f.Kind {
		t.attempt(f, f.SetKind)
	}
}

func (t table) attempt(f Facts, kind string) {
	l := labels(f.DB, kind)
	t.set("orabak_last_attempt_timestamp_seconds", l, seconds(f.EndedAt))
	t.set("orabak_last_duration_seconds", l, strconv.FormatFloat(f.Duration, 'f', -1, 64))
	t.set("orabak_last_bytes", l, strconv.FormatInt(f.Bytes, 10))
	t.set("orabak_last_exit_code", l, strconv.Itoa(f.Exit))
	if f.good() {
		t.set("orabak_last_success_timestamp_seconds", l, seconds(f.EndedAt))
	}
	if !f.RecoverableTo.IsZero() {
		t.set("orabak_recoverable_until_timestamp_seconds", l, seconds(f.RecoverableTo))
	}
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func labels(db, kind string) string {
	return `{db="` + escape.Replace(db) + `",kind="` + escape.Replace(kind) + `"}`
}

func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// text is the file. Families that this version does not know, which a newer
// one may have written, come last.
func (t table) text() []byte {
	var b strings.Builder
	known := slices.Clone(families)
	for _, name := range sorted(t) {
		if !slices.ContainsFunc(known, func(m metric) bool { return m.name == name }) {
			known = append(known, metric{name: name})
		}
	}
	for _, m := range known {
		if len(t[m.name]) == 0 {
			continue
		}
		if m.help != "" {
			fmt.Fprintf(&b, "# HELP %s %s\n", m.name, m.help)
		}
		fmt.Fprintf(&b, "# TYPE %s gauge\n", m.name)
		for _, l := range sorted(t[m.name]) {
			fmt.Fprintf(&b, "%s%s %s\n", m.name, l, t[m.name][l])
		}
	}
	return []byte(b.String())
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
