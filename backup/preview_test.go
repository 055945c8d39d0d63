package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// asked is an instance that only answers questions.
type asked struct {
	Instance
	facts *oracle.Facts
}

func (a asked) Facts(context.Context) (*oracle.Facts, error)               { return a.facts, nil }
func (a asked) ArchivedLogs(context.Context) ([]oracle.ArchivedLog, error) { return nil, nil }
func (a asked) AllPieces(context.Context) ([]oracle.PieceRecord, error)    { return nil, nil }
func (a asked) DatafileRecords(context.Context, string) ([]oracle.DatafileRecord, error) {
	return nil, nil
}

// empty is a bucket that panics at whatever would change it.
type empty struct{ Store }

func (empty) List(context.Context, s3store.Filter) ([]s3store.Set, error) { return nil, nil }

func previewDeps(t *testing.T, f *oracle.Facts) Deps {
	return Deps{
		Config: &config.Config{StagingDir: filepath.Join(t.TempDir(), "not", "there"), Channels: 2, MaxPieceSize: 4 << 30, FilesPerSet: 1, Compression: "none"},
		Oracle: asked{facts: f}, Store: empty{}, Now: func() time.Time { return time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC) },
		Free: func(string) (int64, error) { return 1 << 40, nil },
	}
}

func openFacts(t *testing.T) *oracle.Facts {
	file := filepath.Join(t.TempDir(), "system01.dbf")
	if err := os.WriteFile(file, []byte("a datafile"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &oracle.Facts{
		Status: oracle.Open, Name: "ORCL", DBID: 1, LogMode: "ARCHIVELOG", Role: "PRIMARY", ResetlogsSCN: 1, SpfilePath: "/u01/spfile",
		Datafiles: []oracle.Datafile{{Number: 1, Name: file, Tablespace: "SYSTEM", Bytes: 1 << 30, Status: "SYSTEM"}},
	}
}

func TestPreviewChangesNothing(t *testing.T) {
	d := previewDeps(t, openFacts(t))
	p, err := Preview(t.Context(), d, "incremental")
	if err != nil {
		t.Fatal(err)
	}
	if p.StagingFree != 1<<40 || p.Bytes == 0 || len(p.Steps) != 2 || !strings.Contains(p.Steps[0].Script, "INCREMENTAL LEVEL 0") {
		t.Fatalf("%+v", p)
	}
	if len(p.Warnings) == 0 {
		t.Fatal("it does not say that a level 0 is taken")
	}
	if _, err := os.Stat(d.Config.StagingDir); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("staging: %v", err)
	}
}

func TestPreviewEndsWhereRunWould(t *testing.T) {
	f := openFacts(t)
	f.LogMode = "NOARCHIVELOG"
	var check *CheckError
	if _, err := Preview(t.Context(), previewDeps(t, f), "full"); !errors.As(err, &check) {
		t.Fatalf("%v", err)
	}
	d := previewDeps(t, openFacts(t))
	d.Free = func(string) (int64, error) { return 1 << 20, nil }
	if _, err := Preview(t.Context(), d, "full"); !errors.Is(err, ErrStaging) {
		t.Fatalf("%v", err)
	}
}
