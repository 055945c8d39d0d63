package restore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// clean removes the pieces that the restore downloaded, and its state. The
// records of the pieces stay in RMAN's repository: the sets are on S3.
func (s *session) clean() error {
	s.mark("clean")
	var errs []error
	if !s.d.Keep {
		dirs := map[string]bool{}
		for _, path := range s.downloaded() {
			errs = append(errs, removeFile(path))
			dirs[filepath.Dir(path)] = true
		}
		for dir := range dirs { // each goes unless something else lies in it
			_ = os.Remove(dir)
			_ = os.Remove(incomingDir(s.d.Config.RestoreDir, filepath.Base(dir)))
		}
		_ = os.Remove(CatalogDir(s.d.Config.RestoreDir, s.sets[0].DBName, s.sets[0].DBID))
		_ = os.Remove(incomingDir(s.d.Config.RestoreDir, ""))
	}
	if err := errors.Join(errs...); err != nil {
		s.warn("", fmt.Sprintf("downloaded pieces could not be removed: %v", err), "remove them by hand: the database is open and does not need them")
	}
	return s.state.remove()
}

// downloaded are the pieces in their places, also those of an earlier run that
// was killed.
func (s *session) downloaded() []string {
	paths := slices.Collect(maps.Values(s.present()))
	if s.plan != nil {
		for _, u := range s.plan.Pieces {
			paths = append(paths, u.Path)
		}
	}
	return paths
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// patience bounds what is still tried after a restore has failed or was
// cancelled.
const patience = time.Minute

// afterFailure makes hidden backups available again, if the instance lets us:
// the next backup must see them.
func (s *session) afterFailure(ctx context.Context, err error) error {
	if len(s.state.Hidden) == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if again := s.unhide(ctx); again != nil {
		s.warn("", fmt.Sprintf("backups that were set aside for the restore are still UNAVAILABLE: %v", again), "run the restore again; it makes them AVAILABLE")
	}
	return err
}
