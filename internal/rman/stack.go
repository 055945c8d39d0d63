package rman

import "strings"

// StackLine is one message of an error stack.
type StackLine struct {
	Code   string   // RMAN-nnnnn or ORA-nnnnn; empty if the stack begins with a detail
	Text   string   // what follows the code, wrapped lines joined
	Detail []string // lines without a code that follow: operating system errors …
}

// Stack is an RMAN error stack: the messages between the RMAN-00569 banner and
// the next blank line or prompt.
type Stack struct {
	Line  int // line of the banner
	Lines []StackLine
}

// Codes gives the codes in order, repeats kept.
func (s *Stack) Codes() []string {
	codes := make([]string, 0, len(s.Lines))
	for _, l := range s.Lines {
		if l.Code != "" {
			codes = append(codes, l.Code)
		}
	}
	return codes
}

// Has tells whether a message of the stack carries the code, at its begin or
// inside ("RMAN-04006: error from auxiliary database: ORA-01034: …").
func (s *Stack) Has(code string) bool {
	for _, l := range s.Lines {
		if l.Code == code || strings.Contains(l.Text, code) {
			return true
		}
	}
	return false
}

// Root singles out the message that says why: the last ORA- message that is no
// detail, else the last RMAN- message that is neither a carrier (RMAN-03002 …)
// nor a detail. A code inside of another message counts as its own. The zero
// StackLine stands for an empty stack.
func (s *Stack) Root() StackLine {
	root, rank := StackLine{}, -1
	for _, l := range s.Lines {
		for _, c := range causes(l) {
			if r := causeRank(c.Code); r >= rank {
				root, rank = c, r
			}
		}
	}
	return root
}

// causes gives the message and the one inside of it, if any.
func causes(l StackLine) []StackLine {
	if i := strings.Index(l.Text, "ORA-"); i > 0 {
		if code, text := cutCode(l.Text[i:]); code != "" {
			return []StackLine{l, {Code: code, Text: text, Detail: l.Detail}}
		}
	}
	return []StackLine{l}
}

// causeRank: the higher, the likelier a code is the cause. Codes that the
// catalogue lacks count as causes, ORA-27nnn as details of the system call.
func causeRank(code string) int {
	e, known := Lookup(code)
	ora := strings.HasPrefix(code, "ORA-")
	switch {
	case code == "":
		return -1
	case known && (e.Severity == Carrier || e.Severity == Warning):
		return 0
	case known && e.Severity == Detail, !known && strings.HasPrefix(code, "ORA-27"):
		return 1
	case !ora:
		return 2
	}
	return 3
}

// String gives the messages one a line, without details.
func (s *Stack) String() string {
	var b strings.Builder
	for i, l := range s.Lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if l.Code != "" {
			b.WriteString(l.Code + ": ")
		}
		b.WriteString(l.Text)
	}
	return b.String()
}
