package syntax

// catalog reads CATALOG.
func (p *Parser) catalog() Command {
	c := &Catalog{Level: -1}
	switch p.oneOf("START", "BACKUPPIECE", "DATAFILECOPY", "ARCHIVELOG", "RECOVERY", "DB_RECOVERY_FILE_DEST") {
	case "START":
		p.need("WITH")
		c.StartWith, c.HasPrefix = p.str(), true
		c.NoPrompt = p.accept("NOPROMPT")
	case "BACKUPPIECE":
		c.Pieces = p.strings()
	case "DATAFILECOPY":
		p.catalogCopies(c)
	case "ARCHIVELOG":
		c.Logs = p.strings()
	case "RECOVERY":
		p.need("AREA")
		c.RecoveryArea, c.NoPrompt = true, p.accept("NOPROMPT")
	default:
		c.RecoveryArea, c.NoPrompt = true, p.accept("NOPROMPT")
	}
	p.end()
	return c
}

func (p *Parser) catalogCopies(c *Catalog) {
	c.Copies = p.strings()
	if p.accept("LEVEL") {
		p.optEq()
		c.Level = p.number()
	}
	if p.accept("TAG") {
		p.optEq()
		c.Tag = p.tag()
	}
}

// change reads CHANGE.
func (p *Parser) change() Command {
	c := &Change{What: p.maintSpec()}
	c.To = p.oneOf("AVAILABLE", "UNAVAILABLE", "UNCATALOG", "DELETE")
	p.end()
	return c
}

// crosscheck reads CROSSCHECK.
func (p *Parser) crosscheck() Command {
	c := &Crosscheck{What: p.maintSpec()}
	p.end()
	return c
}

// delete reads DELETE; FORCE and NOPROMPT stand in either order.
func (p *Parser) delete() Command {
	d := &Delete{}
	seen := map[string]bool{}
	for {
		w := p.maybe("NOPROMPT", "FORCE")
		if w == "" {
			break
		}
		p.once(seen, w)
	}
	d.NoPrompt, d.Force = seen["NOPROMPT"], seen["FORCE"]
	if p.accept("OBSOLETE") {
		d.Obsolete = true
		p.deviceClause(&d.What)
		p.end()
		return d
	}
	d.Expired = p.accept("EXPIRED")
	d.What = p.maintSpec()
	p.end()
	return d
}

func (p *Parser) deviceClause(m *Maint) {
	if p.accept("DEVICE") {
		m.Device = p.deviceType()
	}
}

// maintSpec reads what CHANGE, CROSSCHECK and DELETE act on.
func (p *Parser) maintSpec() Maint {
	m := Maint{Kind: Object(p.oneOf("BACKUP", "BACKUPSET", "BACKUPPIECE", "ARCHIVELOG", "COPY", "DATAFILECOPY"))}
	p.maintObject(&m)
	seen := map[string]bool{}
	for p.maintQualifier(&m, seen) {
	}
	return m
}

// maintObject reads keys, names or OF behind the kind.
func (p *Parser) maintObject(m *Maint) {
	switch m.Kind {
	case Backups, Copies:
		if p.accept("OF") {
			p.listOf(m)
		}
	case Archivelogs:
		if p.isStr() {
			m.Names = p.strings()
			return
		}
		m.Logs = p.logRange()
	default:
		p.keysOrNames(m)
	}
}

// keysOrNames reads primary keys or file names, or nothing.
func (p *Parser) keysOrNames(m *Maint) {
	named := m.Kind != BackupSets
	if !p.isNumber() && (!named || !p.isStr()) {
		return
	}
	p.list(func() {
		if p.isNumber() || !named {
			m.Keys = append(m.Keys, p.number())
			return
		}
		m.Names = append(m.Names, p.str())
	})
}

