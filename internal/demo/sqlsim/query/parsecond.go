package query

import "slices"

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
