package rman

import "strings"

func (p *Parser) lineC(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "channel "):
		return p.channel(s[len("channel "):], e)
	case strings.HasPrefix(s, "connected to "):
		return connected(s[len("connected to "):], e)
	case strings.HasPrefix(s, "creating datafile file number="):
		s = s[len("creating datafile file number="):]
		e.Kind, e.File = KindCreatingDatafile, int(number(s))
		_, e.Name, _ = strings.Cut(s, " name=")
	case strings.HasPrefix(s, "creating datafile fno="):
		s = s[len("creating datafile fno="):]
		e.Kind, e.File = KindCreatingDatafile, int(number(s))
		_, e.Name, _ = strings.Cut(s, " name=")
	case strings.HasPrefix(s, "continuing other job steps"):
		e.Kind = KindJobGivenUp
	case strings.HasPrefix(s, "cataloging done"):
		e.Kind = KindDone
	case strings.HasPrefix(s, "cataloged "):
		p.object(s[len("cataloged "):], KindCataloged, "cataloged")
	case strings.HasPrefix(s, "crosschecked "):
		p.object(s[len("crosschecked "):], KindPieceStatus, quoted(s))
	case strings.HasPrefix(s, "changed "):
		p.object(s[len("changed "):], KindPieceStatus, s[strings.LastIndexByte(s, ' ')+1:])
	case strings.HasPrefix(s, "current log archived"), strings.HasPrefix(s, "cataloging files"),
		strings.HasPrefix(s, "contents of Memory Script"):
	default:
		return p.foreign(s, e)
	}
	return true
}

// object remembers what happened to the file that the next line names:
// "deleted backup piece", "cataloged archived log" …
func (p *Parser) object(what string, kind Kind, state string) {
	switch {
	case strings.HasPrefix(what, "backup piece"):
		p.pieces, p.state = kind, state
		if kind == KindDeletedLog {
			p.pieces = KindDeletedPiece
		}
	case strings.HasPrefix(what, "archive"):
		if p.logFiles = kind; kind == KindPieceStatus {
			p.logFiles = ""
		}
	}
}

// quoted gives what stands between the last two single quotes.
func quoted(s string) string {
	s = strings.TrimSuffix(s, "'")
	return s[strings.LastIndexByte(s, '\'')+1:]
}

func (p *Parser) lineD(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "database mounted"):
		e.Kind = KindMounted
	case strings.HasPrefix(s, "database opened"):
		e.Kind = KindOpened
	case strings.HasPrefix(s, "deleted "):
		p.object(s[len("deleted "):], KindDeletedLog, "deleted")
	case strings.HasPrefix(s, "destination for restore of datafile "):
		no, name, _ := strings.Cut(s[len("destination for restore of datafile "):], ": ")
		e.Kind, e.File, e.Name = KindRecoverDatafile, int(number(no)), name
	case strings.HasPrefix(s, "datafile "):
		return datafile(s[len("datafile "):], e)
	case strings.HasPrefix(s, "database name "):
		return databaseName(s[len("database name "):], e)
	case strings.HasPrefix(s, "database registered"), strings.HasPrefix(s, "database reset to"):
		e.Kind = KindDone
	case s == "database closed", s == "database dismounted", s == "database is already started":
	default:
		return p.foreign(s, e)
	}
	return true
}

func datafile(s string, e *Event) bool {
	no := digits(s)
	if no == 0 {
		return false
	}
	rest := s[no:]
	switch {
	case strings.HasPrefix(rest, " switched to datafile copy"):
		e.Kind, e.File = KindSwitched, int(number(s))
	case strings.HasPrefix(rest, " is already restored to file "):
		e.Kind, e.File, e.Name = KindAlreadyRestored, int(number(s)), rest[len(" is already restored to file "):]
	case strings.HasPrefix(rest, " not processed because"):
	default:
		return false
	}
	return true
}

func (p *Parser) lineS(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "sql statement: "):
		e.Kind, e.Name = KindSQL, s[len("sql statement: "):]
	case strings.HasPrefix(s, "starting media recovery"):
		e.Kind = KindRecoveryBegin
	case strings.HasPrefix(s, "skipping "):
		return skipping(s[len("skipping "):], e)
	case strings.HasPrefix(s, "startup failed: "):
		code, text := cutCode(s[len("startup failed: "):])
		if code != "" {
			p.fillMessage(e, code, text, "")
		}
	case strings.HasPrefix(s, "starting Oracle instance without parameter file"):
		p.dummy = true
	case strings.HasPrefix(s, "specification does not match any"):
		e.Kind = KindDone
	case strings.HasPrefix(s, "searching for all files"), strings.HasPrefix(s, "sent command to channel"),
		strings.HasPrefix(s, "starting full resync"), strings.HasPrefix(s, "starting partial resync"):
	default:
		return p.foreign(s, e)
	}
	return true
}

// skipping reads the lines by which RMAN leaves something out: "datafile 5;
// already backed up 1 time(s)", "datafile 6; already restored to file X",
// "archived logs of thread 1 from sequence 3 to 5; already backed up".
func skipping(s string, e *Event) bool {
	what, why, _ := strings.Cut(s, "; ")
	if file, ok := strings.CutPrefix(why, "already restored to file "); ok {
		e.Kind, e.Name = KindAlreadyRestored, file
		e.File = lastNumber(what)
		return true
	}
	if strings.HasPrefix(what, "archive") {
		e.Kind, e.Name = KindSkippedLogs, why
		return skippedLogs(what, e)
	}
	if !strings.Contains(what, "file") {
		return false
	}
	e.Kind, e.Name, e.File = KindSkippedDatafile, s, lastNumber(what)
	return true
}

