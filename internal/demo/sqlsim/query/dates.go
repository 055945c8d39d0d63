package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// DefaultDateFormat is NLS_DATE_FORMAT of AMERICAN_AMERICA.
const DefaultDateFormat = "DD-MON-RR"

// dateElements are the elements of a date format, longer ones before their
// beginnings.
var dateElements = []string{
	"YYYY", "SYYYY", "RRRR", "YY", "RR", "MONTH", "MON", "MM", "MI", "DDD", "DAY", "DD", "DY", "D",
	"HH24", "HH12", "HH", "SSSSS", "SS", "FF3", "FF6", "FF", "A.M.", "P.M.", "AM", "PM", "TZH", "TZM", "TZR", "WW", "IW", "Q", "J",
}

// splitFormat cuts a format into elements (upper case) and literal text, which
// begins with a NUL.
func splitFormat(pos int, format string) (out []string) {
	for i := 0; i < len(format); {
		if format[i] == '"' {
			end := strings.IndexByte(format[i+1:], '"')
			if end < 0 {
				fail(pos, 1821, "date format not recognized")
			}
			out, i = append(out, "\x00"+format[i+1:i+1+end]), i+end+2
			continue
		}
		if strings.HasPrefix(strings.ToUpper(format[i:]), "FM") {
			i += 2
			continue
		}
		e := element(format[i:])
		switch {
		case e != "":
			out, i = append(out, format[i:i+len(e)]), i+len(e)
		case isLetter(format[i]) || isDigit(format[i]):
			fail(pos, 1821, "date format not recognized")
		default:
			out, i = append(out, "\x00"+format[i:i+1]), i+1
		}
	}
	return out
}

func element(s string) string {
	up := strings.ToUpper(s[:min(len(s), 8)])
	for _, e := range dateElements {
		if strings.HasPrefix(up, e) {
			return e
		}
	}
	return ""
}

// formatDate is TO_CHAR(date, format).
func formatDate(pos int, t time.Time, format string) string {
	var b strings.Builder
	for _, e := range splitFormat(pos, format) {
		if e[0] == 0 {
			b.WriteString(e[1:])
			continue
		}
		b.WriteString(dateElement(t, e))
	}
	return b.String()
}

func dateElement(t time.Time, e string) string {
	up := strings.ToUpper(e)
	if fn := worded[up]; fn != nil {
		return casing(e, fn(t))
	}
	if fn := counted[up]; fn != nil {
		return fn(t)
	}
	return t.Format(layouts[up])
}

// layouts are the elements that Go's own layouts know.
var layouts = map[string]string{
	"YY": "06", "RR": "06", "MM": "01", "DD": "02", "HH24": "15", "HH12": "03", "HH": "03", "MI": "04", "SS": "05",
	"YYYY": "2006", "RRRR": "2006", "SYYYY": "2006", "TZR": "-07:00",
}

// worded elements follow the case of the format.
var worded = map[string]func(time.Time) string{
	"MON":   func(t time.Time) string { return t.Format("Jan") },
	"MONTH": func(t time.Time) string { return fmt.Sprintf("%-9s", t.Format("January")) },
	"DY":    func(t time.Time) string { return t.Format("Mon") },
	"DAY":   func(t time.Time) string { return fmt.Sprintf("%-9s", t.Format("Monday")) },
	"AM":    func(t time.Time) string { return t.Format("PM") },
	"PM":    func(t time.Time) string { return t.Format("PM") },
	"A.M.":  func(t time.Time) string { return strings.ReplaceAll(t.Format("PM"), "M", ".M.") },
	"P.M.":  func(t time.Time) string { return strings.ReplaceAll(t.Format("PM"), "M", ".M.") },
}

// counted elements are numbers.
var counted = map[string]func(time.Time) string{
	"DDD":   func(t time.Time) string { return fmt.Sprintf("%03d", t.YearDay()) },
	"D":     func(t time.Time) string { return strconv.Itoa(int(t.Weekday()) + 1) },
	"SSSSS": func(t time.Time) string { return fmt.Sprintf("%05d", t.Hour()*3600+t.Minute()*60+t.Second()) },
	"FF":    func(t time.Time) string { return fmt.Sprintf("%06d", t.Nanosecond()/1000) },
	"FF6":   func(t time.Time) string { return fmt.Sprintf("%06d", t.Nanosecond()/1000) },
	"FF3":   func(t time.Time) string { return fmt.Sprintf("%03d", t.Nanosecond()/1_000_000) },
	"TZH":   func(t time.Time) string { return fmt.Sprintf("%+03d", zoneOffset(t)/3600) },
	"TZM":   func(t time.Time) string { return fmt.Sprintf("%02d", max(zoneOffset(t), -zoneOffset(t))/60%60) },
	"WW":    func(t time.Time) string { return fmt.Sprintf("%02d", (t.YearDay()-1)/7+1) },
	"IW":    func(t time.Time) string { _, week := t.ISOWeek(); return fmt.Sprintf("%02d", week) },
	"Q":     func(t time.Time) string { return strconv.Itoa((int(t.Month())-1)/3 + 1) },
	"J":     func(t time.Time) string { return strconv.FormatInt(t.Unix()/86400+2440588, 10) },
}

