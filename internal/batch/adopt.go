package batch

import (
	"context"

	"orabak-tui/backup"
)

// adopt makes a set of a folder that has no manifest.
func (a *App) adopt(ctx context.Context) int {
	return a.underRun(ctx, "adopt", func(ctx context.Context, j *job) (achieved, error) {
		d, err := a.backupDeps(ctx, j)
		if err != nil {
			return achieved{}, err
		}
		r, err := backup.Adopt(ctx, d, a.store, backup.AdoptRequest{RunID: j.id, Folder: a.Options.Args[0]})
		return achieved{setID: r.SetID, bytes: r.Bytes, pieces: r.Pieces, warnings: len(r.Warnings),
			setKind: r.Kind, recoverableTo: r.RecoverableTo}, err
	})
}
