package syntax

import "strings"

// Kind tells the classes of tokens apart.
type Kind int

// The classes of tokens. Punct is one of ; { } ( ) , = : @
const (
	EOF Kind = iota
	Identifier
	Keyword
	Integer
	SingleQuoted
	DoubleQuoted
	Punct
)

// Pos is a place in the input, line and column counted from 1.
type Pos struct {
	Line, Col int
}

// Token is one word of the input. Text is upper case for keywords, as written
// for identifiers, and without its quotes for strings.
type Token struct {
	Kind Kind
	Text string
	Pos  Pos
}

// is reports whether the token is the given keyword or punctuation.
func (t Token) is(text string) bool {
	return (t.Kind == Keyword || t.Kind == Punct) && t.Text == text
}

// isString reports whether the token is a string in either kind of quotes.
func (t Token) isString() bool {
	return t.Kind == SingleQuoted || t.Kind == DoubleQuoted
}

// label is how a syntax error names the token.
func (t Token) label() string {
	switch t.Kind {
	case EOF:
		return endOfFile
	case Identifier:
		return identifier
	case Integer:
		return integer
	case SingleQuoted:
		return singleQuoted
	case DoubleQuoted:
		return doubleQuoted
	default:
		return strings.ToLower(t.Text)
	}
}

// Names of token classes as they stand in syntax errors.
const (
	endOfFile    = "end-of-file"
	identifier   = "identifier"
	integer      = "integer"
	singleQuoted = "single-quoted-string"
	doubleQuoted = "double-quoted-string"
)
