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

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// clean puts RMAN's repository in order, removes the pieces that the restore
// downloaded, and its state. The records of the pieces stay in the repository:
// the sets are on S3.
func (s *session) clean(ctx context.Context) error {
	s.mark("clean")
	s.bringBackHidden(ctx)
	s.missGoneLogs(ctx)
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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	s.bringBackHidden(ctx)
	return err
}

// missGoneLogs lets RMAN's repository notice archived logs that are not on this
// host. A restored control file has those of the lost host as there, and the
// next BACKUP ARCHIVELOG would end at the first of them (RMAN-06059), since the
// pieces that hold them count as EXPIRED.
func (s *session) missGoneLogs(ctx context.Context) {
	if err := s.crosscheckGone(ctx); err != nil {
		s.warn("", fmt.Sprintf("archived logs that are not on this host could not be crosschecked: %v", err), "CROSSCHECK ARCHIVELOG ALL in RMAN before the next backup")
	}
}

// crosscheckGone crosschecks archived logs if one is gone. Names in ASM cannot
// be looked at; with a restored control file they are doubted.
func (s *session) crosscheckGone(ctx context.Context) error {
	logs, err := s.d.Oracle.ArchivedLogs(ctx)
	if err != nil {
		return err
	}
	restored := s.plan != nil && s.plan.ControlFile != nil
	gone := func(l oracle.ArchivedLog) bool {
		return filepath.IsAbs(l.Name) && !isFile(l.Name) || !filepath.IsAbs(l.Name) && restored
	}
	if !slices.ContainsFunc(logs, gone) {
		return nil
	}
	script, err := rman.NewScript("crosscheck-logs", rman.CrosscheckArchivelogs{Disk: s.facts.TapeByDefault()})
	_, _, err = s.script(ctx, script, err)
	return err
}
