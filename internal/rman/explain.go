package rman

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrLocalized says that a transcript is not in English. Its message carries the
// advice; the report or value that comes with it is what numbers and names
// alone tell.
var ErrLocalized = errors.New("RMAN's output is not in English and cannot be read reliably: " +
	"run rman with NLS_LANG=AMERICAN_AMERICA.AL32UTF8 in its environment")

// autobackupTag stands in Report.Tags for a piece whose line has no tag.
const autobackupTag = "(autobackup)"

// Report is what a transcript tells. Its JSON is a contract (explain --json):
// lists are in the order of the log, repeats kept, never null.
type Report struct {
	Version       string   `json:"version"`
	DBName        string   `json:"db_name"`
	DBID          *int64   `json:"dbid"` // null if the log does not tell
	PiecesWritten []string `json:"pieces_written"`
	PiecesRead    []string `json:"pieces_read"`
	Tags          []string `json:"tags"` // one for each piece written; "(autobackup)" if its line has none
	StackCodes    []string `json:"stack_codes"`
	InlineCodes   []string `json:"inline_codes"`
	Warnings      []string `json:"warnings"` // the inline codes that are warnings
	Outcome       Outcome  `json:"outcome"`

	Findings []Finding `json:"-"` // what a person should know of the codes
	Summary  *Summary  `json:"-"`
}

// Finding is one message of the log with what the catalogue knows of it.
type Finding struct {
	Message
	Entry   Entry // zero if the catalogue does not know the code
	InStack bool
	Root    bool // the root cause of its stack
}

// Explain reads a whole transcript of any RMAN release, English or not, UTF-8,
// UTF-16 or a legacy code page. The report is never nil; the error is one of
// reading, or ErrLocalized.
func Explain(r io.Reader) (*Report, error) {
	report := &Report{
		PiecesWritten: []string{}, PiecesRead: []string{}, Tags: []string{},
		StackCodes: []string{}, InlineCodes: []string{}, Warnings: []string{},
		Summary: NewSummary(),
	}
	p := NewParser(report.add)
	err := eachLine(r, p.Line)
	p.End()
	report.conclude()
	if err != nil {
		return report, fmt.Errorf("read the transcript: %w", err)
	}
	if report.Summary.Localized {
		return report, ErrLocalized
	}
	return report, nil
}

// add collects what must keep the order of the log.
func (r *Report) add(e Event) {
	r.Summary.Add(e)
	switch e.Kind {
	case KindStackEnd:
		r.StackCodes = append(r.StackCodes, e.Stack.Codes()...)
		return
	case KindStackLine:
		return
	case KindWarning, KindNotCataloged:
		if e.Code != "" {
			r.Warnings = append(r.Warnings, e.Code)
		}
	}
	switch {
	case e.MsgNo != "":
		r.InlineCodes = append(r.InlineCodes, e.MsgNo)
	case e.Code != "":
		r.InlineCodes = append(r.InlineCodes, e.Code)
	}
}

func (r *Report) conclude() {
	s := r.Summary
	r.Version, r.DBName, r.Outcome = s.Version, s.DBName, s.Outcome()
	for _, p := range s.Written {
		r.PiecesWritten = append(r.PiecesWritten, p.Handle)
		tag := p.Tag
		if tag == "" {
			tag = autobackupTag
		}
		r.Tags = append(r.Tags, tag)
	}
	for _, p := range s.Read {
		r.PiecesRead = append(r.PiecesRead, p.Handle)
	}
	id := s.DBID
	if id == 0 {
		id = handlesDBID(r.PiecesWritten, r.PiecesRead)
	}
	if id != 0 {
		r.DBID = &id
	}
	r.Findings = s.findings()
}

// handlesDBID finds the DBID in an autobackup's name, which by the default
// format %F is c-DBID-YYYYMMDD-QQ.
func handlesDBID(lists ...[]string) int64 {
	for _, list := range lists {
		for _, handle := range list {
			if id := handleDBID(handle); id != 0 {
				return id
			}
		}
	}
	return 0
}

func handleDBID(handle string) int64 {
	for rest := strings.ToLower(handle); ; {
		_, after, ok := strings.Cut(rest, "c-")
		if !ok {
			return 0
		}
		rest = after
		n := digits(after)
		if n < 6 || n > 10 || n+10 > len(after) || after[n] != '-' {
			continue
		}
		if date := after[n+1:]; digits(date) == 8 && date[8] == '-' {
			return number(after)
		}
	}
}

// findings joins the messages of the transcript, in its order, with the
// catalogue: those of stacks, and those outside of one.
func (s *Summary) findings() []Finding {
	var list []Finding
	add := func(m Message) *Finding {
		entry, _ := Lookup(m.Code)
		list = append(list, Finding{Message: m, Entry: entry})
		return &list[len(list)-1]
	}
	for _, m := range s.Errors {
		add(m)
	}
	for _, m := range s.Warnings {
		add(m)
	}
	for _, stack := range s.Stacks {
		root := stack.Root()
		for _, l := range stack.Lines {
			if l.Code == "" {
				continue
			}
			f := add(Message{Code: l.Code, Text: l.Text, Detail: l.Detail, Line: stack.Line})
			f.InStack = true
			f.Root = l.Code == root.Code && l.Text == root.Text
			if c := causes(l); len(c) > 1 && c[1].Code == root.Code {
				f = add(Message{Code: root.Code, Text: root.Text, Line: stack.Line})
				f.InStack, f.Root = true, true
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return list
}
