package syntax

// logRange reads what follows ARCHIVELOG.
func (p *Parser) logRange() *LogRange {
	r := &LogRange{}
	switch p.oneOf("ALL", "LIKE", "SEQUENCE", "SCN", "TIME", "FROM", "UNTIL") {
	case "ALL":
		r.All = true
		return r
	case "LIKE":
		r.Like = p.str()
		return r
	case "SEQUENCE":
		r.Sequence = p.sequence()
	case "SCN":
		r.SCN = p.between()
	case "TIME":
		p.need("BETWEEN")
		r.FromTime = p.str()
		p.need("AND")
		r.UntilTime = p.str()
	case "FROM":
		p.rangeFrom(r)
	case "UNTIL":
		p.rangeUntil(r, p.oneOf("SEQUENCE", "SCN", "TIME"))
	}
	if p.accept("THREAD") {
		p.optEq()
		r.Thread = p.number()
	}
	if p.accept("INCARNATION") {
		p.incarnation(r)
	}
	return r
}

// incarnation reads a number, ALL or CURRENT.
func (p *Parser) incarnation(r *LogRange) {
	p.optEq()
	switch {
	case p.isNumber():
		r.Incarnation = p.number()
	case p.oneOf("ALL", "CURRENT") == "ALL":
		r.Incarnation = AllIncarnations
	}
}

// sequence reads n or BETWEEN n AND m.
func (p *Parser) sequence() *Bounds {
	if p.is("BETWEEN") {
		return p.between()
	}
	p.optEq()
	n := p.number()
	return &Bounds{From: n, Until: n, HasFrom: true, HasUntil: true}
}

func (p *Parser) between() *Bounds {
	p.need("BETWEEN")
	b := &Bounds{HasFrom: true, HasUntil: true}
	b.From = p.number()
	p.need("AND")
	b.Until = p.number()
	return b
}

// rangeFrom reads the range that begins with FROM; its end is of the same
// kind.
func (p *Parser) rangeFrom(r *LogRange) {
	kind := p.oneOf("SEQUENCE", "SCN", "TIME")
	p.optEq()
	switch kind {
	case "TIME":
		r.FromTime = p.str()
	case "SCN":
		r.SCN = &Bounds{From: p.number(), HasFrom: true}
	default:
		r.Sequence = &Bounds{From: p.number(), HasFrom: true}
	}
	if p.accept("UNTIL") {
		p.need(kind)
		p.rangeUntil(r, kind)
	}
}

func (p *Parser) rangeUntil(r *LogRange, kind string) {
	p.optEq()
	switch kind {
	case "TIME":
		r.UntilTime = p.str()
	case "SCN":
		r.SCN = upTo(r.SCN, p.number())
	default:
		r.Sequence = upTo(r.Sequence, p.number())
	}
}

func upTo(b *Bounds, n int64) *Bounds {
	if b == nil {
		b = &Bounds{}
	}
	b.Until, b.HasUntil = n, true
	return b
}

// Holds reports whether n lies in the range.
func (b *Bounds) Holds(n int64) bool {
	return (!b.HasFrom || n >= b.From) && (!b.HasUntil || n <= b.Until)
}
