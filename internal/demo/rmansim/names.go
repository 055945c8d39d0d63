package rmansim

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
)

// nameFacts are what the substitution variables of FORMAT stand for.
type nameFacts struct {
	home   string // ? in a format
	sid    string // @ in a format
	db     string
	dbid   uint32
	key    oradb.SetKey
	piece  int
	now    time.Time // in the zone of the session
	auto   int       // number of the autobackup on its day, for %F
	isAuto bool
}

const base32Digits = "0123456789abcdefghijklmnopqrstuv"

// base32 writes the low bits of n with a fixed number of digits.
func base32(n int64, digits int) string {
	b := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		b[i] = base32Digits[n&31]
		n >>= 5
	}
	return string(b)
}

// short is %u: two digits of the set's number and six of its time stamp.
func (f nameFacts) short() string {
	return base32(int64(f.key.Count), 2) + base32(f.key.Stamp, 6)
}

// expand fills in a FORMAT. Relative names are in ORACLE_HOME/dbs.
func (f nameFacts) expand(format string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '?':
			b.WriteString(f.home)
		case c == '@':
			b.WriteString(f.sid)
		case c == '%' && i+1 < len(format):
			i++
			v, ok := f.variable(format[i])
			if !ok {
				return "", fail("ORA-19715: invalid format %c for generated name", format[i])
			}
			b.WriteString(v)
		default:
			b.WriteByte(c)
		}
	}
	name := b.String()
	if len(name) > 513 {
		return "", fail("ORA-19704: file name exceeds maximum length of 513")
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(f.home, "dbs", name)
	}
	return name, nil
}

// variable gives the value of one substitution variable.
func (f nameFacts) variable(c byte) (string, bool) {
	switch c {
	case '%':
		return "%", true
	case 'd':
		return f.db, true
	case 'n':
		return (f.db + "xxxxxxxx")[:max(8, len(f.db))], true
	case 'I':
		return strconv.FormatUint(uint64(f.dbid), 10), true
	case 's':
		return strconv.Itoa(f.key.Count), true
	case 't':
		return strconv.FormatInt(f.key.Stamp, 10), true
	case 'p':
		return strconv.Itoa(f.piece), true
	case 'c':
		return "1", true
	case 'u':
		return f.short(), true
	case 'U':
		return fmt.Sprintf("%s_%d_%d_1", f.short(), f.key.Count, f.piece), true
	case 'F':
		return f.unique(), f.isAuto
	}
	return f.date(c)
}

// unique is %F: c-DBID-YYYYMMDD-QQ, QQ in hexadecimal.
func (f nameFacts) unique() string {
	return fmt.Sprintf("c-%d-%s-%02x", f.dbid, f.now.Format("20060102"), f.auto)
}

func (f nameFacts) date(c byte) (string, bool) {
	layouts := map[byte]string{'T': "20060102", 'Y': "2006", 'M': "01", 'D': "02"}
	l, ok := layouts[c]
	if !ok {
		return "", false
	}
	return f.now.Format(l), true
}

// managedName is the name Oracle gives a piece in the recovery area. kind is
// the letters that tell the content, such as nnnd0 or annnn.
func (f nameFacts) managedName(area, unique, kind, tag string) string {
	day := f.now.Format("2006_01_02")
	stamp := base32(f.key.Stamp, 6) + base32(int64(f.piece), 2)
	if f.isAuto {
		return filepath.Join(area, unique, "autobackup", day,
			fmt.Sprintf("o1_mf_s_%d_%s_.bkp", f.key.Stamp, base32(int64(f.key.Count), 2)+stamp[:6]))
	}
	tag = strings.ReplaceAll(tag, " ", "_")
	return filepath.Join(area, unique, "backupset", day,
		fmt.Sprintf("o1_mf_%s_%s_%s_.bkp", kind, tag, base32(int64(f.key.Count), 2)+stamp[:4]+stamp[6:]))
}
