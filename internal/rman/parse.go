package rman

import (
	"strconv"
	"strings"
)

// Parser turns the lines of a transcript into events. It is not safe for use by
// several goroutines at once.
//
// It remembers no more than RMAN's own layout asks for: the error stack that is
// open, the list whose files are being named, and the line before, because a
// piece's handle follows on the line after "finished piece".
type Parser struct {
	emit func(Event)
	line int

	stack    *Stack // open error stack, nil outside
	margin   int    // blanks before the open stack's banner
	spaced   bool   // the transcript has a blank line after every line
	inline   bool   // the line before was an error outside of a stack
	numbered bool   // the msgno switch is on

	banner     bool    // the release banner was the line before
	autobackup bool    // inside a control file autobackup
	finished   Event   // the "finished piece" line before, if its handle is still awaited
	wrapped    []Event // a piece line without its end, and the lines that may have it
	pending    Event   // a file that was not cataloged, waiting for its reason

	files     Kind // what "File Name:" lines of the list mean
	logFiles  Kind // what "archived log file name=" lines mean
	logLine   Kind // what a bare "archived log thread=" line means
	pieces    Kind // what "backup piece handle=" lines mean
	state     string
	kept      bool // a warning said that the next archived log stays
	dummy     bool // an instance without parameter file is being started
	localized bool
}

// NewParser gives a parser that calls emit for each event, in order, from the
// goroutine that calls Line and End.
func NewParser(emit func(Event)) *Parser { return &Parser{emit: emit} }

// Line reads the next line of the transcript, with or without its line end.
// Blank lines yield no event.
func (p *Parser) Line(text string) {
	p.line++
	text, indent := cleanLine(text)
	if text == "" {
		p.blank()
		return
	}
	if len(p.wrapped) > 0 && p.unwrap(text) {
		return
	}
	if rest, ok := cutPrompts(text); ok {
		p.prompt(text, rest)
		return
	}
	p.read(text, indent)
}

// End tells that the transcript is over; events that were held back for a
// following line, and the end of an open error stack, are emitted.
func (p *Parser) End() {
	p.flush()
	p.endStack()
}

func (p *Parser) event(text string) Event {
	return Event{Kind: KindText, Line: p.line, Text: text, Level: -1}
}

// blank ends a stack, except where every line of the transcript is followed by
// a blank one: there the banner's second line already was.
func (p *Parser) blank() {
	p.inline = false
	if p.stack == nil {
		return
	}
	if len(p.stack.Lines) == 0 {
		p.spaced = true
	} else if !p.spaced {
		p.endStack()
	}
}

func (p *Parser) prompt(text, rest string) {
	p.flush()
	p.endStack()
	p.autobackup, p.spaced, p.inline = false, false, false
	p.files, p.logFiles, p.logLine, p.pieces = "", "", "", ""
	e := p.event(text)
	e.Kind = KindPrompt
	if rest == "" {
		p.emit(e)
		return
	}
	// With commands on standard input RMAN may print its answer right behind
	// the prompt; none of its messages begins like a command.
	answer := p.event(rest)
	code, message := cutCode(rest)
	if code == "" && !p.classify(rest, &answer) {
		e.Name = rest
		p.emit(e)
		return
	}
	e.Text = strings.TrimSpace(strings.TrimSuffix(text, rest))
	p.emit(e)
	if code != "" {
		p.code(rest, code, message, 0)
		return
	}
	p.send(answer)
}

func (p *Parser) read(text string, indent int) {
	if code, rest := cutCode(text); code != "" {
		p.code(text, code, rest, indent)
		return
	}
	e := p.event(text)
	known := p.classify(text, &e)
	if p.stack != nil && !known {
		p.stackDetail(e, indent)
		return
	}
	p.endStack()
	if !p.localized && isCut(e) {
		p.wrapped = append(p.wrapped, e)
		return
	}
	if !known && p.inline && isDetail(text, indent) {
		e.Kind = KindDetail
	} else {
		p.inline = e.Kind == KindError || e.Kind == KindWarning
	}
	p.send(e)
}

// send emits an event after what it proves to be complete.
func (p *Parser) send(e Event) {
	p.flush()
	switch e.Kind {
	case KindNotCataloged:
		if e.Code == "" {
			p.pending = e
			return
		}
	case KindPieceEnd:
		p.finished = e
	case KindPieceWritten: // a duplexed piece has several handles
	default:
		p.finished = Event{}
	}
	p.emit(e)
}

// flush emits what was held back for a following line that did not come.
func (p *Parser) flush() {
	for _, e := range p.wrapped {
		p.emit(e)
	}
	p.wrapped = nil
	if p.pending.Kind != "" {
		p.emit(p.pending)
		p.pending = Event{}
	}
}

// cutPrompts removes "RMAN> " and the continuation prompts "2> 3> " from the
// begin of a line.
func cutPrompts(text string) (rest string, ok bool) {
	rest = text
	for {
		n := promptLen(rest)
		if n == 0 {
			return rest, ok
		}
		rest, ok = strings.TrimLeft(rest[n:], " "), true
	}
}

func promptLen(s string) int {
	if strings.HasPrefix(s, "RMAN>") {
		return len("RMAN>")
	}
	n := digits(s)
	if n > 0 && n < 6 && n < len(s) && s[n] == '>' {
		return n + 1
	}
	return 0
}

// digits counts the ASCII digits at the begin of s.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// number reads the digits at the begin of s; 0 if there are none or too many.
func number(s string) int64 {
	n, err := strconv.ParseInt(s[:digits(s)], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
