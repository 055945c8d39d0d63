package query

import (
	"math/big"
	"strings"
)

// formatNumber is TO_CHAR(number, format) for formats of 9 0 . D , G FM TM.
// What does not fit is shown as a row of #.
func formatNumber(pos int, r *big.Rat, format string) string {
	f := strings.ToUpper(format)
	if strings.HasPrefix(f, "TM") {
		return numberText(r)
	}
	f, fill := strings.CutPrefix(f, "FM")
	whole, frac, point := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(f, "D", "."), "G", ","), ".")
	if strings.Trim(whole+frac, "90,") != "" || f == "" {
		fail(pos, 1481, "invalid number format model")
	}
	places := strings.Count(frac, "9") + strings.Count(frac, "0")
	s := new(big.Rat).Abs(r).FloatString(places)
	digits, decimals, _ := strings.Cut(s, ".")
	if digits == "0" && !strings.HasSuffix(whole, "0") && places > 0 {
		digits = ""
	}
	body, ok := group(digits, whole)
	if !ok {
		return strings.Repeat("#", len(f)+1)
	}
	if fill {
		body = strings.TrimLeft(body, " ")
		decimals = trimDecimals(decimals, frac)
	}
	if point {
		body += "." + decimals
	}
	return signed(body, r.Sign() < 0, fill)
}

// trimDecimals drops zeros at the end where the format has 9.
func trimDecimals(decimals, frac string) string {
	for n := len(decimals); n > 0 && decimals[n-1] == '0' && n <= len(frac) && frac[n-1] == '9'; n-- {
		decimals = decimals[:n-1]
	}
	return decimals
}

// group puts the digits into the places of the format from the right.
func group(digits, format string) (string, bool) {
	out := make([]byte, len(format))
	n := len(digits)
	zeros := strings.IndexByte(format, '0')
	for i := len(format) - 1; i >= 0; i-- {
		switch {
		case format[i] == ',':
			out[i] = ','
			if n == 0 && (zeros < 0 || i < zeros) {
				out[i] = ' '
			}
		case n > 0:
			n--
			out[i] = digits[n]
		case zeros >= 0 && i >= zeros:
			out[i] = '0'
		default:
			out[i] = ' '
		}
	}
	return string(out), n == 0
}

// signed puts the sign, or the place for one, before the first digit.
func signed(body string, negative, fill bool) string {
	switch {
	case negative:
		n := len(body) - len(strings.TrimLeft(body, " "))
		return body[:n] + "-" + body[n:]
	case fill:
		return body
	}
	return " " + body
}
