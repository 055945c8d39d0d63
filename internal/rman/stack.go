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
