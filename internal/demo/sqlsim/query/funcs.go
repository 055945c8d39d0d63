package query

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// function describes a function: how many arguments it takes, its type, and
// what it does. Arguments of strict ones are never NULL: the result is NULL then.
type function struct {
	min, max int
	strict   bool
	typ      Type
	width    int
	do       func(env *Env, pos int, a []Value) Value
}

var functions map[string]function

func init() {
	functions = map[string]function{
		"TO_CHAR":   {1, 3, true, Char, 75, toChar},
		"TO_DATE":   {1, 3, true, Date, 0, toDate},
		"TO_NUMBER": {1, 2, true, Number, 0, func(env *Env, pos int, a []Value) Value { return env.number(pos, a[0]) }},
		"NVL":       {2, 2, false, Char, 0, nvl},
		"NVL2": {3, 3, false, Char, 0, func(_ *Env, _ int, a []Value) Value {
			if a[0] != nil {
				return a[1]
			}
			return a[2]
		}},
		"COALESCE": {2, 255, false, Char, 0, coalesce},
		"NULLIF":   {2, 2, false, Char, 0, nullIf},
		"DECODE":   {3, 255, false, Char, 0, decode},
		"CHR": {1, 1, true, Char, 1, func(env *Env, pos int, a []Value) Value {
			return Text(string(rune(env.whole(pos, a[0]) & 0xff)))
		}},
		"ASCII":   {1, 1, true, Number, 0, func(env *Env, _ int, a []Value) Value { return Int(int(env.text(a[0])[0])) }},
		"LENGTH":  {1, 1, true, Number, 0, func(env *Env, _ int, a []Value) Value { return Int(len([]rune(env.text(a[0])))) }},
		"UPPER":   onText(strings.ToUpper),
		"LOWER":   onText(strings.ToLower),
		"TRIM":    onText(func(s string) string { return strings.Trim(s, " ") }),
		"REPLACE": {2, 3, false, Char, 0, replace},
		"SUBSTR":  {2, 3, true, Char, 0, substr},
		"INSTR":   {2, 4, true, Number, 0, instr},
		"LTRIM":   trimmer(strings.TrimLeft),
		"RTRIM":   trimmer(strings.TrimRight),
		"LPAD":    padder(func(s, fill string) string { return fill + s }),
		"RPAD":    padder(func(s, fill string) string { return s + fill }),
		"ROUND":   {1, 2, true, Number, 0, func(env *Env, pos int, a []Value) Value { return env.round(pos, a, true) }},
		"TRUNC":   {1, 2, true, Number, 0, func(env *Env, pos int, a []Value) Value { return env.round(pos, a, false) }},
		"ABS":     onNumber(func(r *big.Rat) *big.Rat { return new(big.Rat).Abs(r) }),
		"SIGN":    onNumber(func(r *big.Rat) *big.Rat { return new(big.Rat).SetInt64(int64(r.Sign())) }),
		"FLOOR":   onNumber(floor),
		"CEIL":    onNumber(func(r *big.Rat) *big.Rat { return new(big.Rat).Neg(floor(new(big.Rat).Neg(r))) }),
		"MOD":     {2, 2, true, Number, 0, mod},
		"GREATEST": {1, 255, true, Char, 0, func(env *Env, pos int, a []Value) Value {
			return slices.MaxFunc(a, func(x, y Value) int { return env.order(pos, x, y) })
		}},
		"LEAST": {1, 255, true, Char, 0, func(env *Env, pos int, a []Value) Value {
			return slices.MinFunc(a, func(x, y Value) int { return env.order(pos, x, y) })
		}},
	}
}

// polymorphic functions have the type of an argument.
var polymorphic = map[string]int{"NVL": 0, "NVL2": 1, "COALESCE": 0, "NULLIF": 0, "DECODE": 2, "GREATEST": 0, "LEAST": 0}

func onText(fn func(string) string) function {
	return function{1, 1, true, Char, 0, func(env *Env, _ int, a []Value) Value { return Text(fn(env.text(a[0]))) }}
}

func onNumber(fn func(*big.Rat) *big.Rat) function {
	return function{1, 1, true, Number, 0, func(env *Env, pos int, a []Value) Value { return fn(env.number(pos, a[0])) }}
}

func trimmer(fn func(s, cut string) string) function {
	return function{1, 2, true, Char, 0, func(env *Env, _ int, a []Value) Value {
		cut := " "
		if len(a) > 1 {
			cut = env.text(a[1])
		}
		return Text(fn(env.text(a[0]), cut))
	}}
}

