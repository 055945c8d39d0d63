package backup_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/rman"
)

// removeLogs deletes the files of the archived logs behind RMAN's back.
func (s *site) removeLogs() (removed int) {
	s.t.Helper()
	rows, err := s.instance().ArchivedLogs(s.t.Context())
	must(s.t, err)
	for _, l := range rows {
		must(s.t, os.Remove(l.Name))
		removed++
	}
	return removed
}

// notices are the texts of the notices of the newest run.
func (s *site) notices() string {
	var texts []string
	for _, e := range s.events {
		if e.Problem != nil && e.Problem.Severity == "notice" {
			texts = append(texts, e.Problem.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// Somebody removed archived logs from disk, and RMAN counts none of the backups
// that are on S3: as after a restore of the control file. Nothing is missing, and
// the next run goes on.
func TestGoneLogsThatSetsHold(t *testing.T) {
	s := newSite(t)
	s.config.KeepHours = 24
	s.done("full")
	s.work()
	s.done("archivelog")
	if s.removeLogs() == 0 {
		t.Fatal("no archived log on disk: the test shows nothing")
	}
	s.somebody("CROSSCHECK BACKUP;")
	_, r := s.done("archivelog")
	if len(r.Warnings) != 0 || !strings.Contains(s.notices(), "sets on S3 hold them") {
		t.Errorf("warnings %q, notices %q", r.Warnings, s.notices())
	}
	s.mu.Lock()
	s.events = nil
	s.mu.Unlock()
	s.done("full")
	if strings.Contains(s.notices(), "sets on S3 hold them") {
		t.Error("told twice")
	}
	s.proveFromBucket()
}

// A log that no set holds is a gap, and nothing is done to hide it.
func TestGoneLogsThatNoSetHolds(t *testing.T) {
	s := newSite(t)
	s.done("full")
	s.work()
	must(t, s.db.ArchiveLogCurrent(context.Background()))
	s.removeLogs()
	s.somebody("CROSSCHECK BACKUP;")
	_, err := s.backup("archivelog")
	var failed *rman.Error
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "RMAN-06059") || failed.Remedy == "" {
		t.Fatal(err)
	}
	if rows, err := s.instance().ArchivedLogs(t.Context()); err != nil || len(rows) == 0 {
		t.Errorf("the repository forgot them: %v, %v", rows, err)
	}
}

// What RMAN itself refuses to delete is counted as kept.
func TestRefusedDeletionsAreKept(t *testing.T) {
	s := newSite(t)
	must(t, s.db.SetClock(time.Now().Add(-time.Hour))) // no log is too young to go
	must(t, rmansim.Faults{NeededFrom: 1, NeededCode: 8120}.Save(s.db.Base()))
	s.work()
	_, r := s.done("full")
	var kept, deleted int
	for _, e := range s.events {
		if e.Release != nil {
			kept, deleted = kept+e.Release.Kept, deleted+e.Release.Deleted
		}
	}
	if n := s.archived(); n == 0 || kept != n || deleted != 0 {
		t.Errorf("%d archived logs are on disk; told: %d kept, %d deleted", n, kept, deleted)
	}
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "were not deleted") {
		t.Errorf("warnings %q", r.Warnings)
	}
}
