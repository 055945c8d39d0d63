package query

import (
	"slices"
	"strings"
)

// expr reads a value: || binds as + and - do.
func (p *parser) expr() expr {
	l := p.term()
	for p.peekSign("+") || p.peekSign("-") || p.peekSign("||") {
		t := p.tok()
		p.n++
		l = &binary{t.pos, t.text, l, p.term()}
	}
	return l
}

func (p *parser) term() expr {
	l := p.factor()
	for p.peekSign("*") || p.peekSign("/") {
		t := p.tok()
		p.n++
		l = &binary{t.pos, t.text, l, p.factor()}
	}
	return l
}

func (p *parser) factor() expr {
	pos := p.pos()
	if p.sign("-") {
		return &unary{pos, "-", p.factor()}
	}
	p.sign("+")
	return p.primary()
}

func (p *parser) primary() expr {
	t := p.tok()
	p.n++
	switch t.kind {
	case tokString:
		return &literal{t.pos, Text(t.text)}
	case tokNumber:
		n, ok := parseNumber(t.text)
		if !ok {
			fail(t.pos, 1722, "invalid number")
		}
		return &literal{t.pos, n}
	case tokQuoted:
		return p.column(t)
	case tokWord:
		return p.named(t)
	case tokSign:
		if t.text == "(" {
			return p.parenthesis(t.pos)
		}
	}
	fail(t.pos, 936, "missing expression")
	return nil
}

func (p *parser) parenthesis(pos int) expr {
	if p.peekWord("SELECT") {
		e := &scalar{pos, p.query()}
		p.closing()
		return e
	}
	e := p.expr()
	p.closing()
	return e
}

var pseudos = []string{"SYSDATE", "SYSTIMESTAMP", "ROWNUM", "USER", "CURRENT_DATE", "CURRENT_TIMESTAMP", "UID"}

func (p *parser) named(t token) expr {
	switch {
	case t.text == "NULL":
		return &literal{t.pos, nil}
	case t.text == "CASE":
		return p.caseExpr(t.pos)
	case t.text == "DATE" && p.tok().kind == tokString:
		s := p.tok()
		p.n++
		return &call{pos: t.pos, name: "TO_DATE", args: []expr{&literal{s.pos, s.text}, &literal{s.pos, "YYYY-MM-DD"}}}
	case p.peekSign("("):
		return p.call(t)
	case slices.Contains(pseudos, t.text) && !p.peekSign("."):
		return &pseudo{t.pos, t.text}
	case reserved(t.text):
		fail(t.pos, 936, "missing expression")
	}
	return p.column(t)
}

func (p *parser) column(t token) expr {
	c := &columnRef{pos: t.pos, name: t.text}
	for p.sign(".") {
		n := p.tok()
		if n.kind != tokWord && n.kind != tokQuoted {
			fail(n.pos, 1747, "invalid user.table.column, table.column, or column specification")
		}
		p.n++
		c.table, c.name = c.name, n.text
	}
	return c
}

func (p *parser) caseExpr(pos int) expr {
	e := &caseExpr{pos: pos}
	if !p.peekWord("WHEN") {
		e.operand = p.expr()
	}
	for p.word("WHEN") {
		var w when
		if e.operand != nil {
			w.cond = p.expr()
		} else {
			w.cond = p.condition()
		}
		p.needWord("THEN", 905, "missing keyword")
		w.then = p.expr()
		e.whens = append(e.whens, w)
	}
	if p.word("ELSE") {
		e.other = p.expr()
	}
	if len(e.whens) == 0 || !p.word("END") {
		fail(p.pos(), 905, "missing keyword")
	}
	return e
}

var aggregates = []string{"COUNT", "MAX", "MIN", "SUM", "AVG"}

func (p *parser) call(t token) expr {
	p.n++
	c := &call{pos: t.pos, name: t.text, group: slices.Contains(aggregates, t.text)}
	switch {
	case p.sign("*"):
		c.star = true
	case p.peekSign(")"):
	default:
		if c.group {
			c.distinct = p.word("DISTINCT", "UNIQUE")
		}
		c.args = p.exprList()
	}
	p.closing()
	if p.peekWord("OVER") {
		fail(p.pos(), 923, "FROM keyword not found where expected")
	}
	return c
}

// heading is how SQL*Plus heads a column without an alias.
func heading(text string) string {
	return strings.ToUpper(strings.Join(strings.Fields(text), ""))
}
