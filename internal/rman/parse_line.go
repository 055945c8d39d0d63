package rman

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// cleanLine removes surrounding blanks and line ends, escape sequences and
// control characters, and repairs UTF-8. It counts the blanks in front.
func cleanLine(s string) (text string, indent int) {
	s = strings.TrimRight(s, " \r\n")
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' {
			s = strings.TrimRight(scrub(s), " ")
			break
		}
	}
	text = strings.TrimLeft(s, " ")
	return text, len(s) - len(text)
}

// scrub is the slow part of cleanLine: a line that is not plain ASCII.
func scrub(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if n := escapeLen(s[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r), r == '\ufeff', unicode.Is(unicode.Bidi_Control, r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// escapeLen measures the terminal escape sequence at the begin of s.
func escapeLen(s string) int {
	if s[0] != 0x1b {
		return 0
	}
	if len(s) < 2 || s[1] != '[' {
		return min(len(s), 2)
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= '@' && s[i] <= '~' {
			return i + 1
		}
	}
	return len(s)
}

// field finds "key=value" in s and gives the value up to the next blank. Keys
// are compared without case: 10g wrote recid=, later releases RECID=.
func field(s, key string) string {
	for rest := s; rest != ""; {
		i := strings.IndexByte(rest, '=')
		if i < 0 {
			return ""
		}
		if j := i - len(key); j >= 0 && (j == 0 || rest[j-1] == ' ') && strings.EqualFold(rest[j:i], key) {
			value, _, _ := strings.Cut(rest[i+1:], " ")
			return value
		}
		rest = rest[i+1:]
	}
	return ""
}

// elapsed reads "elapsed time: 26:00:05" at the end of a line; hours may exceed
// a day. 0 if there is none.
func elapsed(s string) time.Duration {
	i := strings.LastIndexByte(s, ' ')
	h, rest, ok := strings.Cut(s[i+1:], ":")
	if !ok {
		return 0
	}
	m, sec, _ := strings.Cut(rest, ":")
	total := number(h)*3600 + number(m)*60 + number(sec)
	if total > 1<<32 {
		return 0
	}
	return time.Duration(total) * time.Second
}

// hasFold is strings.HasPrefix without case, for ASCII prefixes.
func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
