package query

import (
	"strings"
	"time"
)

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
