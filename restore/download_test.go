package restore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/config"
	"orabak-tui/s3store"
)

// fetcher is a store of which only downloads matter.
type fetcher struct {
	Store
	get func(ctx context.Context, r s3store.GetRequest) error
}

func (f fetcher) GetPiece(ctx context.Context, r s3store.GetRequest) error { return f.get(ctx, r) }

func startFetcher(t *testing.T, get func(ctx context.Context, r s3store.GetRequest) error) (*downloads, context.Context, string) {
	t.Helper()
	dir := t.TempDir()
	q, ctx := startDownloads(t.Context(), Deps{Config: &config.Config{RestoreDir: dir}, Sink: &recorder{}, Store: fetcher{get: get}})
	t.Cleanup(q.stop)
	return q, ctx, dir
}

func pieceUse(dir, name string, wave Wave) PieceUse {
	return PieceUse{Set: "set", Wave: wave, Path: filepath.Join(dir, "X-1", "set", name), Piece: s3store.Piece{Name: name, Key: "k/" + name, Bytes: 1}}
}

func TestFirstFailureStopsDownloadsAndRMAN(t *testing.T) {
	bad := errors.New("the object is corrupt")
	q, ctx, dir := startFetcher(t, func(ctx context.Context, r s3store.GetRequest) error {
		if r.Piece.Name == "bad" {
			return bad
		}
		<-ctx.Done()
		return ctx.Err()
	})
	q.add([]PieceUse{pieceUse(dir, "slow", WaveLevel0), pieceUse(dir, "bad", WaveLogs)})
	err := q.wait(WaveLevel0)
	if !errors.Is(err, bad) || !strings.Contains(err.Error(), "k/bad") {
		t.Errorf("error %v", err)
	}
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), bad) {
		t.Errorf("RMAN is interrupted because of %v", context.Cause(ctx))
	}
	if bytes, pieces := q.fetched(); bytes != 0 || pieces != 0 {
		t.Errorf("%d bytes in %d pieces", bytes, pieces)
	}
}

// TestNothingUnverifiedIsCataloged: a piece comes in outside of the folder that
// RMAN catalogs; so does one that was there already, until it is compared.
func TestNothingUnverifiedIsCataloged(t *testing.T) {
	var seen []string
	q, _, dir := startFetcher(t, func(_ context.Context, r s3store.GetRequest) error {
		seen = append(seen, r.Path)
		if strings.Contains(r.Path, "X-1") {
			t.Errorf("%s comes in where RMAN looks", r.Path)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(r.Path))), "X-1", "set", "old")); err == nil && r.Piece.Name == "old" {
			t.Error("the old piece stayed where RMAN looks while it was compared")
		}
		return os.WriteFile(r.Path, []byte("x"), 0o600)
	})
	old := pieceUse(dir, "old", WaveLevel0)
	old.Here = true
	must(t, os.MkdirAll(filepath.Dir(old.Path), 0o700))
	must(t, os.WriteFile(old.Path, []byte("x"), 0o600))
	q.add([]PieceUse{old})
	must(t, q.wait(WaveLogs))
	q.add([]PieceUse{old, pieceUse(dir, "new", WaveLevel0)})
	must(t, q.wait(WaveLogs))
	for _, name := range []string{"old", "new"} {
		if !isFile(filepath.Join(dir, "X-1", "set", name)) {
			t.Errorf("%s is not in its place", name)
		}
	}
	if _, pieces := q.fetched(); pieces != 1 || len(seen) != 2 {
		t.Errorf("%d pieces fetched, asked for %v", pieces, seen)
	}
}
