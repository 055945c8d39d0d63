package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// commit proves that the run is whole, then makes the set exist on S3 and
// reads its manifest back.
func (s *session) commit(ctx context.Context) (*s3store.Manifest, error) {
	o, err := s.own(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.dropUnregistered(ctx, o.recs); err != nil {
		return nil, err
	}
	if err := s.account(o); err != nil {
		return nil, err
	}
	pieces := s.withUploads(o.pieces())
	if err := s.prove(pieces); err != nil {
		return nil, err
	}
	m := s.manifest(pieces)
	if err := s.putManifest(ctx, m); err != nil {
		return nil, err
	}
	if err := s.state.append(record{Rec: "committed"}); err != nil {
		// The set exists whatever this file says; the next run asks S3.
		s.warn("", err.Error(), "free room on the staging disk")
	}
	s.held.add(m)
	s.tellCommitted(m)
	return m, nil
}

// putManifest makes the set exist.
func (s *session) putManifest(ctx context.Context, m *s3store.Manifest) (err error) {
	s.mark("commit-begin", map[string]string{"set": m.ID})
	if s.manifestKey, err = s.d.Store.Commit(ctx, m); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func (s *session) tellCommitted(m *s3store.Manifest) {
	s.d.Sink.Emit(run.Event{Type: run.TypeCommit, Commit: &run.Commit{SetID: m.ID, Key: s.manifestKey, Bytes: m.Bytes(), Pieces: len(m.Pieces)}})
	s.mark("committed", map[string]string{"set": m.ID})
}

// withUploads adds what S3 confirmed to the repository's pieces. The size is
// that of the file that was read, not the repository's count of blocks.
func (s *session) withUploads(pieces []s3store.Piece) []s3store.Piece {
	for i := range pieces {
		p := &pieces[i]
		up := s.track.find(p.Name)
		p.Key, p.Bytes, p.CRC64NVME, p.SHA256, p.Autobackup = up.Key, up.Bytes, up.CRC, up.SHA, up.Autobackup
		for j := range p.Files {
			if f := &p.Files[j]; f.Level == 1 {
				f.Base = s.held.setOf(*f)
			}
		}
	}
	return pieces
}

// manifest describes the set.
func (s *session) manifest(pieces []s3store.Piece) *s3store.Manifest {
	f := s.facts
	m := &s3store.Manifest{
		Format: s3store.ManifestFormat, ID: s.setID, Run: s.runID, Kind: s.setKind(), Level: -1, Tag: s.tag,
		DBName: f.Name, UniqueName: f.UniqueName, DBID: f.DBID, Role: f.Role, CDB: f.CDB,
		Host: s.d.Host, OracleVersion: f.Version, ToolVersion: s.d.Version,
		ResetlogsSCN: f.ResetlogsSCN, ResetlogsTime: f.ResetlogsTime, UTCOffsetMinutes: f.UTCOffsetMinutes,
		StartedAt: s.started, CompletedAt: s.d.Now().UTC(),
		Pieces: pieces, Spfile: f.SpfilePath, ControlFiles: f.ControlFiles, Warnings: s.warnings, Notes: s.notices,
	}
	switch m.Kind {
	case s3store.KindFull:
		m.Level = 0
	case s3store.KindIncremental:
		m.Level, m.Cumulative = 1, s.d.Config.Cumulative
	}
	s.layout(m)
	s.scns(m)
	return m
}

// layout records what a restore on an empty host must know.
func (s *session) layout(m *s3store.Manifest) {
	backedUp := map[int]bool{}
	for _, d := range s.included() {
		backedUp[d.Number] = true
	}
	for _, d := range s.facts.Datafiles {
		m.Datafiles = append(m.Datafiles, s3store.Datafile{Number: d.Number, Name: d.Name, Tablespace: d.Tablespace, Bytes: d.Bytes, CreationSCN: d.CreationSCN})
		if !backedUp[d.Number] {
			m.Excluded = append(m.Excluded, d.Number)
		}
	}
	for _, g := range s.facts.Redo {
		for _, name := range g.Members {
			m.Redo = append(m.Redo, s3store.RedoFile{Group: g.Group, Thread: g.Thread, Name: name})
		}
	}
	for _, t := range s.facts.Threads {
		if t.Status == "OPEN" {
			m.Threads = append(m.Threads, t.Number)
		}
	}
	for _, i := range s.facts.Incarnations {
		m.Incarnations = append(m.Incarnations, s3store.Incarnation{ResetlogsSCN: i.ResetlogsSCN, ResetlogsTime: i.ResetlogsTime, Status: i.Status})
	}
}

// scns fills the range the set covers.
func (s *session) scns(m *s3store.Manifest) {
	from := int64(1<<63 - 1)
	for _, p := range m.Pieces {
		for _, f := range p.Files {
			scn := f.CheckpointSCN
			if f.Level == 1 {
				scn = f.IncrementalSCN
				m.BuildsOn = max(m.BuildsOn, f.Base) // ids sort by time
			}
			from = min(from, scn)
		}
		for _, l := range p.Logs {
			from = min(from, l.FirstSCN)
		}
	}
	if from < 1<<63-1 {
		m.FromSCN = from
	}
	m.ToSCN, m.RecoverableTo = m.RedoEnd()
}

// release deletes local archived logs that committed sets hold and that are
// older than the time to keep. Data Guard's refusals are warnings.
func (s *session) release(ctx context.Context) error {
	// The time is taken first: what is archived while the question is asked
	// must not be old enough.
	before := cutoff(s.d.Now(), time.Duration(s.d.Config.KeepHours)*time.Hour, s.zone())
	local, err := s.d.Oracle.ArchivedLogs(ctx)
	if err != nil {
		return err
	}
	p := planRelease(local, s.held, before)
	if p.Logs == 0 {
		return nil
	}
	var named []rman.LogRange
	if p.Kept > 0 {
		named = s.logRanges(p.Ranges)
	}
	script, err := release("release", named, before)
	if err != nil {
		return err
	}
	s.mark("release-begin", nil)
	deleted := 0
	narrate := rman.NewNarrator(s.d.Sink, script.Name)
	res, err := s.d.RMAN.Run(ctx, s.job(script, func(e rman.Event) {
		narrate.Event(e)
		if e.Kind == rman.KindDeletedLog {
			deleted++
		}
	}))
	if err != nil {
		return err
	}
	s.releaseWarnings(res)
	refused := max(0, p.Logs-deleted) // by RMAN: a standby needs them, or the deletion policy
	s.d.Sink.Emit(run.Event{Type: run.TypeRelease, Release: &run.Release{Deleted: deleted, Kept: p.Kept + p.Young + refused}})
	s.mark("released", nil)
	return nil
}

// releaseWarnings passes on why RMAN kept logs, once a reason.
func (s *session) releaseWarnings(res rman.Result) {
	seen := map[string]int{}
	text := map[string]string{}
	for _, w := range res.Summary.Warnings {
		seen[w.Code]++
		text[w.Code] = w.Text
	}
	for code, n := range seen {
		remedy := "the logs stay on local disk until it is resolved"
		if e, ok := rman.Lookup(code); ok {
			remedy = e.Remedy
		}
		s.warn(code, fmt.Sprintf("%d archived logs were not deleted: %s", n, text[code]), remedy)
	}
}

// clean removes the run's staging folder and what earlier runs left of
// multipart uploads of this set.
func (s *session) clean(ctx context.Context) error {
	if _, err := s.d.Store.AbortUploads(ctx, s.setID, 0); err != nil {
		s.notice(fmt.Sprintf("leftover multipart uploads were not looked for: %v", err), "a lifecycle rule that aborts incomplete multipart uploads removes them too")
	}
	if err := s.removeStaging(); err != nil {
		return err
	}
	s.mark("cleaned", nil)
	return nil
}

// removeStaging deletes the run's staging folder: the pieces it tracked, the
// state file last, so that a crash in between is finished by the next run.
func (s *session) removeStaging() error {
	var errs []error
	for _, p := range s.track.all() {
		errs = append(errs, removeFile(filepath.Join(s.dir, p.Name)))
	}
	errs = append(errs, os.RemoveAll(filepath.Join(s.dir, uploadsName)))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove staged pieces: %w", err)
	}
	if strays := s.strays(); len(strays) > 0 {
		return fmt.Errorf("files that RMAN did not report stay in %s: %s", s.dir, slices.Compact(strays))
	}
	if err := removeFile(filepath.Join(s.dir, stateName)); err != nil {
		return fmt.Errorf("remove state file: %w", err)
	}
	return removeFile(s.dir)
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
