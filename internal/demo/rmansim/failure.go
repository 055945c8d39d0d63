package rmansim

import (
	"errors"
	"fmt"
	"strings"

	"orabak-tui/internal/demo/oradb"
)

// failure is a command that failed. Lines are the messages of its stack below
// the one that names the command.
type failure struct {
	lines   []string
	verb    string // empty: the command's own
	channel string // set: RMAN-03009 names the channel
	bare    bool   // no RMAN-03002 line at all (syntax errors)
}

// Error joins the messages.
func (f *failure) Error() string { return strings.Join(f.lines, "; ") }

// fail makes a failure of one message.
func fail(format string, args ...any) *failure {
	return &failure{lines: []string{fmt.Sprintf(format, args...)}}
}

// and adds a message.
func (f *failure) and(format string, args ...any) *failure {
	f.lines = append(f.lines, fmt.Sprintf(format, args...))
	return f
}

// on names the channel the failure happened on.
func (f *failure) on(channel string) *failure {
	f.channel = channel
	return f
}

// asFailure gives any error the shape of a failure; database errors keep their
// codes.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return &failure{lines: messagesOf(err)}
}

// messagesOf gives the lines of a database error, or one line for any other.
func messagesOf(err error) []string {
	var f *failure
	if errors.As(err, &f) {
		return f.lines
	}
	var ora *oradb.OraError
	if errors.As(err, &ora) {
		return strings.Split(ora.Error(), "\n")
	}
	return []string{"RMAN-00600: internal error, arguments [" + err.Error() + "] [] [] []"}
}

// notConnected is the answer to a command that needs a database.
func notConnected() *failure { return fail("RMAN-06171: not connected to target database") }

var banner = []string{
	"RMAN-00571: ===========================================================",
	"RMAN-00569: =============== ERROR MESSAGE STACK FOLLOWS ===============",
	"RMAN-00571: ===========================================================",
}

// stackDate is the form of dates in a stack, whatever the NLS settings.
const stackDate = "01/02/2006 15:04:05"

// stack prints the error stack of a failed command.
func (s *session) stack(verb string, f *failure) {
	lines := append([]string{}, banner...)
	if !f.bare {
		lines = append(lines, s.carrier(verb, f))
	}
	s.out.raw(append(lines, f.lines...)...)
}

// carrier is the line that names the command and, where known, the channel.
func (s *session) carrier(verb string, f *failure) string {
	if f.verb != "" {
		verb = f.verb
	}
	at := s.now().Format(stackDate)
	if f.channel != "" {
		return fmt.Sprintf("RMAN-03009: failure of %s command on %s channel at %s", verb, f.channel, at)
	}
	return fmt.Sprintf("RMAN-03002: failure of %s command at %s", verb, at)
}
