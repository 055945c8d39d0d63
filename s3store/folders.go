package s3store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"orabak-tui/internal/run"
)

// Set folders are found without listing their pieces: with "Z-" as delimiter
// all keys of the sets begun in one second roll up into one entry
// (…/20261123T040000Z-), whatever their number; a thousand sets are a page.
// With "T" all sets of one day do.
//
// Sets begun in the last recentAge are looked at by the second. Older ones,
// when there are more than a page of them, by the day: then an old incomplete
// set shows only if no set of its day was committed. A set that began in the
// very second of another database's stays hidden too. Leftovers finds both.
const recentAge = 35 * 24 * time.Hour

const (
	bySecond = "Z-"
	byDay    = "T"
)

// folderScan is what a scan of the date folders found.
type folderScan struct {
	stamps  []string       // prefixes of set folders: …/20261123T040000Z- or …/20261123T
	foreign map[string]Set // by day folder: files of the old script
	unsized []string       // rolled-up names of foreign files, to be listed
}

// foreign returns rows for what the manifests known do not account for.
func (s *Store) foreign(ctx context.Context, known []Set, f Filter) ([]Set, error) {
	scan, err := s.scanFolders(ctx, known)
	if err != nil {
		return nil, err
	}
	if err := s.sizeForeign(ctx, scan); err != nil {
		return nil, err
	}
	var rows []Set
	for _, day := range scan.foreign {
		rows = append(rows, day)
	}
	incomplete, err := s.incomplete(ctx, scan.stamps, known)
	for _, row := range incomplete {
		if f.DBName == "" || sameDB(run.ID{DBName: row.DBName}, f.DBName) {
			rows = append(rows, row)
		}
	}
	return rows, err
}

// scanFolders scans the old part by day or by second, the recent by second.
func (s *Store) scanFolders(ctx context.Context, known []Set) (*folderScan, error) {
	recent := s.opt.Now().Add(-recentAge)
	border := s.opt.Prefix + recent.UTC().Format(dayDir)
	old := 0
	for _, row := range known {
		if row.StartedAt.Before(recent) {
			old++
		}
	}
	scan := &folderScan{foreign: map[string]Set{}}
	if old <= pageKeys {
		return scan, s.scan(ctx, scan, "", "", bySecond)
	}
	if err := s.scan(ctx, scan, "", border, byDay); err != nil {
		return nil, err
	}
	return scan, s.scan(ctx, scan, border, "", bySecond)
}

// scan visits the date folders from after up to border. A store that knows no
// delimiter but "/" is walked folder by folder.
func (s *Store) scan(ctx context.Context, scan *folderScan, after, border, delimiter string) error {
	flat, last := false, false
	err := s.eachPage(ctx, span{s.opt.Prefix + "2", after, delimiter}, func(objects []object, rolled []string) bool {
		for _, o := range objects {
			if border != "" && o.key >= border {
				last = true
				continue
			}
			if _, id := s.setOf(o.key); id != "" {
				flat = true // should have been rolled up
				return false
			}
			scan.file(s.opt.Prefix, o)
		}
		for _, name := range rolled {
			if border != "" && name >= border {
				last = true
				continue
			}
			scan.rolledUp(s.opt.Prefix, name)
		}
		return !last
	})
	if flat || errors.Is(err, errUnsupported) || errors.Is(err, ErrInvalid) {
		return s.walk(ctx, scan, after, border)
	}
	return err
}

// file counts a file of the old script.
func (scan *folderScan) file(prefix string, o object) {
	day, ok := dayOf(prefix, o.key)
	if !ok {
		return
	}
	row := scan.day(prefix, day)
	row.Pieces++
	row.Bytes += o.size
	if o.modified.After(row.CompletedAt) {
		row.CompletedAt = o.modified.UTC()
	}
	scan.foreign[day] = row
}

func (scan *folderScan) day(prefix, day string) Set {
	if row, ok := scan.foreign[day]; ok {
		return row
	}
	begun, _ := time.Parse(dayDir, day)
	return Set{
		ID: "foreign-" + begun.Format("20060102"), Status: StatusForeign, Level: -1,
		StartedAt: begun, Key: prefix + day,
	}
}

