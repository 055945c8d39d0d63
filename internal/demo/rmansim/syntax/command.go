package syntax

// commandParser reads the rest of a command whose first word is used up.
type commandParser func(*Parser) Command

// anywhere holds the commands that are legal at the prompt and inside RUN.
var anywhere = map[string]commandParser{
	"ALLOCATE":   (*Parser).allocate,
	"ALTER":      (*Parser).alter,
	"BACKUP":     (*Parser).backup,
	"CATALOG":    (*Parser).catalog,
	"CHANGE":     (*Parser).change,
	"CONFIGURE":  (*Parser).configure,
	"CROSSCHECK": (*Parser).crosscheck,
	"DELETE":     (*Parser).delete,
	"HOST":       (*Parser).host,
	"RECOVER":    (*Parser).recover,
	"RELEASE":    (*Parser).release,
	"REPORT":     (*Parser).report,
	"RESTORE":    (*Parser).restore,
	"SET":        (*Parser).set,
	"SHOW":       (*Parser).show,
	"SHUTDOWN":   (*Parser).shutdown,
	"SQL":        (*Parser).sql,
	"STARTUP":    (*Parser).startup,
	"SWITCH":     (*Parser).switchFiles,
	"VALIDATE":   (*Parser).validate,
}

// promptOnly holds the commands that are not legal inside RUN.
var promptOnly = map[string]commandParser{
	"@":       (*Parser).include,
	"CONNECT": (*Parser).connect,
	"EXIT":    (*Parser).exit,
	"LIST":    (*Parser).listCommand,
	"QUIT":    (*Parser).exit,
	"RESET":   (*Parser).reset,
}

// foreign holds first words of commands that RMAN has and the simulation has
// not.
var foreign = map[string]bool{
	"ADVISE": true, "CONVERT": true, "CREATE": true, "DUPLICATE": true, "EXECUTE": true,
	"FLASHBACK": true, "IMPORT": true, "REGISTER": true, "REPAIR": true, "REPLACE": true,
	"RESYNC": true, "SEND": true, "SPOOL": true, "TRANSPORT": true, "UNREGISTER": true, "UPGRADE": true,
}

var promptCommands, runCommands = tables()

func tables() (prompt, run map[string]commandParser) {
	prompt, run = map[string]commandParser{}, map[string]commandParser{}
	for w, f := range anywhere {
		prompt[w], run[w] = f, f
	}
	for w, f := range promptOnly {
		prompt[w] = f
	}
	return prompt, run
}

// command reads one command out of the table.
func (p *Parser) command(table map[string]commandParser) Command {
	t := p.peek()
	if t.Kind == Keyword || t.Kind == Punct {
		if f := table[t.Text]; f != nil {
			p.advance()
			return f(p)
		}
		if t.Text == "RUN" && !p.inRun {
			p.advance()
			return p.run()
		}
	}
	if t.Kind == Keyword && foreign[t.Text] {
		panic(unsupported(t))
	}
	p.expectCommand(table)
	p.fail()
	return nil
}

// expectCommand notes every command of the table as possible here.
func (p *Parser) expectCommand(table map[string]commandParser) {
	for w := range table {
		p.is(w)
	}
	for w := range foreign {
		if !p.inRun || w == "SEND" || w == "EXECUTE" || w == "DUPLICATE" {
			p.is(w)
		}
	}
	if p.inRun {
		p.is("}")
	} else {
		p.is("RUN")
	}
}

// run reads the block of RUN. What follows its closing brace stays unread.
func (p *Parser) run() Command {
	p.need("{")
	p.inRun = true
	r := &Run{}
	for !p.accept("}") {
		r.Body = append(r.Body, p.command(runCommands))
	}
	p.inRun = false
	return r
}

// include reads the file name of @file.
func (p *Parser) include() Command {
	if p.lex.col < len(p.lex.line) && p.lex.line[p.lex.col] != '\'' && p.lex.line[p.lex.col] != '"' {
		return &Include{File: p.lex.restOfWord()}
	}
	return &Include{File: p.str()}
}

// connect reads CONNECT TARGET; it needs no semicolon.
func (p *Parser) connect() Command {
	p.need("TARGET")
	if p.lex.skipLineBlank() && p.lex.line[p.lex.col] == '/' {
		p.lex.restOfWord()
		p.softEnd()
		return &Connect{Target: "/"}
	}
	c := &Connect{Target: p.str()}
	p.softEnd()
	return c
}

// exit reads EXIT or QUIT, which need no semicolon.
func (p *Parser) exit() Command {
	p.softEnd()
	return &Exit{}
}

// softEnd ends a command that needs no semicolon where its line ends.
func (p *Parser) softEnd() {
	if p.have || p.lex.skipLineBlank() {
		p.end()
	}
}

// skipLineBlank reports whether the present line holds more than blanks and
// comments.
func (l *lexer) skipLineBlank() bool {
	l.take(isBlank)
	return l.col < len(l.line) && l.line[l.col] != '#'
}

// host reads HOST 'command'.
func (p *Parser) host() Command {
	h := &Host{}
	if p.isStr() {
		h.Command = p.advance().Text
	}
	p.end()
	return h
}

// sql reads SQL '…'; any other form is older than 11.2 or newer than 12.1.
func (p *Parser) sql() Command {
	s := &SQL{Text: p.str()}
	p.end()
	return s
}

// alter reads the ALTER DATABASE forms that are RMAN's own; every other ALTER
// is SQL, taken up to its semicolon.
func (p *Parser) alter() Command {
	text := "ALTER"
	t := p.advance()
	if t.is("DATABASE") {
		if p.accept("MOUNT") {
			p.end()
			return &AlterDatabase{}
		}
		if p.accept("OPEN") {
			a := &AlterDatabase{Open: true, ResetLogs: p.accept("RESETLOGS")}
			p.end()
			return a
		}
	}
	for ; !t.is(";"); t = p.advance() {
		if t.Kind == EOF || t.is("}") {
			panic(unexpected(t, map[string]bool{";": true}))
		}
		text += " " + sqlText(t)
	}
	return &SQL{Text: text, Bare: true}
}

// sqlText gives a token back as it was written.
func sqlText(t Token) string {
	switch t.Kind {
	case SingleQuoted:
		return "'" + t.Text + "'"
	case DoubleQuoted:
		return `"` + t.Text + `"`
	default:
		return t.Text
	}
}

// startup reads STARTUP with its options in any order.
func (p *Parser) startup() Command {
	s := &Startup{Mode: "OPEN"}
	seen := map[string]bool{}
	for {
		w := p.maybe("FORCE", "NOMOUNT", "MOUNT", "DBA", "PFILE")
		switch w {
		case "":
			p.end()
			return s
		case "FORCE":
			s.Force = true
		case "NOMOUNT", "MOUNT":
			p.once(seen, "mode")
			s.Mode = w
		case "PFILE":
			p.optEq()
			s.PFile = p.str()
		}
		p.once(seen, w)
	}
}

// shutdown reads SHUTDOWN; without a word it is NORMAL.
func (p *Parser) shutdown() Command {
	s := &Shutdown{Mode: p.maybe("ABORT", "IMMEDIATE", "NORMAL", "TRANSACTIONAL")}
	if s.Mode == "" {
		s.Mode = "NORMAL"
	}
	p.end()
	return s
}

// reset reads RESET DATABASE TO INCARNATION.
func (p *Parser) reset() Command {
	p.need("DATABASE", "TO", "INCARNATION")
	r := &ResetDatabase{Incarnation: p.number()}
	p.end()
	return r
}
