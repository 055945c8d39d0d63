package rmansim

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// catalog is CATALOG.
func (s *session) catalog(c *syntax.Catalog) error {
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	if err := s.implicitCrosscheck(); err != nil {
		return err
	}
	s.noteRepository()
	switch {
	case c.HasPrefix:
		return s.catalogPrefix(c)
	case c.RecoveryArea:
		return s.catalogArea(c)
	case len(c.Pieces) > 0:
		return s.catalogPieces(c.Pieces)
	case len(c.Logs) > 0:
		return s.catalogLogs(c.Logs)
	}
	return fail("RMAN-06918: the simulated rman keeps no image copies")
}

// catalogPrefix is CATALOG START WITH: every file whose name begins with the
// text, directory or not.
func (s *session) catalogPrefix(c *syntax.Catalog) error {
	s.out.raw("searching for all files that match the pattern " + c.StartWith)
	return s.catalogFound(filesWithPrefix(c.StartWith), c.NoPrompt)
}

func (s *session) catalogArea(c *syntax.Catalog) error {
	area, err := s.db.RecoveryArea()
	if err != nil {
		return err
	}
	s.out.raw("searching for all files in the recovery area")
	if area.Dir == "" {
		return s.catalogFound(nil, c.NoPrompt)
	}
	return s.catalogFound(filesWithPrefix(area.Dir+"/"), c.NoPrompt)
}

// filesWithPrefix finds regular files.
func filesWithPrefix(prefix string) (out []string) {
	root := prefix
	if !strings.HasSuffix(prefix, "/") {
		root = filepath.Dir(prefix)
	}
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasPrefix(path, prefix) {
			out = append(out, path)
		}
		return nil
	})
	return out
}

// catalogFound catalogs the unknown ones of some files, after asking.
func (s *session) catalogFound(paths []string, noPrompt bool) error {
	c, err := s.db.Control()
	if err != nil {
		return err
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return isKnown(c, p) })
	if len(paths) == 0 {
		s.out.raw("no files found to be unknown to the database")
		return nil
	}
	s.out.blank()
	s.fileList("List of Files Unknown to the Database", paths)
	if !noPrompt && !s.ask("Do you really want to catalog the above files (enter YES or NO)?") {
		return nil
	}
	if noPrompt {
		s.out.blank()
	}
	s.catalogFiles(paths)
	return nil
}

// isKnown tells whether a file has a record of any kind that is not deleted.
func isKnown(c *oradb.Control, path string) bool {
	return slices.ContainsFunc(c.BackupPieces, func(p oradb.BackupPiece) bool {
		return p.Handle == path && p.Status != oradb.Deleted
	}) || slices.ContainsFunc(c.ArchivedLogs, func(l oradb.ArchivedLog) bool {
		return l.Name == path && l.Status != oradb.Deleted
	}) || slices.ContainsFunc(c.Datafiles, func(f oradb.Datafile) bool { return f.Name == path })
}

func (s *session) fileList(title string, paths []string) {
	s.out.raw(title, strings.Repeat("=", len(title)))
	for _, p := range paths {
		s.out.raw("File Name: " + p)
	}
}

// catalogFiles catalogs files and lists which were and which were not.
func (s *session) catalogFiles(paths []string) {
	var done, refused []string
	reasons := map[string]string{}
	s.out.raw("cataloging files...")
	for _, p := range paths {
		if err := s.catalogFile(p); err != nil {
			refused = append(refused, p)
			reasons[p] = asFailure(err).lines[0]
		} else {
			done = append(done, p)
		}
	}
	if len(done) == 0 {
		s.out.raw("no files cataloged")
	} else {
		s.out.raw("cataloging done")
		s.out.blank()
		s.fileList("List of Cataloged Files", done)
	}
	if len(refused) == 0 {
		return
	}
	s.out.blank()
	s.out.raw("List of Files Which Were Not Cataloged", "=======================================")
	for _, p := range refused {
		s.out.raw("File Name: "+p, "  "+reasons[p])
	}
}

// catalogFile catalogs a file of any kind; the error is the reason as the list
// gives it.
func (s *session) catalogFile(path string) error {
	c, err := s.db.Control()
	if err != nil {
		return err
	}
	h, err := piece.ReadHeader(path)
	if err == nil {
		if h.DBID != c.DBID {
			return foreign(h.DBID, h.DBName)
		}
		_, err = s.addPiece(h, path)
		return err
	}
	log, lerr := oradb.ReadLogHeader(path)
	switch {
	case lerr == nil && log.DBID != c.DBID:
		return foreign(log.DBID, log.DBName)
	case lerr == nil && log.NextSCN != 0:
		_, err := s.db.AddArchivedLog(path, "RMAN")
		return err
	}
	if img, ferr := oradb.DatafileHeader(path); ferr == nil && img.DBID != c.DBID {
		return foreign(img.DBID, img.DBName)
	}
	return fail("RMAN-07517: Reason: The file header is corrupted")
}

func foreign(dbid uint32, name string) *failure {
	return fail("RMAN-07518: Reason: Foreign database file DBID: %d  Database Name: %s", dbid, name)
}

// catalogPieces is CATALOG BACKUPPIECE: every piece of the list is tried, and
// the command fails if one of them could not be cataloged.
func (s *session) catalogPieces(paths []string) error {
	return s.catalogEach("Backup Piece", paths, func(path string) error {
		p, err := s.catalogPiece(path)
		if err == nil {
			s.out.together(message{6449, "cataloged backup piece"}, handleLine(p))
		}
		return err
	})
}

// catalogEach catalogs named files one by one; errors are told where they
// happen and the files once more at the end.
func (s *session) catalogEach(kind string, paths []string, one func(string) error) error {
	var failed []string
	for _, path := range paths {
		if err := one(path); err != nil {
			s.out.raw(messagesOf(err)...)
			failed = append(failed, path)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	out := fail("RMAN-06209: List of failed objects")
	for _, line := range append(slices.Clone(objectTable), objectRows(kind, failed)...) {
		out = out.and("%s", line)
	}
	return out
}

func (s *session) catalogPiece(path string) (oradb.BackupPiece, error) {
	h, err := piece.ReadHeader(path)
	if err != nil {
		return oradb.BackupPiece{}, notAPiece(path, err)
	}
	c, err := s.db.Control()
	if err != nil {
		return oradb.BackupPiece{}, err
	}
	if h.DBID != c.DBID {
		return oradb.BackupPiece{}, oradb.Ora(19870, "error while restoring backup piece %s", path).
			And(19691, "%s is from different database: id=%d, name=%s", path, h.DBID, h.DBName)
	}
	return s.addPiece(h, path)
}

// notAPiece words a file that CATALOG BACKUPPIECE cannot take.
func notAPiece(path string, err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return restoreError(path, err)
	}
	return oradb.Ora(19870, "error while restoring backup piece %s", path).And(19608, "%s is not a backup piece", path)
}

func (s *session) catalogLogs(paths []string) error {
	return s.catalogEach("Archivelog", paths, func(path string) error {
		l, err := s.db.AddArchivedLog(path, "RMAN")
		if err == nil {
			s.out.together(message{6451, "cataloged archived log"}, logLine(l))
		}
		return err
	})
}