func zoneOffset(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

// casing follows the case of the format element: MON, Mon, mon.
func casing(e, s string) string {
	switch {
	case e == strings.ToUpper(e):
		return strings.ToUpper(s)
	case e == strings.ToLower(e):
		return strings.ToLower(s)
	}
	return s
}

// dateFields is what parseDate collects.
type dateFields struct {
	year, month, day, hour, min, sec int
	pm, hour12                       bool
	rest                             string
	pos                              int
}

// parseDate is TO_DATE(s, format) in the zone. What the format does not name is
// the first of the current month at midnight, as Oracle has it.
func parseDate(pos int, s, format string, now time.Time, zone *time.Location) time.Time {
	now = now.In(zone)
	f := dateFields{year: now.Year(), month: int(now.Month()), day: 1, rest: strings.TrimSpace(s), pos: pos}
	for _, e := range splitFormat(pos, format) {
		if e[0] == 0 {
			f.literal(e[1:])
			continue
		}
		f.element(strings.ToUpper(e), now)
	}
	if strings.TrimSpace(f.rest) != "" {
		fail(pos, 1830, "date format picture ends before converting entire input string")
	}
	if f.hour12 {
		f.hour %= 12
		if f.pm {
			f.hour += 12
		}
	}
	t := time.Date(f.year, time.Month(f.month), f.day, f.hour, f.min, f.sec, 0, zone)
	if t.Day() != f.day {
		fail(pos, 1839, "date not valid for month specified")
	}
	return t
}

func (f *dateFields) literal(text string) {
	if rest, ok := strings.CutPrefix(f.rest, text); ok {
		f.rest = rest
		return
	}
	if len(text) == 1 && f.rest != "" && !isDigit(f.rest[0]) && !isLetter(f.rest[0]) {
		f.rest = f.rest[1:] // any punctuation stands for any other
		return
	}
	if f.rest != "" {
		fail(f.pos, 1861, "literal does not match format string")
	}
}

func (f *dateFields) element(e string, now time.Time) {
	if f.rest == "" && e != "SS" && e != "MI" && e != "HH24" {
		fail(f.pos, 1840, "input value not long enough for date format")
	}
	switch e {
	case "YYYY", "RRRR", "SYYYY":
		f.year = f.number(4, 1, 9999, 1841, "(full) year must be between -4713 and +9999, and not be 0")
	case "YY", "RR":
		f.year = now.Year()/100*100 + f.number(2, 0, 99, 1843, "not a valid month")
	case "MM":
		f.month = f.number(2, 1, 12, 1843, "not a valid month")
	case "MON", "MONTH":
		f.monthName()
	case "DD":
		f.day = f.number(2, 1, 31, 1847, "day of month must be between 1 and last day of month")
	case "HH24":
		f.hour = f.number(2, 0, 23, 1850, "hour must be between 0 and 23")
	case "HH", "HH12":
		f.hour12, f.hour = true, f.number(2, 1, 12, 1849, "hour must be between 1 and 12")
	case "MI":
		f.min = f.number(2, 0, 59, 1851, "minutes must be between 0 and 59")
	case "SS":
		f.sec = f.number(2, 0, 59, 1852, "seconds must be between 0 and 59")
	case "AM", "PM":
		f.pm = strings.HasPrefix(strings.ToUpper(f.rest), "PM")
		f.rest = f.rest[min(2, len(f.rest)):]
	default:
		fail(f.pos, 1820, "format code cannot appear in date input format")
	}
}

func (f *dateFields) number(digits, lo, hi, code int, text string) int {
	n := 0
	for n < len(f.rest) && n < digits && isDigit(f.rest[n]) {
		n++
	}
	if n == 0 && f.rest == "" {
		return lo
	}
	v, err := strconv.Atoi(f.rest[:n])
	if err != nil {
		fail(f.pos, 1858, "a non-numeric character was found where a numeric was expected")
	}
	if v < lo || v > hi {
		fail(f.pos, code, "%s", text)
	}
	f.rest = f.rest[n:]
	return v
}

func (f *dateFields) monthName() {
	for m := time.January; m <= time.December; m++ {
		for _, name := range []string{m.String(), m.String()[:3]} {
			if len(f.rest) >= len(name) && strings.EqualFold(f.rest[:len(name)], name) {
				f.month, f.rest = int(m), f.rest[len(name):]
				return
			}
		}
	}
	fail(f.pos, 1843, "not a valid month")
}
