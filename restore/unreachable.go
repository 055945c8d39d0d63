package restore

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrUnreachable is wrapped by every *UnreachableError: the target lies in a
// gap or outside what sets and local logs cover. The exit code is 5.
var ErrUnreachable = errors.New("target not reachable")

// Moment is a point that can be reached.
type Moment struct {
	SCN  int64     `json:"scn"`  // the first SCN that is not applied
	Time time.Time `json:"time"` // UTC, the last moment known to be included
	Set  string    `json:"set,omitempty"`
}

// UnreachableError says why a target cannot be reached and what can.
type UnreachableError struct {
	Reason string `json:"reason"`
	// The missing logs, if a gap is the reason: sequences From to To of Thread
	// in the incarnation of ResetlogsSCN. To is 0 when all that is known is
	// that logs from From on are missing.
	Thread       int   `json:"thread,omitempty"`
	From         int64 `json:"from_sequence,omitempty"`
	To           int64 `json:"to_sequence,omitempty"`
	ResetlogsSCN int64 `json:"resetlogs_scn,omitempty"`
	// The sets between which the set that would have held them lies.
	After  string `json:"after_set,omitempty"`
	Before string `json:"before_set,omitempty"`
	// The nearest reachable moments on both sides of the target.
	NearestBefore *Moment `json:"nearest_before,omitempty"`
	NearestAfter  *Moment `json:"nearest_after,omitempty"`
}

// Error is one sentence with the missing log and the nearest moments.
func (e *UnreachableError) Error() string {
	return ErrUnreachable.Error() + ": " + strings.Join(e.Lines(), "; ")
}

// Unwrap gives ErrUnreachable.
func (e *UnreachableError) Unwrap() error { return ErrUnreachable }

// Missing names the missing logs: "thread 1 sequence 57" or "… 57 – 60".
func (e *UnreachableError) Missing() string {
	switch {
	case e.From == 0:
		return ""
	case e.To == 0:
		return fmt.Sprintf("thread %d sequence %d and later", e.Thread, e.From)
	case e.To == e.From:
		return fmt.Sprintf("thread %d sequence %d", e.Thread, e.From)
	default:
		return fmt.Sprintf("thread %d sequences %d to %d", e.Thread, e.From, e.To)
	}
}

// Lines is the reason, then what is missing and where it would have been, then
// the nearest reachable moments.
func (e *UnreachableError) Lines() []string {
	lines := []string{e.Reason}
	if m := e.Missing(); m != "" {
		lines = append(lines, "missing: "+m+e.between())
	}
	if e.NearestBefore != nil {
		lines = append(lines, "nearest before: "+e.NearestBefore.String())
	}
	if e.NearestAfter != nil {
		lines = append(lines, "nearest after: "+e.NearestAfter.String())
	}
	return lines
}

func (e *UnreachableError) between() string {
	switch {
	case e.After != "" && e.Before != "":
		return ", which a set between " + e.After + " and " + e.Before + " would have held"
	case e.After != "":
		return ", which a set after " + e.After + " would have held"
	case e.Before != "":
		return ", which a set before " + e.Before + " would have held"
	default:
		return ""
	}
}

// String is the SCN with the time when that is known.
func (m Moment) String() string {
	if m.Time.IsZero() {
		return fmt.Sprintf("SCN %d", m.SCN)
	}
	return fmt.Sprintf("SCN %d (%s UTC)", m.SCN, m.Time.UTC().Format(timeLayout))
}
