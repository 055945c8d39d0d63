package rman

import "strings"

// channel reads what follows "channel ".
func (p *Parser) channel(s string, e *Event) bool {
	name, rest, ok := strings.Cut(s, ": ")
	if !ok || strings.ContainsRune(name, ' ') {
		if name, ok = strings.CutSuffix(s, " disabled, job failed on it will be run on another channel"); ok {
			e.Kind, e.Channel = KindChannelDisabled, name
		}
		return ok
	}
	e.Channel = name
	if code, text := cutCode(rest); code != "" {
		p.fillMessage(e, code, text, name)
		return true
	}
	switch {
	case hasFold(rest, "sid="):
		e.Kind, e.SID = KindChannelSession, int(number(rest[len("sid="):]))
	case strings.HasPrefix(rest, "st"):
		channelStarting(rest, e)
	case strings.HasPrefix(rest, "finished piece "):
		e.Kind, e.Number = KindPieceEnd, int(number(rest[len("finished piece "):]))
		_, e.Tag, _ = strings.Cut(rest, " and tag ") // with several copies
	case strings.HasPrefix(rest, "backup set complete"):
		e.Kind, e.Elapsed = KindSetEnd, elapsed(rest)
	case strings.HasPrefix(rest, "re"):
		p.channelRestoring(rest, e)
	case strings.HasPrefix(rest, "piece handle="):
		return p.piece(rest, name, e)
	case strings.HasPrefix(rest, "deleting archive"):
		p.logFiles = KindDeletedLog
	default:
		channelOther(rest, e)
	}
	return true
}

// channelStarting reads "starting …": a piece, a set, a copy. Sets that are
// restored or validated have no kind; their pieces speak for them.
func channelStarting(s string, e *Event) {
	s, ok := strings.CutPrefix(s, "starting ")
	if !ok {
		return
	}
	if rest, ok := strings.CutPrefix(s, "piece "); ok {
		e.Kind, e.Number = KindPieceBegin, int(number(rest))
		return
	}
	if strings.HasPrefix(s, "validation") {
		return
	}
	set := strings.HasSuffix(s, "backup set") || strings.HasSuffix(s, "backupset")
	switch {
	case set:
		e.Kind = KindSetBegin
		s, e.Compressed = strings.CutPrefix(s, "compressed ")
		e.Set, e.Level = setType(s)
	case strings.HasSuffix(s, " copy"):
		e.Kind, e.Set = KindSetBegin, SetCopy
	}
}

func setType(s string) (set string, level int) {
	if strings.HasPrefix(s, "archive") {
		return SetLogs, -1
	}
	if i := strings.Index(s, "incremental level "); i >= 0 {
		return SetIncremental, int(number(s[i+len("incremental level "):]))
	}
	return SetFull, -1
}

// channelRestoring reads "restoring …", "reading …", "restored …", "restore
// complete".
func (p *Parser) channelRestoring(s string, e *Event) {
	switch {
	case strings.HasPrefix(s, "restoring datafile "):
		restoringDatafile(s[len("restoring datafile "):], e)
	case strings.HasPrefix(s, "reading from backup piece "):
		e.Kind, e.Handle = KindReadBegin, s[len("reading from backup piece "):]
	case strings.HasPrefix(s, "restored backup piece "):
		e.Kind, e.Number = KindRestoredPiece, int(number(s[len("restored backup piece "):]))
	case strings.HasPrefix(s, "restore complete"):
		e.Kind, e.Elapsed = KindRestoreEnd, elapsed(s)
	case strings.HasPrefix(s, "restoring control"):
		e.Kind = KindRestoreControl
	case hasFold(s, "restoring spfile"):
		e.Kind = KindRestoreSPFile
	case strings.HasPrefix(s, "restoring archive"):
		p.logLine = KindRestoreLog
	}
}

