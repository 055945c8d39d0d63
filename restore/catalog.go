package restore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/s3store"
)

// filesOf is the layout that the mounted control file describes.
func filesOf(f *oracle.Facts) []s3store.Datafile {
	files := make([]s3store.Datafile, 0, len(f.Datafiles))
	for _, d := range f.Datafiles {
		files = append(files, s3store.Datafile{Number: d.Number, Name: d.Name, Tablespace: d.Tablespace, Bytes: d.Bytes, CreationSCN: d.CreationSCN})
	}
	return files
}

// catalogLocalLogs tells a restored control file of archived logs on this host
// that are newer than it: they carry changes that no set may hold. The
// database's own control file knows them all.
func (s *session) catalogLocalLogs(ctx context.Context) error {
	if currentControl(s.facts) {
		return nil
	}
	known := map[string]bool{}
	for _, l := range s.logs {
		known[l.Name] = true
	}
	var statements []rman.Statement
	for _, dir := range s.archiveFolders() {
		if hasUnknown(dir, known) {
			statements = append(statements, rman.CatalogStartWith{Dir: dir})
		}
	}
	if len(statements) == 0 {
		return nil
	}
	script, err := rman.NewScript("catalog-logs", statements...)
	if _, _, err = s.script(ctx, script, err); err != nil {
		return fmt.Errorf("catalog the archived logs on this host: %w", err)
	}
	if err := s.refresh(ctx); err != nil {
		return err
	}
	return s.localLogs(ctx)
}

// archiveFolders are the local folders that archived logs went to.
func (s *session) archiveFolders() []string {
	var dirs []string
	add := func(dir string) {
		if filepath.IsAbs(dir) && !slices.Contains(dirs, filepath.Clean(dir)) {
			dirs = append(dirs, filepath.Clean(dir))
		}
	}
	for _, d := range s.facts.ArchiveDests {
		if d.Destination == "USE_DB_RECOVERY_FILE_DEST" {
			continue
		}
		add(d.Destination)
	}
	if s.facts.RecoveryDest != "" && s.facts.UniqueName != "" {
		for _, name := range []string{s.facts.UniqueName, strings.ToUpper(s.facts.UniqueName)} {
			add(filepath.Join(s.facts.RecoveryDest, name, "archivelog"))
		}
	}
	return dirs
}

// hasUnknown tells whether a folder holds a file that the repository does not
// know.
func hasUnknown(dir string, known map[string]bool) bool {
	found := false
	_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // an unreadable folder holds nothing for us
		}
		if e.Type().IsRegular() && !known[path] {
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found
}

// catalog makes RMAN know downloaded pieces, and makes sure that it does: each
// of them has an available record at its new place. It returns what the script
// that reads them must do first, so that none has a record at a place where no
// file is.
func (s *session) catalog(ctx context.Context, uses []PieceUse) ([]rman.Statement, error) {
	if len(uses) == 0 {
		return nil, nil
	}
	rejected, err := s.catalogFolder(ctx)
	if err != nil {
		return nil, err
	}
	records, err := s.d.Oracle.AllPieces(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for the cataloged pieces: %w", err)
	}
	if stale := staleAtPlace(records, uses); len(stale) > 0 {
		if err := s.change(ctx, "uncatalog", stale, rman.Uncatalog); err != nil {
			return nil, err
		}
		if rejected, err = s.catalogFolder(ctx); err != nil {
			return nil, err
		}
		if records, err = s.d.Oracle.AllPieces(ctx); err != nil {
			return nil, err
		}
	}
	if err := allKnown(records, uses, rejected); err != nil {
		return nil, err
	}
	s.mark("cataloged")
	return changes(staleElsewhere(records, uses), rman.Uncatalog), nil
}

// catalogFolder catalogs the folder of verified pieces; rejected says why RMAN
// refused a file.
func (s *session) catalogFolder(ctx context.Context) (rejected map[string]string, err error) {
	script, err := s.plan.catalogScript()
	_, events, err := s.script(ctx, script, err)
	if err != nil {
		return nil, fmt.Errorf("catalog the downloaded pieces: %w", err)
	}
	rejected = map[string]string{}
	for _, e := range events {
		if e.Kind == rman.KindNotCataloged {
			rejected[e.Name] = strings.TrimSpace(e.Code + " " + e.State)
		}
	}
	return rejected, nil
}

// staleAtPlace are records of needed pieces at the very place where the piece
// is now, of another status than available: CATALOG passes over them.
func staleAtPlace(records []oracle.PieceRecord, uses []PieceUse) []string {
	var handles []string
	for _, u := range uses {
		at := recordsAt(records, u.Path)
		if len(at) > 0 && !slices.ContainsFunc(at, available) && slices.ContainsFunc(at, func(r oracle.PieceRecord) bool { return r.Status != "D" }) {
			handles = append(handles, u.Path)
		}
	}
	return handles
}

func recordsAt(records []oracle.PieceRecord, path string) []oracle.PieceRecord {
	var at []oracle.PieceRecord
	for _, r := range records {
		if r.Handle == path {
			at = append(at, r)
		}
	}
	return at
}

func available(r oracle.PieceRecord) bool { return r.Status == "A" }

// allKnown: each needed piece is available to RMAN at its new place.
func allKnown(records []oracle.PieceRecord, uses []PieceUse, rejected map[string]string) error {
	known := map[string]bool{}
	for _, r := range records {
		known[r.Handle] = known[r.Handle] || available(r)
	}
	for _, u := range uses {
		if known[u.Path] {
			continue
		}
		why := rejected[u.Path]
		if why == "" {
			why = "it is not among the cataloged files"
		}
		return fmt.Errorf("RMAN did not catalog %s of set %s (%s), although its checksum is right: %s", u.Path, u.Set, u.Piece.Key, why)
	}
	return nil
}

// staleElsewhere are available records of needed pieces at places where no file
// is, such as the staging folder of the backup: RMAN would try them first and
// fail. Records of the same pieces at their new place exist by now, so nothing
// is forgotten. Every other record stays as it is: the next level 1 builds on
// them.
func staleElsewhere(records []oracle.PieceRecord, uses []PieceUse) []string {
	type part struct {
		stamp, count int64
		piece        int
	}
	place := map[part]string{}
	for _, u := range uses {
		if len(recordsAt(records, u.Path)) > 0 {
			place[part{u.Piece.SetStamp, u.Piece.SetCount, u.Piece.Number}] = u.Path
		}
	}
	var handles []string
	for _, r := range records {
		at, needed := place[part{r.SetStamp, r.SetCount, r.Piece}]
		if needed && available(r) && r.Handle != at && filepath.IsAbs(r.Handle) && !isFile(r.Handle) {
			handles = append(handles, r.Handle)
		}
	}
	return handles
}

// changeAtOnce bounds a CHANGE statement: RMAN's parser has limits that are not
// written down.
const changeAtOnce = 50

// changes are the statements that change records, a few in each.
func changes(handles []string, to rman.Change) []rman.Statement {
	var statements []rman.Statement
	for some := range slices.Chunk(handles, changeAtOnce) {
		statements = append(statements, rman.ChangeBackupPieces{Handles: some, To: to})
	}
	return statements
}

// change changes records by a script of its own.
func (s *session) change(ctx context.Context, name string, handles []string, to rman.Change) error {
	statements := changes(handles, to)
	if len(statements) == 0 {
		return nil
	}
	carry := s.script
	if to == rman.Available {
		carry = s.tryScript // a refusal is to be expected
	}
	script, err := rman.NewScript(name, statements...)
	_, _, err = carry(ctx, script, err)
	return err
}
