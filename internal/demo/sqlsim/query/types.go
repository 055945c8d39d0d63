package query

import (
	"math/big"
	"time"
)

// charWidth is the width of a CHAR column that does not say its own.
const charWidth = 4000

// typeOf gives the type and width of an expression without a row.
func typeOf(e expr, env *Env) Column {
	switch e := e.(type) {
	case *literal:
		return typeOfValue(e.value)
	case *columnRef:
		return Column{Type: e.typ.Type, Width: e.typ.Width}
	case *pseudo:
		return typeOfPseudo(e.name)
	case *unary:
		return Column{Type: Number}
	case *binary:
		return typeOfBinary(e, env)
	case *caseExpr:
		return widest(env, append([]expr{e.other}, thens(e)...))
	case *scalar:
		return Column{Type: e.sub.columns[0].Type, Width: e.sub.columns[0].Width}
	case *call:
		return typeOfCall(e, env)
	}
	return Column{Type: Char}
}

func typeOfValue(v Value) Column {
	switch v := v.(type) {
	case *big.Rat:
		return Column{Type: Number}
	case time.Time:
		return Column{Type: Date}
	case string:
		return Column{Type: Char, Width: len([]rune(v))}
	}
	return Column{Type: Char, Width: 1}
}

func typeOfPseudo(name string) Column {
	switch name {
	case "SYSDATE", "CURRENT_DATE":
		return Column{Type: Date}
	case "SYSTIMESTAMP", "CURRENT_TIMESTAMP":
		return Column{Type: Date, Width: 35}
	case "USER":
		return Column{Type: Char, Width: 128}
	}
	return Column{Type: Number}
}

func thens(e *caseExpr) (out []expr) {
	for _, w := range e.whens {
		out = append(out, w.then)
	}
	return out
}

func widest(env *Env, list []expr) (out Column) {
	first := true
	for _, e := range list {
		if e == nil {
			continue
		}
		if l, ok := e.(*literal); ok && l.value == nil {
			continue
		}
		c := typeOf(e, env)
		if first {
			out.Type, first = c.Type, false
		}
		out.Width = max(out.Width, textWidth(c, env))
	}
	if out.Type != Char {
		out.Width = 0
	}
	return out
}

// textWidth is how many characters a value of the column may take.
func textWidth(c Column, env *Env) int {
	switch {
	case c.Type == Number:
		return maxDigits
	case c.Type == Date && c.Width == 0:
		return len(env.DateFormat)
	case c.Width == 0:
		return charWidth
	}
	return c.Width
}

func typeOfBinary(e *binary, env *Env) Column {
	l, r := typeOf(e.l, env), typeOf(e.r, env)
	if e.op == "||" {
		return Column{Type: Char, Width: min(textWidth(l, env)+textWidth(r, env), charWidth)}
	}
	if (l.Type == Date) != (r.Type == Date) {
		return Column{Type: Date}
	}
	return Column{Type: Number}
}

func typeOfCall(c *call, env *Env) Column {
	switch {
	case c.name == "MAX" || c.name == "MIN":
		return typeOf(c.args[0], env)
	case c.group:
		return Column{Type: Number}
	}
	if n, ok := polymorphic[c.name]; ok {
		var args []expr
		switch c.name {
		case "DECODE":
			for i := 2; i < len(c.args); i += 2 {
				args = append(args, c.args[i])
			}
			if len(c.args)%2 == 0 {
				args = append(args, c.args[len(c.args)-1])
			}
		default:
			args = c.args[n:]
		}
		return widest(env, args)
	}
	fn := functions[c.name]
	out := Column{Type: fn.typ, Width: fn.width}
	if (c.name == "TRUNC" || c.name == "ROUND") && typeOf(c.args[0], env).Type == Date {
		out.Type = Date
	}
	if out.Type == Char {
		out.Width = callWidth(c, out.Width, env)
	}
	return out
}

// callWidth is the width of a function that gives characters.
func callWidth(c *call, width int, env *Env) int {
	switch c.name {
	case "RPAD", "LPAD":
		if l, ok := c.args[1].(*literal); ok {
			if n, ok := position(l.value); ok && n > 0 {
				return min(n, charWidth)
			}
		}
		return charWidth
	case "REPLACE":
		return charWidth
	case "TO_CHAR":
		if typeOf(c.args[0], env).Type == Number {
			return maxDigits
		}
	}
	if width == 0 {
		width = textWidth(typeOf(c.args[0], env), env)
	}
	return width
}
