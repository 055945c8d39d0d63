package backup

import (
	"context"
	"fmt"
	"os"
	"time"
)

// pressed says whether staging is so full that confirmed pieces of unfinished
// sets must go: over half of the limit, which leaves the other half to the
// pieces being written.
func (s *session) pressed() bool {
	return s.limit > 0 && s.staged() > s.limit/2
}

// staged is the number of bytes of files in the run's staging folder now,
// those that RMAN is still writing included.
func (s *session) staged() int64 {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return 0
	}
	var n int64
	for _, e := range entries {
		if fi, err := e.Info(); err == nil && fi.Mode().IsRegular() && e.Name() != stateName {
			n += fi.Size()
		}
	}
	return n
}

// roomPoll is how often a group that waits looks at staging again. Uploads of
// pieces take seconds, so a fifth of one is not felt.
const roomPoll = 200 * time.Millisecond

// waitForRoom waits until staging has room for a group, under STAGING_LIMIT.
func (s *session) waitForRoom(ctx context.Context, g group) error {
	need := min(g.Bytes, s.limit)
	tick := time.NewTicker(roomPoll)
	defer tick.Stop()
	for s.limit > 0 && s.staged()+need > s.limit && s.track.leaving() {
		if err := s.up.failure(); err != nil {
			return fmt.Errorf("%w: %w", errUpload, err)
		}
		if err := s.up.sweep(true); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
	return ctx.Err()
}
