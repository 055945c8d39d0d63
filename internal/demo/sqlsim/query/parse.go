package query

import (
	"slices"
	"strconv"
	"strings"
)

type parser struct {
	text string
	toks []token
	n    int
}

// parse reads a statement, which must be a SELECT.
func parse(text string) (q *query, err error) {
	defer catch(&err)
	toks, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, toks: toks}
	if !p.peekWord("SELECT") && !p.peekSign("(") {
		fail(p.pos(), 900, "invalid SQL statement")
	}
	q = p.query()
	p.sign(";")
	if p.tok().kind != tokEnd {
		fail(p.pos(), 933, "SQL command not properly ended")
	}
	return q, nil
}

func (p *parser) tok() token { return p.toks[p.n] }
func (p *parser) pos() int   { return p.tok().pos }

func (p *parser) peekWord(words ...string) bool {
	return p.tok().kind == tokWord && slices.Contains(words, p.tok().text)
}

func (p *parser) peekSign(s string) bool { return p.tok().kind == tokSign && p.tok().text == s }

func (p *parser) word(words ...string) bool {
	if !p.peekWord(words...) {
		return false
	}
	p.n++
	return true
}

func (p *parser) sign(s string) bool {
	if !p.peekSign(s) {
		return false
	}
	p.n++
	return true
}

func (p *parser) needWord(w string, code int, text string) {
	if !p.word(w) {
		fail(p.pos(), code, "%s", text)
	}
}

func (p *parser) closing() {
	if !p.sign(")") {
		fail(p.pos(), 907, "missing right parenthesis")
	}
}

// query reads SELECT … [UNION [ALL] SELECT …] [ORDER BY …].
func (p *parser) query() *query {
	q := p.selectCore()
	last := q
	for p.word("UNION") {
		last.all = p.word("ALL")
		last.union = p.selectCore()
		last = last.union
	}
	if p.peekWord("MINUS", "INTERSECT") {
		fail(p.pos(), 933, "SQL command not properly ended")
	}
	if p.word("ORDER") {
		p.needWord("BY", 924, "missing BY keyword")
		q.orderBy = p.orders()
	}
	if p.word("FETCH") {
		q.limit = p.fetch()
	}
	return q
}

func (p *parser) selectCore() *query {
	if p.sign("(") {
		q := p.query()
		p.closing()
		return q
	}
	p.needWord("SELECT", 928, "missing SELECT keyword")
	q := &query{limit: -1}
	if p.word("DISTINCT", "UNIQUE") {
		q.distinct = true
	} else {
		p.word("ALL")
	}
	q.items = p.items()
	p.needWord("FROM", 923, "FROM keyword not found where expected")
	q.from = p.sources()
	if p.word("WHERE") {
		q.where = p.condition()
	}
	if p.word("GROUP") {
		p.needWord("BY", 924, "missing BY keyword")
		q.groupBy = p.exprList()
	}
	if p.word("HAVING") {
		q.having = p.condition()
	}
	return q
}

func (p *parser) fetch() int {
	if !p.word("FIRST", "NEXT") {
		fail(p.pos(), 933, "SQL command not properly ended")
	}
	n := 1
	if p.tok().kind == tokNumber {
		n, _ = strconv.Atoi(p.tok().text)
		p.n++
	}
	if !p.word("ROW", "ROWS") || !p.word("ONLY") {
		fail(p.pos(), 933, "SQL command not properly ended")
	}
	return n
}

func (p *parser) items() (out []item) {
	for {
		out = append(out, p.item())
		if !p.sign(",") {
			return out
		}
	}
}

func (p *parser) item() item {
	start := p.pos()
	if p.sign("*") {
		return item{star: true, pos: start}
	}
	if p.tok().kind == tokWord && p.n+2 < len(p.toks) && p.toks[p.n+1].text == "." && p.toks[p.n+2].text == "*" {
		table := p.tok().text
		p.n += 3
		return item{star: true, table: table, pos: start}
	}
	it := item{expr: p.expr(), pos: start}
	it.text = strings.TrimSpace(p.text[start:p.pos()])
	explicit := p.word("AS")
	switch t := p.tok(); {
	case t.kind == tokQuoted, t.kind == tokWord && (explicit || !reserved(t.text)):
		it.alias = t.text
		p.n++
	}
	return it
}

// clauseWords cannot be an alias without AS.
var clauseWords = []string{
	"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "MINUS", "INTERSECT", "ON", "JOIN", "LEFT", "RIGHT", "INNER",
	"FULL", "CROSS", "NATURAL", "FETCH", "AND", "OR", "NOT", "IN", "IS", "LIKE", "BETWEEN", "THEN", "ELSE", "END",
	"WHEN", "ASC", "DESC", "NULLS", "START", "CONNECT", "SELECT", "USING", "OVER", "BY", "SET", "VALUES", "CASE",
}

func reserved(w string) bool { return slices.Contains(clauseWords, w) }

func (p *parser) sources() (out []source) {
	out = append(out, p.source())
	for {
		switch {
		case p.sign(","):
			out = append(out, p.source())
		case p.peekWord("JOIN", "INNER", "LEFT", "CROSS"):
			out = append(out, p.join())
		default:
			return out
		}
	}
}

func (p *parser) join() source {
	left, cross := p.word("LEFT"), p.word("CROSS")
	if left {
		p.word("OUTER")
	} else {
		p.word("INNER")
	}
	p.needWord("JOIN", 905, "missing keyword")
	s := p.source()
	s.left = left
	if cross {
		return s
	}
	p.needWord("ON", 905, "missing keyword")
	s.on = p.condition()
	return s
}

func (p *parser) source() source {
	s := source{pos: p.pos()}
	switch t := p.tok(); {
	case p.sign("("):
		s.sub = p.query()
		p.closing()
	case t.kind == tokWord && !reserved(t.text) || t.kind == tokQuoted:
		p.n++
		s.name = t.text
		if p.sign(".") {
			s.name = p.tok().text
			p.n++
			if t.text != "SYS" && t.text != "PUBLIC" {
				fail(s.pos, 942, "table or view does not exist")
			}
		}
	default:
		fail(p.pos(), 903, "invalid table name")
	}
	if t := p.tok(); t.kind == tokWord && !reserved(t.text) || t.kind == tokQuoted {
		s.alias = t.text
		p.n++
	}
	return s
}

func (p *parser) orders() (out []order) {
	for {
		o := order{expr: p.expr()}
		if p.word("DESC") {
			o.desc = true
		} else {
			p.word("ASC")
		}
		if p.word("NULLS") {
			o.nullsSet, o.nullsFirst = true, p.peekWord("FIRST")
			if !p.word("FIRST", "LAST") {
				fail(p.pos(), 905, "missing keyword")
			}
		}
		out = append(out, o)
		if !p.sign(",") {
			return out
		}
	}
}

func (p *parser) exprList() (out []expr) {
	for {
		out = append(out, p.expr())
		if !p.sign(",") {
			return out
		}
	}
}
