package syntax

// allocate reads ALLOCATE CHANNEL: inside RUN the job form, elsewhere only FOR
// MAINTENANCE.
func (p *Parser) allocate() Command {
	p.need("CHANNEL")
	a := &AllocateChannel{Maintenance: !p.inRun}
	if p.inRun {
		a.Name = p.name()
	} else {
		p.need("FOR", "MAINTENANCE")
	}
	if p.accept("TYPE") {
		a.Device = p.device()
	} else {
		p.need("DEVICE")
		a.Device = p.deviceType()
	}
	a.Options = p.channelOptions()
	p.end()
	return a
}

// channelOptions reads what may follow the device of a channel.
func (p *Parser) channelOptions() (o ChannelOptions) {
	seen := map[string]bool{}
	for {
		w := p.maybe("FORMAT", "MAXPIECESIZE", "MAXOPENFILES", "RATE")
		if w == "" {
			return o
		}
		p.optEq()
		switch w {
		case "FORMAT":
			o.Format = p.strings()[0]
		case "MAXPIECESIZE":
			o.MaxPieceSize = p.size()
		case "MAXOPENFILES":
			o.MaxOpenFiles = p.number()
		case "RATE":
			o.Rate = p.size()
		}
		p.once(seen, w)
	}
}

// release reads RELEASE CHANNEL.
func (p *Parser) release() Command {
	p.need("CHANNEL")
	r := &ReleaseChannel{}
	if p.inRun {
		r.Name = p.name()
	}
	p.end()
	return r
}

// switchFiles reads SWITCH.
func (p *Parser) switchFiles() Command {
	s := &Switch{}
	switch p.oneOf("DATAFILE", "TEMPFILE", "DATABASE") {
	case "DATABASE":
		p.need("TO", "COPY")
		s.Whole, s.ToCopy = true, true
	case "TEMPFILE":
		p.need("ALL")
		s.Temp, s.All = true, true
	default:
		p.switchDatafile(s)
	}
	p.end()
	return s
}

func (p *Parser) switchDatafile(s *Switch) {
	if p.accept("ALL") {
		s.All = true
		return
	}
	s.Files = p.fileRefs()
	if p.accept("TO") {
		if p.accept("COPY") {
			s.ToCopy = true
			return
		}
		p.need("DATAFILECOPY")
		s.Copy = p.str()
	}
}

// fileRefs reads datafiles by number or by name.
func (p *Parser) fileRefs() (out []FileRef) {
	p.list(func() {
		if p.isNumber() {
			out = append(out, FileRef{Number: p.number()})
			return
		}
		out = append(out, FileRef{Name: p.str()})
	})
	return out
}

// tablespaces reads a list of tablespace names.
func (p *Parser) tablespaces() (out []string) {
	p.list(func() { out = append(out, p.looseName()) })
	return out
}

// ParseChannelOptions reads channel options on their own, as CONFIGURE CHANNEL
// stores them.
func ParseChannelOptions(text string) (o ChannelOptions, err error) {
	done := false
	p := NewParser(func(bool, int) (string, bool) {
		if done {
			return "", false
		}
		done = true
		return text + ";", true
	})
	defer func() {
		if e, ok := recover().(*Error); ok {
			err = e
		}
	}()
	o = p.channelOptions()
	p.end()
	return o, nil
}
