package syntax

import (
	"fmt"
	"sort"
	"strings"
)

// Error is a command that RMAN would not parse. Lines holds the messages of
// the error stack, without its banner, the way RMAN words them; the last one
// names the place, all but the name of the file.
type Error struct {
	Lines []string
	Pos   Pos
	// Fatal is set where the input ended in the middle of a command: nothing
	// can follow.
	Fatal bool
}

// Error returns the messages on one line.
func (e *Error) Error() string { return strings.Join(e.Lines, "; ") }

// Place is the closing line of the stack; file is the name of the command file
// or "standard input".
func (e *Error) Place(file string) string {
	return fmt.Sprintf("RMAN-01007: at line %d column %d file: %s", e.Pos.Line, e.Pos.Col, file)
}

const parsing = "RMAN-00558: error encountered while parsing input commands"

// unexpected is the error for a token that cannot stand where it stands.
func unexpected(t Token, expected map[string]bool) *Error {
	names := make([]string, 0, len(expected))
	for n := range expected {
		names = append(names, n)
	}
	sort.Strings(names)
	e := &Error{Pos: t.Pos, Fatal: t.Kind == EOF}
	e.Lines = append(e.Lines, parsing, fmt.Sprintf(`RMAN-01009: syntax error: found "%s": expecting one of: "%s"`,
		t.label(), strings.Join(names, ", ")))
	if t.Kind == Identifier {
		e.Lines = append(e.Lines, "RMAN-01008: the bad identifier was: "+t.Text)
	}
	return e
}

// lexical is the error for characters that form no token.
func lexical(pos Pos, message string, fatal bool) *Error {
	return &Error{Pos: pos, Fatal: fatal, Lines: []string{
		parsing, "RMAN-01006: error signaled during parse", message}}
}

// unsupported is the error for commands that RMAN has and this simulation has
// not. It says so: nobody shall look for a typing error.
func unsupported(t Token) *Error {
	return &Error{Pos: t.Pos, Lines: []string{parsing,
		fmt.Sprintf(`RMAN-01009: syntax error: found "%s": the simulated rman does not know this command`, t.label())}}
}
