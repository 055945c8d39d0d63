package sqlsim

import (
	"slices"
	"strconv"
	"strings"
)

// settings are what SET changes.
type settings struct {
	pageSize, lineSize, newPage, numWidth, feedback int
	heading, trimOut, tab, verify, wrap, blankLines bool
	colSep, sqlPrompt, null                         string
	define                                          byte // 0: off
}

func defaultSettings() settings {
	return settings{
		pageSize: 14, lineSize: 80, newPage: 1, numWidth: 10, feedback: 6, heading: true, trimOut: true, tab: true,
		verify: true, wrap: true, colSep: " ", sqlPrompt: "SQL> ", define: '&',
	}
}

// setters are the SET options that change what is seen here, by their full
// names; up marks how many letters are needed at least.
var setters = []struct {
	name string
	min  int
	set  func(s *settings, v string) bool
}{
	{"PAGESIZE", 5, func(s *settings, v string) bool { return whole(&s.pageSize, v, 0, 50000) }},
	{"LINESIZE", 3, func(s *settings, v string) bool { return whole(&s.lineSize, v, 1, 32767) }},
	{"NEWPAGE", 4, func(s *settings, v string) bool { return strings.EqualFold(v, "NONE") || whole(&s.newPage, v, 0, 999) }},
	{"NUMWIDTH", 3, func(s *settings, v string) bool { return whole(&s.numWidth, v, 2, 128) }},
	{"FEEDBACK", 4, setFeedback},
	{"HEADING", 3, func(s *settings, v string) bool { return toggle(&s.heading, v) }},
	{"TRIMOUT", 4, func(s *settings, v string) bool { return toggle(&s.trimOut, v) }},
	{"TAB", 3, func(s *settings, v string) bool { return toggle(&s.tab, v) }},
	{"VERIFY", 3, func(s *settings, v string) bool { return toggle(&s.verify, v) }},
	{"WRAP", 3, func(s *settings, v string) bool { return toggle(&s.wrap, v) }},
	{"SQLBLANKLINES", 5, func(s *settings, v string) bool { return toggle(&s.blankLines, v) }},
	{"COLSEP", 6, func(s *settings, v string) bool { s.colSep = v; return true }},
	{"SQLPROMPT", 4, func(s *settings, v string) bool { s.sqlPrompt = v; return true }},
	{"NULL", 4, func(s *settings, v string) bool { s.null = v; return true }},
	{"DEFINE", 3, setDefine},
}

// accepted SET options change nothing that shows here; min letters are needed.
var accepted = map[string]int{
	"ECHO": 4, "TRIMSPOOL": 5, "LONG": 4, "LONGCHUNKSIZE": 5, "SERVEROUTPUT": 9, "TIMING": 4, "TIME": 2, "AUTOCOMMIT": 4,
	"ARRAYSIZE": 5, "UNDERLINE": 3, "SQLNUMBER": 4, "EXITCOMMIT": 5, "ESCAPE": 3, "CONCAT": 3, "SUFFIX": 3, "FLUSH": 3,
	"PAUSE": 3, "RECSEP": 6, "EMBEDDED": 3, "MARKUP": 4, "AUTOTRACE": 5, "SQLTERMINATOR": 4, "NUMFORMAT": 4, "HISTORY": 4,
	"SHIFTINOUT": 6, "SHOWMODE": 4, "COPYTYPECHECK": 14, "ERRORLOGGING": 12, "STATEMENTCACHE": 14, "APPINFO": 4,
	"TERMOUT": 4,
}

func whole(to *int, v string, lo, hi int) bool {
	n, err := strconv.Atoi(v)
	if err != nil || n < lo || n > hi {
		return false
	}
	*to = n
	return true
}

func toggle(to *bool, v string) bool {
	switch strings.ToUpper(v) {
	case "ON":
		*to = true
	case "OFF":
		*to = false
	default:
		return false
	}
	return true
}

// setFeedback: ON is 1, OFF is 0, a number is the least count that is told.
func setFeedback(s *settings, v string) bool {
	switch strings.ToUpper(v) {
	case "ON":
		s.feedback = 6
	case "OFF", "ONLY":
		s.feedback = 0
	default:
		return whole(&s.feedback, v, 0, 50000)
	}
	return true
}

func setDefine(s *settings, v string) bool {
	switch {
	case strings.EqualFold(v, "OFF"):
		s.define = 0
	case strings.EqualFold(v, "ON"):
		s.define = '&'
	case len(v) == 1:
		s.define = v[0]
	default:
		return false
	}
	return true
}

// setCommand is SET name value [name value …].
func (s *session) setCommand(words []string) {
	if len(words) == 0 {
		s.print("SP2-0281: set option missing set option list")
		return
	}
	for len(words) > 0 {
		n := s.setOne(words)
		if n == 0 {
			return
		}
		words = words[n:]
	}
}

// setOne sets the first option of the words and tells how many it took.
func (s *session) setOne(words []string) int {
	name, value := strings.ToUpper(words[0]), ""
	if len(words) > 1 {
		value = words[1]
	}
	for _, o := range setters {
		if !abbreviates(name, o.name, o.min) {
			continue
		}
		if !o.set(&s.set, value) {
			s.print("SP2-0265: " + strings.ToLower(o.name) + " must be set ON or OFF or a number in range")
			return 0
		}
		return min(2, len(words))
	}
	for full, least := range accepted {
		if abbreviates(name, full, least) {
			return acceptedWords(full, words)
		}
	}
	s.print("SP2-0158: unknown SET option \"" + words[0] + "\"")
	return 0
}

// acceptedWords is how many words an option without effect takes: some take all.
func acceptedWords(name string, words []string) int {
	if slices.Contains([]string{"SERVEROUTPUT", "MARKUP", "AUTOTRACE", "PAUSE", "APPINFO"}, name) {
		return len(words)
	}
	return min(2, len(words))
}

func abbreviates(word, full string, least int) bool {
	return len(word) >= least && strings.HasPrefix(full, word)
}
