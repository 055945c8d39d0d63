package rman

import "strings"

// classify fills the event of a line that carries no code of its own. It tells
// whether the line is one of RMAN's own messages; a line that is not keeps
// KindText. The first letter decides where to look: this runs once per line of
// transcripts that may have millions.
func (p *Parser) classify(s string, e *Event) bool {
	if s == "" { // behind a bare code
		return false
	}
	if s[0] != 'a' && p.logLine != "" {
		p.logLine = ""
	}
	if s[0] != 'V' {
		p.banner = false
	}
	switch s[0] {
	case 'a':
		return p.lineA(s, e)
	case 'b':
		return p.lineB(s, e)
	case 'c':
		return p.lineC(s, e)
	case 'd':
		return p.lineD(s, e)
	case 'i':
		return lineI(s, e) || p.foreign(s, e)
	case 'p':
		return strings.HasPrefix(s, "piece handle=") && p.piece(s, "", e) || p.foreign(s, e)
	case 'r':
		return lineR(s, e) || p.foreign(s, e)
	case 's':
		return p.lineS(s, e)
	case 'e', 'f', 'm', 'n', 'o', 'u', 'v':
		return p.lineLower(s, e)
	case 'S', 'F':
		return p.lineStep(s, e)
	case 'L', 'R', 'V', 'O', 'C', 'D', 'E', '=', 'T', 'U':
		return p.lineUpper(s, e)
	}
	return p.foreign(s, e)
}

// lineStep reads "Starting backup at …" and its end.
func (p *Parser) lineStep(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "Starting "):
		name, _, ok := strings.Cut(s[len("Starting "):], " at ")
		if !ok {
			return false
		}
		e.Kind, e.Name = KindStepBegin, name
		p.autobackup = strings.HasSuffix(name, "utobackup")
	case strings.HasPrefix(s, "Finished "):
		name, _, ok := strings.Cut(s[len("Finished "):], " at ")
		if !ok {
			return false
		}
		e.Kind, e.Name = KindStepEnd, name
		p.autobackup = false
	case strings.HasPrefix(s, "Statement processed"):
		e.Kind = KindStatement
	case strings.HasPrefix(s, "File Name: "):
		return p.fileName(s[len("File Name: "):], e)
	default:
		return p.foreign(s, e)
	}
	p.files, p.logFiles, p.pieces = "", "", ""
	return true
}

// fileName reads an entry of the lists that CATALOG prints.
func (p *Parser) fileName(name string, e *Event) bool {
	if p.files == "" {
		return false
	}
	e.Kind, e.Name = p.files, name
	return true
}

func (p *Parser) lineA(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "allocated channel: "):
		e.Kind, e.Channel = KindChannelAllocated, s[len("allocated channel: "):]
		return true
	case strings.HasPrefix(s, "archived log "):
		return p.archivedLog(s[len("archived log "):], e)
	case strings.HasPrefix(s, "archive log "): // until 10g
		return p.archivedLog(s[len("archive log "):], e)
	}
	return p.foreign(s, e)
}

// archivedLog reads the lines that name an archived log; what they say depends
// on the line or heading before.
func (p *Parser) archivedLog(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "file name="):
		return p.logFile(s[len("file name="):], e)
	case strings.HasPrefix(s, "filename="):
		return p.logFile(s[len("filename="):], e)
	case strings.HasPrefix(s, "thread="):
		e.Thread, e.Sequence = int(number(field(s, "thread"))), number(field(s, "sequence"))
		if p.logLine != "" {
			e.Kind = p.logLine
			p.logLine = ""
		}
		return true
	case strings.HasPrefix(s, "for thread "):
		return logOnDisk(s[len("for thread "):], e)
	}
	return false
}

// logOnDisk reads "archived log for thread 1 with sequence 57 is already on disk
// as file /path".
func logOnDisk(s string, e *Event) bool {
	thread, rest, ok := strings.Cut(s, " with sequence ")
	seq, name, onDisk := strings.Cut(rest, " is already on disk as file ")
	if !ok || !onDisk {
		return false
	}
	e.Kind, e.Name = KindLogOnDisk, name
	e.Thread, e.Sequence = int(number(thread)), number(seq)
	return true
}

