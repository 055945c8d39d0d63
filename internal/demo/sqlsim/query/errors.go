package query

import "fmt"

// Error is a refusal with an ORA- code.
type Error struct {
	Code int
	Text string
	Pos  int // byte offset in the statement, -1 where there is none
}

// Error gives the line as Oracle prints it.
func (e *Error) Error() string { return fmt.Sprintf("ORA-%05d: %s", e.Code, e.Text) }

func fault(pos, code int, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...), Pos: pos}
}

// quit carries an Error out of deep recursion; run and parse recover it.
type quit struct{ err error }

func fail(pos, code int, format string, args ...any) {
	panic(quit{fault(pos, code, format, args...)})
}

// catch turns a quit into an error.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case quit:
		*err = r.err
	default:
		panic(r)
	}
}
