package oracle

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// row is one answered row; numbers are read by the methods, which remember the
// first field that is not one.
type row struct {
	question string
	fields   []string
	err      *error
}

// readRows picks the rows of q out of sqlplus's output. Other lines (a site's
// banner, a timing) are not rows and are passed over; a row that is cut or has
// a line break inside is an error, because nothing may be lost silently.
func readRows(q question, out []byte) ([]row, error) {
	var rows []row
	var bad error
	for line := range strings.Lines(string(out)) {
		line = strings.TrimRight(line, " \t\r\n")
		rest, ok := strings.CutPrefix(line, q.key+"|")
		if !ok {
			continue
		}
		fields := strings.SplitN(rest, "|", len(q.fields))
		last := len(fields) - 1
		whole, closed := strings.CutSuffix(fields[last], "|")
		if len(fields) != len(q.fields) || !closed {
			return nil, &Error{Question: q.name, Text: fmt.Sprintf("a row of the answer is cut: %+q", clip(line))}
		}
		fields[last] = whole
		rows = append(rows, row{question: q.name, fields: fields, err: &bad})
	}
	return rows, nil
}

func clip(s string) string { return s[:min(len(s), 200)] }

// text returns a field; the value is Oracle's own, not made safe for terminals.
func (r row) text(n int) string { return r.fields[n] }

// num returns a whole number; an empty field (NULL) is 0.
func (r row) num(n int) int64 {
	v, err := number(r.fields[n])
	if err != nil && *r.err == nil {
		*r.err = &Error{Question: r.question, Text: fmt.Sprintf("%+q is not a number", clip(r.fields[n]))}
	}
	return v
}

// int is num for counters that fit an int.
func (r row) int(n int) int { return int(r.num(n)) }

// level is num with NULL as -1.
func (r row) level(n int) int {
	if strings.TrimSpace(r.fields[n]) == "" {
		return -1
	}
	return r.int(n)
}

// number reads a whole number as SQL prints it.
func number(s string) (int64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err == nil || !strings.ContainsAny(s, "Ee.") {
		return v, clampSCN(&v, s, err)
	}
	f, ferr := strconv.ParseFloat(s, 64)
	if ferr != nil || f < 0 || f >= 1<<63 {
		return 0, err
	}
	return int64(f), nil
}

// clampSCN accepts the largest SCN, 18446744073709551615, which Oracle uses
// for "no end yet" and which does not fit.
func clampSCN(v *int64, s string, err error) error {
	if u, uerr := strconv.ParseUint(s, 10, 64); err != nil && uerr == nil && u > 1<<63-1 {
		*v = 1<<63 - 1
		return nil
	}
	return err
}

// failed returns the first field of rows that could not be read.
func failed(rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	return *rows[0].err
}

// message matches an error line of Oracle or sqlplus. A code inside a row does
// not count: rows begin with their key.
var message = regexp.MustCompile(`^\s*(?:ERROR:\s*)?((?:ORA|SP2|TNS|RMAN|CPY|PLS)-\d{4,5}): ?(.*)$`)

// readError returns the first Oracle error that the output of q reports. Codes
// that only wrap another one give way to it.
func readError(q question, out []byte) *Error {
	var first *Error
	for line := range strings.Lines(string(out)) {
		m := message.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil || strings.HasPrefix(line, q.key+"|") {
			continue
		}
		e := &Error{Question: q.name, Code: m[1], Text: clip(strings.TrimSpace(m[2]))}
		if f := FaultOf(e.Code); f != nil {
			e.cause = f
			return e
		}
		if first == nil {
			first = e
		}
	}
	return first
}

// lastWords is the end of the output, for a failure without a code.
func lastWords(out []byte) string {
	s := strings.TrimSpace(string(out))
	if s == "" {
		return ""
	}
	return fmt.Sprintf(": %+q", s[max(0, len(s)-200):])
}

// offset reads TZH:TZM, such as +02:00 or -03:30, as minutes.
func offset(s string) (int, error) {
	t, err := time.Parse("-07:00", strings.TrimSpace(s))
	if err != nil {
		return 0, err
	}
	return localOffset(t), nil
}
