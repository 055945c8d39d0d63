package syntax

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// settings holds what may follow CONFIGURE. It is filled in by init: the
// methods refer to the parser, which refers to the commands.
var settings map[string]func(*Parser, *Configure)

func init() {
	settings = map[string]func(*Parser, *Configure){
		"RETENTION":   (*Parser).configRetention,
		"BACKUP":      (*Parser).configOptimization,
		"DEFAULT":     (*Parser).configDefault,
		"CONTROLFILE": (*Parser).configAutobackup,
		"DEVICE":      (*Parser).configDevice,
		"DATAFILE":    func(p *Parser, c *Configure) { p.configCopies(c, "DATAFILE") },
		"ARCHIVELOG":  (*Parser).configArchivelog,
		"CHANNEL":     (*Parser).configChannel,
		"MAXSETSIZE":  (*Parser).configMaxSetSize,
		"ENCRYPTION":  (*Parser).configEncryption,
		"COMPRESSION": (*Parser).configCompression,
		"SNAPSHOT":    (*Parser).configSnapshot,
		"EXCLUDE":     (*Parser).configExclude,
		"RMAN":        (*Parser).configOutput,
	}
}

// configure reads CONFIGURE. Name and value come out as V$RMAN_CONFIGURATION
// shows them.
func (p *Parser) configure() Command {
	c := &Configure{}
	words := slices.Sorted(maps.Keys(settings))
	settings[p.oneOf(words...)](p, c)
	p.end()
	return c
}

func (p *Parser) configOptimization(c *Configure) {
	p.need("OPTIMIZATION")
	p.onOff(c, "BACKUP OPTIMIZATION")
}

func (p *Parser) configDefault(c *Configure) {
	p.need("DEVICE", "TYPE")
	c.Name = "DEFAULT DEVICE TYPE"
	p.toOrClear(c, p.device)
}

func (p *Parser) configMaxSetSize(c *Configure) {
	c.Name = "MAXSETSIZE"
	p.toOrClear(c, p.sizeText)
}

func (p *Parser) configSnapshot(c *Configure) {
	p.need("CONTROLFILE", "NAME")
	c.Name = "SNAPSHOT CONTROLFILE NAME"
	p.toOrClear(c, func() string { return quote(p.str()) })
}

// quote gives a string back in single quotes.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// toOrClear reads TO and a value, or CLEAR.
func (p *Parser) toOrClear(c *Configure, value func() string) {
	if p.accept("CLEAR") {
		c.Clear = true
		return
	}
	p.need("TO")
	c.Value = "TO " + value()
}

// onOff reads ON, OFF or CLEAR.
func (p *Parser) onOff(c *Configure, name string) {
	c.Name = name
	c.Value = p.oneOf("ON", "OFF", "CLEAR")
	c.Clear = c.Value == "CLEAR"
}

func (p *Parser) configRetention(c *Configure) {
	p.need("POLICY")
	c.Name = "RETENTION POLICY"
	p.toOrClear(c, func() string {
		switch p.oneOf("REDUNDANCY", "RECOVERY", "NONE") {
		case "REDUNDANCY":
			p.optEq()
			return fmt.Sprintf("REDUNDANCY %d", p.number())
		case "RECOVERY":
			p.need("WINDOW", "OF")
			n := p.number()
			p.need("DAYS")
			return fmt.Sprintf("RECOVERY WINDOW OF %d DAYS", n)
		}
		return "NONE"
	})
}

func (p *Parser) configAutobackup(c *Configure) {
	p.need("AUTOBACKUP")
	if !p.accept("FORMAT") {
		p.onOff(c, "CONTROLFILE AUTOBACKUP")
		return
	}
	p.need("FOR", "DEVICE", "TYPE")
	c.Name = "CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE " + p.device()
	p.toOrClear(c, func() string { return quote(p.str()) })
}

func (p *Parser) configDevice(c *Configure) {
	p.need("TYPE")
	c.Name = "DEVICE TYPE " + p.device()
	if p.accept("CLEAR") {
		c.Clear = true
		return
	}
	n, kind := int64(1), "BACKUPSET"
	seen := map[string]bool{}
	for {
		w := p.maybe("PARALLELISM", "BACKUP")
		if w == "" {
			break
		}
		if w == "PARALLELISM" {
			n = p.number()
		} else {
			kind = p.backupType()
		}
		p.once(seen, w)
	}
	if len(seen) == 0 {
		p.fail()
	}
	c.Value = fmt.Sprintf("PARALLELISM %d BACKUP TYPE TO %s", n, kind)
}

func (p *Parser) backupType() string {
	p.need("TYPE", "TO")
	switch p.oneOf("BACKUPSET", "COMPRESSED", "COPY") {
	case "COMPRESSED":
		p.need("BACKUPSET")
		return "COMPRESSED BACKUPSET"
	case "COPY":
		return "COPY"
	}
	return "BACKUPSET"
}

// configCopies reads BACKUP COPIES FOR DEVICE TYPE d TO n.
func (p *Parser) configCopies(c *Configure, what string) {
	p.need("BACKUP", "COPIES", "FOR", "DEVICE", "TYPE")
	c.Name = what + " BACKUP COPIES FOR DEVICE TYPE " + p.device()
	p.toOrClear(c, func() string { return fmt.Sprint(p.number()) })
}

