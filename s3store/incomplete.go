package s3store

import (
	"context"
	"slices"
	"strings"

	"orabak-tui/internal/run"
)

// sizeForeign lists the foreign files that were rolled up.
func (s *Store) sizeForeign(ctx context.Context, f *folders) error {
	for _, name := range f.unsized {
		objects, err := s.objects(ctx, name)
		if err != nil {
			return err
		}
		for _, o := range objects {
			if _, id := s.setOf(o.key); id != "" {
				f.stamps = append(f.stamps, name)
				break
			}
			f.file(s.opt.Prefix, o)
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