func channelOther(s string, e *Event) {
	switch {
	case strings.HasPrefix(s, "validation complete"):
		e.Kind, e.Elapsed = KindValidateEnd, elapsed(s)
	case strings.HasPrefix(s, "errors found reading piece handle="):
		e.Kind, e.Handle = KindPieceError, s[len("errors found reading piece handle="):]
	case strings.HasPrefix(s, "failover to"):
		failover(s, e)
	case strings.HasPrefix(s, "backup cancelled because"), strings.HasPrefix(s, "skipping "):
		e.Kind, e.Name = KindSkippedDatafile, s
	case strings.HasPrefix(s, "copied control file copy"), strings.HasPrefix(s, "control file restore from AUTOBACKUP"):
		e.Kind = KindRestoreControl
	case strings.HasPrefix(s, "SPFILE restore from AUTOBACKUP"):
		e.Kind = KindRestoreSPFile
	}
}

// failover reads "failover to previous backup" and "failover to piece handle=…
// tag=…".
func failover(s string, e *Event) {
	e.Kind = KindFailover
	if _, rest, ok := strings.Cut(s, "piece handle="); ok {
		e.Handle, e.Tag = cutTag(rest)
	}
}

// piece reads "piece handle=H tag=T comment=C", which names a piece that was
// written, and the form without a comment, which names one that was read. 9i
// ended the latter with params=.
func (p *Parser) piece(s, channel string, e *Event) bool {
	s = s[len("piece handle="):]
	written := channel == "" && (p.finished.Kind != "" || p.autobackup)
	if i := strings.LastIndex(s, " comment="); i >= 0 {
		e.Kind, e.Comment = KindPieceWritten, s[i+len(" comment="):]
		s = s[:i]
	} else if i := strings.LastIndex(s, " params="); i >= 0 {
		e.Kind, s = KindPieceRead, s[:i]
	} else if written {
		e.Kind = KindPieceWritten
	} else {
		e.Kind = KindPieceRead
	}
	e.Channel = channel
	e.Handle, e.Tag = cutTag(s)
	if e.Kind == KindPieceWritten {
		p.fillWritten(e)
	}
	return true
}

// fillWritten adds what the line before, "finished piece", told. Duplexed pieces
// follow it one by one and have their tag there.
func (p *Parser) fillWritten(e *Event) {
	if p.finished.Kind != "" {
		e.Channel, e.Number = p.finished.Channel, p.finished.Number
		if e.Tag == "" {
			e.Tag = p.finished.Tag
		}
	}
	e.Autobackup = e.Tag == "" || p.autobackup
}

func cutTag(s string) (handle, tag string) {
	i := strings.LastIndex(s, " tag=")
	if i < 0 {
		return s, ""
	}
	if tag = s[i+len(" tag="):]; tag == "null" { // 9i
		tag = ""
	}
	return s[:i], tag
}

// isCut tells whether a narrow terminal broke a piece line: a piece written has a
// comment, one that was read has a tag (params= in 8i), always.
func isCut(e Event) bool {
	switch e.Kind {
	case KindPieceWritten:
		return !strings.Contains(e.Text, " comment=")
	case KindPieceRead:
		return !strings.Contains(e.Text, " tag=") && !strings.Contains(e.Text, " params=")
	}
	return false
}

// unwrap joins a broken piece line. It tells whether it took the text; what turns
// out to be no such line is emitted as it came.
func (p *Parser) unwrap(text string) bool {
	e := p.event(text)
	code, _ := cutCode(text)
	_, prompt := cutPrompts(text)
	if code != "" || prompt || len(p.wrapped) > 8 || p.classify(text, &e) {
		p.flush()
		return false
	}
	joined := p.wrapped[0].Text
	for _, part := range append(p.wrapped[1:], e) {
		joined = joinWrapped(joined, part.Text)
	}
	first := p.event(joined)
	first.Line = p.wrapped[0].Line
	p.classify(joined, &first)
	if isCut(first) {
		p.wrapped = append(p.wrapped, e)
		return true
	}
	p.wrapped = nil
	p.emit(first)
	return true
}

// joinWrapped puts back the blank that was lost where the break came before a
// key.
func joinWrapped(s, next string) string {
	if strings.HasPrefix(next, "tag=") || strings.HasPrefix(next, "comment=") {
		return s + " " + next
	}
	return s + next
}