func (p *Parser) logFile(s string, e *Event) bool {
	if i := strings.LastIndex(s, " thread="); i >= 0 {
		e.Kind, e.Name = KindLogApplied, s[:i]
		e.Thread, e.Sequence = int(number(field(s[i:], "thread"))), number(field(s[i:], "sequence"))
		if p.kept {
			e.Kind = KindKeptLog
		}
		p.kept = false
		return true
	}
	name, ok := cutRecord(s)
	if !ok {
		return false
	}
	e.Name = name
	if p.logFiles != "" {
		e.Kind = p.logFiles
	}
	p.kept = false
	return true
}

// cutRecord removes " RECID=1 STAMP=2" from the end of a file name.
func cutRecord(s string) (name string, ok bool) {
	i := strings.LastIndex(s, " RECID=")
	if i < 0 {
		i = strings.LastIndex(s, " recid=")
	}
	if i < 0 {
		return s, false
	}
	return s[:i], true
}

func (p *Parser) lineB(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "backup piece handle="):
		name, ok := cutRecord(s[len("backup piece handle="):])
		if ok && p.pieces != "" {
			e.Kind, e.Handle, e.Name, e.State = p.pieces, name, name, p.state
		}
		return ok
	case strings.HasPrefix(s, "backup cancelled because all files were skipped"):
		e.Kind, e.Name = KindSkippedDatafile, s
	case strings.HasPrefix(s, "backup cancelled because there are no files"):
		e.Kind = KindDone
	case strings.HasPrefix(s, "backing up blocks "), strings.HasPrefix(s, "backup will "):
	default:
		return p.foreign(s, e)
	}
	return true
}

func lineI(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "input datafile file number="):
		inputDatafile(s[len("input datafile file number="):], e)
	case strings.HasPrefix(s, "input datafile fno="): // until 10g
		inputDatafile(s[len("input datafile fno="):], e)
	case strings.HasPrefix(s, "input archived log "), strings.HasPrefix(s, "input archive log "):
		e.Kind = KindInputLog
		e.Thread, e.Sequence = int(number(field(s, "thread"))), number(field(s, "sequence"))
	case strings.HasPrefix(s, "including "):
		return including(s[len("including "):], e)
	case strings.HasPrefix(s, "input datafile copy "), strings.HasPrefix(s, "input backup set"):
	default:
		return false
	}
	return true
}

func inputDatafile(s string, e *Event) {
	e.Kind, e.File = KindInputDatafile, int(number(s))
	_, e.Name, _ = strings.Cut(s, " name=")
}

// including reads "including current control file in backup set"; 9i wrote
// "controlfile".
func including(s string, e *Event) bool {
	kind, rest, _ := strings.Cut(s, " ")
	switch {
	case strings.HasPrefix(rest, "SPFILE"):
		e.Kind = KindInputSPFile
	case strings.HasPrefix(rest, "control"):
		e.Kind = KindInputControl
		if kind == "standby" {
			e.State = kind
		}
	default:
		return false
	}
	return true
}

func lineR(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "released channel: "):
		e.Kind, e.Channel = KindChannelReleased, s[len("released channel: "):]
	case strings.HasPrefix(s, "restoring datafile "): // without a channel until 10g
		return restoringDatafile(s[len("restoring datafile "):], e)
	case strings.HasPrefix(s, "recovering datafile copy "), strings.HasPrefix(s, "renamed tempfile "),
		strings.HasPrefix(s, "renamed datafile "), strings.HasPrefix(s, "recovery area destination:"):
	default:
		return false
	}
	return true
}

func restoringDatafile(s string, e *Event) bool {
	no, name, ok := strings.Cut(s, " to ")
	if !ok {
		return false
	}
	e.Kind, e.File, e.Name = KindRestoreDatafile, int(number(no)), name
	return true
}
