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
	return nil
}

func (s *session) settleOne(ctx context.Context, l leftover) error {
	if l.Begin.Run == "" {
		return discardEmpty(l.Dir)
	}
	old, err := s.revive(l)
	if err != nil {
		return err
	}
	defer old.state.close()
	if done, err := old.alreadyCommitted(ctx, l); err != nil || done {
		return err
	}
	if !l.RMANDone {
		s.warn("", fmt.Sprintf("run %s was interrupted before RMAN was done; its pieces are discarded", l.Begin.Run), "what it held is backed up again now")
		return old.discard(ctx)
	}
	_, err = old.complete(ctx)
	s.warnings = append(s.warnings, old.warnings...)
	return err
}

// discardEmpty removes the folder of a run that died before its first record.
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
	_, err := s.d.Store.Find(ctx, s.setID)
	if errors.Is(err, s3store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := s.adoptFiles(l); err != nil {
		return false, err
	}
	return true, s.clean(ctx)
}

// adoptFiles takes every file in the run's folder as the run's own.
func (s *session) adoptFiles(l leftover) error {
	for _, name := range s.strays() {
		fi, err := os.Lstat(filepath.Join(s.dir, name))
		if err != nil {
			return err
		}
		if !fi.Mode().IsRegular() {
			return fmt.Errorf("%s in staging is not a regular file; remove it by hand", filepath.Join(s.dir, name))
		}
		s.track.adopt(staged{Name: name, Handle: filepath.Join(s.dir, name), Bytes: fi.Size()})
	}
	return nil
}

// adoptPieces takes over the pieces of backup sets that are complete in RMAN's
// repository and whose every piece is in staging or confirmed by S3. Records
// of other sets are returned: they must be taken out of the repository.
func (s *session) adoptPieces(ctx context.Context, l leftover) (lost []string, err error) {
	o, err := s.own(ctx)
	if err != nil {
		return nil, err
	}
	whole := map[setKey]bool{}
	for _, r := range o.recs {
		k := setKey{r.SetStamp, r.SetCount}
		if _, seen := whole[k]; !seen {
			whole[k] = o.complete(k)
		}
		if r.Status != "A" || !s.reachable(filepath.Base(r.Handle), l) {
			whole[k] = false
		}
	}
	for _, r := range o.recs {
		if !whole[setKey{r.SetStamp, r.SetCount}] {
			lost = append(lost, r.Handle)
			continue
		}
		s.adoptPiece(filepath.Base(r.Handle), r.Handle, r.Tag, r.Piece, l)
	}
	s.finished(o, whole)
	return lost, nil
}

// reachable says whether a piece's bytes still exist: on S3, or in staging.
func (s *session) reachable(name string, l leftover) bool {
	if _, ok := l.Confirmed[name]; ok {
		return true
	}
	fi, err := os.Lstat(filepath.Join(s.dir, name))
	return err == nil && fi.Mode().IsRegular()
}

func (s *session) adoptPiece(name, handle, tag string, number int, l leftover) {
	p := staged{Name: name, Handle: handle, Tag: tag, Number: number, Complete: true, Autobackup: tag != s.tag}
	fi, err := os.Lstat(filepath.Join(s.dir, name))
	p.Removed = err != nil
	if err == nil {
		p.Bytes = fi.Size()
	}
	if c, ok := l.Confirmed[name]; ok {
		p.Confirmed, p.Key, p.Bytes, p.CRC, p.SHA = true, c.Key, c.Bytes, c.CRC, c.SHA
	}
	s.track.adopt(p)
}

// finished notes which datafiles the adopted sets hold.
func (s *session) finished(o owned, whole map[setKey]bool) {
	for k, ok := range whole {
		if !ok {
			continue
		}
		for _, f := range o.files[k] {
			if f.File != 0 {
				s.done[f.File] = true
			}
		}
	}
}

// complete uploads and commits a run whose RMAN work was done.
func (s *session) complete(ctx context.Context) (Result, error) {
	if err := s.loadCommitted(ctx); err != nil {
		return Result{}, err
	}
	l, err := readState(s.dir)
	if err != nil {
		return Result{}, err
	}
	lost, err := s.adoptPieces(ctx, l)
	if err != nil {
		return Result{}, err
	}
	if len(lost) > 0 {
		s.warn("", fmt.Sprintf("%d pieces of run %s are gone from staging and not on S3; the run is discarded", len(lost), s.runID), "what they held is backed up again now")
		return Result{}, s.discard(ctx)
	}
	return s.finish(ctx)
}

