package run

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// IDTime is the form of the time in ids: UTC, sortable, safe in file names
// and S3 keys.
const IDTime = "20060102T150405Z"

// EnvID is the environment variable that tells a detached run its id.
const EnvID = "ORABAK_RUN_ID"

// ID is a run id or a set id taken apart.
type ID struct {
	Time   time.Time // UTC, to the second
	Kind   string    // lower case letters
	DBName string    // empty in a run id
	Suffix string    // four hexadecimal digits that tell runs of one second apart
}

// NewID makes a run id such as 20261123T140312Z-full-7f3a. A nil rnd is the
// system's random source; one that fails leaves the suffix to the clock.
func NewID(kind string, now time.Time, rnd io.Reader) string {
	if rnd == nil {
		rnd = rand.Reader
	}
	var b [2]byte
	if _, err := io.ReadFull(rnd, b[:]); err != nil {
		n := now.Nanosecond() / 1000
		b = [2]byte{byte(n >> 8), byte(n)}
	}
	return ID{Time: now, Kind: onlyLetters(kind), Suffix: hex.EncodeToString(b[:])}.String()
}

// IDFromEnv is the id that StartDetached gave to this process, or else a new
// one. It takes the variable out of the environment, so that no child of the
// run believes to be the run.
func IDFromEnv(kind string, now time.Time, rnd io.Reader) string {
	id := os.Getenv(EnvID)
	_ = os.Unsetenv(EnvID)
	if p, err := ParseID(id); err == nil && p.DBName == "" && p.Kind == onlyLetters(kind) {
		return id
	}
	return NewID(kind, now, rnd)
}

func onlyLetters(kind string) string {
	s := strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(kind))
	if s == "" {
		return "run"
	}
	return s[:min(len(s), 20)]
}

// String is the id again.
func (id ID) String() string {
	parts := []string{id.Time.UTC().Format(IDTime), id.Kind}
	if id.DBName != "" {
		parts = append(parts, id.DBName)
	}
	return strings.Join(append(parts, id.Suffix), "-")
}

// ParseID reads a run id or a set id; anything else is refused, so an id that
// was read is safe as a file name and in an S3 key. It is called for every key
// of a listing, which is why it is written by hand.
func ParseID(s string) (ID, error) {
	id, ok := cutID(s)
	if !ok {
		return ID{}, fmt.Errorf("%q is not the id of a run or set (such as 20261123T140312Z-full-7f3a)", s)
	}
	var err error
	if id.Time, err = time.Parse(IDTime, s[:len(IDTime)]); err != nil {
		return ID{}, fmt.Errorf("%q is not the id of a run or set: its time does not exist", s)
	}
	return id, nil
}

// cutID takes TIME-KIND[-DBNAME]-SUFFIX apart; the time is not read yet.
func cutID(s string) (id ID, ok bool) {
	at, rest, ok1 := strings.Cut(s, "-")
	kind, rest, ok2 := strings.Cut(rest, "-")
	if !ok1 || !ok2 || !timeForm(at) || !consists(kind, 20, lower) {
		return ID{}, false
	}
	if name, suffix, ok := strings.Cut(rest, "-"); ok {
		id.DBName, rest = name, suffix
		if !consists(name, 30, func(c byte) bool { return rune(c) == safeInName(rune(c)) }) {
			return ID{}, false
		}
	}
	id.Kind, id.Suffix = kind, rest
	return id, len(rest) == 4 && consists(rest, 4, func(c byte) bool { return digit(c) || c >= 'a' && c <= 'f' })
}

func timeForm(s string) bool {
	return len(s) == len(IDTime) && s[8] == 'T' && s[15] == 'Z' && consists(s[:8], 8, digit) && consists(s[9:15], 6, digit)
}

// consists tells whether s has 1 to most bytes, all of one class.
func consists(s string, most int, class func(byte) bool) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := range len(s) {
		if !class(s[i]) {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
func lower(c byte) bool { return c >= 'a' && c <= 'z' }

// SetID is the id of the backup set that a run makes of a database:
// 20261123T140312Z-full-ORCL-7f3a. Letters that are not safe in an S3 key
// become "_". It is empty when runID is not the id of a run.
func SetID(runID, dbName string) string {
	id, err := ParseID(runID)
	if err != nil {
		return ""
	}
	id.DBName = strings.Map(safeInName, dbName)
	id.DBName = id.DBName[:min(len(id.DBName), 30)]
	if id.DBName == "" {
		id.DBName = "_"
	}
	return id.String()
}

func safeInName(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
		return r
	}
	return '_'
}

// Tag is the RMAN tag of what a run backs up: OB20261123T140312_7F3A, at most
// 30 characters of A-Z, 0-9 and _. It is empty when runID is no id.
func Tag(runID string) string {
	id, err := ParseID(runID)
	if err != nil {
		return ""
	}
	return "OB" + id.Time.Format("20060102T150405") + "_" + strings.ToUpper(id.Suffix)
}
