package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"orabak-tui/backup"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// oldScript does what the Python scripts did: RMAN to a folder, the files to
// the bucket's folder of a day, the files away. It gives their names.
func (s *site) oldScript(day, commands string) []string {
	s.t.Helper()
	dir, err := filepath.EvalSymlinks(s.t.TempDir())
	must(s.t, err)
	s.somebody("CONFIGURE CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK TO '" + dir + "/%F';\n" + strings.ReplaceAll(commands, "$D", dir))
	files, err := os.ReadDir(dir)
	must(s.t, err)
	var names []string
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(s.t, err)
		s.put("backups/"+day+"/"+f.Name(), data)
		must(s.t, os.Remove(filepath.Join(dir, f.Name())))
		names = append(names, f.Name())
	}
	return names
}

// put uploads an object by hand.
func (s *site) put(key string, data []byte) {
	s.t.Helper()
	c := s3.New(s3.Options{BaseEndpoint: aws.String(s.config.Endpoint), Region: s.config.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", "")})
	_, err := c.PutObject(s.t.Context(), &s3.PutObjectInput{Bucket: aws.String("engine"), Key: &key, Body: bytes.NewReader(data)})
	must(s.t, err)
}

func (s *site) adopt(folder string) (*s3store.Manifest, backup.Result, error) {
	s.t.Helper()
	return s.adoptWith(s.store, folder)
}

func (s *site) adoptWith(store backup.Store, folder string) (*s3store.Manifest, backup.Result, error) {
	s.t.Helper()
	s.events = nil
	r, err := backup.Adopt(s.t.Context(), backup.Deps{
		Config: s.config, Oracle: s.instance(), RMAN: s, Store: store,
		Sink: run.SinkFunc(s.note), RunDir: s.t.TempDir(), Log: io.Discard,
		Version: "test", Host: "test", Now: time.Now, Free: func(string) (int64, error) { return 1 << 40, nil },
	}, s.store, backup.AdoptRequest{RunID: run.NewID("adopt", time.Now(), nil), Folder: folder})
	if err != nil {
		return nil, r, err
	}
	set, err := s.store.Find(s.t.Context(), r.SetID)
	must(s.t, err)
	m, err := s.store.Manifest(s.t.Context(), set)
	must(s.t, err)
	return m, r, nil
}

const level0 = "BACKUP INCREMENTAL LEVEL 0 FORMAT '$D/full_%U' DATABASE;\nBACKUP FORMAT '$D/arch_%U' ARCHIVELOG ALL;"

// TestAdopt: a folder of the old script becomes a set that later backups build
// on, and is no foreign set any more.
func TestAdopt(t *testing.T) {
	s := newSite(t)
	s.work()
	names := s.oldScript("2025/11/23", level0)
	s.put("backups/2025/11/23/notes.txt", []byte("by hand"))

	m, r, err := s.adopt("2025-11-23")
	must(t, err)
	if m.Kind != s3store.KindFull || m.Level != 0 || len(m.Pieces) != len(names) || len(levels(m)) != 4 || m.ToSCN == 0 || len(r.Warnings) != 0 {
		t.Errorf("%s level %d, %d pieces of %d files, warnings %q", m.Kind, m.Level, len(m.Pieces), len(names), r.Warnings)
	}
	if !slices.ContainsFunc(m.Pieces, func(p s3store.Piece) bool { return p.ControlFile && p.Autobackup }) {
		t.Error("the autobackup is not known as one")
	}
	report, err := s.store.Verify(t.Context(), m, s3store.VerifyOptions{Deep: true})
	if err != nil || !report.Intact() || report.OK != len(names) {
		t.Errorf("%+v, %v", report, err)
	}
	if left, _ := os.ReadDir(s.config.RestoreDir); len(left) != 0 {
		t.Errorf("downloads are left: %v", left)
	}
	rows, err := s.store.List(t.Context(), s3store.Filter{Foreign: true, Fresh: true})
	must(t, err)
	if len(rows) != 2 || rows[1].Status != s3store.StatusForeign && rows[0].Status != s3store.StatusForeign {
		t.Fatalf("%+v", rows)
	}
	for _, row := range rows {
		if row.Status == s3store.StatusForeign && (row.Pieces != 1 || row.Bytes != 7) {
			t.Errorf("of the folder is left: %+v", row)
		}
	}

	s.work()
	next, r := s.done("incremental")
	for n, l := range levels(next) {
		if l != 1 {
			t.Errorf("datafile %d at level %d: the adopted level 0 does not count (%q)", n, l, r.Warnings)
		}
	}
	if next.BuildsOn != m.ID {
		t.Errorf("it builds on %q, not on %q", next.BuildsOn, m.ID)
	}
	if _, _, err := s.adopt("2025-11-23"); !errors.Is(err, backup.ErrAdopt) {
		t.Errorf("a second time: %v", err)
	}
}

// TestAdoptRefuses: what is no whole backup set of this database never gets a
// manifest, and RMAN forgets it again.
func TestAdoptRefuses(t *testing.T) {
	s := newSite(t)
	s.put("backups/2025/01/02/full_01.bkp", []byte("not a piece"))
	if _, _, err := s.adopt("foreign-20250102"); !errors.Is(err, backup.ErrAdopt) || !strings.Contains(err.Error(), "whole backup set") {
		t.Errorf("%v", err)
	}
	if _, _, err := s.adopt("2024/01/01"); !errors.Is(err, backup.ErrAdopt) || !strings.Contains(err.Error(), "foreign-20250102") {
		t.Errorf("%v", err)
	}

	// A set of which a piece is missing, and a bucket that takes no manifest.
	s.work()
	whole := s.oldScript("2025/11/23", level0)
	if _, _, err := s.adoptWith(fullBucket{s.store}, "2025/11/23"); err == nil || strings.Contains(err.Error(), "adopted") {
		t.Errorf("without a manifest: %v", err)
	}
	pieces, err := s.instance().PiecesIn(t.Context(), s.config.RestoreDir)
	must(t, err)
	if slices.ContainsFunc(pieces, func(p oracle.PieceRecord) bool { return p.Status == "A" }) {
		t.Errorf("RMAN still believes in %+v", pieces)
	}
	if left, _ := os.ReadDir(s.config.RestoreDir); len(left) != 0 {
		t.Errorf("downloads are left: %v", left)
	}
	m, _, err := s.adopt("2025/11/23")
	must(t, err)
	if len(m.Pieces) != len(whole) {
		t.Errorf("%d pieces of %d", len(m.Pieces), len(whole))
	}
}

// fullBucket takes no manifest.
type fullBucket struct{ *s3store.Store }

func (fullBucket) Commit(context.Context, *s3store.Manifest) (string, error) {
	return "", errors.New("the bucket is full")
}
