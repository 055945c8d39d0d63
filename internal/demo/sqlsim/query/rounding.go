package query

import (
	"math/big"
	"strings"
	"time"
)

// round is ROUND and TRUNC of numbers and dates.
func (env *Env) round(pos int, a []Value, up bool) Value {
	if t, ok := a[0].(time.Time); ok {
		unit := "DD"
		if len(a) > 1 {
			unit = strings.ToUpper(env.text(a[1]))
		}
		return truncDate(pos, t.In(env.Zone), unit, up)
	}
	digits := 0
	if len(a) > 1 {
		digits = env.whole(pos, a[1])
	}
	return roundTo(env.number(pos, a[0]), digits, up)
}

func truncDate(pos int, t time.Time, unit string, up bool) Value {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	switch unit {
	case "DD", "DDD", "J":
		if up && t.Hour() >= 12 {
			return day.AddDate(0, 0, 1)
		}
		return day
	case "HH", "HH24", "HH12":
		return day.Add(time.Duration(t.Hour()) * time.Hour)
	case "MI":
		return day.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
	case "MM", "MON", "MONTH":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	case "YYYY", "YY", "YEAR":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
	}
	fail(pos, 1898, "too many precision specifiers")
	return nil
}

func roundTo(r *big.Rat, digits int, up bool) *big.Rat {
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(digits, -digits))), nil))
	if digits < 0 {
		scale.Inv(scale)
	}
	x := new(big.Rat).Mul(new(big.Rat).Abs(r), scale)
	if up {
		x.Add(x, big.NewRat(1, 2))
	}
	x = x.Quo(floor(x), scale)
	if r.Sign() < 0 {
		x.Neg(x)
	}
	return x
}

func floor(r *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(r.Num(), r.Denom()))
}

func mod(env *Env, pos int, a []Value) Value {
	x, y := env.number(pos, a[0]), env.number(pos, a[1])
	if y.Sign() == 0 {
		return x
	}
	whole := roundTo(new(big.Rat).Quo(x, y), 0, false)
	return new(big.Rat).Sub(x, whole.Mul(whole, y))
}
