package rman

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// TestExplain compares the report of each transcript in testdata with the JSON
// beside it, field by field, names included.
func TestExplain(t *testing.T) {
	names, err := filepath.Glob("testdata/*.log")
	if err != nil || len(names) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			report := explainFile(t, name)
			got, err := json.MarshalIndent(report, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(name, ".log") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(want)) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func explainFile(t *testing.T, name string) *Report {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	report, err := Explain(f)
	if report.Summary.Localized != errors.Is(err, ErrLocalized) || err != nil && !errors.Is(err, ErrLocalized) {
		t.Fatalf("localized %v, error %v", report.Summary.Localized, err)
	}
	return report
}

// A transcript says the same with Windows line ends, indented, and with blank
// lines taken out, as web pages show it.
func TestExplainIsIndifferentToLayout(t *testing.T) {
	names, err := filepath.Glob("testdata/*.log")
	if err != nil {
		t.Fatal(err)
	}
	layouts := map[string]func(string) string{
		"crlf":     func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"indented": func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") },
		"packed":   func(s string) string { return strings.ReplaceAll(s, "\n\n", "\n") },
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(raw, []byte{0xff, 0xfe}) {
			continue
		}
		want := explainFile(t, name)
		for layout, change := range layouts {
			got, _ := Explain(strings.NewReader(change(string(raw))))
			got.Summary, got.Findings = want.Summary, want.Findings
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s\n got %+v\nwant %+v", name, layout, got, want)
			}
		}
	}
}

func TestExplainFindings(t *testing.T) {
	report := explainFile(t, "testdata/backup-disk-full.log")
	var roots, retried []string
	for _, f := range report.Findings {
		if f.Root {
			roots = append(roots, f.Code)
		}
		if f.Code == "ORA-27072" {
			retried = append(retried, strings.Join(f.Detail, " / "))
		}
		if f.Entry.Code != f.Code || f.Entry.Remedy == "" {
			t.Errorf("%s has no entry", f.Code)
		}
	}
	if !reflect.DeepEqual(roots, []string{"ORA-19502"}) {
		t.Errorf("root causes %v, want ORA-19502", roots)
	}
	detail := "Linux-x86_64 Error: 28: No space left on device / Additional information: 4"
	if !reflect.DeepEqual(retried, []string{detail, detail}) {
		t.Errorf("details %q", retried)
	}
	for i := 1; i < len(report.Findings); i++ {
		if report.Findings[i].Line < report.Findings[i-1].Line {
			t.Errorf("finding %d is out of order", i)
		}
	}
}

func TestExplainFindsTheCauseInsideOfACarrier(t *testing.T) {
	text := "RMAN-00569: = ERROR MESSAGE STACK FOLLOWS =\nRMAN-03002: failure of Duplicate Db command at 01/04/2026 19:51:48\n" +
		"RMAN-04006: error from auxiliary database: ORA-01034: ORACLE not available\nORA-27101: shared memory realm does not exist\n"
	report, err := Explain(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Root != (f.Code == "ORA-01034") {
			t.Errorf("%s: root %v", f.Code, f.Root)
		}
	}
	if len(report.Findings) != 4 || len(report.StackCodes) != 3 {
		t.Errorf("%d findings, stack codes %v", len(report.Findings), report.StackCodes)
	}
}

func TestExplainReadError(t *testing.T) {
	broken := errors.New("disk gone")
	report, err := Explain(io.MultiReader(strings.NewReader("database opened\n"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || report == nil || report.Outcome != Success {
		t.Errorf("report %+v, error %v", report, err)
	}
}

func TestReportNeverNull(t *testing.T) {
	report, err := Explain(strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(report)
	want := `{"version":"","db_name":"","dbid":null,"pieces_written":[],"pieces_read":[],"tags":[],` +
		`"stack_codes":[],"inline_codes":[],"warnings":[],"outcome":"unknown"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
