package syntax

// backup reads BACKUP. Options may stand before the objects in any order; the
// ones that shape the whole command may not stand behind an object.
func (p *Parser) backup() Command {
	b := &Backup{}
	seen := map[string]bool{}
	for p.backupOption(b, seen) || p.objectOption(&b.Options, seen) {
	}
	for {
		o, ok := p.backupObject()
		if !ok {
			break
		}
		seenHere := map[string]bool{}
		for p.objectOption(&o.Options, seenHere) {
		}
		b.Objects = append(b.Objects, o)
	}
	if len(b.Objects) == 0 {
		p.fail()
	}
	if p.accept("PLUS") {
		p.need("ARCHIVELOG")
		b.PlusLogs = true
		seenHere := map[string]bool{}
		for p.objectOption(&b.LogOptions, seenHere) {
		}
	}
	p.end()
	return b
}

// backupOption reads one option that belongs to the whole command.
func (p *Parser) backupOption(b *Backup, seen map[string]bool) bool {
	w := p.maybe("AS", "INCREMENTAL", "CUMULATIVE", "FULL", "CHECK", "VALIDATE", "DEVICE", "NOCHECKSUM")
	if w == "" {
		return false
	}
	switch w {
	case "AS":
		if p.accept("COPY") {
			b.Copy = true
			break
		}
		b.Compressed = p.accept("COMPRESSED")
		p.need("BACKUPSET")
	case "INCREMENTAL":
		p.level(b)
	case "CUMULATIVE":
		b.Cumulative = true
	case "FULL":
		b.Full = true
	case "CHECK":
		p.need("LOGICAL")
		b.CheckLogic = true
	case "VALIDATE":
		b.ValidateIt = true
	case "DEVICE":
		p.deviceType()
	}
	p.once(seen, w)
	if seen["FULL"] && seen["INCREMENTAL"] || seen["CUMULATIVE"] && !seen["INCREMENTAL"] {
		p.forget()
		p.fail()
	}
	return true
}

// level reads LEVEL 0 or LEVEL 1.
func (p *Parser) level(b *Backup) {
	p.need("LEVEL")
	p.optEq()
	t := p.peek()
	n := p.number()
	if n > 1 {
		panic(unexpected(t, map[string]bool{"0": true, "1": true}))
	}
	b.Incremental, b.Level = true, int(n)
}

// objectOption reads one option that may stand before or behind an object.
func (p *Parser) objectOption(o *BackupOptions, seen map[string]bool) bool {
	w := p.maybe("TAG", "FORMAT", "FILESPERSET", "MAXSETSIZE", "SECTION", "FORCE", "DELETE", "INCLUDE",
		"NOT", "SKIP", "REUSE", "CHANNEL", "KEEP", "NOKEEP", "NOEXCLUDE")
	if w == "" {
		return false
	}
	if w == "SKIP" {
		o.Skip = append(o.Skip, p.oneOf("INACCESSIBLE", "OFFLINE", "READONLY"))
		return true
	}
	p.optionValue(w, o)
	p.once(seen, w)
	return true
}

func (p *Parser) optionValue(w string, o *BackupOptions) {
	switch w {
	case "TAG":
		p.optEq()
		o.Tag = p.tag()
	case "FORMAT":
		p.optEq()
		o.Format = p.strings()[0]
	case "FILESPERSET":
		p.optEq()
		o.FilesPerSet = p.number()
	case "MAXSETSIZE":
		p.optEq()
		o.MaxSetSize = p.size()
	case "SECTION":
		p.need("SIZE")
		o.SectionSize = p.size()
	case "FORCE":
		o.Force = true
	case "DELETE":
		o.DeleteAll = p.accept("ALL")
		p.need("INPUT")
		o.DeleteInput = true
	case "INCLUDE":
		p.need("CURRENT", "CONTROLFILE")
		o.IncludeControl = true
	case "NOT":
		p.notBackedUp(o)
	case "REUSE":
		o.Reuse = true
	case "CHANNEL":
		p.optEq()
		o.Channel = p.name()
	case "KEEP":
		o.Keep = p.keep()
	case "NOEXCLUDE":
		o.NoExclude = true
	}
}

// tag reads the name of a tag. A keyword must be quoted.
func (p *Parser) tag() string { return p.name() }

// notBackedUp reads NOT BACKED UP [n TIMES | SINCE TIME 'date'].
func (p *Parser) notBackedUp(o *BackupOptions) {
	p.need("BACKED", "UP")
	o.NotBackedUp = -1
	if p.isNumber() {
		o.NotBackedUp = p.number()
		p.need("TIMES")
	} else if p.accept("SINCE") {
		p.need("TIME")
		p.optEq()
		o.NotBackedSince = p.str()
	}
}

// keep reads what follows KEEP.
func (p *Parser) keep() *Keep {
	k := &Keep{}
	if p.oneOf("FOREVER", "UNTIL") == "FOREVER" {
		k.Forever = true
	} else {
		p.need("TIME")
		p.optEq()
		k.Until = p.str()
	}
	switch p.maybe("LOGS", "NOLOGS") {
	case "LOGS":
		k.Logs = true
	case "NOLOGS":
		k.NoLogs = true
	}
	return k
}

// backupObject reads one thing to back up, in parentheses or not.
func (p *Parser) backupObject() (o BackupObject, ok bool) {
	if p.accept("(") {
		if o, ok = p.plainObject(); !ok {
			p.fail()
		}
		seen := map[string]bool{}
		for p.objectOption(&o.Options, seen) {
		}
		p.need(")")
		return o, true
	}
	return p.plainObject()
}

func (p *Parser) plainObject() (o BackupObject, ok bool) {
	w := p.maybe("DATABASE", "DATAFILE", "TABLESPACE", "ARCHIVELOG", "CURRENT", "SPFILE")
	o.Kind = Object(w)
	switch w {
	case "":
		return o, false
	case "DATAFILE":
		o.Files = p.fileRefs()
	case "TABLESPACE":
		o.Tablespaces = p.tablespaces()
	case "ARCHIVELOG":
		o.Logs = p.logRange()
	case "CURRENT":
		p.need("CONTROLFILE")
		o.Kind = Controlfile
	}
	return o, true
}
