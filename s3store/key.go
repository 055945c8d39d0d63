package s3store

import (
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/run"
)

const (
	catalogDir = "catalog/" // below the prefix
	dayDir     = "2006/01/02/"
	maxKey     = 1024 // bytes, S3's limit
)

// parseSetID reads an id strictly: what it accepts is safe as a name of a
// file, of a folder and in a key.
func parseSetID(id string) (run.ID, bool) {
	p, err := run.ParseID(id)
	return p, err == nil && p.DBName != ""
}

func validKind(kind string) bool {
	return kind == KindFull || kind == KindIncremental || kind == KindArchivelog
}

// validDBName accepts what Oracle accepts as DB_NAME, and no separator.
func validDBName(name string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$#"
	return len(name) > 0 && len(name) <= 30 && strings.Trim(name, letters) == "" // nothing but these
}

// sameDB reports whether a set id is one of that database: ids have "_" where
// a name has a letter that is not safe in keys.
func sameDB(id run.ID, dbName string) bool {
	return id.DBName == dbName || id.DBName == idName.Replace(dbName)
}

var idName = strings.NewReplacer("$", "_", "#", "_")

// setFolder is the folder of a set's pieces below the prefix. The id's own
// start decides the date; started serves for ids of another form.
func setFolder(setID string, started time.Time) string {
	if p, ok := parseSetID(setID); ok {
		started = p.Time
	}
	return started.UTC().Format(dayDir) + setID + "/"
}

// PieceKey is the key of a piece: <prefix>YYYY/MM/DD/<set id>/<name>, the date
// being that of the set's start in UTC.
func (s *Store) PieceKey(setID string, started time.Time, name string) string {
	return s.opt.Prefix + setFolder(setID, started) + name
}

// catalogKey is the key of a set's manifest. Its last name is
// <set id>~<fields>.json, the fields carrying what a row of a listing shows.
func catalogKey(prefix string, row Set) string {
	return prefix + dbFolder(row.DBName, row.DBID) + row.ID + "~" + encodeFields(row) + ".json"
}

// dbFolder is the catalog folder of a database below the prefix.
func dbFolder(name string, dbid int64) string {
	return catalogDir + name + "-" + strconv.FormatInt(dbid, 10) + "/"
}

// parseDBFolder reads "<NAME>-<DBID>".
func parseDBFolder(s string) (DB, bool) {
	name, id, ok := strings.Cut(s, "-")
	dbid, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || dbid < 0 || !validDBName(name) || strconv.FormatInt(dbid, 10) != id {
		return DB{}, false
	}
	return DB{Name: name, DBID: dbid}, true
}

// parseCatalogKey reads a row from a manifest's key. ok is false for a key
// that this program did not write; complete is false when the id is ours but
// the fields are not understood (a later version's): the manifest must then be
// asked.
func parseCatalogKey(prefix, key string) (row Set, complete, ok bool) {
	rest, found := strings.CutPrefix(key, prefix+catalogDir)
	folder, name, found2 := strings.Cut(rest, "/")
	db, found3 := parseDBFolder(folder)
	name, found4 := strings.CutSuffix(name, ".json")
	id, fields, found5 := strings.Cut(name, "~")
	parts, found6 := parseSetID(id)
	ours := found && found2 && found3 && found4 && found5 && found6
	if !ours || !sameDB(parts, db.Name) {
		return Set{}, false, false
	}
	row = Set{
		ID: id, Status: StatusComplete, Key: key,
		DBName: db.Name, DBID: db.DBID, StartedAt: parts.Time,
	}
	complete = decodeFields(fields, &row)
	return row, complete, true
}

// rowOf is the row that a manifest's key will carry.
func rowOf(m *Manifest) Set {
	row := Set{
		ID: m.ID, Kind: m.Kind, Level: m.Level, Cumulative: m.Cumulative, Status: StatusComplete,
		DBName: m.DBName, DBID: m.DBID, StartedAt: m.StartedAt.UTC().Truncate(time.Second),
		CompletedAt: m.CompletedAt.UTC().Truncate(time.Second), Pieces: len(m.Pieces), Bytes: m.Bytes(),
		FromSCN: m.FromSCN, ToSCN: m.ToSCN, ResetlogsSCN: m.ResetlogsSCN,
		RecoverableTo: m.RecoverableTo.UTC().Truncate(time.Second),
		BuildsOn:      m.BuildsOn, Warnings: len(m.Warnings) > 0, Adopted: m.Adopted,
	}
	if p, ok := parseSetID(m.ID); ok {
		row.StartedAt = p.Time
	}
	counted := map[Log]bool{} // every piece of a backup set carries the same logs
	for _, p := range m.Pieces {
		for _, l := range p.Logs {
			counted[Log{Thread: l.Thread, Sequence: l.Sequence, ResetlogsSCN: l.ResetlogsSCN}] = true
		}
	}
	row.Logs = len(counted)
	return row
}
