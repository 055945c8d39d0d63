package rman

import "strings"

// The lines around and inside of an error stack that are no messages.
const (
	codeRule   = "RMAN-00571"
	codeBanner = "RMAN-00569"
)

// cutCode splits "RMAN-03002: failure of …" into code and text. The code is
// empty if the line does not begin with one.
func cutCode(s string) (code, rest string) {
	n := 0
	switch {
	case strings.HasPrefix(s, "RMAN-"):
		n = len("RMAN-")
	case strings.HasPrefix(s, "ORA-"):
		n = len("ORA-")
	default:
		return "", s
	}
	d := digits(s[n:])
	if d < 3 || d > 6 {
		return "", s
	}
	n += d
	if n < len(s) && s[n] != ':' && s[n] != ' ' {
		return "", s
	}
	return s[:n], strings.TrimLeft(s[n:], ": ")
}

// code reads a line that begins with a code.
func (p *Parser) code(text, code, rest string, indent int) {
	switch {
	case code == codeRule:
		if p.stack != nil && len(p.stack.Lines) > 0 {
			p.endStack()
		}
		p.send(p.event(text))
	case code == codeBanner:
		p.beginStack(text, rest, indent)
	case p.informs(code, rest):
	case p.stack != nil:
		e := p.event(text)
		e.Kind, e.Code, e.Name = KindStackLine, code, rest
		p.stack.Lines = append(p.stack.Lines, StackLine{Code: code, Text: rest})
		p.send(e)
	default:
		p.message(text, code, rest, "")
	}
}

// informs handles a message that carries a number only because of the msgno
// switch. Numbers from 20000 on are always errors.
func (p *Parser) informs(code, rest string) bool {
	if code[0] != 'R' || code >= "RMAN-20" {
		return false
	}
	progress := strings.HasPrefix(code, "RMAN-08")
	if p.stack != nil && !progress && !strings.HasPrefix(code, "RMAN-0309") {
		return false
	}
	e := p.event(rest)
	if !p.classify(rest, &e) && (p.stack != nil || isError(code, rest) || !p.numbered && !progress) {
		return false
	}
	if e.Code != "" && !progress { // "RMAN-04014: startup failed: ORA-…"
		return false
	}
	p.numbered = true
	p.endStack()
	p.inline = e.Kind == KindError
	e.MsgNo = code
	p.send(e)
	return true
}

// isError tells whether a numbered message outside of a stack is more than the
// msgno switch at work.
func isError(code, rest string) bool {
	if isWarning(code, rest) {
		return true
	}
	e, known := Lookup(code)
	return known && e.Severity != Info
}

func isWarning(code, rest string) bool {
	if hasFold(rest, "warning") {
		return true
	}
	e, ok := Lookup(code)
	return ok && e.Severity == Warning
}

// message emits an error or a warning that stands outside of a stack.
func (p *Parser) message(text, code, rest, channel string) {
	e := p.event(text)
	p.fillMessage(&e, code, rest, channel)
	if p.pending.Kind != "" && strings.HasPrefix(rest, "Reason:") {
		e.Kind, e.Name = KindNotCataloged, p.pending.Name
		e.State = strings.TrimSpace(strings.TrimPrefix(rest, "Reason:"))
		p.pending = Event{}
	}
	p.endStack()
	p.inline = true
	p.send(e)
}

func (p *Parser) fillMessage(e *Event, code, rest, channel string) {
	e.Kind, e.Code, e.Name, e.Channel = KindError, code, rest, channel
	if isWarning(code, rest) {
		e.Kind = KindWarning
	}
	if strings.Contains(rest, "not deleted") {
		p.kept = true
	}
}

func (p *Parser) beginStack(text, rest string, indent int) {
	p.endStack()
	if !hasFold(strings.Trim(rest, "= "), "error message stack") {
		p.localize()
	}
	p.stack, p.margin, p.spaced = &Stack{Line: p.line}, indent, false
	p.autobackup, p.inline = false, false
	e := p.event(text)
	e.Kind = KindStackBegin
	p.send(e)
}

// stackDetail adds a line without a code: one that is indented continues the
// message before it, others are details of the operating system.
func (p *Parser) stackDetail(e Event, indent int) {
	e.Kind, e.Name = KindStackLine, e.Text
	n := len(p.stack.Lines)
	switch {
	case n == 0:
		p.stack.Lines = append(p.stack.Lines, StackLine{Detail: []string{e.Text}})
	case indent > p.margin && len(p.stack.Lines[n-1].Detail) == 0:
		l := &p.stack.Lines[n-1]
		l.Text = strings.TrimSpace(l.Text + " " + e.Text)
	default:
		l := &p.stack.Lines[n-1]
		l.Detail = append(l.Detail, e.Text)
	}
	p.send(e)
}

func (p *Parser) endStack() {
	if p.stack == nil {
		return
	}
	s := p.stack
	p.stack = nil
	p.emit(Event{Kind: KindStackEnd, Line: p.line, Level: -1, Stack: s})
}

// isDetail recognises what the operating system or a library adds below an
// error: "Linux-x86_64 Error: 28: No space left on device", "Additional
// information: 4", or an indented continuation.
func isDetail(text string, indent int) bool {
	for _, prefix := range [...]string{"Additional information:", "OSD-", "O/S-Error", "LRM-", "TNS-"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return indent > 0 || strings.Contains(text, " Error: ") && !strings.HasPrefix(text, "channel ")
}