func (p *Parser) configArchivelog(c *Configure) {
	if p.is("BACKUP") {
		p.configCopies(c, "ARCHIVELOG")
		return
	}
	p.need("DELETION", "POLICY")
	c.Name = "ARCHIVELOG DELETION POLICY"
	p.toOrClear(c, p.deletionPolicy)
}

// deletionPolicy reads NONE, BACKED UP n TIMES TO d, APPLIED or SHIPPED.
func (p *Parser) deletionPolicy() string {
	switch w := p.oneOf("NONE", "BACKED", "APPLIED", "SHIPPED"); w {
	case "BACKED":
		p.need("UP")
		n := p.number()
		p.need("TIMES", "TO")
		if p.accept("DEVICE") {
			p.need("TYPE")
		}
		return fmt.Sprintf("BACKED UP %d TIMES TO %s", n, p.device())
	case "APPLIED", "SHIPPED":
		on := "ON"
		if w == "SHIPPED" {
			on = "TO"
		}
		p.need(on)
		all := ""
		if p.accept("ALL") {
			all = "ALL "
		}
		p.need("STANDBY")
		return w + " " + on + " " + all + "STANDBY"
	}
	return "NONE"
}

func (p *Parser) configChannel(c *Configure) {
	c.Name = "CHANNEL"
	if p.isNumber() {
		c.Name += fmt.Sprintf(" %d", p.number())
	}
	p.need("DEVICE", "TYPE")
	c.Name += " DEVICE TYPE " + p.device()
	if p.accept("CLEAR") {
		c.Clear = true
		return
	}
	o := p.channelOptions()
	if o == (ChannelOptions{}) {
		p.fail()
	}
	c.Value = o.text()
}

// text is the value of CONFIGURE CHANNEL; RMAN stores it in this order.
func (o ChannelOptions) text() string {
	var parts []string
	if o.Format != "" {
		parts = append(parts, "FORMAT   "+quote(o.Format))
	}
	for _, n := range []struct {
		word  string
		value int64
	}{{"MAXPIECESIZE", o.MaxPieceSize}, {"MAXOPENFILES", o.MaxOpenFiles}, {"RATE", o.Rate}} {
		if n.value > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", n.word, n.value))
		}
	}
	return strings.Join(parts, " ")
}

func (p *Parser) configEncryption(c *Configure) {
	if p.accept("ALGORITHM") {
		c.Name = "ENCRYPTION ALGORITHM"
		p.toOrClear(c, func() string { return quote(p.str()) })
		return
	}
	p.need("FOR", "DATABASE")
	p.onOff(c, "ENCRYPTION FOR DATABASE")
}

func (p *Parser) configCompression(c *Configure) {
	p.need("ALGORITHM")
	c.Name = "COMPRESSION ALGORITHM"
	if p.accept("CLEAR") {
		c.Clear = true
		return
	}
	p.accept("TO")
	c.Value = quote(p.str()) + " AS OF RELEASE 'DEFAULT' OPTIMIZE FOR LOAD TRUE"
}

func (p *Parser) configExclude(c *Configure) {
	p.need("FOR", "TABLESPACE")
	c.Name = "EXCLUDE FOR TABLESPACE " + quote(strings.ToUpper(p.looseName()))
	c.Clear = p.accept("CLEAR")
}

func (p *Parser) configOutput(c *Configure) {
	p.need("OUTPUT")
	c.Name = "RMAN OUTPUT"
	if p.accept("CLEAR") {
		c.Clear = true
		return
	}
	p.need("TO", "KEEP", "FOR")
	n := p.number()
	p.need("DAYS")
	c.Value = fmt.Sprintf("TO KEEP FOR %d DAYS", n)
}

func (p *Parser) sizeText() string {
	if p.accept("UNLIMITED") {
		return "UNLIMITED"
	}
	return fmt.Sprint(p.size())
}

// show reads SHOW ALL or SHOW with the name of one setting.
func (p *Parser) show() Command {
	s := &Show{What: p.oneOf("ALL", "RETENTION", "BACKUP", "DEFAULT", "CONTROLFILE", "DEVICE",
		"CHANNEL", "MAXSETSIZE", "ARCHIVELOG", "SNAPSHOT", "EXCLUDE", "COMPRESSION")}
	tail := map[string][]string{
		"RETENTION": {"POLICY"}, "BACKUP": {"OPTIMIZATION"}, "DEFAULT": {"DEVICE", "TYPE"},
		"CONTROLFILE": {"AUTOBACKUP"}, "DEVICE": {"TYPE"}, "ARCHIVELOG": {"DELETION", "POLICY"},
		"SNAPSHOT": {"CONTROLFILE", "NAME"}, "COMPRESSION": {"ALGORITHM"},
	}[s.What]
	p.need(tail...)
	for _, w := range tail {
		s.What += " " + w
	}
	if s.What == "CONTROLFILE AUTOBACKUP" && p.accept("FORMAT") {
		s.What += " FORMAT"
	}
	p.end()
	return s
}
