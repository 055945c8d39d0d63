package syntax

import (
	"strings"
)

// LineReader hands out the input one line at a time, without line ends. first
// is true when a new command begins, so that an interactive session can print
// the right prompt; n is the number of the line within the command, from 1.
// The second result is false at the end of input.
type LineReader func(first bool, n int) (string, bool)

// maxLine is the longest line that RMAN reads (its reference: "The maximum
// length for an RMAN command in a single line is 4000 characters").
const maxLine = 4000

// maxString is the longest quoted string in bytes (RMAN-02004).
const maxString = 2000

// lexer cuts lines into tokens. It reads a new line only when a token is asked
// for and the present line holds no more.
type lexer struct {
	read  LineReader
	line  string
	col   int // bytes of line already used
	row   int // number of the present line, as positions report it
	inCmd int // lines read since the command began
	fresh bool
	eof   bool
}

// nextLine fetches the next line of input.
func (l *lexer) nextLine() *Error {
	text, ok := l.read(l.fresh, l.inCmd+1)
	l.fresh = false
	if !ok {
		l.eof = true
		l.line, l.col = "", 0
		return nil
	}
	l.line, l.col = text, 0
	l.row++
	l.inCmd++
	if len(text) > maxLine {
		l.col = len(text)
		return lexical(Pos{l.row, 1}, "RMAN-02006: script line too long", false)
	}
	return nil
}

// skipBlank moves to the next character that begins a token, over line ends
// and comments. It reports false at the end of input.
func (l *lexer) skipBlank() (bool, *Error) {
	for {
		for l.col < len(l.line) && isBlank(l.line[l.col]) {
			l.col++
		}
		if l.col < len(l.line) && l.line[l.col] != '#' {
			return true, nil
		}
		if l.eof {
			return false, nil
		}
		if err := l.nextLine(); err != nil {
			return false, err
		}
	}
}

// next returns the next token.
func (l *lexer) next() (Token, *Error) {
	ok, err := l.skipBlank()
	pos := Pos{l.row, l.col + 1}
	if err != nil || !ok {
		return Token{Kind: EOF, Pos: pos}, err
	}
	c := l.line[l.col]
	switch {
	case c == '\'' || c == '"':
		return l.quoted(c, pos)
	case strings.IndexByte(";{}(),=:@", c) >= 0:
		l.col++
		return Token{Kind: Punct, Text: string(c), Pos: pos}, nil
	case isDigit(c):
		return l.number(pos)
	case isLetter(c):
		return l.word(pos), nil
	}
	l.col++
	return Token{}, lexical(pos, `RMAN-02001: unrecognized punctuation symbol "`+printable(c)+`"`, false)
}

// word reads a keyword or an identifier.
func (l *lexer) word(pos Pos) Token {
	text := l.take(isWord)
	if up := strings.ToUpper(text); keywords[up] {
		return Token{Kind: Keyword, Text: up, Pos: pos}
	}
	return Token{Kind: Identifier, Text: text, Pos: pos}
}

// number reads an integer. A unit directly behind it is the next token, but
// any other word glued to digits is one identifier.
func (l *lexer) number(pos Pos) (Token, *Error) {
	digits := l.take(isDigit)
	rest := l.peekWord()
	switch {
	case rest == "", isUnit(rest):
		if len(digits) > 20 {
			return Token{}, lexical(pos, "RMAN-02007: integer value overflow", false)
		}
		return Token{Kind: Integer, Text: digits, Pos: pos}, nil
	default:
		l.col += len(rest)
		return Token{Kind: Identifier, Text: digits + rest, Pos: pos}, nil
	}
}

// quoted reads a string; it may run over several lines. Two quotes of the
// delimiting kind stand for one.
func (l *lexer) quoted(q byte, pos Pos) (Token, *Error) {
	kind := SingleQuoted
	if q == '"' {
		kind = DoubleQuoted
	}
	l.col++
	var b strings.Builder
	for b.Len() <= maxString {
		if l.col >= len(l.line) {
			if err := l.moreString(pos); err != nil {
				return Token{}, err
			}
			b.WriteByte('\n')
			continue
		}
		c := l.line[l.col]
		l.col++
		if c == q {
			if l.col >= len(l.line) || l.line[l.col] != q {
				return Token{Kind: kind, Text: b.String(), Pos: pos}, nil
			}
			l.col++
		}
		b.WriteByte(c)
	}
	return Token{}, lexical(pos, "RMAN-02004: quoted string too big", false)
}

// moreString reads the next line of a string that has not ended yet.
func (l *lexer) moreString(pos Pos) *Error {
	if err := l.nextLine(); err != nil {
		return err
	}
	if l.eof {
		return lexical(pos, "RMAN-02002: unexpected end of input file reached", true)
	}
	return nil
}

// dropLine forgets the rest of the present line, as RMAN does after an error.
func (l *lexer) dropLine() { l.col = len(l.line) }

// begin notes that a new command starts.
func (l *lexer) begin() { l.fresh, l.inCmd = true, 0 }

// restOfWord reads up to the next blank or semicolon: an unquoted file name.
func (l *lexer) restOfWord() string {
	return l.take(func(c byte) bool { return !isBlank(c) && c != ';' })
}

func (l *lexer) take(in func(byte) bool) string {
	start := l.col
	for l.col < len(l.line) && in(l.line[l.col]) {
		l.col++
	}
	return l.line[start:l.col]
}

func (l *lexer) peekWord() string {
	at := l.col
	w := l.take(isWord)
	l.col = at
	return w
}

func isUnit(s string) bool {
	switch strings.ToUpper(s) {
	case "K", "M", "G", "T":
		return true
	}
	return false
}

func isBlank(c byte) bool  { return c == ' ' || c == '\t' || c == '\r' || c == '\f' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' || c == '$' || c >= 0x80 }

// printable shows a byte in a message without letting it reach a terminal raw.
func printable(c byte) string {
	if c < 0x20 || c >= 0x7f {
		return "?"
	}
	return string(c)
}
