package query

import (
	"math/big"
	"strings"
	"time"
)

// Value is a cell: nil (NULL), *big.Rat (NUMBER), string (VARCHAR2, never empty)
// or time.Time (DATE).
type Value any

// Type of a column or an expression.
type Type int

// The types.
const (
	Char Type = iota
	Number
	Date
)

// Column describes a column of a table or result.
type Column struct {
	Name  string
	Type  Type
	Width int // of characters; 0 means the type's default
}

// Int makes a NUMBER.
func Int[T ~int | ~int64 | ~uint32 | ~uint64](n T) Value {
	if n < 0 {
		return new(big.Rat).SetInt64(int64(n))
	}
	return new(big.Rat).SetUint64(uint64(n))
}

// Text makes a VARCHAR2; the empty string is NULL.
func Text(s string) Value {
	if s == "" {
		return nil
	}
	return s
}

// Time makes a DATE; the zero time is NULL.
func Time(t time.Time) Value {
	if t.IsZero() {
		return nil
	}
	return t.Truncate(time.Second)
}

// maxDigits is the precision in which Oracle shows a number at most.
const maxDigits = 40

// numberText is a number as TO_CHAR without a format gives it.
func numberText(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	whole := len(new(big.Int).Abs(new(big.Int).Quo(r.Num(), r.Denom())).String())
	s := strings.TrimRight(strings.TrimRight(r.FloatString(max(maxDigits-whole, 1)), "0"), ".")
	if rest, ok := strings.CutPrefix(s, "0."); ok {
		return "." + rest
	}
	if rest, ok := strings.CutPrefix(s, "-0."); ok {
		return "-." + rest
	}
	return s
}

func parseNumber(s string) (*big.Rat, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s, "/xX_pPiInN") {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// Display is a value as characters, with the session's date format.
func Display(v Value, env Env) string {
	if env.Zone == nil {
		env.Zone = time.Local
	}
	if env.DateFormat == "" {
		env.DateFormat = DefaultDateFormat
	}
	return env.text(v)
}
