package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
)

func fatal(findings []Finding) (codes string) {
	for _, f := range findings {
		if f.Fatal && f.Text != "" && f.Remedy != "" {
			codes += f.Code + " "
		}
	}
	return codes
}

func TestCheckStopsAtALostControlFile(t *testing.T) {
	for _, st := range []oracle.Status{oracle.Mounted, oracle.Open} {
		got := Check(&config.Config{}, &oracle.Facts{Status: st, ControlfileLost: true, ControlfileCode: "ORA-00210"})
		if fatal(got) != "ORA-00210 " || len(got) != 1 || !strings.Contains(got[0].Remedy, "restore") {
			t.Errorf("%s: findings %+v", st, got)
		}
	}
}

// Where the headers are not shown, the datafiles are looked at.
func TestCheckLooksAtDatafilesWithoutHeaders(t *testing.T) {
	there := filepath.Join(t.TempDir(), "a.dbf")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file  oracle.Datafile
		known bool
		want  string
	}{
		{oracle.Datafile{Name: there}, false, ""},
		{oracle.Datafile{Name: there + "x"}, false, "ORA-01157 "},
		{oracle.Datafile{Name: there + "x", Status: "OFFLINE"}, false, ""},
		{oracle.Datafile{Name: there + "x"}, true, ""},
		{oracle.Datafile{Name: there, HeaderError: "CANNOT OPEN FILE"}, true, "ORA-01157 "},
		{oracle.Datafile{Name: "+DATA/x"}, false, ""},
	} {
		f := &oracle.Facts{Status: oracle.Open, LogMode: "ARCHIVELOG", HeadersKnown: c.known, Datafiles: []oracle.Datafile{c.file}}
		if got := fatal(Check(&config.Config{}, f)); got != c.want {
			t.Errorf("%+v, headers known %v: %q, want %q", c.file, c.known, got, c.want)
		}
	}
}
