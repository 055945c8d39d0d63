package oradb

import (
	"errors"
	"fmt"
	"strings"
)

// OraLine is one line of an Oracle error stack.
type OraLine struct {
	Code int // 1157 for ORA-01157; 0 for a line without a code
	Text string
}

// String gives the line as Oracle prints it.
func (l OraLine) String() string {
	if l.Code == 0 {
		return l.Text
	}
	return fmt.Sprintf("ORA-%05d: %s", l.Code, l.Text)
}

// OraError is a refusal with Oracle's codes, in the order Oracle prints them.
type OraError struct {
	Lines []OraLine
}

// Error joins the lines with newlines.
func (e *OraError) Error() string {
	out := make([]string, len(e.Lines))
	for i, l := range e.Lines {
		out[i] = l.String()
	}
	return strings.Join(out, "\n")
}

// Has tells whether one of the lines carries the code.
func (e *OraError) Has(code int) bool {
	for _, l := range e.Lines {
		if l.Code == code {
			return true
		}
	}
	return false
}

// HasCode tells whether err is or wraps an [OraError] that carries the code.
func HasCode(err error, code int) bool {
	var ora *OraError
	return errors.As(err, &ora) && ora.Has(code)
}

// Ora makes an error of one line.
func Ora(code int, format string, args ...any) *OraError {
	return (&OraError{}).And(code, format, args...)
}

// And appends a line and returns e.
func (e *OraError) And(code int, format string, args ...any) *OraError {
	e.Lines = append(e.Lines, OraLine{Code: code, Text: fmt.Sprintf(format, args...)})
	return e
}

// Line appends a line without a code (an operating system's message).
func (e *OraError) Line(format string, args ...any) *OraError {
	return e.And(0, format, args...)
}

// osError appends what Oracle on Linux adds for a missing file: code is the
// 27xxx line that names the call.
func (e *OraError) osError(code int, call string) *OraError {
	return e.And(code, "%s", call).
		Line("Linux-x86_64 Error: 2: No such file or directory").
		Line("Additional information: 7")
}

// NotAvailable is what every command gets while the instance is down.
func NotAvailable() *OraError {
	return Ora(1034, "ORACLE not available").
		And(27101, "shared memory realm does not exist").
		Line("Linux-x86_64 Error: 2: No such file or directory")
}

// dataFileDetail appends the ORA-01110 line that names a datafile.
func (e *OraError) dataFile(number int, name string) *OraError {
	return e.And(1110, "data file %d: '%s'", number, name)
}
