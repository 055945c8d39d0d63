package rman

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readList calls fn for every line of r that may belong to a list: not prompts,
// not RMAN's progress. Numbers of the msgno switch are gone. The error is one of
// reading, ErrLocalized, or the error stack that RMAN printed.
func readList(r io.Reader, fn func(string)) error {
	sum := NewSummary()
	p := NewParser(func(e Event) {
		sum.Add(e)
		switch e.Kind {
		case KindText, KindListing, KindDetail:
			fn(e.Text)
		case KindError: // a heading's number, where nothing before told of the msgno switch
			if strings.HasPrefix(e.Code, "RMAN-06") {
				fn(e.Name)
			}
		}
	})
	if err := eachLine(r, p.Line); err != nil {
		return fmt.Errorf("read RMAN's list: %w", err)
	}
	p.End()
	if stack := sum.Stack(); stack != nil {
		root := stack.Root()
		return fmt.Errorf("RMAN printed an error instead of the list: %s: %s: %w", root.Code, root.Text, ErrStack)
	}
	if sum.Localized {
		return ErrLocalized
	}
	return nil
}

// isRule recognises the line of dashes below a table's heading.
func isRule(s string) bool {
	return strings.HasPrefix(s, "--") && strings.Trim(s, "- ") == ""
}

// isRow tells whether a line begins with a number, as rows of tables do.
func isRow(s string) bool { return digits(s) > 0 }

// skipFields gives what follows the first n blank-separated fields of s.
func skipFields(s string, n int) string {
	for range n {
		s = strings.TrimLeft(s, " ")
		i := strings.IndexByte(s, ' ')
		if i < 0 {
			return ""
		}
		s = s[i:]
	}
	return strings.TrimSpace(s)
}

// cutWidth splits off a column of that many characters; RMAN makes a column of
// dates as wide as NLS_DATE_FORMAT, and dates may have blanks inside.
func cutWidth(s string, width int) (column, rest string) {
	i := 0
	for ; width > 0 && i < len(s); width-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i:])
}

// widths gives the widths of the columns that a rule draws.
func widths(rule string) []int {
	var w []int
	for f := range strings.FieldsSeq(rule) {
		w = append(w, len(f))
	}
	return w
}

// column gives a column's width, or a default where the rule was not seen.
func column(widths []int, i, def int) int {
	if i < len(widths) {
		return widths[i]
	}
	return def
}

func isNumber(s string) bool {
	return s != "" && digits(s) == len(s)
}

// label finds "Name: value" in s and gives the value up to a gap of two blanks.
// The gap is missing where the value fills its column.
func label(s, name string) string {
	i := strings.Index(s, name+": ")
	if i < 0 {
		return ""
	}
	value := strings.TrimLeft(s[i+len(name)+2:], " ")
	value, _, _ = strings.Cut(value, "  ")
	return strings.TrimRightFunc(value, unicode.IsSpace)
}
