package backup

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"orabak-tui/internal/oracle"
)

// dropUnregistered drops the pieces of backup sets that RMAN began on a channel
// which then failed: it took the job up again on another one, and only the
// second set is in its repository. That the whole database is in the sets all
// the same is proved afterwards.
func (s *session) dropUnregistered(ctx context.Context, recs []oracle.PieceRecord) error {
	if !s.failover {
		return nil
	}
	var keys []string
	for _, p := range s.track.all() {
		if slices.ContainsFunc(recs, func(r oracle.PieceRecord) bool { return filepath.Base(r.Handle) == p.Name }) {
			continue
		}
		if err := removeFile(filepath.Join(s.dir, p.Name)); err != nil {
			return fmt.Errorf("drop the piece %s of a set that did not complete: %w", p.Name, err)
		}
		s.track.forget(p.Name)
		keys = append(keys, s.d.Store.PieceKey(s.setID, s.started, p.Name))
	}
	s.warn("", fmt.Sprintf("an RMAN channel failed and its work was done again on another one; %d pieces of the failed sets were dropped", len(keys)),
		"look at RMAN's output for the channel's error")
	if err := s.d.Store.DropObjects(ctx, keys); err != nil {
		s.warn("", fmt.Sprintf("pieces of sets that did not complete stay on S3, named by no manifest: %v", err), "nothing needs them; delete them when you can")
	}
	return nil
}
