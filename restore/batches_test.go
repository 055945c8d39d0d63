package restore

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"orabak-tui/s3store"
)

// TestBatches: what is here is a batch of as many datafiles as keep every
// channel busy; the last batch is whatever is left.
func TestBatches(t *testing.T) {
	more := make(chan struct{})
	q, _, dir := startFetcher(t, func(ctx context.Context, r s3store.GetRequest) error {
		if r.Piece.Name >= "p3" { // three are here at once
			select {
			case <-more:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return os.WriteFile(r.Path, []byte("x"), 0o600)
	})
	s := &session{down: q, plan: &Plan{channels: 2}}
	var uses []PieceUse
	for i := range 5 {
		use := pieceUse(dir, fmt.Sprint("p", i), WaveLevel0)
		uses = append(uses, use)
		s.plan.Files = append(s.plan.Files, FileUse{Number: i + 1, keys: []string{use.Piece.Key}})
	}
	q.add(uses)
	must(t, q.waitFor(func() bool { return q.countHere() == 3 }))
	batch, err := s.nextBatch(s.plan.Files, time.Now())
	must(t, err)
	if len(batch) != 2 || batch[0].Number != 1 || batch[1].Number != 2 {
		t.Errorf("with three here: %v", batch)
	}
	close(more)
	batch, err = s.nextBatch(s.plan.Files[2:], time.Now().Add(time.Hour))
	must(t, err)
	if len(batch) != 3 {
		t.Errorf("at the end: %v", batch)
	}
}
