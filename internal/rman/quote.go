package rman

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxValue is the longest quoted value a script may carry, in bytes: Oracle's
// own limit for a file name is 513.
const maxValue = 512

// maxTag is RMAN's limit for a tag, in characters.
const maxTag = 30

// Refused is the error for a value that cannot stand in an RMAN script. The
// value is rendered escaped, so the message is safe to print.
type Refused struct {
	What   string // which value: tag, datafile path, channel format, …
	Value  string // the value itself
	Why    string // what is wrong with it
	Remedy string // what to do next
}

// Error names the value, what is wrong with it and what to do.
func (e *Refused) Error() string {
	return fmt.Sprintf("%s %+q cannot be used in an RMAN script: %s; %s", e.What, clip(e.Value), e.Why, e.Remedy)
}

// clip keeps an overlong value from flooding a message.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Quote returns value as an RMAN string literal in single quotes, or a
// *Refused error that names it as what. RMAN has no escape inside a literal
// that all releases share, so whatever could end the literal, the statement or
// the line, or start a substitution, is refused, never rewritten.
func Quote(what, value string) (string, error) {
	if why := unquotable(value); why != "" {
		return "", &Refused{What: what, Value: value, Why: why, Remedy: "choose a name without it"}
	}
	return "'" + value + "'", nil
}

// unquotable says what keeps value out of a literal; empty when nothing does.
func unquotable(value string) string {
	switch {
	case value == "":
		return "it is empty"
	case len(value) > maxValue:
		return fmt.Sprintf("it is longer than %d bytes", maxValue)
	case !utf8.ValidString(value):
		return "it is not valid UTF-8"
	}
	for _, r := range value {
		if why := forbidden(r); why != "" {
			return why
		}
	}
	return ""
}

// forbidden says why r may not stand in a literal. An ampersand starts a
// substitution variable in a command file, even inside quotes.
func forbidden(r rune) string {
	switch {
	case r == '\'' || r == '"' || r == '`':
		return "it contains a quote"
	case r == ';':
		return "it contains a semicolon"
	case r == '&':
		return "it contains an ampersand, which RMAN takes for a substitution variable"
	case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
		return "it contains a line break"
	case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		return "it contains a control character"
	}
	return ""
}

// quotePath quotes an absolute file name (or an ASM name): RMAN would resolve
// a relative one against the server process's folder, not against ours.
func quotePath(what, path string) (string, error) {
	if path != "" && !absolute(path) {
		return "", &Refused{What: what, Value: path, Why: "it is not an absolute path", Remedy: "give the full path"}
	}
	return Quote(what, path)
}

// absolute knows Unix, Windows and ASM names.
func absolute(path string) bool {
	if path[0] == '/' || path[0] == '+' {
		return true
	}
	return len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') && letter(path[0])
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// quotePlain quotes a path in which RMAN would expand % variables although a
// literal name is meant.
func quotePlain(what, path string) (string, error) {
	if strings.Contains(path, "%") {
		return "", &Refused{What: what, Value: path, Why: "RMAN would expand its %", Remedy: "choose a name without %"}
	}
	return quotePath(what, path)
}

// quoteTag quotes a tag. Only characters that survive RMAN's upper-casing and
// the names it derives from tags are accepted.
func quoteTag(tag string) (string, error) {
	refused := &Refused{What: "tag", Value: tag, Remedy: "use at most 30 letters, digits, _ - . and blanks"}
	if utf8.RuneCountInString(tag) > maxTag {
		refused.Why = fmt.Sprintf("it is longer than %d characters", maxTag)
		return "", refused
	}
	for i := range len(tag) {
		if c := tag[i]; !letter(c) && !strings.ContainsRune("0123456789_-. ", rune(c)) {
			refused.Why = "it contains a character that RMAN does not keep in tags"
			return "", refused
		}
	}
	return Quote("tag", tag)
}

// identifier checks an unquoted name, such as a channel's.
func identifier(what, name string) (string, error) {
	ok := name != "" && len(name) <= maxTag && letter(name[0])
	for i := range len(name) {
		c := name[i]
		ok = ok && (letter(c) || c == '_' || c >= '0' && c <= '9')
	}
	if !ok {
		return "", &Refused{What: what, Value: name, Why: "it is not a plain identifier",
			Remedy: "use a letter, then letters, digits and _, at most 30"}
	}
	return name, nil
}

// formatVariables are the % variables RMAN expands in the FORMAT of a backup
// set (Backup and Recovery Reference, formatSpec).
const formatVariables = "aAbcdDeEfFhIMNnpstTuUY%"

// quoteFormat quotes the FORMAT of a channel. Pieces of one set, and sets of
// one run, must not share a name.
func quoteFormat(format string) (string, error) {
	vars, err := percents("channel format", format)
	if err != nil {
		return "", err
	}
	unique := strings.Contains(vars, "U") || strings.ContainsAny(vars, "sut") && strings.Contains(vars, "p")
	if !unique {
		return "", &Refused{What: "channel format", Value: format, Why: "pieces would share one name",
			Remedy: "add %U, or %s and %p"}
	}
	return quotePath("channel format", format)
}

// quoteAutobackup quotes the format of control file autobackups: RMAN insists
// on %F in it (RMAN-06492).
func quoteAutobackup(format string) (string, error) {
	vars, err := percents("autobackup format", format)
	if err != nil {
		return "", err
	}
	if vars != "F" {
		return "", &Refused{What: "autobackup format", Value: format, Why: "it must contain %F once and no other variable",
			Remedy: "end it in /%F"}
	}
	return quotePath("autobackup format", format)
}

// percents returns the letters of the % variables in format, in order.
func percents(what, format string) (string, error) {
	var vars strings.Builder
	for rest := format; ; {
		i := strings.IndexByte(rest, '%')
		if i < 0 {
			return vars.String(), nil
		}
		if i+1 == len(rest) || !strings.ContainsRune(formatVariables, rune(rest[i+1])) {
			return "", &Refused{What: what, Value: format, Why: "it has a % that is no RMAN variable",
				Remedy: "use RMAN's variables only, such as %d_%T_%s_%p"}
		}
		vars.WriteByte(rest[i+1])
		rest = rest[i+2:]
	}
}
