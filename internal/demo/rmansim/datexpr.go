package rmansim

import (
	"strconv"
	"strings"
	"time"
)

// evalDate evaluates a date expression of a command: SYSDATE, TRUNC(SYSDATE),
// TO_DATE('…','…') with days added or taken away, or a literal in the form of
// NLS_DATE_FORMAT.
func (n nls) evalDate(expr string, now time.Time) (time.Time, error) {
	e := &dateExpr{rest: strings.TrimSpace(expr), nls: n, now: now.In(n.zone).Truncate(time.Second)}
	if !e.looksLikeExpression() {
		return parseDate(n.format, e.rest, n.zone)
	}
	t, err := e.sum()
	if err == nil && e.rest != "" {
		err = fail("ORA-00933: SQL command not properly ended")
	}
	return t, err
}

// dateExpr is a reader of a date expression.
type dateExpr struct {
	rest string
	nls  nls
	now  time.Time
}

func (e *dateExpr) looksLikeExpression() bool {
	up := strings.ToUpper(e.rest)
	for _, w := range []string{"SYSDATE", "TRUNC", "TO_DATE"} {
		if strings.HasPrefix(up, w) {
			return true
		}
	}
	return false
}

// sum reads a date followed by any number of + days and - days.
func (e *dateExpr) sum() (time.Time, error) {
	t, err := e.date()
	for err == nil {
		sign := 0
		switch {
		case e.eat("-"):
			sign = -1
		case e.eat("+"):
			sign = 1
		default:
			return t, nil
		}
		var days float64
		if days, err = e.days(); err == nil {
			t = t.Add(time.Duration(float64(sign) * days * float64(24*time.Hour))).Round(time.Second)
		}
	}
	return t, err
}

func (e *dateExpr) date() (time.Time, error) {
	switch {
	case e.eat("SYSDATE"):
		return e.now, nil
	case e.eat("TRUNC"):
		return e.trunc()
	case e.eat("TO_DATE"):
		return e.toDate()
	}
	return time.Time{}, fail("ORA-00904: invalid identifier")
}

// trunc reads (date).
func (e *dateExpr) trunc() (time.Time, error) {
	if !e.eat("(") {
		return time.Time{}, fail("ORA-00906: missing left parenthesis")
	}
	t, err := e.sum()
	if err == nil && !e.eat(")") {
		err = fail("ORA-00907: missing right parenthesis")
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()), err
}

// toDate reads ('literal' [, 'format']).
func (e *dateExpr) toDate() (time.Time, error) {
	if !e.eat("(") {
		return time.Time{}, fail("ORA-00906: missing left parenthesis")
	}
	text, err := e.quoted()
	format := e.nls.format
	if err == nil && e.eat(",") {
		format, err = e.quoted()
	}
	if err == nil && !e.eat(")") {
		err = fail("ORA-00907: missing right parenthesis")
	}
	if err != nil {
		return time.Time{}, err
	}
	return parseDate(format, text, e.nls.zone)
}

// quoted reads a string in single quotes; doubled ones, as they stand inside a
// quoted command, are taken as well.
func (e *dateExpr) quoted() (string, error) {
	q := "'"
	if strings.HasPrefix(e.rest, "''") {
		q = "''"
	}
	if !e.eat(q) {
		return "", fail("ORA-00936: missing expression")
	}
	i := strings.Index(e.rest, q)
	if i < 0 {
		return "", fail("ORA-01756: quoted string not properly terminated")
	}
	s := e.rest[:i]
	e.rest = strings.TrimSpace(e.rest[i+len(q):])
	return s, nil
}

// days reads a number with * and /, in parentheses or not.
func (e *dateExpr) days() (float64, error) {
	v, err := e.factor()
	for err == nil {
		var w float64
		switch {
		case e.eat("*"):
			w, err = e.factor()
			v *= w
		case e.eat("/"):
			w, err = e.factor()
			if err == nil && w == 0 {
				err = fail("ORA-01476: divisor is equal to zero")
			}
			v /= w
		default:
			return v, nil
		}
	}
	return 0, err
}

func (e *dateExpr) factor() (float64, error) {
	if e.eat("(") {
		v, err := e.days()
		if err == nil && !e.eat(")") {
			err = fail("ORA-00907: missing right parenthesis")
		}
		return v, err
	}
	i := 0
	for i < len(e.rest) && (e.rest[i] >= '0' && e.rest[i] <= '9' || e.rest[i] == '.') {
		i++
	}
	v, err := strconv.ParseFloat(e.rest[:i], 64)
	if err != nil {
		return 0, fail("ORA-00936: missing expression")
	}
	e.rest = strings.TrimSpace(e.rest[i:])
	return v, nil
}

// eat takes a word off the front.
func (e *dateExpr) eat(word string) bool {
	if len(e.rest) < len(word) || !strings.EqualFold(e.rest[:len(word)], word) {
		return false
	}
	e.rest = strings.TrimSpace(e.rest[len(word):])
	return true
}

// optionalDate evaluates a date expression; an empty one is the zero time.
func (s *session) optionalDate(expr string) (time.Time, error) {
	if expr == "" {
		return time.Time{}, nil
	}
	return s.nls.evalDate(expr, s.now())
}
