package query

import (
	"math/big"
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
