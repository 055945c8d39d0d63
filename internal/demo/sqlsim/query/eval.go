package query

import (
	"math/big"
	"strings"
	"time"
)

// Env is the session's part in a query.
type Env struct {
	Now        time.Time
	Zone       *time.Location
	DateFormat string // NLS_DATE_FORMAT
	User       string
}

// frame is the row of each table that is looked at.
type frame struct {
	q      *query
	rows   [][]Value // nil for the missing side of an outer join
	rownum int
	group  []Value // values of the aggregates
	outer  *frame
}

// truth of a condition: unknown is neither.
type truth int

const (
	unknown truth = iota
	yes
	no
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (env *Env) eval(e expr, f *frame) Value {
	switch e := e.(type) {
	case *literal:
		return e.value
	case *columnRef:
		for range e.depth {
			f = f.outer
		}
		if f.rows[e.tab] == nil {
			return nil
		}
		return f.rows[e.tab][e.col]
	case *pseudo:
		return env.pseudo(e, f)
	case *unary:
		return negative(e, env.eval(e.x, f), env)
	case *binary:
		return env.binary(e, f)
	case *call:
		if e.group {
			if f.group == nil {
				fail(e.pos, 934, "group function is not allowed here")
			}
			return f.group[e.number]
		}
		return env.call(e, f)
	case *caseExpr:
		return env.caseValue(e, f)
	case *scalar:
		rows := env.rows(e.sub, f)
		if len(rows) > 1 {
			fail(e.pos, 1427, "single-row subquery returns more than one row")
		}
		if len(rows) == 0 {
			return nil
		}
		return rows[0][0]
	}
	fail(e.at(), 936, "missing expression")
	return nil
}

func (env *Env) pseudo(e *pseudo, f *frame) Value {
	switch e.name {
	case "SYSDATE", "CURRENT_DATE":
		return env.Now.In(env.Zone).Truncate(time.Second)
	case "SYSTIMESTAMP", "CURRENT_TIMESTAMP":
		return env.Now.In(env.Zone)
	case "ROWNUM":
		return Int(f.rownum)
	case "UID":
		return Int(0)
	}
	return Text(env.User)
}

func negative(e *unary, v Value, env *Env) Value {
	if v == nil {
		return nil
	}
	return new(big.Rat).Neg(env.number(e.pos, v))
}

func (env *Env) caseValue(e *caseExpr, f *frame) Value {
	for _, w := range e.whens {
		hit := false
		if e.operand != nil {
			hit = env.compare(e.pos, "=", env.eval(e.operand, f), env.eval(w.cond, f)) == yes
		} else {
			hit = env.test(w.cond, f) == yes
		}
		if hit {
			return env.eval(w.then, f)
		}
	}
	if e.other == nil {
		return nil
	}
	return env.eval(e.other, f)
}

func (env *Env) binary(e *binary, f *frame) Value {
	l, r := env.eval(e.l, f), env.eval(e.r, f)
	if e.op == "||" {
		return Text(env.text(l) + env.text(r))
	}
	if l == nil || r == nil {
		return nil
	}
	lt, ldate := l.(time.Time)
	rt, rdate := r.(time.Time)
	switch {
	case ldate && rdate && e.op == "-":
		return new(big.Rat).SetFrac64(int64(lt.Sub(rt)/time.Second), 86400)
	case ldate && !rdate && (e.op == "+" || e.op == "-"):
		return addDays(lt, env.number(e.pos, r), e.op)
	case rdate && !ldate && e.op == "+":
		return addDays(rt, env.number(e.pos, l), e.op)
	case ldate || rdate:
		fail(e.pos, 932, "inconsistent datatypes: expected NUMBER got DATE")
	}
	return arithmetic(e, env.number(e.l.at(), l), env.number(e.r.at(), r))
}

func addDays(t time.Time, days *big.Rat, op string) Value {
	seconds, _ := new(big.Rat).Mul(days, big.NewRat(86400, 1)).Float64()
	if op == "-" {
		seconds = -seconds
	}
	// Calendar days keep the time of day where the clocks change.
	whole := int(seconds / 86400)
	rest := time.Duration((seconds - float64(whole)*86400) * float64(time.Second)).Round(time.Second)
	return t.AddDate(0, 0, whole).Add(rest)
}

func arithmetic(e *binary, l, r *big.Rat) Value {
	out := new(big.Rat)
	switch e.op {
	case "+":
		return out.Add(l, r)
	case "-":
		return out.Sub(l, r)
	case "*":
		return out.Mul(l, r)
	case "/":
		if r.Sign() == 0 {
			fail(e.pos, 1476, "divisor is equal to zero")
		}
		return out.Quo(l, r)
	}
	fail(e.pos, 936, "missing expression")
	return nil
}

// text turns a value into characters as Oracle does by itself.
func (env *Env) text(v Value) string {
	switch v := v.(type) {
	case string:
		return v
	case *big.Rat:
		return numberText(v)
	case time.Time:
		return formatDate(-1, v.In(env.Zone), env.DateFormat)
	}
	return ""
}

func (env *Env) number(pos int, v Value) *big.Rat {
	switch v := v.(type) {
	case *big.Rat:
		return v
	case string:
		if n, ok := parseNumber(v); ok {
			return n
		}
		fail(pos, 1722, "invalid number")
	}
	fail(pos, 932, "inconsistent datatypes: expected NUMBER got DATE")
	return nil
}

// test asks a condition.
func (env *Env) test(e expr, f *frame) truth {
	switch e := e.(type) {
	case nil:
		return yes
	case *unary:
		return not(env.test(e.x, f))
	case *binary:
		switch e.op {
		case "AND":
			return and(env.test(e.l, f), func() truth { return env.test(e.r, f) })
		case "OR":
			return not(and(not(env.test(e.l, f)), func() truth { return not(env.test(e.r, f)) }))
		case "LIKE":
			return env.like(e, f)
		}
		return env.compare(e.pos, e.op, env.eval(e.l, f), env.eval(e.r, f))
	case *between:
		x := env.eval(e.x, f)
		return and(env.compare(e.pos, ">=", x, env.eval(e.lo, f)), func() truth {
			return env.compare(e.pos, "<=", x, env.eval(e.hi, f))
		})
	case *isNull:
		return truthOf(env.eval(e.x, f) == nil)
	case *inList:
		return env.in(e, f)
	case *exists:
		return truthOf(len(env.rows(e.sub, f)) > 0)
	}
	fail(e.at(), 920, "invalid relational operator")
	return unknown
}

func not(t truth) truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

func and(l truth, right func() truth) truth {
	if l == no {
		return no
	}
	switch r := right(); {
	case r == no:
		return no
	case l == yes && r == yes:
		return yes
	}
	return unknown
}

func (env *Env) in(e *inList, f *frame) truth {
	x := env.eval(e.x, f)
	result := no
	check := func(v Value) bool {
		switch env.compare(e.pos, "=", x, v) {
		case yes:
			result = yes
		case unknown:
			result = unknown
		}
		return result == yes
	}
	if e.sub != nil {
		for _, row := range env.rows(e.sub, f) {
			if check(row[0]) {
				return yes
			}
		}
		return result
	}
	for _, item := range e.list {
		if check(env.eval(item, f)) {
			return yes
		}
	}
	return result
}

func (env *Env) like(e *binary, f *frame) truth {
	l, r := env.eval(e.l, f), env.eval(e.r, f)
	if l == nil || r == nil {
		return unknown
	}
	return truthOf(matches([]rune(env.text(l)), []rune(env.text(r))))
}

// matches is LIKE without ESCAPE.
func matches(s, p []rune) bool {
	for len(p) > 0 {
		switch {
		case p[0] == '%':
			for i := 0; i <= len(s); i++ {
				if matches(s[i:], p[1:]) {
					return true
				}
			}
			return false
		case len(s) == 0 || p[0] != '_' && p[0] != s[0]:
			return false
		}
		s, p = s[1:], p[1:]
	}
	return len(s) == 0
}

// compare turns the sides into each other's type as Oracle does: characters into
// numbers or dates.
func (env *Env) compare(pos int, op string, l, r Value) truth {
	if l == nil || r == nil {
		return unknown
	}
	c := env.order(pos, l, r)
	switch op {
	case "=":
		return truthOf(c == 0)
	case "<>":
		return truthOf(c != 0)
	case "<":
		return truthOf(c < 0)
	case ">":
		return truthOf(c > 0)
	case "<=":
		return truthOf(c <= 0)
	case ">=":
		return truthOf(c >= 0)
	}
	fail(pos, 920, "invalid relational operator")
	return unknown
}

func (env *Env) order(pos int, l, r Value) int {
	lt, ldate := l.(time.Time)
	rt, rdate := r.(time.Time)
	ls, lchar := l.(string)
	rs, rchar := r.(string)
	switch {
	case ldate && rdate:
		return lt.Compare(rt)
	case ldate && rchar:
		return lt.Compare(parseDate(pos, rs, env.DateFormat, env.Now, env.Zone))
	case rdate && lchar:
		return parseDate(pos, ls, env.DateFormat, env.Now, env.Zone).Compare(rt)
	case lchar && rchar:
		return strings.Compare(ls, rs)
	}
	return env.number(pos, l).Cmp(env.number(pos, r))
}
