package backup_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

func (s *site) sets() []s3store.Set {
	s.t.Helper()
	sets, err := s.store.List(s.t.Context(), s3store.Filter{Fresh: true})
	must(s.t, err)
	return sets
}

// archived counts the archived logs in the recovery area, as files.
func (s *site) archived() int {
	s.t.Helper()
	rows, err := s.instance().ArchivedLogs(s.t.Context())
	must(s.t, err)
	n := 0
	for _, l := range rows {
		if _, err := os.Stat(l.Name); err == nil {
			n++
		}
	}
	return n
}

// RMAN fails at a piece: the cause is named, nothing is committed, no archived
// log goes, nothing stays in staging, and the next run takes it all.
func TestRMANFailsAtAPiece(t *testing.T) {
	s := newSite(t)
	s.done("full")
	s.work()
	tests := []struct {
		fault rmansim.PieceFault
		code  string
	}{
		{rmansim.PieceFault{At: 1, Kind: "disk_full", After: 8192}, "ORA-19502"},
		{rmansim.PieceFault{At: 5, Kind: "disk_full"}, "ORA-19502"}, // the autobackup
	}
	sets, logs := len(s.sets()), s.archived()
	for _, tt := range tests {
		must(t, rmansim.Faults{Pieces: []rmansim.PieceFault{tt.fault}}.Save(s.db.Base()))
		_, err := s.backup("incremental")
		var failed *rman.Error
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), tt.code) || failed.Remedy == "" || errors.Is(err, backup.ErrResumable) {
			t.Errorf("%+v: %v", tt.fault, err)
		}
		if n := len(s.sets()); n != sets {
			t.Errorf("%+v: %d sets, there were %d", tt.fault, n, sets)
		}
		if n := s.archived(); n < logs {
			t.Errorf("%+v: %d archived logs, there were %d", tt.fault, n, logs)
		}
		if rest, _ := os.ReadDir(s.config.StagingDir); len(rest) != 0 {
			t.Errorf("%+v: staging is not empty: %v", tt.fault, rest)
		}
	}
	must(t, rmansim.Faults{}.Save(s.db.Base()))
	m, r := s.done("incremental")
	if m.Kind != s3store.KindIncremental || len(r.Warnings) != 0 {
		t.Errorf("a %s set after the failures, warnings %q", m.Kind, r.Warnings)
	}
	s.proveFromBucket()
}

// proveFromBucket shows that sets hold all redo that was archived: no sequence
// is missing between the first and the last.
func (s *site) proveFromBucket() {
	s.t.Helper()
	held := map[int64]bool{}
	for _, set := range s.sets() {
		m, err := s.store.Manifest(s.t.Context(), set)
		must(s.t, err)
		for _, p := range m.Pieces {
			for _, l := range p.Logs {
				held[l.Sequence] = true
			}
		}
	}
	var sequences []int64
	for n := range held {
		sequences = append(sequences, n)
	}
	slices.Sort(sequences)
	if n := len(sequences); n == 0 || sequences[n-1]-sequences[0] != int64(n-1) {
		s.t.Errorf("archived logs on S3 have a gap: %v", sequences)
	}
}

// A channel dies and another does its work again: the set is whole and says so.
func TestAnotherChannelTakesOver(t *testing.T) {
	s := newSite(t)
	must(t, rmansim.Faults{Pieces: []rmansim.PieceFault{{At: 2, Kind: "channel", After: 8192, Once: true}}}.Save(s.db.Base()))
	m, r := s.done("full")
	if len(levels(m)) != 4 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "channel failed") {
		t.Errorf("levels %v, warnings %q", levels(m), r.Warnings)
	}
	if report, err := s.store.Verify(t.Context(), m, s3store.VerifyOptions{}); err != nil {
		t.Errorf("%+v, %v", report, err)
	}
}

// Under STAGING_LIMIT the database comes in groups, pieces are on their way to
// S3 before RMAN has ended, and staging stays below the limit.
func TestStagingLimit(t *testing.T) {
	s := newSite(t)
	s.config.StagingLimit = config.Bytes(8 << 20)
	must(t, rmansim.Faults{WriteRate: 4 << 20}.Save(s.db.Base()))
	s.done("full")
	groups, sent, ended := 0, -1, -1
	var peak int64
	for i, e := range s.events {
		switch {
		case e.Plan != nil:
			groups = len(e.Plan.Steps) - 1
		case e.Transfer != nil && sent < 0:
			sent = i
		case e.Mark != nil && e.Mark.Name == "rman-done":
			ended = i
		case e.Progress != nil:
			peak = max(peak, e.Progress.Staging)
		}
	}
	if groups < 2 {
		t.Errorf("%d groups", groups)
	}
	if sent < 0 || ended < 0 || sent > ended {
		t.Errorf("the first upload is event %d, RMAN's end event %d", sent, ended)
	}
	if peak == 0 || peak > int64(s.config.StagingLimit) {
		t.Errorf("staging held %d bytes, the limit is %d", peak, s.config.StagingLimit)
	}

	// What cannot fit is refused before RMAN starts.
	s.config.StagingLimit = 2 << 20
	started := false
	s.before = func(string) { started = true }
	if _, err := s.backup("full"); !errors.Is(err, backup.ErrStaging) || started {
		t.Errorf("RMAN started: %v, %v", started, err)
	}

	// Nor may staging lie where Oracle deletes by itself.
	s.config.StagingLimit = 0
	facts, err := s.instance().Facts(t.Context())
	must(t, err)
	s.config.StagingDir = facts.RecoveryDest + "/staging"
	var refused *backup.CheckError
	if _, err := s.backup("full"); !errors.As(err, &refused) || refused.Finding.Code != "ORA-19813" || started {
		t.Errorf("staging in the recovery area: %v", err)
	}
}

// A file that is new since the level 0 gets level 0, the others level 1.
func TestNewDatafile(t *testing.T) {
	s := newSite(t)
	s.done("full")
	_, err := s.db.AddDatafile(t.Context(), oradb.FileSpec{Tablespace: "DATA", Name: "data02.dbf", Bytes: 512 << 10})
	must(t, err)
	s.work()
	m, r := s.done("incremental")
	got := levels(m)
	if len(got) != 5 || got[5] != 0 || got[1] != 1 || got[4] != 1 || m.Kind != s3store.KindIncremental {
		t.Errorf("a %s set with levels %v", m.Kind, got)
	}
	if len(r.Warnings) != 0 {
		t.Errorf("a new file is nothing to worry about: %q", r.Warnings)
	}
	if !slices.ContainsFunc(s.events, func(e run.Event) bool { return e.Problem != nil && e.Problem.Severity == "notice" }) {
		t.Error("that a file gets level 0 must be told")
	}
}
