package syntax

import (
	"strconv"
	"strings"
)

// Parser reads commands. It is not safe for concurrent use.
type Parser struct {
	lex      lexer
	tok      Token // the token under the eye, valid if have is set
	have     bool
	expected map[string]bool
	inRun    bool
}

// NewParser returns a parser of the given input.
func NewParser(read LineReader) *Parser {
	return &Parser{lex: lexer{read: read}, expected: map[string]bool{}}
}

// Next reads one command. It returns nil at the end of the input, or an
// [*Error]; after an error the rest of the line is skipped and reading may go
// on with the next one.
func (p *Parser) Next() (cmd Command, err error) {
	defer func() {
		if e, ok := recover().(*Error); ok {
			p.have, p.inRun = false, false
			p.lex.dropLine()
			cmd, err = nil, e
			return
		}
	}()
	p.lex.begin()
	p.have = false
	p.forget()
	if p.peek().Kind == EOF {
		return nil, nil
	}
	return p.command(promptCommands), nil
}

// peek returns the next token without using it up.
func (p *Parser) peek() Token {
	if !p.have {
		t, err := p.lex.next()
		if err != nil {
			panic(err)
		}
		p.tok, p.have = t, true
	}
	return p.tok
}

// advance uses up the next token.
func (p *Parser) advance() Token {
	t := p.peek()
	p.have = false
	p.forget()
	return t
}

func (p *Parser) forget() { clear(p.expected) }

// is reports whether the next token is the keyword or punctuation, and notes
// it among what could stand here.
func (p *Parser) is(word string) bool {
	p.expected[strings.ToLower(word)] = true
	return p.peek().is(word)
}

// accept uses up the keyword or punctuation if it comes next.
func (p *Parser) accept(word string) bool {
	if !p.is(word) {
		return false
	}
	p.advance()
	return true
}

// need demands keywords or punctuation, one after the other.
func (p *Parser) need(words ...string) {
	for _, w := range words {
		if !p.accept(w) {
			p.fail()
		}
	}
}

// oneOf uses up the one of the words that comes next; there must be one.
func (p *Parser) oneOf(words ...string) string {
	if w := p.maybe(words...); w != "" {
		return w
	}
	p.fail()
	return ""
}

// maybe uses up the one of the words that comes next, if any.
func (p *Parser) maybe(words ...string) string {
	for _, w := range words {
		if p.is(w) {
			p.advance()
			return w
		}
	}
	return ""
}

// fail gives up on the command at the next token.
func (p *Parser) fail() {
	panic(unexpected(p.peek(), p.expected))
}

// end demands the semicolon.
func (p *Parser) end() { p.need(";") }

// optEq skips the equals sign that many options allow.
func (p *Parser) optEq() { p.accept("=") }

// str demands a quoted string.
func (p *Parser) str() string {
	p.expected[singleQuoted], p.expected[doubleQuoted] = true, true
	if !p.peek().isString() {
		p.fail()
	}
	return p.advance().Text
}

// isStr reports whether a quoted string comes next.
func (p *Parser) isStr() bool {
	p.expected[singleQuoted], p.expected[doubleQuoted] = true, true
	return p.peek().isString()
}

// number demands an integer.
func (p *Parser) number() int64 {
	if !p.isNumber() {
		p.fail()
	}
	t := p.peek()
	n, err := strconv.ParseInt(t.Text, 10, 64)
	if err != nil {
		panic(lexical(t.Pos, "RMAN-02007: integer value overflow", false))
	}
	p.advance()
	return n
}

func (p *Parser) isNumber() bool {
	p.expected[integer] = true
	return p.peek().Kind == Integer
}

// size demands an integer with an optional unit and returns bytes.
func (p *Parser) size() int64 {
	n := p.number()
	p.expected["k"], p.expected["m"], p.expected["g"] = true, true, true
	t := p.peek()
	if t.Kind != Identifier || !isUnit(t.Text) {
		return n
	}
	p.advance()
	return n << map[string]int{"K": 10, "M": 20, "G": 30, "T": 40}[strings.ToUpper(t.Text)]
}

// name demands an identifier or a quoted string.
func (p *Parser) name() string {
	p.expected[identifier] = true
	if p.isStr() || p.peek().Kind == Identifier {
		return p.advance().Text
	}
	p.fail()
	return ""
}

// looseName is a name that may also be one of the keywords: a tablespace.
func (p *Parser) looseName() string {
	if t := p.peek(); t.Kind == Keyword {
		return p.advance().Text
	}
	return p.name()
}

// list reads one item or more with commas between them.
func (p *Parser) list(item func()) {
	item()
	for p.accept(",") {
		item()
	}
}

// names reads a list of strings.
func (p *Parser) strings() []string {
	var out []string
	p.list(func() { out = append(out, p.str()) })
	return out
}

// deviceType reads what follows DEVICE: TYPE DISK or TYPE SBT.
func (p *Parser) deviceType() string {
	p.need("TYPE")
	return p.device()
}

// device reads the name of a device, quoted or not.
func (p *Parser) device() string {
	p.optEq()
	if p.isStr() {
		return strings.ToUpper(p.advance().Text)
	}
	if p.oneOf("DISK", "SBT", "SBT_TAPE") == "DISK" {
		return "DISK"
	}
	return "SBT_TAPE"
}

// once refuses an option that was given before.
func (p *Parser) once(seen map[string]bool, option string) {
	if seen[option] {
		p.forget()
		p.expected[";"] = true
		p.fail()
	}
	seen[option] = true
}