// listOf reads the objects behind OF.
func (p *Parser) listOf(m *Maint) {
	for {
		w := p.maybe("DATABASE", "DATAFILE", "TABLESPACE", "ARCHIVELOG", "CONTROLFILE", "SPFILE")
		if w == "" {
			break
		}
		o := BackupObject{Kind: Object(w)}
		switch w {
		case "DATAFILE":
			o.Files = p.fileRefs()
		case "TABLESPACE":
			o.Tablespaces = p.tablespaces()
		case "ARCHIVELOG":
			o.Logs = p.logRange()
		}
		m.Of = append(m.Of, o)
	}
	if len(m.Of) == 0 {
		p.fail()
	}
}

// maintQualifier reads one restriction.
func (p *Parser) maintQualifier(m *Maint, seen map[string]bool) bool {
	w := p.maybe("TAG", "COMPLETED", "LIKE", "BACKED", "DEVICE")
	switch w {
	case "":
		return false
	case "TAG":
		p.optEq()
		m.Tag = p.tag()
	case "COMPLETED":
		p.completed(m)
	case "LIKE":
		m.LikeName = p.str()
	case "BACKED":
		p.need("UP")
		m.BackedUp = p.number()
		p.need("TIMES", "TO", "DEVICE")
		p.deviceType()
	case "DEVICE":
		m.Device = p.deviceType()
	}
	p.once(seen, w)
	return true
}

func (p *Parser) completed(m *Maint) {
	switch p.oneOf("BEFORE", "AFTER", "BETWEEN") {
	case "BEFORE":
		p.optEq()
		m.Before = p.str()
	case "AFTER":
		p.optEq()
		m.After = p.str()
	default:
		m.After = p.str()
		p.need("AND")
		m.Before = p.str()
	}
}

// listCommand reads LIST.
func (p *Parser) listCommand() Command {
	l := &List{Expired: p.accept("EXPIRED")}
	if !l.Expired && p.accept("INCARNATION") {
		l.What.Kind = Incarnations
		if p.accept("OF") {
			p.need("DATABASE")
			if !p.is(";") {
				p.name()
			}
		}
		p.end()
		return l
	}
	l.What.Kind = Object(p.oneOf("BACKUP", "BACKUPSET", "BACKUPPIECE", "ARCHIVELOG", "COPY"))
	p.maintObject(&l.What)
	seen := map[string]bool{}
	for p.listStyle(l, seen) || p.maintQualifier(&l.What, seen) {
	}
	p.end()
	return l
}

// listStyle reads SUMMARY or BY FILE.
func (p *Parser) listStyle(l *List, seen map[string]bool) bool {
	if l.What.Kind != Backups && l.What.Kind != BackupSets {
		return false
	}
	switch p.maybe("SUMMARY", "BY") {
	case "":
		return false
	case "SUMMARY":
		l.Summary = true
	default:
		p.need("FILE")
		l.ByFile = true
	}
	p.once(seen, "style")
	return true
}

// report reads REPORT.
func (p *Parser) report() Command {
	r := &Report{What: p.oneOf("SCHEMA", "OBSOLETE", "NEED", "UNRECOVERABLE")}
	if r.What == "NEED" {
		p.need("BACKUP")
	}
	p.end()
	return r
}

// validate reads VALIDATE.
func (p *Parser) validate() Command {
	v := &Validate{}
	if p.accept("CHECK") {
		p.need("LOGICAL")
		v.CheckLogic = true
	}
	w := p.oneOf("DATABASE", "DATAFILE", "BACKUPSET", "ARCHIVELOG", "CURRENT", "SPFILE")
	v.Kind = Object(w)
	switch w {
	case "DATAFILE":
		v.Files = p.fileRefs()
	case "BACKUPSET":
		p.list(func() { v.Keys = append(v.Keys, p.number()) })
	case "ARCHIVELOG":
		v.Logs = p.logRange()
	case "CURRENT":
		p.need("CONTROLFILE")
		v.Kind = Controlfile
	}
	p.end()
	return v
}
