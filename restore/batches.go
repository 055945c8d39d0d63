package restore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"orabak-tui/internal/rman"
)

// pause is how far apart batches begin at least, while some datafiles could be
// restored and others are still on the wire. RMAN takes seconds to start, so it
// is not called for each file; but where it works for longer than that, what
// came in meanwhile is the next batch at once: at equal rates of RMAN and the
// wire, each second that RMAN is idle is one that the restore takes longer.
const pause = 2 * time.Second

// restoreFiles restores the datafiles as their level 0s come in, a batch at a
// time: what arrived while RMAN worked is the next batch. Where everything is
// here it is a single RESTORE DATABASE.
func (s *session) restoreFiles(ctx context.Context) error {
	left, begun := s.plan.Files, s.down.begun
	for len(left) > 0 {
		batch, err := s.nextBatch(left, begun.Add(pause))
		if err != nil {
			return err
		}
		begun = time.Now()
		if err := s.restoreBatch(ctx, batch); err != nil {
			return err
		}
		left = slices.DeleteFunc(slices.Clone(left), func(f FileUse) bool { return contains(batch, f.Number) })
	}
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if err := errors.Join(s.plan.judgeHeaders(s.facts), s.plan.judgeFiles(s.facts)); err != nil {
		return err
	}
	s.mark("restored")
	return nil
}

// nextBatch waits for datafiles whose level 0s are here: for all that are left,
// or, from a moment on, for as many as keep every channel busy to the end.
func (s *session) nextBatch(left []FileUse, enough time.Time) ([]FileUse, error) {
	tired := false
	timer := time.AfterFunc(time.Until(enough), func() {
		s.down.mu.Lock()
		defer s.down.mu.Unlock()
		tired = true
		s.down.changed.Broadcast()
	})
	defer timer.Stop()
	var batch []FileUse
	err := s.down.waitFor(func() bool {
		batch = slices.DeleteFunc(slices.Clone(left), func(f FileUse) bool { return !s.down.holds(f.keys) })
		if len(batch) == len(left) {
			return true
		}
		batch = batch[:len(batch)-len(batch)%max(s.plan.channels, 1)]
		return tired && len(batch) > 0
	})
	return batch, err
}

func (s *session) restoreBatch(ctx context.Context, batch []FileUse) error {
	stale, err := s.catalog(ctx, s.level0s(batch))
	if err != nil {
		return err
	}
	script, err := s.plan.restoreScript(batch, stale...)
	s.mark("restore")
	sum, events, err := s.script(ctx, script, err)
	if err != nil {
		return err
	}
	if err := s.plan.judgeRestore(sum); err != nil {
		return fmt.Errorf("the restore is not complete: %w", err)
	}
	return s.restorePassedOver(ctx, events, batch)
}

// restorePassedOver names the datafiles that RESTORE DATABASE did not speak of:
// it passes over read-only ones, missing or not.
func (s *session) restorePassedOver(ctx context.Context, events []rman.Event, batch []FileUse) error {
	missing := untouched(events, batch)
	if len(missing) == 0 {
		return nil
	}
	script, err := s.plan.block("restore-rest", rman.RestoreDatafiles{Files: missing})
	sum, events, err := s.script(ctx, script, err)
	if err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(batch), func(f FileUse) bool { return !slices.Contains(missing, f.Number) })
	if err := s.plan.judgeRestore(sum); err != nil {
		return fmt.Errorf("the restore is not complete: %w", err)
	}
	if missing = untouched(events, rest); len(missing) > 0 {
		return fmt.Errorf("RMAN finished the restore without datafiles %s", joinInts(missing))
	}
	return nil
}

// level0s are the pieces that the level 0s of a batch consist of.
func (s *session) level0s(batch []FileUse) []PieceUse {
	var uses []PieceUse
	for _, u := range s.plan.Pieces {
		if slices.ContainsFunc(batch, func(f FileUse) bool { return slices.Contains(f.keys, u.Piece.Key) }) {
			uses = append(uses, u)
		}
	}
	return uses
}

// later are the pieces that recovery reads: what holds datafiles or logs and is
// no level 0 of the plan.
func (s *session) later() []PieceUse {
	return slices.DeleteFunc(slices.Clone(s.plan.Pieces), func(u PieceUse) bool {
		return len(u.Piece.Files)+len(u.Piece.Logs) == 0 || slices.ContainsFunc(s.plan.Files, func(f FileUse) bool { return slices.Contains(f.keys, u.Piece.Key) })
	})
}

func contains(files []FileUse, number int) bool {
	return slices.ContainsFunc(files, func(f FileUse) bool { return f.Number == number })
}
