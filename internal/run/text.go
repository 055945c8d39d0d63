package run

import (
	"fmt"
	"strings"
	"time"

	"orabak-tui/internal/config"
)

// textLog renders events as lines of run.log: local time with its offset, then
// what happened. It keeps what repeats from line to line.
type textLog struct {
	buf    []byte
	second int64
	stamp  []byte
}

// render gives the lines of an event, valid until the next call; some events
// have none. Texts of several lines are indented, so that every line that
// begins with a time is an event.
func (t *textLog) render(e *Event) []byte {
	if e.Type == TypeLine && e.Line != nil {
		t.buf = append(t.appendStamp(t.buf[:0], e.Time), CleanText(e.Line.Text)...)
		return append(t.buf, '\n')
	}
	s := describe(e)
	if s == "" {
		return nil
	}
	t.buf = append(t.appendStamp(t.buf[:0], e.Time), strings.ReplaceAll(CleanText(s), "\n", "\n    ")...)
	return append(t.buf, '\n')
}

func (t *textLog) appendStamp(b []byte, at time.Time) []byte {
	if s := at.Unix(); s != t.second || t.stamp == nil {
		t.second = s
		t.stamp = at.Local().AppendFormat(t.stamp[:0], "2006-01-02T15:04:05-07:00 ")
	}
	return append(b, t.stamp...)
}

// Describe says in words what an event tells, without its time; empty for
// events that are only for programs. Texts may have several lines.
func Describe(e Event) string { return describe(&e) }

// describe is one event in words. Channels, totals and running transfers have
// none: RMAN's own lines beside them say it, or they come too often.
func describe(e *Event) string {
	switch {
	case e.Start != nil:
		return e.Start.text()
	case e.Phase != nil:
		return detail(fmt.Sprintf("-- %s: %s", e.Phase.Name, e.Phase.State), e.Phase.Detail)
	case e.Piece != nil:
		return detail(fmt.Sprintf("piece %s: %s, %s", e.Piece.Name, e.Piece.State, config.Bytes(e.Piece.Bytes)), e.Piece.Content)
	case e.Transfer != nil:
		return e.Transfer.text()
	case e.Problem != nil:
		return e.Problem.text()
	case e.Plan != nil:
		return e.Plan.text()
	case e.Commit != nil:
		return fmt.Sprintf("committed: set %s is on S3, %d pieces, %s", e.Commit.SetID, e.Commit.Pieces, config.Bytes(e.Commit.Bytes))
	case e.Release != nil:
		return fmt.Sprintf("archived redo logs: %d deleted, %d kept", e.Release.Deleted, e.Release.Kept)
	case e.Mark != nil:
		return "mark " + e.Mark.Name
	case e.End != nil:
		return e.End.text()
	}
	return ""
}

func detail(s, more string) string {
	if more == "" {
		return s
	}
	return s + ": " + more
}

func (s *Start) text() string {
	text := fmt.Sprintf("%s begins: run %s, process %d on %s, version %s", s.Kind, s.ID, s.PID, s.Host, s.Version)
	if s.DBName != "" {
		text += ", database " + s.DBName
	}
	if s.StartedBy != "" {
		text += ", started by " + s.StartedBy
	}
	return text
}

func (t *Transfer) text() string {
	verb := "upload"
	if t.Dir == "down" {
		verb = "download"
	}
	switch t.State {
	case Done, Failed, Retrying:
		return detail(fmt.Sprintf("%s %s: %s, %s", verb, t.Name, t.State, config.Bytes(t.Done)), t.Error)
	}
	return ""
}

func (p *Problem) text() string {
	s := strings.ToUpper(p.Severity) + ": " + p.Text
	if p.Code != "" && !strings.Contains(p.Text, p.Code) {
		s = strings.ToUpper(p.Severity) + " " + p.Code + ": " + p.Text
	}
	for _, line := range p.Stack {
		s += "\n" + line
	}
	if p.Cause != "" {
		s += "\ncause: " + p.Cause
	}
	if p.Remedy != "" {
		s += "\nwhat to do: " + p.Remedy
	}
	return s
}

func (p *Plan) text() string {
	s := "plan: " + p.Summary
	for _, step := range p.Steps {
		s += detail("\n- "+step.Name, step.Detail)
	}
	for _, w := range p.Warnings {
		s += "\nwarning: " + w
	}
	return s
}

func (x *End) text() string {
	s := fmt.Sprintf("ended: %s, exit code %d", x.Outcome, x.Exit)
	if x.SetID != "" {
		s += ", set " + x.SetID
	}
	if x.Warnings > 0 {
		s += fmt.Sprintf(", %d warnings", x.Warnings)
	}
	if x.Error != "" {
		s += "\n" + x.Error
	}
	if x.Remedy != "" {
		s += "\nwhat to do: " + x.Remedy
	}
	return s
}