// giveUp decides what a failure leaves behind. RMAN's own failures and
// accounts that do not add up are discarded: nothing of them may ever be
// believed. An interruption, or an S3 that did not take the pieces, keeps what
// was reached.
func (s *session) giveUp(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		s.mark("interrupted", nil)
		return fmt.Errorf("%w: %w", ErrResumable, cause)
	}
	var storage *s3store.Error
	if errors.Is(cause, errUpload) || errors.As(cause, &storage) {
		s.mark("suspended", nil)
		return fmt.Errorf("%w: %w", ErrResumable, cause)
	}
	if err := s.discard(ctx); err != nil {
		s.warn("", fmt.Sprintf("the failed run's pieces were not cleaned up: %v", err), "the next run does it")
	}
	return cause
}

// discard undoes a run that will never be committed: its records leave RMAN's
// repository, so that RMAN backs their contents up again; its objects leave
// S3; its files leave staging. The order matters: a record without a file is
// seen by the next run, a file without a record is only in the way.
func (s *session) discard(ctx context.Context) error {
	s.mark("discard-begin", nil)
	recs, err := s.d.Oracle.PiecesIn(ctx, s.dir)
	if err != nil {
		return err
	}
	var handles []string
	for _, r := range recs {
		if r.Status != "D" && !slices.Contains(handles, r.Handle) {
			handles = append(handles, r.Handle)
		}
	}
	if len(handles) > 0 {
		if err := s.uncatalog(ctx, handles); err != nil {
			return err
		}
	}
	if _, err := s.d.Store.RemovePieces(ctx, s.setID, s.started); err != nil {
		return err
	}
	if err := s.abortUploads(ctx); err != nil {
		return err
	}
	if err := s.adoptFiles(leftover{Dir: s.dir}); err != nil {
		return err
	}
	if err := s.removeStaging(); err != nil {
		return err
	}
	s.mark("discarded", nil)
	return nil
}

func (s *session) uncatalog(ctx context.Context, handles []string) error {
	script, err := uncatalog("uncatalog", handles)
	if err != nil {
		return err
	}
	narrate := rman.NewNarrator(s.d.Sink, script.Name)
	_, err = s.d.RMAN.Run(ctx, s.job(script, narrate.Event))
	return err
}

// abortUploads ends multipart uploads of the run: by their journals, which
// every store understands, and by listing for what has none.
func (s *session) abortUploads(ctx context.Context) error {
	journals, err := filepath.Glob(filepath.Join(s.dir, uploadsName, "*.json"))
	if err != nil {
		return err
	}
	for _, j := range journals {
		if err := s.d.Store.AbortResume(ctx, j); err != nil {
			return err
		}
	}
	_, err = s.d.Store.AbortUploads(ctx, s.setID, 0)
	return err
}

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
	if len(found) == 0 {
		return Result{}, ErrNothing
	}
	slices.SortFunc(found, func(a, b leftover) int { return a.Begin.Started.Compare(b.Begin.Started) })
	last := found[len(found)-1]
	for _, l := range found[:len(found)-1] {
		if err := s.settleOne(ctx, l); err != nil {
			return Result{}, err
		}
	}
	return s.resume(ctx, last)
}

func (s *session) resume(ctx context.Context, l leftover) (Result, error) {
	if l.Begin.Run == "" {
		return Result{}, errors.Join(discardEmpty(l.Dir), ErrNothing)
	}
	old, err := s.revive(l)
	if err != nil {
		return Result{}, err
	}
	done, err := old.alreadyCommitted(ctx, l)
	if err != nil || done {
		old.state.close()
		return Result{SetID: old.setID, Warnings: old.warnings}, err
	}
	if l.RMANDone {
		return old.complete(ctx)
	}
	if err := old.phase("plan", func() error { return old.replan(ctx, l) }); err != nil {
		old.state.close()
		return Result{}, err
	}
	return old.finish(ctx)
}

// replan keeps what an interrupted run had reached and plans the rest. The
// levels that were decided then are decided again for files that are not done:
// the repository may have changed since.
func (s *session) replan(ctx context.Context, l leftover) error {
	if err := s.loadCommitted(ctx); err != nil {
		return err
	}
	lost, err := s.adoptPieces(ctx, l)
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		if err := s.uncatalog(ctx, lost); err != nil {
			return err
		}
	}
	if err := s.dropStrays(); err != nil {
		return err
	}
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
