package s3store

import (
	"strconv"
	"strings"
	"time"
)

// The fields of a catalog key are joined by dots; each is a letter and a
// value. Numbers are base 36, times are Unix seconds. Readers skip letters
// they do not know.
//
//	k kind (f full, i incremental, c cumulative incremental, a archivelog,
//	  i0 an incremental that had no base and is level 0 throughout)
//	e completed   u recoverable to   b bytes   p pieces   l archived logs
//	s from SCN    t to SCN           r RESETLOGS SCN
//	o builds on   w has warnings   a the day of the foreign set it was made of
//
// Kind must be there; what is zero is left out.

func encodeFields(row Set) string {
	var b strings.Builder
	b.WriteString("k" + kindLetter(row))
	number := func(letter byte, n int64) {
		if n > 0 {
			b.WriteByte('.')
			b.WriteByte(letter)
			b.WriteString(strconv.FormatInt(n, 36))
		}
	}
	number('e', seconds(row.CompletedAt))
	number('u', seconds(row.RecoverableTo))
	number('b', row.Bytes)
	number('p', int64(row.Pieces))
	number('l', int64(row.Logs))
	number('s', row.FromSCN)
	number('t', row.ToSCN)
	number('r', row.ResetlogsSCN)
	if row.BuildsOn != "" {
		b.WriteString(".o" + row.BuildsOn)
	}
	if row.Adopted != "" {
		b.WriteString(".a" + strings.TrimPrefix(row.Adopted, foreignID))
	}
	if row.Warnings {
		b.WriteString(".w")
	}
	return b.String()
}

func kindLetter(row Set) string {
	switch {
	case row.Kind == KindFull:
		return "f"
	case row.Kind == KindArchivelog:
		return "a"
	case row.Level == 0:
		return "i0"
	case row.Cumulative:
		return "c"
	}
	return "i"
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// decodeFields fills row and reports whether all it needs was there and well
// formed.
func decodeFields(fields string, row *Set) bool {
	var seen [128]bool
	for f := range strings.SplitSeq(fields, ".") {
		if f == "" || f[0] >= 128 || seen[f[0]] || !decodeField(f[0], f[1:], row) {
			return false
		}
		seen[f[0]] = true
	}
	return seen['k']
}

func decodeField(letter byte, v string, row *Set) bool {
	switch letter {
	case 'k':
		return decodeKind(v, row)
	case 'o':
		_, ok := parseSetID(v)
		row.BuildsOn = v
		return ok
	case 'a':
		row.Adopted = foreignID + v
		return validForeignID(row.Adopted)
	case 'w':
		row.Warnings = true
		return v == ""
	}
	target, n := row.field(letter), int64(0)
	if target == nil {
		return true
	}
	n, err := strconv.ParseInt(v, 36, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 36) != v {
		return false
	}
	return target(n)
}

// decodeKind reads kind and level.
func decodeKind(v string, row *Set) bool {
	switch v {
	case "f":
		row.Kind, row.Level = KindFull, 0
	case "a":
		row.Kind, row.Level = KindArchivelog, -1
	case "i", "c":
		row.Kind, row.Level, row.Cumulative = KindIncremental, 1, v == "c"
	case "i0":
		row.Kind, row.Level = KindIncremental, 0
	default:
		return false
	}
	return true
}

// field returns the setter of a numeric field, nil for an unknown letter.
func (row *Set) field(letter byte) func(int64) bool {
	number := func(p *int64) func(int64) bool { return func(n int64) bool { *p = n; return true } }
	count := func(p *int) func(int64) bool {
		return func(n int64) bool { *p = int(n); return n < 1<<31 }
	}
	moment := func(p *time.Time) func(int64) bool {
		return func(n int64) bool { *p = time.Unix(n, 0).UTC(); return n < 1<<38 }
	}
	switch letter {
	case 'e':
		return moment(&row.CompletedAt)
	case 'u':
		return moment(&row.RecoverableTo)
	case 'b':
		return number(&row.Bytes)
	case 'p':
		return count(&row.Pieces)
	case 'l':
		return count(&row.Logs)
	case 's':
		return number(&row.FromSCN)
	case 't':
		return number(&row.ToSCN)
	case 'r':
		return number(&row.ResetlogsSCN)
	}
	return nil
}
