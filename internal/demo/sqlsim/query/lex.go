package query

import "strings"

type tokenKind int

const (
	tokEnd tokenKind = iota
	tokWord
	tokQuoted // "Name"
	tokString
	tokNumber
	tokSign
)

type token struct {
	kind tokenKind
	text string // words in upper case, strings without quotes
	pos  int
}

// signs with two characters come first.
var signs = []string{"||", "<>", "!=", "^=", "<=", ">=", "=>", "(", ")", ",", ".", "+", "-", "*", "/", "=", "<", ">", ";", ":", "@"}

// lex takes a statement apart.
func lex(s string) ([]token, error) {
	var out []token
	for at := 0; at < len(s); {
		c := s[at]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			at++
		case strings.HasPrefix(s[at:], "--"):
			at = endOr(s, at, "\n")
		case strings.HasPrefix(s[at:], "/*"):
			at = endOr(s, at+2, "*/")
		default:
			t, end, err := lexToken(s, at)
			if err != nil {
				return nil, err
			}
			out, at = append(out, t), end
		}
	}
	return append(out, token{kind: tokEnd, pos: len(s)}), nil
}

func endOr(s string, from int, mark string) int {
	if i := strings.Index(s[from:], mark); i >= 0 {
		return from + i + len(mark)
	}
	return len(s)
}

func lexToken(s string, at int) (token, int, error) {
	c := s[at]
	switch {
	case c == '\'':
		return lexString(s, at)
	case (c == 'q' || c == 'Q') && at+2 < len(s) && s[at+1] == '\'':
		return lexQuoting(s, at)
	case c == '"':
		end := strings.IndexByte(s[at+1:], '"')
		if end < 0 {
			return token{}, 0, fault(at, 1740, "missing double quote in identifier")
		}
		return token{tokQuoted, s[at+1 : at+1+end], at}, at + end + 2, nil
	case isDigit(c) || c == '.' && at+1 < len(s) && isDigit(s[at+1]):
		end := numberEnd(s, at)
		return token{tokNumber, s[at:end], at}, end, nil
	case isLetter(c):
		end := at
		for end < len(s) && (isLetter(s[end]) || isDigit(s[end]) || strings.IndexByte("_$#", s[end]) >= 0) {
			end++
		}
		return token{tokWord, strings.ToUpper(s[at:end]), at}, end, nil
	}
	for _, sign := range signs {
		if strings.HasPrefix(s[at:], sign) {
			return token{tokSign, sign, at}, at + len(sign), nil
		}
	}
	return token{}, 0, fault(at, 911, "invalid character")
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 }

func lexString(s string, at int) (token, int, error) {
	var b strings.Builder
	for i := at + 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return token{tokString, b.String(), at}, i + 1, nil
	}
	return token{}, 0, fault(at, 1756, "quoted string not properly terminated")
}

// lexQuoting reads q'[…]'.
func lexQuoting(s string, at int) (token, int, error) {
	closing := s[at+2]
	if i := strings.IndexByte("[{(<", closing); i >= 0 {
		closing = "]})>"[i]
	}
	end := strings.Index(s[at+3:], string(closing)+"'")
	if end < 0 {
		return token{}, 0, fault(at, 1756, "quoted string not properly terminated")
	}
	return token{tokString, s[at+3 : at+3+end], at}, at + 3 + end + 2, nil
}

func numberEnd(s string, at int) int {
	end := at
	for end < len(s) && (isDigit(s[end]) || s[end] == '.') {
		end++
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		i := end + 1
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		for i < len(s) && isDigit(s[i]) {
			i++
			end = i
		}
	}
	return end
}