func padder(join func(s, fill string) string) function {
	return function{2, 3, true, Char, 0, func(env *Env, pos int, a []Value) Value {
		s, n, fill := []rune(env.text(a[0])), env.whole(pos, a[1]), " "
		if len(a) > 2 {
			fill = env.text(a[2])
		}
		if n <= len(s) {
			return Text(string(s[:max(n, 0)]))
		}
		pad := []rune(strings.Repeat(fill, n-len(s)))[:n-len(s)]
		return Text(join(string(s), string(pad)))
	}}
}

// checkCall refuses unknown functions and wrong numbers of arguments.
func checkCall(c *call) {
	fn, ok := functions[c.name]
	switch {
	case !ok:
		fail(c.pos, 904, "\"%s\": invalid identifier", c.name)
	case len(c.args) < fn.min:
		fail(c.pos, 938, "not enough arguments for function")
	case len(c.args) > fn.max:
		fail(c.pos, 939, "too many arguments for function")
	}
}

func (env *Env) call(c *call, f *frame) Value {
	fn := functions[c.name]
	args := make([]Value, len(c.args))
	for i, a := range c.args {
		if args[i] = env.eval(a, f); args[i] == nil && fn.strict {
			return nil
		}
	}
	return fn.do(env, c.pos, args)
}

func (env *Env) whole(pos int, v Value) int {
	f, _ := env.number(pos, v).Float64()
	return int(f)
}

func nvl(_ *Env, _ int, a []Value) Value {
	if a[0] != nil {
		return a[0]
	}
	return a[1]
}

func coalesce(_ *Env, _ int, a []Value) Value {
	for _, v := range a {
		if v != nil {
			return v
		}
	}
	return nil
}

func nullIf(env *Env, pos int, a []Value) Value {
	if env.compare(pos, "=", a[0], a[1]) == yes {
		return nil
	}
	return a[0]
}

// decode counts two NULLs as equal.
func decode(env *Env, pos int, a []Value) Value {
	for i := 1; i+1 < len(a); i += 2 {
		if a[0] == nil && a[i] == nil || env.compare(pos, "=", a[0], a[i]) == yes {
			return a[i+1]
		}
	}
	if len(a)%2 == 0 {
		return a[len(a)-1]
	}
	return nil
}

func replace(env *Env, _ int, a []Value) Value {
	if a[0] == nil || a[1] == nil {
		return a[0]
	}
	with := ""
	if len(a) > 2 {
		with = env.text(a[2])
	}
	return Text(strings.ReplaceAll(env.text(a[0]), env.text(a[1]), with))
}

func substr(env *Env, pos int, a []Value) Value {
	s, from := []rune(env.text(a[0])), env.whole(pos, a[1])
	switch {
	case from > 0:
		from--
	case from < 0:
		from += len(s)
	}
	n := len(s)
	if len(a) > 2 {
		n = env.whole(pos, a[2])
	}
	if from < 0 || from >= len(s) || n <= 0 {
		return nil
	}
	return Text(string(s[from:min(from+n, len(s))]))
}

func instr(env *Env, pos int, a []Value) Value {
	s, sub := []rune(env.text(a[0])), []rune(env.text(a[1]))
	from, nth := 1, 1
	if len(a) > 2 {
		from = env.whole(pos, a[2])
	}
	if len(a) > 3 {
		nth = env.whole(pos, a[3])
	}
	step, at := 1, from-1
	if from < 0 {
		step, at = -1, len(s)+from
	}
	for ; at >= 0 && at+len(sub) <= len(s) || step < 0 && at >= 0; at += step {
		if at+len(sub) <= len(s) && string(s[at:at+len(sub)]) == string(sub) {
			if nth--; nth == 0 {
				return Int(at + 1)
			}
		}
	}
	return Int(0)
}

func toDate(env *Env, pos int, a []Value) Value {
	if t, ok := a[0].(time.Time); ok {
		return t
	}
	format := env.DateFormat
	if len(a) > 1 {
		format = env.text(a[1])
	}
	return parseDate(pos, env.text(a[0]), format, env.Now, env.Zone)
}

func toChar(env *Env, pos int, a []Value) Value {
	if len(a) == 1 {
		return Text(env.text(a[0]))
	}
	switch v := a[0].(type) {
	case time.Time:
		return Text(formatDate(pos, v.In(env.Zone), env.text(a[1])))
	case *big.Rat:
		return Text(formatNumber(pos, v, env.text(a[1])))
	}
	return Text(formatNumber(pos, env.number(pos, a[0]), env.text(a[1])))
}
