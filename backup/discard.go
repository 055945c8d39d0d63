package backup

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"orabak-tui/internal/rman"
	"orabak-tui/s3store"
)

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
// seen by the next run, a file without a record is only in the way. S3 is asked
// first: a set that exists after all is not a failed run.
func (s *session) discard(ctx context.Context) error {
	if done, err := s.cleanCommitted(ctx); err != nil || done {
		return err
	}
	s.mark("discard-begin", nil)
	if err := s.state.append(record{Rec: "discard"}); err != nil && !errors.Is(err, syscall.ENOSPC) {
		return err // on a full disk the run is discarded all the same, only not as surely
	}
	if err := s.forget(ctx); err != nil {
		return err
	}
	if _, err := s.d.Store.RemovePieces(ctx, s.setID, s.started); err != nil {
		return err
	}
	if err := s.abortUploads(ctx); err != nil {
		return err
	}
	if err := s.adoptFiles(); err != nil {
		return err
	}
	if err := s.removeStaging(); err != nil {
		return err
	}
	s.mark("discarded", nil)
	return nil
}

// forget takes every piece of the run out of RMAN's repository.
func (s *session) forget(ctx context.Context) error {
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
	return s.uncatalog(ctx, handles)
}

func (s *session) uncatalog(ctx context.Context, handles []string) error {
	if len(handles) == 0 {
		return nil
	}
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
	if err := s.abortJournalled(ctx, func(string) bool { return true }); err != nil {
		return err
	}
	_, err := s.d.Store.AbortUploads(ctx, s.setID, 0)
	return err
}

// abortJournalled ends the journalled uploads of some pieces.
func (s *session) abortJournalled(ctx context.Context, of func(piece string) bool) error {
	journals, err := filepath.Glob(filepath.Join(s.dir, uploadsName, "*.json"))
	if err != nil {
		return err
	}
	for _, j := range journals {
		if !of(strings.TrimSuffix(filepath.Base(j), ".json")) {
			continue
		}
		if err := s.d.Store.AbortResume(ctx, j); err != nil {
			return err
		}
	}
	return nil
}
