package syntax

// restore reads RESTORE: objects, then options in any order.
func (p *Parser) restore() Command {
	r := &Restore{}
	for {
		o, ok := p.restoreObject()
		if !ok {
			break
		}
		r.Objects = append(r.Objects, o)
	}
	if len(r.Objects) == 0 {
		p.fail()
	}
	seen := map[string]bool{}
	for p.restoreOption(r, seen) {
	}
	p.end()
	return r
}

// restoreObject reads one thing to restore, in parentheses or not.
func (p *Parser) restoreObject() (RestoreObject, bool) {
	if !p.accept("(") {
		return p.plainRestore()
	}
	o, ok := p.plainRestore()
	if !ok {
		p.fail()
	}
	p.need(")")
	return o, true
}

func (p *Parser) plainRestore() (o RestoreObject, ok bool) {
	w := p.maybe("DATABASE", "DATAFILE", "TABLESPACE", "ARCHIVELOG", "CONTROLFILE", "SPFILE")
	o.Kind = Object(w)
	switch w {
	case "":
		return o, false
	case "DATABASE":
		o.Skip, _ = p.skipTablespaces()
	case "DATAFILE":
		o.Files = p.fileRefs()
	case "TABLESPACE":
		o.Tablespaces = p.tablespaces()
	case "ARCHIVELOG":
		o.Logs = p.logRange()
	case "CONTROLFILE":
		if p.accept("TO") {
			o.To = p.str()
		}
	case "SPFILE":
		if p.accept("TO") {
			o.ToPFile = p.accept("PFILE")
			o.To = p.str()
		}
	}
	return o, true
}

// skipTablespaces reads SKIP [FOREVER] TABLESPACE.
func (p *Parser) skipTablespaces() (names []string, forever bool) {
	if !p.accept("SKIP") {
		return nil, false
	}
	forever = p.accept("FOREVER")
	p.need("TABLESPACE")
	return p.tablespaces(), forever
}

func (p *Parser) restoreOption(r *Restore, seen map[string]bool) bool {
	w := p.maybe("UNTIL", "FROM", "PREVIEW", "VALIDATE", "CHECK", "FORCE", "DEVICE", "CHANNEL")
	switch w {
	case "":
		return false
	case "UNTIL":
		r.Until = p.until()
	case "FROM":
		p.restoreFrom(r)
	case "PREVIEW":
		r.Preview = true
		r.Summary = p.accept("SUMMARY")
	case "VALIDATE":
		r.ValidateB = true
		r.ValidateH = p.accept("HEADER")
	case "CHECK":
		p.need("LOGICAL")
		r.CheckLog = true
	case "FORCE":
		r.Force = true
	case "DEVICE":
		p.deviceType()
	case "CHANNEL":
		p.optEq()
		p.name()
	}
	p.once(seen, w)
	return true
}

// restoreFrom reads what follows FROM: a piece, a tag, or AUTOBACKUP.
func (p *Parser) restoreFrom(r *Restore) {
	switch {
	case p.isStr():
		r.From = p.advance().Text
	case p.accept("TAG"):
		p.optEq()
		r.FromTag = p.tag()
	case p.accept("BACKUPSET"):
	default:
		p.need("AUTOBACKUP")
		r.Auto = true
		p.autobackupSearch(r)
	}
}

// autobackupSearch reads MAXDAYS and MAXSEQ.
func (p *Parser) autobackupSearch(r *Restore) {
	seen := map[string]bool{}
	for {
		w := p.maybe("MAXDAYS", "MAXSEQ")
		if w == "" {
			return
		}
		p.optEq()
		n := p.number()
		p.once(seen, w)
		if w == "MAXDAYS" {
			r.MaxDays = n
		} else {
			r.MaxSeq = n
		}
	}
}

// until reads what follows UNTIL.
func (p *Parser) until() *Until {
	u := &Until{Kind: p.oneOf("SCN", "SEQUENCE", "TIME")}
	p.optEq()
	if u.Kind == "TIME" {
		u.Time = p.str()
		return u
	}
	u.Number = p.number()
	if u.Kind == "SEQUENCE" {
		u.Thread = 1
		if p.accept("THREAD") {
			p.optEq()
			u.Thread = p.number()
		}
	}
	return u
}

// recover reads RECOVER.
func (p *Parser) recover() Command {
	r := &Recover{Kind: Object(p.oneOf("DATABASE", "DATAFILE", "TABLESPACE"))}
	switch r.Kind {
	case Datafiles:
		r.Files = p.fileRefs()
	case Tablespaces:
		r.Tablespaces = p.tablespaces()
	}
	seen := map[string]bool{}
	for p.recoverOption(r, seen) {
	}
	p.end()
	return r
}

func (p *Parser) recoverOption(r *Recover, seen map[string]bool) bool {
	words := []string{"NOREDO", "DELETE", "FROM", "TEST", "DEVICE"}
	if r.Kind == Database {
		words = append(words, "UNTIL", "SKIP")
	}
	w := ""
	if r.Kind == Database && p.is("SKIP") {
		w = "SKIP"
		r.Skip, r.SkipForever = p.skipTablespaces()
	} else {
		w = p.maybe(words...)
	}
	switch w {
	case "":
		return false
	case "UNTIL":
		r.Until = p.until()
	case "NOREDO":
		r.NoRedo = true
	case "DELETE":
		p.need("ARCHIVELOG")
		r.DeleteLogs = true
		if p.accept("MAXSIZE") {
			r.MaxSize = p.size()
		}
	case "FROM":
		p.recoverFrom(r)
	case "TEST":
		r.Test = true
	case "DEVICE":
		p.deviceType()
	}
	p.once(seen, w)
	return true
}

func (p *Parser) recoverFrom(r *Recover) {
	if p.accept("BACKUPSET") {
		return
	}
	p.need("TAG")
	p.optEq()
	r.FromTag = p.tag()
}
