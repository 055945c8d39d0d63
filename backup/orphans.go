package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// orphanAge is how old a run must be before its records can be orphans: another
// host of the same database may have a folder of that name and be at work in it.
const orphanAge = 48 * time.Hour

// dropOrphans takes pieces out of RMAN's repository that nothing can bring back:
// of a run whose staging folder is gone and which committed no set. They are
// what an RMAN leaves that outlived us. Looked at are runs later than the oldest
// set in the bucket only: with an empty bucket configured by mistake nothing is
// forgotten.
func (s *session) dropOrphans(ctx context.Context) error {
	var recs []oracle.PieceRecord
	err := atOnce(ctx,
		func(ctx context.Context) (err error) {
			recs, err = s.d.Oracle.PiecesIn(ctx, filepath.Dir(s.dir))
			return err
		},
		s.list,
	)
	if err != nil {
		return err
	}
	var handles []string
	for _, r := range recs {
		if r.Status != "D" && s.orphaned(r.Handle, s.listed.sets) && !slices.Contains(handles, r.Handle) {
			handles = append(handles, r.Handle)
		}
	}
	if len(handles) == 0 {
		return nil
	}
	s.warn("", fmt.Sprintf("RMAN knows %d pieces of runs that left nothing in staging and no set on S3; they are taken out of its repository", len(handles)), "what they held is backed up again now")
	return s.uncatalog(ctx, handles)
}

// orphaned judges the handle <staging>/<run id>/<piece>.
func (s *session) orphaned(handle string, sets []s3store.Set) bool {
	dir := filepath.Dir(handle)
	id, err := run.ParseID(filepath.Base(dir))
	if err != nil || id.DBName != "" || filepath.Dir(dir) != filepath.Dir(s.dir) || s.d.Now().Sub(id.Time) < orphanAge {
		return false
	}
	if _, err := os.Lstat(dir); err == nil {
		return false // settled by now, or not ours to touch
	}
	began := false
	for _, set := range sets {
		other, err := run.ParseID(set.ID)
		if err == nil && other.Time.Equal(id.Time) && other.Suffix == id.Suffix {
			return false
		}
		began = began || err == nil && other.Time.Before(id.Time)
	}
	return began
}
