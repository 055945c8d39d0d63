package syntax

// set reads SET. Some settings belong to the session, some to RUN, some to
// both.
func (p *Parser) set() Command {
	words := []string{"DBID", "CONTROLFILE", "COMPRESSION"}
	if p.inRun {
		words = append(words, "UNTIL", "NEWNAME", "ARCHIVELOG", "COMMAND", "MAXCORRUPT", "BACKUP")
	} else {
		words = append(words, "ECHO")
	}
	s := &Set{}
	switch p.oneOf(words...) {
	case "DBID":
		p.optEq()
		s.What, s.Number = SetDBID, p.number()
		p.softEnd()
		return s
	case "CONTROLFILE":
		p.setAutobackup(s)
	case "COMPRESSION":
		p.need("ALGORITHM")
		s.What, s.Text = SetCompression, p.str()
	case "UNTIL":
		s.What, s.Until = SetUntil, p.until()
	case "NEWNAME":
		p.setNewName(s)
	case "ARCHIVELOG":
		p.need("DESTINATION", "TO")
		s.What, s.Text = SetArchivelogDest, p.str()
	case "COMMAND":
		p.need("ID", "TO")
		s.What, s.Text = SetCommandID, p.str()
	case "MAXCORRUPT":
		p.setMaxCorrupt(s)
	case "BACKUP":
		p.need("COPIES")
		p.optEq()
		s.What, s.Number = SetBackupCopies, p.number()
	case "ECHO":
		s.What, s.On = SetEcho, p.oneOf("ON", "OFF") == "ON"
	}
	p.end()
	return s
}

// setAutobackup reads CONTROLFILE AUTOBACKUP ON, OFF or FORMAT.
func (p *Parser) setAutobackup(s *Set) {
	p.need("AUTOBACKUP")
	switch p.oneOf("FORMAT", "ON", "OFF") {
	case "FORMAT":
		s.What = SetAutobackupFormat
		s.Text = p.autobackupFormat()
	case "ON":
		s.What, s.On = SetAutobackup, true
	case "OFF":
		s.What = SetAutobackup
	}
}

// autobackupFormat reads FOR DEVICE TYPE DISK TO 'format'.
func (p *Parser) autobackupFormat() string {
	p.need("FOR", "DEVICE")
	p.deviceType()
	p.need("TO")
	return p.str()
}

func (p *Parser) setNewName(s *Set) {
	p.need("FOR")
	s.What = SetNewName
	switch p.oneOf("DATAFILE", "DATABASE", "TABLESPACE") {
	case "DATAFILE":
		s.File = p.fileRefs()[0]
	case "DATABASE":
		s.What = SetNewNameDatabase
	case "TABLESPACE":
		s.What = SetNewNameDatabase
		s.File.Name = p.looseName()
	}
	p.need("TO")
	s.Text = p.str()
}

func (p *Parser) setMaxCorrupt(s *Set) {
	p.need("FOR", "DATAFILE")
	s.What = SetMaxCorrupt
	s.File = p.fileRefs()[0]
	p.need("TO")
	s.Number = p.number()
}
