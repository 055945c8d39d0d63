package rman

// Parser turns the lines of a transcript into events. It is not safe for use by
// several goroutines at once.
type Parser struct {
	emit func(Event)
	line int
}

// NewParser gives a parser that calls emit for each event, in order, from the
// goroutine that calls Line and End.
func NewParser(emit func(Event)) *Parser { return &Parser{emit: emit} }

// Line reads the next line of the transcript, with or without its line end.
func (p *Parser) Line(text string) {
	p.line++
	p.emit(Event{Kind: KindText, Line: p.line, Text: text, Level: -1})
}

// End tells that the transcript is over; events that were held back for a
// following line, and the end of an open error stack, are emitted.
func (p *Parser) End() {}