// rolledUp sorts a rolled-up name: set folders, or foreign files whose names
// happen to hold the delimiter.
func (scan *folderScan) rolledUp(prefix, name string) {
	day, ok := dayOf(prefix, name)
	if !ok {
		return
	}
	rest := strings.TrimPrefix(name, prefix+day)
	stamp := strings.ReplaceAll(day, "/", "") + "T"
	_, err := time.Parse(run.IDTime, strings.TrimSuffix(rest, "-"))
	if rest == stamp || err == nil && strings.HasPrefix(rest, stamp) {
		scan.stamps = append(scan.stamps, name)
		return
	}
	scan.unsized = append(scan.unsized, name)
}

// dayOf returns "2026/11/23/" of a key below it.
func dayOf(prefix, key string) (string, bool) {
	rest, ok := strings.CutPrefix(key, prefix)
	if !ok || len(rest) <= len(dayDir) {
		return "", false
	}
	day := rest[:len(dayDir)]
	_, err := time.Parse(dayDir, day)
	return day, err == nil
}

// sizeForeign lists the foreign files that were rolled up.
func (s *Store) sizeForeign(ctx context.Context, scan *folderScan) error {
	for _, name := range scan.unsized {
		objects, err := s.objects(ctx, name)
		if err != nil {
			return err
		}
		for _, o := range objects {
			if _, id := s.setOf(o.key); id != "" {
				scan.stamps = append(scan.stamps, name)
				break
			}
			scan.file(s.opt.Prefix, o)
		}
	}
	return nil
}

// incomplete returns a row for each set folder under the prefixes that no
// known set accounts for.
func (s *Store) incomplete(ctx context.Context, stamps []string, known []Set) ([]Set, error) {
	committed := make(map[string]bool, 3*len(known))
	for _, row := range known {
		if row.Status != StatusComplete {
			continue
		}
		folder := s.opt.Prefix + setFolder(row.ID, row.StartedAt)
		at := len(folder) - len(row.ID) - 1
		committed[folder] = true
		committed[folder[:at+len(run.IDTime)+1]] = true            // …Z-
		committed[folder[:at+strings.Index(row.ID, "T")+1]] = true // …T
	}
	rows := map[string]Set{}
	for _, stamp := range stamps {
		if committed[stamp] {
			continue
		}
		objects, err := s.objects(ctx, stamp)
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			if folder, id := s.setOf(o.key); id != "" && !committed[folder] {
				rows[folder] = addPiece(rows[folder], folder, id, o)
			}
		}
	}
	all := make([]Set, 0, len(rows))
	for _, row := range rows {
		all = append(all, row)
	}
	slices.SortFunc(all, newestFirst)
	return all, nil
}

// addPiece counts an object of a set that has no manifest.
func addPiece(row Set, folder, id string, o object) Set {
	if row.ID == "" {
		p, _ := parseSetID(id)
		row = Set{ID: id, Kind: p.Kind, Status: StatusIncomplete, DBName: p.DBName, StartedAt: p.Time, Key: folder}
		switch p.Kind {
		case KindIncremental:
			row.Level = 1
		case KindArchivelog:
			row.Level = -1
		}
	}
	row.Pieces++
	row.Bytes += o.size
	if o.modified.After(row.CompletedAt) {
		row.CompletedAt = o.modified.UTC()
	}
	return row
}

// setOf takes a piece's key apart: the set's folder and id, empty when the key
// is not <prefix>YYYY/MM/DD/<set id>/<name>.
func (s *Store) setOf(key string) (folder, id string) {
	day, ok := dayOf(s.opt.Prefix, key)
	if !ok {
		return "", ""
	}
	start := len(s.opt.Prefix) + len(day)
	id, name, ok := strings.Cut(key[start:], "/")
	p, isID := parseSetID(id)
	if !ok || name == "" || !isID || p.Time.Format(dayDir) != day {
		return "", ""
	}
	return key[:start+len(id)+1], id
}

// isPieceKey reports whether a key is that of a piece under the prefix.
func (s *Store) isPieceKey(key string) bool {
	folder, id := s.setOf(key)
	return id != "" && ValidPieceName(key[len(folder):]) && len(key) <= maxKey
}
