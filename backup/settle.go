package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"orabak-tui/s3store"
)

// settle deals with what earlier runs of this database left in staging: a run
// whose RMAN work was whole is finished, since that costs only uploads; any
// other is discarded, so that RMAN backs its contents up again.
func (s *session) settle(ctx context.Context) error {
	found, broken, err := leftovers(filepath.Dir(s.dir), s.facts.DBID)
	if err != nil {
		return err
	}
	for _, err := range broken {
		s.warn("", err.Error(), "look into that folder; nothing in it was touched")
	}
	for _, l := range found {
		if err := s.settleOne(ctx, l); err != nil {
			return fmt.Errorf("the interrupted run in %s: %w", l.Dir, err)
		}
	}
	return s.dropOrphans(ctx)
}

func (s *session) settleOne(ctx context.Context, l leftover) error {
	if l.Begin.Run == "" {
		return s.dropEmpty(l.Dir)
	}
	old, err := s.revive(l)
	if err != nil {
		return err
	}
	defer old.state.close()
	err = old.settleAs(ctx, l)
	s.warnings = append(s.warnings, old.warnings...)
	if err == nil || ctx.Err() != nil || errors.Is(err, ErrResumable) || stateExists(l.Dir) {
		return err
	}
	// It failed for good and was discarded: a reason to look, none to fail too.
	s.warn("", fmt.Sprintf("run %s could not be finished and was discarded: %v", l.Begin.Run, err), "what it held is backed up again now")
	return nil
}

// settleAs finishes or discards a revived run.
func (s *session) settleAs(ctx context.Context, l leftover) error {
	if done, err := s.alreadyCommitted(ctx, l); err != nil || done {
		return err
	}
	if l.Discarding {
		return s.discard(ctx)
	}
	if !l.RMANDone {
		s.warn("", fmt.Sprintf("run %s was interrupted before RMAN was done; its pieces are discarded", l.Begin.Run), "what it held is backed up again now")
		return s.discard(ctx)
	}
	return s.complete(ctx)
}

func stateExists(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, stateName))
	return !errors.Is(err, fs.ErrNotExist)
}

// birth is how long a run may take from making its folder to its first record.
// A younger folder may be that of another database's run which begins now.
const birth = 10 * time.Minute

// dropEmpty removes the folder of a run that died before its first record:
// RMAN wrote nothing there yet. Anything else in it is somebody else's.
func (s *session) dropEmpty(dir string) error {
	if fi, err := os.Stat(dir); err != nil || s.d.Now().Sub(fi.ModTime()) < birth {
		return nil //nolint:nilerr // gone, or not ours to judge yet
	}
	if err := discardEmpty(dir); err != nil {
		s.warn("", fmt.Sprintf("the folder of a run that never began cannot be removed: %v", err), "look into that folder; RMAN wrote nothing there for us")
	}
	return nil
}

// discardEmpty removes a folder that holds no more than a run's empty beginning.
func discardEmpty(dir string) error {
	for _, name := range []string{uploadsName, stateName, ""} {
		if err := removeFile(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// revive makes a session out of what an interrupted run left.
func (s *session) revive(l leftover) (*session, error) {
	st, err := reopenState(l)
	if err != nil {
		return nil, err
	}
	old := newSession(s.d, l.Begin.Run, l.Begin.Kind)
	old.setID, old.tag, old.started = l.Begin.Set, l.Begin.Tag, l.Begin.Started
	old.facts, old.dir, old.state, old.rmanDone = s.facts, l.Dir, st, l.RMANDone
	old.track = newTracker(l.Dir)
	old.levels = old.levelsOf(l.Levels)
	return old, nil
}

// levelsOf puts recorded decisions beside today's datafiles; a datafile that
// was dropped since needs no backup any more.
func (s *session) levelsOf(recs []levelRecord) []fileLevel {
	var out []fileLevel
	for _, r := range recs {
		for _, f := range s.facts.Datafiles {
			if f.Number == r.File {
				out = append(out, fileLevel{File: f, Level: r.Level, Base: r.Base, Reason: r.Reason})
			}
		}
	}
	return out
}

// alreadyCommitted finishes a run that died after its manifest was written: S3
// knows, whatever the state file says.
func (s *session) alreadyCommitted(ctx context.Context, l leftover) (bool, error) {
	if !l.RMANDone && !l.Committed {
		return false, nil
	}
	return s.cleanCommitted(ctx)
}

// cleanCommitted cleans up after a run if its set exists.
func (s *session) cleanCommitted(ctx context.Context) (bool, error) {
	_, err := s.d.Store.Find(ctx, s.setID)
	if errors.Is(err, s3store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := s.adoptFiles(); err != nil {
		return false, err
	}
	return true, s.clean(ctx)
}

// complete uploads and commits a run whose RMAN work was done.
func (s *session) complete(ctx context.Context) error {
	if err := s.loadCommitted(ctx); err != nil {
		return err
	}
	l, err := readState(s.dir)
	if err != nil {
		return err
	}
	lost, err := s.adoptPieces(ctx, l)
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		s.warn("", fmt.Sprintf("%d pieces of run %s are gone from staging and not on S3; the run is discarded", len(lost), s.runID), "what they held is backed up again now")
		return s.discard(ctx)
	}
	_, err = s.finish(ctx)
	return err
}
