package backup

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// Resume finishes the interrupted run of this database that began last: what
// is complete in RMAN's repository and still in staging or on S3 is kept, the
// rest is backed up now, and the set is committed under its own id. Older
// interrupted runs are settled first.
func Resume(ctx context.Context, d Deps, runID string) (Result, error) {
	s := newSession(d, runID, "resume")
	if err := s.phase("check", func() error { return s.check(ctx) }); err != nil {
		return Result{}, err
	}
	found, broken, err := leftovers(filepath.Dir(s.dir), s.facts.DBID)
	if err != nil {
		return Result{}, err
	}
	for _, err := range broken {
		s.warn("", err.Error(), "look into that folder; nothing in it was touched")
	}
	found, err = s.settleDoomed(ctx, found)
	if err != nil {
		return Result{}, err
	}
	if len(found) == 0 {
		return Result{Warnings: s.warnings}, ErrNothing
	}
	slices.SortFunc(found, func(a, b leftover) int { return a.Begin.Started.Compare(b.Begin.Started) })
	last := found[len(found)-1]
	for _, l := range found[:len(found)-1] {
		if err := s.settleOne(ctx, l); err != nil {
			return Result{}, err
		}
	}
	r, err := s.resume(ctx, last)
	r.Warnings = slices.Concat(s.warnings, r.Warnings)
	return r, err
}

// settleDoomed settles the runs that cannot be resumed: those that never began
// and those that were being discarded. It returns the others.
func (s *session) settleDoomed(ctx context.Context, found []leftover) (rest []leftover, err error) {
	for _, l := range found {
		if l.Begin.Run != "" && !l.Discarding {
			rest = append(rest, l)
			continue
		}
		if err := s.settleOne(ctx, l); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func (s *session) resume(ctx context.Context, l leftover) (Result, error) {
	old, err := s.revive(l)
	if err != nil {
		return Result{}, err
	}
	done, err := old.alreadyCommitted(ctx, l)
	if err != nil || done {
		old.state.close()
		return Result{SetID: old.setID, Warnings: old.warnings}, err
	}
	if err := old.phase("plan", func() error { return old.replan(ctx, l) }); err != nil {
		old.state.close()
		return Result{}, err
	}
	return old.finish(ctx)
}

// replan keeps what an interrupted run had reached and plans the rest: nothing
// when RMAN was done and all of it is still there.
func (s *session) replan(ctx context.Context, l leftover) error {
	if err := s.loadCommitted(ctx); err != nil {
		return err
	}
	lost, err := s.adoptPieces(ctx, l)
	if err != nil || (l.RMANDone && len(lost) == 0) {
		return err
	}
	if l.RMANDone {
		s.warn("", fmt.Sprintf("%d pieces of run %s are gone from staging and not on S3", len(lost), s.runID), "what they held is backed up again now")
	}
	s.rmanDone = false
	if err := s.state.append(record{Rec: "rman-again"}); err != nil {
		return err
	}
	if err := s.dropLost(ctx, lost); err != nil {
		return err
	}
	return s.planRest(ctx)
}

// dropLost takes what will be backed up again out of RMAN's repository, off S3
// and out of staging. What stays is known to be whole in this boot.
func (s *session) dropLost(ctx context.Context, lost []string) error {
	if err := s.uncatalog(ctx, lost); err != nil {
		return err
	}
	if _, err := s.d.Store.RemoveOthers(ctx, s.setID, s.started, s.adoptedKeys()); err != nil {
		return err
	}
	if err := s.abortJournalled(ctx, func(piece string) bool { return s.track.find(piece) == nil }); err != nil {
		return err
	}
	if err := s.dropStrays(); err != nil {
		return err
	}
	return s.state.append(record{Rec: "boot", Boot: bootID()})
}

// adoptedKeys are where the pieces that the set will name are on S3, or will be.
// All else in its folder is of sets that RMAN did not complete, or of pieces whose
// bytes are lost; a power loss can take file and record, and only S3 still knows.
func (s *session) adoptedKeys() (keys []string) {
	for _, p := range s.track.all() {
		keys = append(keys, s.d.Store.PieceKey(s.setID, s.started, p.Name))
		if p.Key != "" {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// planRest plans what is not done. The levels that were decided then are
// decided again: the repository may have changed since.
func (s *session) planRest(ctx context.Context) error {
	decided := s.levels
	if err := s.planLevels(ctx); err != nil {
		return err
	}
	s.levels = mergeLevels(s.levels, decided, s.done)
	if err := s.planGroups(); err != nil {
		return err
	}
	if err := s.state.append(record{Rec: "plan", Levels: s.levelRecords()}); err != nil {
		return err
	}
	return s.showPlan()
}

// mergeLevels keeps the old decision for files that are done.
func mergeLevels(now, before []fileLevel, done map[int]bool) []fileLevel {
	for i, l := range now {
		for _, b := range before {
			if b.File.Number == l.File.Number && done[l.File.Number] {
				now[i] = b
			}
		}
	}
	return now
}

// dropStrays deletes files in the run's folder that belong to no backup set
// that completed: RMAN writes them again.
func (s *session) dropStrays() error {
	for _, name := range s.strays() {
		if err := removeFile(filepath.Join(s.dir, name)); err != nil {
			return fmt.Errorf("remove the unfinished piece %s: %w", name, err)
		}
	}
	return nil
}

// Leftover describes an interrupted run for people: what resume would finish.
type Leftover struct {
	RunID    string
	SetID    string
	Kind     string
	Dir      string
	Started  time.Time
	RMANDone bool // only uploads and the manifest are missing
}

// Leftovers lists the interrupted runs in a staging folder; dbid 0 means of
// any database. It changes nothing.
func Leftovers(stagingDir string, dbid int64) ([]Leftover, error) {
	entries, err := filepath.Glob(filepath.Join(stagingDir, "*", stateName))
	if err != nil {
		return nil, fmt.Errorf("staging folder: %w", err)
	}
	var out []Leftover
	for _, e := range entries {
		l, err := readState(filepath.Dir(e))
		if err != nil || (dbid != 0 && l.Begin.DBID != dbid) {
			continue
		}
		out = append(out, Leftover{RunID: l.Begin.Run, SetID: l.Begin.Set, Kind: l.Begin.Kind, Dir: l.Dir, Started: l.Begin.Started, RMANDone: l.RMANDone})
	}
	return out, nil
}
