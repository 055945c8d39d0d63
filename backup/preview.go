package backup

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"orabak-tui/internal/run"
)

// Preview says what Run would do now: levels, sizes, the exact scripts,
// warnings, the room in staging. It changes nothing on disk, in the database or
// in the bucket. Of d, only Config, Oracle, Store, Now and Free are used. The
// error is one that Run would end with before RMAN is started: a *CheckError,
// ErrStaging, or that of the database or the bucket.
func Preview(ctx context.Context, d Deps, kind string) (*run.Plan, error) {
	var plan *run.Plan
	d.Log = io.Discard
	d.Sink = run.SinkFunc(func(e run.Event) {
		if e.Plan != nil {
			plan = e.Plan
		}
	})
	s := newSession(d, run.NewID(kind, d.Now(), nil), kind)
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	if err := s.foresee(); err != nil {
		return nil, err
	}
	if err := s.plan(ctx); err != nil {
		return nil, err
	}
	free, err := d.Free(s.d.Config.StagingDir)
	if err != nil {
		return nil, err
	}
	plan.StagingFree = free
	return plan, nil
}

// look is check without making the staging folder.
func (s *session) look(ctx context.Context) error {
	facts, err := s.d.Oracle.Facts(ctx)
	if err != nil {
		return err
	}
	s.facts = facts
	for _, f := range Check(s.d.Config, facts) {
		if f.Fatal {
			return &CheckError{Finding: f}
		}
		s.warn(f.Code, f.Text, f.Remedy)
	}
	s.setID, s.tag = run.SetID(s.runID, facts.Name), run.Tag(s.runID)
	root, err := resolve(s.d.Config.StagingDir)
	if err != nil {
		return fmt.Errorf("staging folder: %w", err)
	}
	s.dir = filepath.Join(root, s.runID)
	return nil
}

// foresee tells of interrupted runs, which Run deals with before it plans.
func (s *session) foresee() error {
	left, _, err := leftovers(filepath.Dir(s.dir), s.facts.DBID)
	if err != nil {
		return err
	}
	for _, l := range left {
		s.warn("", fmt.Sprintf("an interrupted run left pieces in %s: what is whole of it is used, the rest is removed first", l.Dir), "")
	}
	return nil
}