func lastNumber(s string) int {
	return int(number(s[strings.LastIndexByte(s, ' ')+1:]))
}

func skippedLogs(s string, e *Event) bool {
	words := strings.Fields(s)
	for i := 0; i+1 < len(words); i++ {
		switch n := number(words[i+1]); words[i] {
		case "thread":
			e.Thread = int(n)
		case "sequence":
			e.Sequence, e.LastSequence = n, n
		case "to":
			e.LastSequence = n
		}
	}
	return true
}

func (p *Parser) lineLower(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "using channel "), strings.HasPrefix(s, "using target database control"),
		strings.HasPrefix(s, "executing command: "), strings.HasPrefix(s, "executing Memory Script"),
		strings.HasPrefix(s, "no files cataloged"), strings.HasPrefix(s, "old RMAN configuration parameters:"),
		strings.HasPrefix(s, "no files found to be unknown"), s == "new RMAN configuration parameters:":
	case strings.HasPrefix(s, "output file name="):
		e.Kind, e.Name = KindOutputFile, outputFile(s[len("output file name="):])
	case strings.HasPrefix(s, "output filename="):
		e.Kind, e.Name = KindOutputFile, outputFile(s[len("output filename="):])
	case strings.HasPrefix(s, "media recovery complete"):
		e.Kind, e.Elapsed = KindRecoveryEnd, elapsed(s)
	case strings.HasPrefix(s, "media recovery failed"):
		e.Kind = KindRecoveryFailed
	case strings.HasPrefix(s, "no parent backup or copy of datafile "):
		e.Kind, e.File = KindNoParent, int(number(s[len("no parent backup or copy of datafile "):]))
	case strings.HasPrefix(s, "failover to"):
		failover(s, e)
	case strings.HasPrefix(s, "unable to find archive"):
		p.logLine = KindLogMissing
	case strings.HasPrefix(s, "user interrupt"):
		e.Kind = KindInterrupt
	case strings.HasPrefix(s, "uncataloged "):
		p.object(s[len("uncataloged "):], KindPieceStatus, "uncataloged")
	case strings.HasPrefix(s, "validation "):
		p.logFiles = ""
	case strings.HasPrefix(s, "new RMAN configuration parameters are"),
		strings.HasPrefix(s, "old RMAN configuration parameters are"), strings.HasPrefix(s, "full resync complete"):
		e.Kind = KindDone
	default:
		return p.foreign(s, e)
	}
	return true
}

// outputFile removes what copies add behind the name: " tag=T RECID=1 STAMP=2".
func outputFile(s string) string {
	s, copied := cutRecord(s)
	if copied {
		s, _ = cutTag(s)
	}
	return s
}

func (p *Parser) lineUpper(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "Recovery Manager"):
		return p.recoveryManager(s, e)
	case strings.HasPrefix(s, "Version ") && p.banner && digits(s[len("Version "):]) > 0:
		e.Kind, e.Version = KindVersion, s[len("Version "):]
		p.banner = false
	case strings.HasPrefix(s, "List of "):
		p.list(s, e)
	case s[0] == '=' && strings.Trim(s, "=") == "":
	case strings.HasPrefix(s, "Report of "), strings.HasPrefix(s, "RMAN configuration parameters"):
		e.Kind, e.Name = KindListing, s
	case strings.HasPrefix(s, "Oracle instance started"):
		e.Kind = KindStarted
		if p.dummy {
			e.State = "dummy"
		}
		p.dummy = false
	case strings.HasPrefix(s, "Oracle instance shut down"):
		e.Kind = KindShutDown
	case counted(s, "Crosschecked "), counted(s, "Deleted "), counted(s, "Uncataloged "), counted(s, "Changed "),
		strings.HasPrefix(s, "The cmdfile has no syntax errors"):
		e.Kind = KindDone
	case strings.HasPrefix(s, "Copyright (c)"), strings.HasPrefix(s, "Executing: "),
		strings.HasPrefix(s, "RMAN Command Id"):
	default:
		return p.foreign(s, e)
	}
	return true
}

// counted recognises "Deleted 5 EXPIRED objects".
func counted(s, verb string) bool {
	return strings.HasPrefix(s, verb) && digits(s[len(verb):]) > 0 && strings.Contains(s, " object")
}

// list reads the heading of a list. CATALOG's own headings decide what the file
// names below them mean; Oracle spells one of them "Which Where Not Cataloged".
func (p *Parser) list(s string, e *Event) {
	e.Kind, e.Name = KindListing, s
	switch {
	case strings.HasPrefix(s, "List of Cataloged Files"):
		p.files = KindCataloged
	case strings.HasPrefix(s, "List of Files Unknown"):
		p.files = KindUnknownFile
	case strings.HasPrefix(s, "List of Files Which"), strings.HasPrefix(s, "List of files in Recovery Area not managed"):
		p.files = KindNotCataloged
	default:
		p.files = ""
	}
}
