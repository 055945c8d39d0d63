package query

import (
	"slices"
	"strings"
)

// condition reads a Boolean expression: OR is weakest, then AND, then NOT.
func (p *parser) condition() expr {
	l := p.andCondition()
	for p.peekWord("OR") {
		pos := p.pos()
		p.n++
		l = &binary{pos, "OR", l, p.andCondition()}
	}
	return l
}

func (p *parser) andCondition() expr {
	l := p.notCondition()
	for p.peekWord("AND") {
		pos := p.pos()
		p.n++
		l = &binary{pos, "AND", l, p.notCondition()}
	}
	return l
}

func (p *parser) notCondition() expr {
	pos := p.pos()
	if p.word("NOT") {
		return &unary{pos, "NOT", p.notCondition()}
	}
	if p.word("EXISTS") {
		if !p.sign("(") {
			fail(p.pos(), 906, "missing left parenthesis")
		}
		e := &exists{pos, p.query()}
		p.closing()
		return e
	}
	if p.groupedCondition() {
		p.n++
		e := p.condition()
		p.closing()
		return e
	}
	return p.predicate()
}

// groupedCondition tells whether the parenthesis here holds a condition and not
// an expression: a comparison is in it, at its own level.
func (p *parser) groupedCondition() bool {
	if !p.peekSign("(") || p.toks[p.n+1].text == "SELECT" {
		return false
	}
	depth := 0
	for i := p.n; i < len(p.toks); i++ {
		t := p.toks[i]
		switch {
		case t.kind == tokSign && t.text == "(":
			depth++
		case t.kind == tokSign && t.text == ")":
			if depth--; depth == 0 {
				return p.conditionInside() && closesCondition(p.toks[i+1])
			}
		}
	}
	return false
}

// closesCondition tells by what follows a parenthesis whether it can have been a
// condition: a value would go on with an operator.
func closesCondition(t token) bool {
	switch t.kind {
	case tokSign:
		return t.text == ")" || t.text == ";" || t.text == ","
	case tokWord:
		return !slices.Contains([]string{"IN", "IS", "LIKE", "BETWEEN", "NOT"}, t.text)
	}
	return true
}

// conditionInside looks for a comparison between here and the matching
// parenthesis.
func (p *parser) conditionInside() bool {
	depth := 0
	for _, t := range p.toks[p.n:] {
		switch {
		case t.text == "(" && t.kind == tokSign:
			depth++
		case t.text == ")" && t.kind == tokSign:
			if depth--; depth == 0 {
				return false
			}
		case t.kind == tokSign && slices.Contains([]string{"=", "<>", "!=", "^=", "<", ">", "<=", ">="}, t.text),
			t.kind == tokWord && slices.Contains([]string{"AND", "OR", "IN", "IS", "LIKE", "BETWEEN", "NOT", "EXISTS"}, t.text):
			return true
		}
	}
	return false
}

// predicate reads a comparison.
func (p *parser) predicate() expr {
	l := p.expr()
	pos := p.pos()
	not := p.word("NOT")
	var e expr
	switch {
	case !not && p.word("IS"):
		neg := p.word("NOT")
		p.needWord("NULL", 908, "missing NULL keyword")
		return negate(neg, pos, &isNull{pos, l})
	case p.word("IN"):
		e = p.in(l, pos)
	case p.word("LIKE"):
		e = &binary{pos, "LIKE", l, p.expr()}
	case p.word("BETWEEN"):
		lo := p.expr()
		p.needWord("AND", 905, "missing keyword")
		e = &between{pos, l, lo, p.expr()}
	case !not && p.tok().kind == tokSign && slices.Contains([]string{"=", "<>", "!=", "^=", "<", ">", "<=", ">="}, p.tok().text):
		op := p.tok().text
		if op == "!=" || op == "^=" {
			op = "<>"
		}
		p.n++
		return &binary{pos, op, l, p.expr()}
	default:
		fail(pos, 920, "invalid relational operator")
	}
	return negate(not, pos, e)
}

func negate(not bool, pos int, e expr) expr {
	if not {
		return &unary{pos, "NOT", e}
	}
	return e
}

func (p *parser) in(l expr, pos int) expr {
	if !p.sign("(") {
		return &inList{pos: pos, x: l, list: []expr{p.expr()}}
	}
	e := &inList{pos: pos, x: l}
	if p.peekWord("SELECT") {
		e.sub = p.query()
	} else {
		e.list = p.exprList()
	}
	p.closing()
	return e
}

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
