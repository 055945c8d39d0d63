package rmansim

import (
	"fmt"
	"strings"
	"time"
)

// defaultDate is the date format of AMERICAN_AMERICA.
const defaultDate = "DD-MON-RR"

// nls holds the settings that shape dates.
type nls struct {
	format string
	zone   *time.Location
}

// newNLS reads the environment. NLS_DATE_FORMAT counts only where NLS_LANG is
// set: without it Oracle's client libraries ignore the other NLS variables.
func newNLS(env func(string) string) nls {
	n := nls{format: defaultDate, zone: time.Local}
	if f := env("NLS_DATE_FORMAT"); f != "" && env("NLS_LANG") != "" {
		n.format = f
	}
	if tz := env("TZ"); tz != "" {
		if loc, err := time.LoadLocation(strings.TrimPrefix(tz, ":")); err == nil {
			n.zone = loc
		}
	}
	return n
}

// date formats a time the way NLS_DATE_FORMAT asks for.
func (n nls) date(t time.Time) string { return formatDate(n.format, t.In(n.zone)) }

// dateElement is one element of a date format: how it is written and how it is
// read into the parts of a date.
type dateElement struct {
	name  string
	write func(t time.Time) string
	width int // digits read; 0 for words
	set   func(d *dateParts, v int)
}

// dateParts collects what a literal says.
type dateParts struct {
	year, month, day, hour, minute, second int
	pm, half                               bool
}

// dateElements are tried in order: longer names stand before their prefixes.
var dateElements = []dateElement{
	{"YYYY", layout("2006"), 4, func(d *dateParts, v int) { d.year = v }},
	{"RRRR", layout("2006"), 4, func(d *dateParts, v int) { d.year = v }},
	{"YY", layout("06"), 2, func(d *dateParts, v int) { d.year = 2000 + v }},
	{"RR", layout("06"), 2, func(d *dateParts, v int) { d.year = 1950 + (v+50)%100 }},
	{"MONTH", upper("January"), 0, func(d *dateParts, v int) { d.month = v }},
	{"MON", upper("Jan"), 0, func(d *dateParts, v int) { d.month = v }},
	{"MM", layout("01"), 2, func(d *dateParts, v int) { d.month = v }},
	{"MI", layout("04"), 2, func(d *dateParts, v int) { d.minute = v }},
	{"DY", upper("Mon"), 0, nil},
	{"DAY", upper("Monday"), 0, nil},
	{"DD", layout("02"), 2, func(d *dateParts, v int) { d.day = v }},
	{"HH24", layout("15"), 2, func(d *dateParts, v int) { d.hour = v }},
	{"HH12", layout("03"), 2, func(d *dateParts, v int) { d.hour, d.half = v, true }},
	{"HH", layout("03"), 2, func(d *dateParts, v int) { d.hour, d.half = v, true }},
	{"SS", layout("05"), 2, func(d *dateParts, v int) { d.second = v }},
	{"AM", layout("PM"), 0, nil},
	{"PM", layout("PM"), 0, nil},
}

func layout(l string) func(time.Time) string {
	return func(t time.Time) string { return t.Format(l) }
}

func upper(l string) func(time.Time) string {
	return func(t time.Time) string { return strings.ToUpper(t.Format(l)) }
}

// nextElement cuts the first piece off a date format: an element, or a literal
// in or without double quotes.
func nextElement(format string) (e *dateElement, literal, rest string) {
	if format[0] == '"' {
		if i := strings.IndexByte(format[1:], '"'); i >= 0 {
			return nil, format[1 : 1+i], format[2+i:]
		}
	}
	up := strings.ToUpper(format)
	for i := range dateElements {
		if strings.HasPrefix(up, dateElements[i].name) {
			return &dateElements[i], "", format[len(dateElements[i].name):]
		}
	}
	return nil, format[:1], format[1:]
}

// formatDate writes t by an Oracle date format.
func formatDate(format string, t time.Time) string {
	var b strings.Builder
	for format != "" {
		e, literal, rest := nextElement(format)
		if e != nil {
			literal = e.write(t)
		}
		b.WriteString(literal)
		format = rest
	}
	return b.String()
}

// parseDate reads a literal by an Oracle date format. Missing parts of the time
// of day are zero.
func parseDate(format, text string, zone *time.Location) (time.Time, error) {
	d := dateParts{month: 1, day: 1, year: time.Now().In(zone).Year()}
	rest := text
	for format != "" && rest != "" {
		e, literal, more := nextElement(format)
		format = more
		var err error
		if rest, err = readElement(e, literal, rest, &d); err != nil {
			return time.Time{}, err
		}
	}
	if rest != "" {
		return time.Time{}, fail("ORA-01830: date format picture ends before converting entire input string")
	}
	return d.time(zone)
}

// readElement reads one piece of a literal and gives what is left of it.
func readElement(e *dateElement, literal, rest string, d *dateParts) (string, error) {
	switch {
	case e == nil:
		if !strings.HasPrefix(rest, literal) {
			return "", fail("ORA-01861: literal does not match format string")
		}
		return rest[len(literal):], nil
	case e.width > 0:
		return readDigits(e, rest, d)
	case strings.HasPrefix(e.name, "MON"):
		return readMonth(e, rest, d)
	case e.name == "AM" || e.name == "PM":
		d.pm = strings.HasPrefix(strings.ToUpper(rest), "PM")
		return rest[min(2, len(rest)):], nil
	}
	return "", fail("ORA-01820: format code cannot appear in date input format")
}

func readDigits(e *dateElement, rest string, d *dateParts) (string, error) {
	n, v := 0, 0
	for n < e.width && n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		v = v*10 + int(rest[n]-'0')
		n++
	}
	if n == 0 {
		return "", fail("ORA-01858: a non-numeric character was found where a numeric was expected")
	}
	e.set(d, v)
	return rest[n:], nil
}

func readMonth(e *dateElement, rest string, d *dateParts) (string, error) {
	for m := time.January; m <= time.December; m++ {
		for _, name := range []string{m.String(), m.String()[:3]} {
			if len(rest) >= len(name) && strings.EqualFold(rest[:len(name)], name) {
				e.set(d, int(m))
				return rest[len(name):], nil
			}
		}
	}
	return "", fail("ORA-01843: not a valid month")
}

// time makes a time of the parts, or says which part is out of range.
func (d dateParts) time(zone *time.Location) (time.Time, error) {
	if d.half {
		d.hour %= 12
		if d.pm {
			d.hour += 12
		}
	}
	switch {
	case d.month < 1 || d.month > 12:
		return time.Time{}, fail("ORA-01843: not a valid month")
	case d.hour > 23:
		return time.Time{}, fail("ORA-01850: hour must be between 0 and 23")
	case d.minute > 59:
		return time.Time{}, fail("ORA-01851: minutes must be between 0 and 59")
	case d.second > 59:
		return time.Time{}, fail("ORA-01852: seconds must be between 0 and 59")
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, zone)
	if d.day < 1 || t.Day() != d.day {
		return time.Time{}, fail("ORA-01839: date not valid for month specified")
	}
	return t, nil
}

// elapsed formats a duration as HH:MM:SS.
func elapsed(d time.Duration) string {
	sec := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%02d:%02d:%02d", sec/3600, sec/60%60, sec%60)
}
