package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxLine is the longest line of a journal that is read; the largest real one
// is the plan of a restore with its scripts.
const maxLine = 16 << 20

// Gaps counts what a reader passed over.
type Gaps struct {
	Garbage int  // lines that are no events
	TooLong int  // lines longer than 16 MiB
	Unknown int  // events of a type that this version does not know
	Newer   int  // events of a newer format
	Torn    bool // the last line is not whole: a crash, or a write under way
}

// Read gives all events in the folder of a run. Use Replay where there may be
// millions.
func Read(dir string) ([]Event, error) {
	var events []Event
	_, err := Replay(filepath.Join(dir, EventsFile), func(e Event) error {
		events = append(events, e)
		return nil
	})
	return events, err
}

// Replay reads a journal from its beginning and calls fn for each event. It
// trusts nothing in the file: what is no event is skipped and counted, texts
// are made safe for a terminal, and each event that fn gets has the payload of
// its type and no other. Before the first event of a newer format fn gets a
// warning of type problem. An error of fn ends the replay and is returned.
func Replay(path string, fn func(Event) error) (Gaps, error) {
	f, err := os.Open(path)
	if err != nil {
		return Gaps{}, fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	r := reader{fn: fn}
	err = r.drain(f)
	r.gaps.Torn = len(r.part) > 0
	return r.gaps, err
}

// reader cuts a growing file into lines and lines into events.
type reader struct {
	fn      func(Event) error
	part    []byte // a line whose end has not come yet
	cutting bool   // the line is too long; its rest is passed over
	chunk   []byte
	gaps    Gaps
	bytes   int64
	ended   bool // the end event has come by
}

// drain reads until there is no more for now. Read errors end it.
func (r *reader) drain(f io.Reader) error {
	if r.chunk == nil {
		r.chunk = make([]byte, 256<<10)
	}
	for {
		n, err := f.Read(r.chunk)
		r.bytes += int64(n)
		if failed := r.feed(r.chunk[:n]); failed != nil {
			return failed
		}
		if errors.Is(err, io.EOF) || n == 0 && err == nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
	}
}

func (r *reader) feed(data []byte) error {
	for len(data) > 0 {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			r.keep(data)
			return nil
		}
		line := data[:i]
		data = data[i+1:]
		if r.cutting {
			r.cutting = false
			continue
		}
		if len(r.part) > 0 {
			line = append(r.part, line...)
			r.part = line[:0]
		}
		if err := r.line(line); err != nil {
			return err
		}
	}
	return nil
}

// keep holds the beginning of a line until the rest comes, within bounds.
func (r *reader) keep(data []byte) {
	if r.cutting {
		return
	}
	if len(r.part)+len(data) > maxLine {
		r.gaps.TooLong++
		r.part, r.cutting = nil, true
		return
	}
	r.part = append(r.part, data...)
}

func (r *reader) line(line []byte) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	e, verdict := decode(line)
	switch verdict {
	case lineGarbage:
		r.gaps.Garbage++
		return nil
	case lineUnknown:
		r.gaps.Unknown++
		return nil
	case lineNewer, lineNewerKnown:
		if r.gaps.Newer++; r.gaps.Newer == 1 {
			if err := r.fn(newerNotice(e)); err != nil {
				return err
			}
		}
		if verdict == lineNewer {
			return nil
		}
	}
	if r.ended {
		return nil // nothing comes after the end
	}
	r.ended = e.Type == TypeEnd
	return r.fn(e)
}

func newerNotice(e Event) Event {
	return Event{V: FormatVersion, Seq: e.Seq, Time: e.Time, Type: TypeProblem, Problem: &Problem{
		Severity: "warning",
		Text:     fmt.Sprintf("this run was made by a newer version of the program (journal format %d); some of it is not shown", e.V),
		Remedy:   "upgrade orabak-tui",
	}}
}

type verdict int

const (
	lineEvent      verdict = iota
	lineGarbage            // not JSON, or a payload that does not fit
	lineUnknown            // a type that we do not know
	lineNewer              // a newer format
	lineNewerKnown         // a newer format, but a start or end that we understand
)

// decode reads one line. Starts and ends of a newer format are read as far as
// they are known: whether a run lives must not depend on versions.
func decode(line []byte) (Event, verdict) {
	if e, ok := decodeLine(line); ok {
		return e, lineEvent
	}
	var e Event
	failed := json.Unmarshal(line, &e) != nil
	if failed {
		e = decodeHead(line)
	}
	if e.V <= 0 || e.Type == "" {
		return e, lineGarbage
	}
	payload, known := onlyPayload(&e)
	newer := e.V > FormatVersion
	if newer && (failed || !payload || e.Type != TypeStart && e.Type != TypeEnd) {
		return e, lineNewer
	}
	switch {
	case failed:
		return e, lineGarbage
	case !known:
		return e, lineUnknown
	case !payload:
		return e, lineGarbage
	}
	if suspicious(line) {
		cleanEvent(&e)
	}
	if newer {
		return e, lineNewerKnown
	}
	return e, lineEvent
}

// decodeHead reads what every format has, when the rest does not fit.
func decodeHead(line []byte) Event {
	var head struct {
		V    int  `json:"v"`
		Type Type `json:"type"`
	}
	if json.Unmarshal(line, &head) != nil {
		return Event{}
	}
	return Event{V: head.V, Type: head.Type}
}

// onlyPayload leaves the payload that the type names and tells whether there
// is one, and whether the type is known.
func onlyPayload(e *Event) (payload, known bool) {
	only := Event{V: e.V, Seq: e.Seq, Time: e.Time, Type: e.Type}
	known = true
	switch e.Type {
	case TypeStart:
		only.Start, payload = e.Start, e.Start != nil
	case TypePhase:
		only.Phase, payload = e.Phase, e.Phase != nil
	case TypeLine:
		only.Line, payload = e.Line, e.Line != nil
	case TypeChannel:
		only.Channel, payload = e.Channel, e.Channel != nil
	case TypeLongops:
		only.Longops, payload = e.Longops, e.Longops != nil
	case TypePiece:
		only.Piece, payload = e.Piece, e.Piece != nil
	case TypeTransfer:
		only.Transfer, payload = e.Transfer, e.Transfer != nil
	case TypeProgress:
		only.Progress, payload = e.Progress, e.Progress != nil
	case TypeProblem:
		only.Problem, payload = e.Problem, e.Problem != nil
	case TypePlan:
		only.Plan, payload = e.Plan, e.Plan != nil
	case TypeCommit:
		only.Commit, payload = e.Commit, e.Commit != nil
	case TypeRelease:
		only.Release, payload = e.Release, e.Release != nil
	case TypeMark:
		only.Mark, payload = e.Mark, e.Mark != nil
	case TypeEnd:
		only.End, payload = e.End, e.End != nil
	default:
		known = false
	}
	*e = only
	return payload, known
}
