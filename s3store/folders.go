package s3store

import (
	"context"
	"errors"
	"strings"
	"time"

	"orabak-tui/internal/run"
)

// Set folders are found without listing their pieces: with "Z-" as delimiter
// all keys of the sets begun in one second roll up into one entry
// (…/20261123T040000Z-), whatever their number; a thousand sets are a page.
// With "T" all sets of one day do.
//
// Sets begun in the last recentAge are looked at by the second, on every List.
// The older part, where little happens, is remembered for listMaxAge; when it
// holds more than a page of sets, it is looked at by the day: then an old
// incomplete set shows only if no set of its day was committed. A set that
// began in the very second of another database's stays hidden too. Leftovers
// finds both.
const recentAge = 35 * 24 * time.Hour

const (
	bySecond = "Z-"
	byDay    = "T"
)

// folders is what a scan of the date folders found.
type folders struct {
	stamps  []string       // prefixes of set folders: …/20261123T040000Z- or …/20261123T
	foreign map[string]Set // by day folder: files of the old script
	unsized []string       // rolled-up names of foreign files, to be listed
	border  string         // of a recent scan: where it began
}

// recentFolders scans the recent part.
func (s *Store) recentFolders(ctx context.Context, fresh bool) (*folders, error) {
	border := s.opt.Prefix + s.opt.Now().Add(-recentAge).UTC().Format(dayDir)
	if old, ok := s.cache.oldRows(); ok && !fresh && s.oldEnough(old) {
		border = old.Border
	}
	recent, err := s.scan(ctx, border, "", bySecond)
	if err == nil {
		recent.border = border
	}
	return recent, err
}

// oldEnough reports whether remembered rows may still be used.
func (s *Store) oldEnough(old oldRows) bool {
	return s.opt.Now().Sub(old.Listed).Abs() <= listMaxAge && strings.HasPrefix(old.Border, s.opt.Prefix)
}

// accounted reports whether there is a manifest for each stamp.
func (f *folders) accounted(prefix string, keys []string) bool {
	missing := map[string]bool{}
	for _, stamp := range f.stamps {
		missing[stamp] = true
	}
	for _, key := range keys {
		id := key[strings.LastIndexByte(key, '/')+1:]
		if len(id) <= len(run.IDTime) || len(missing) == 0 {
			continue
		}
		day := id[:4] + "/" + id[4:6] + "/" + id[6:8] + "/"
		delete(missing, prefix+day+id[:len(run.IDTime)+1])
	}
	return len(missing) == 0
}

// unaccounted returns rows for what the known manifests do not account for.
func (s *Store) unaccounted(ctx context.Context, recent *folders, known []Set) ([]Set, error) {
	rows, err := s.others(ctx, recent, known)
	if err != nil {
		return nil, err
	}
	old, ok := s.cache.oldRows()
	if !ok || old.Border != recent.border || !s.oldEnough(old) {
		if old, err = s.scanOld(ctx, recent.border, known); err != nil {
			return nil, err
		}
	}
	committed := map[string]bool{}
	for _, row := range known {
		committed[row.ID] = true
	}
	for _, row := range old.Rows {
		if !committed[row.ID] {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// scanOld scans what lies before the border and remembers it.
func (s *Store) scanOld(ctx context.Context, border string, known []Set) (oldRows, error) {
	count := 0
	for _, row := range known {
		if s.opt.Prefix+setFolder(row.ID, row.StartedAt) < border {
			count++
		}
	}
	delimiter := bySecond
	if count > pageKeys {
		delimiter = byDay
	}
	old := oldRows{Listed: s.opt.Now().UTC(), Border: border}
	found, err := s.scan(ctx, "", border, delimiter)
	if err == nil {
		old.Rows, err = s.others(ctx, found, known)
	}
	if err == nil {
		s.cache.putOldRows(old)
	}
	return old, err
}

// others turns folders into rows of foreign and of incomplete sets.
func (s *Store) others(ctx context.Context, f *folders, known []Set) ([]Set, error) {
	if err := s.sizeForeign(ctx, f); err != nil {
		return nil, err
	}
	rows, err := s.incomplete(ctx, f.stamps, known)
	for _, day := range f.foreign {
		rows = append(rows, day)
	}
	return rows, err
}

// scan visits the date folders from after up to border. A store that knows no
// delimiter but "/" is walked folder by folder.
func (s *Store) scan(ctx context.Context, after, border, delimiter string) (*folders, error) {
	f := &folders{foreign: map[string]Set{}}
	flat := false
	err := s.eachPage(ctx, span{s.opt.Prefix + "2", after, delimiter}, func(objects []object, rolled []string) bool {
		within := func(key string) bool { return border == "" || key < border }
		for _, o := range objects {
			if _, id := s.setOf(o.key); id != "" {
				flat = true // should have been rolled up
				return false
			}
			if within(o.key) {
				f.file(s.opt.Prefix, o)
			}
		}
		for _, name := range rolled {
			if within(name) {
				f.rolledUp(s.opt.Prefix, name)
			}
		}
		return (len(objects) == 0 || within(objects[len(objects)-1].key)) &&
			(len(rolled) == 0 || within(rolled[len(rolled)-1]))
	})
	if flat || errors.Is(err, errUnsupported) || errors.Is(err, ErrInvalid) {
		return s.walk(ctx, after, border)
	}
	return f, err
}

// file counts a file of the old script.
func (f *folders) file(prefix string, o object) {
	day, ok := dayOf(prefix, o.key)
	if !ok {
		return
	}
	row := f.day(prefix, day)
	row.Pieces++
	row.Bytes += o.size
	if o.modified.After(row.CompletedAt) {
		row.CompletedAt = o.modified.UTC()
	}
	f.foreign[day] = row
}

func (f *folders) day(prefix, day string) Set {
	if row, ok := f.foreign[day]; ok {
		return row
	}
	begun, _ := time.Parse(dayDir, day)
	return Set{
		ID: foreignID + begun.Format("20060102"), Status: StatusForeign, Level: -1,
		StartedAt: begun, Key: prefix + day,
	}
}

// rolledUp sorts a rolled-up name: set folders, or foreign files whose names
// happen to hold the delimiter.
func (f *folders) rolledUp(prefix, name string) {
	day, ok := dayOf(prefix, name)
	if !ok {
		return
	}
	rest := strings.TrimPrefix(name, prefix+day)
	stamp := strings.ReplaceAll(day, "/", "") + "T"
	_, err := time.Parse(run.IDTime, strings.TrimSuffix(rest, "-"))
	if rest == stamp || err == nil && strings.HasPrefix(rest, stamp) {
		f.stamps = append(f.stamps, name)
		return
	}
	f.unsized = append(f.unsized, name)
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
