package s3store

import (
	"context"
	"strings"
)

// Object is a file of the old script, directly in the folder of a day.
type Object struct {
	Key   string
	Name  string // last part of Key, safe as a file name
	Bytes int64
}

// ForeignFiles lists the files of a foreign set that can be pieces. Others
// counts what cannot: files below a further folder, or with names that are no
// file names here. Sets of our own that began on that day are left out.
func (s *Store) ForeignFiles(ctx context.Context, set Set) (files []Object, others int, err error) {
	if _, ok := dayOf(s.opt.Prefix, set.Key+"x"); !ok || set.Status != StatusForeign {
		return nil, 0, s.refuse("list folder", set.Key)
	}
	err = s.eachPage(ctx, span{prefix: set.Key}, func(objects []object, _ []string) bool {
		for _, o := range objects {
			name := strings.TrimPrefix(o.key, set.Key)
			switch _, id := s.setOf(o.key); {
			case id != "":
			case ValidPieceName(name) && validPieceKey(o.key):
				files = append(files, Object{o.key, name, o.size})
			default:
				others++
			}
		}
		return true
	})
	return files, others, err
}

// GetForeign downloads a file of the old script and returns its CRC64NVME as a
// manifest writes it. No manifest says what the file must be: it is compared
// with the checksum that the store keeps, where it keeps one.
func (s *Store) GetForeign(ctx context.Context, o Object, path string, progress func(doneBytes int64)) (crc string, err error) {
	r := GetRequest{Path: path, Progress: progress, Piece: Piece{Name: o.Name, Key: o.Key, Bytes: o.Bytes}}
	if _, ok := dayOf(s.opt.Prefix, o.Key); !ok || !ValidPieceName(o.Name) {
		return "", s.refuse("get file", o.Key)
	}
	h, err := s.head(ctx, "get file", o.Key)
	if err != nil {
		return "", err
	}
	d, err := s.openDownload(r)
	if err != nil {
		return "", err
	}
	defer d.close()
	got, err := d.fetchMissing(ctx)
	if err != nil {
		return "", err
	}
	if crc = crcText(got); h.crc != "" && h.crc != crc {
		d.forgetAll()
		return "", d.corrupt("CRC64NVME "+h.crc, "CRC64NVME "+crc)
	}
	return crc, d.keep()
}

// unadopted takes out of the rows of foreign folders what committed sets have
// adopted.
func unadopted(rows, known []Set) []Set {
	type sum struct {
		pieces int
		bytes  int64
	}
	taken := map[string]sum{}
	for _, row := range known {
		if row.Adopted != "" {
			t := taken[row.Adopted]
			taken[row.Adopted] = sum{t.pieces + row.Pieces, t.bytes + row.Bytes}
		}
	}
	var kept []Set
	for _, row := range rows {
		if row.Status == StatusForeign {
			t := taken[row.ID]
			row.Pieces, row.Bytes = row.Pieces-t.pieces, max(0, row.Bytes-t.bytes)
			if row.Pieces <= 0 {
				continue
			}
		}
		kept = append(kept, row)
	}
	return kept
}

// foreignID begins the id of a foreign set; the day follows: foreign-20251123.
const foreignID = "foreign-"

// ForeignID is the id of the foreign set of a day, written in any way that has
// its eight digits: 2025-11-23, 2025/11/23, or the id itself.
func ForeignID(day string) string {
	return foreignID + strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, day)
}

// validForeignID reports whether id is that of a foreign set.
func validForeignID(id string) bool {
	day, ok := strings.CutPrefix(id, foreignID)
	return ok && len(day) == 8 && strings.Trim(day, "0123456789") == ""
}
