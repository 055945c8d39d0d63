package restore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Mode says which backups a restore may use.
type Mode string

// The modes. The zero value of Mode means ModeIncremental.
const (
	ModeIncremental Mode = "incremental" // level 0, then level 1s, then archived logs
	ModeFull        Mode = "full"        // level 0, then all archived logs
)

// TargetKind says how the end of a restore is named.
type TargetKind string

// The kinds of targets.
const (
	TargetLatest   TargetKind = "latest"   // as far as redo reaches
	TargetSet      TargetKind = "set"      // the end of the archived logs in one set
	TargetTime     TargetKind = "time"     // changes before this moment
	TargetSCN      TargetKind = "scn"      // changes below this SCN
	TargetSequence TargetKind = "sequence" // logs below this sequence of a thread
)

// Target is the moment to which a database is restored. The zero value is the
// latest one.
type Target struct {
	Kind TargetKind `json:"kind"`
	Set  string     `json:"set,omitempty"` // set id
	// Time is an instant, UTC. Local instead is the wall clock of the database
	// host, YYYY-MM-DD HH:MM:SS, resolved with the zone that the sets record.
	Time     time.Time `json:"time,omitzero"`
	Local    string    `json:"local,omitempty"`
	SCN      int64     `json:"scn,omitempty"`      // the first SCN that is not applied
	Sequence int64     `json:"sequence,omitempty"` // the first log that is not applied
	Thread   int       `json:"thread,omitempty"`   // of Sequence; 0 means 1
}

// timeLayout is the wall clock form that people and scripts use.
const timeLayout = "2006-01-02 15:04:05"

// errTime is what ParseTime says of anything it cannot read.
var errTime = errors.New("not a time: use YYYY-MM-DD HH:MM:SS in the database host's zone, or RFC 3339, such as 2026-11-23T11:30:00-03:00")

// ParseTime reads the value of --until-time.
func ParseTime(s string) (Target, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return Target{Kind: TargetTime, Time: t.UTC()}, nil
	}
	if len(s) == len(timeLayout)-len(":00") {
		s += ":00" // to the minute
	}
	if _, err := time.Parse(timeLayout, s); err != nil || len(s) != len(timeLayout) {
		return Target{}, errTime
	}
	return Target{Kind: TargetTime, Local: s}, nil
}

// ParseSequence reads the value of --until-sequence: N or N:THREAD.
func ParseSequence(s string) (Target, error) {
	seq, thread, given := strings.Cut(strings.TrimSpace(s), ":")
	if !given {
		thread = "1"
	}
	n, err1 := strconv.ParseInt(seq, 10, 64)
	t, err2 := strconv.Atoi(thread)
	if err1 != nil || err2 != nil || n < 1 || t < 1 {
		return Target{}, errors.New("not a log sequence: use N or N:THREAD, such as 48162 or 48162:2")
	}
	return Target{Kind: TargetSequence, Sequence: n, Thread: t}, nil
}

// ParseSCN reads the value of --until-scn.
func ParseSCN(s string) (Target, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 1 {
		return Target{}, errors.New("not an SCN: use a positive whole number")
	}
	return Target{Kind: TargetSCN, SCN: n}, nil
}

// String names the target for people.
func (t Target) String() string {
	switch t.Kind {
	case TargetSet:
		return "the end of set " + t.Set
	case TargetTime:
		if t.Local != "" {
			return t.Local
		}
		return t.Time.UTC().Format(timeLayout) + " UTC"
	case TargetSCN:
		return fmt.Sprintf("SCN %d", t.SCN)
	case TargetSequence:
		return fmt.Sprintf("sequence %d of thread %d", t.Sequence, max(t.Thread, 1))
	default:
		return "the latest moment"
	}
}
