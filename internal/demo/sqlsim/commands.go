package sqlsim

import (
	"fmt"
	"strconv"
	"strings"
)

// command runs one line: a command of SQL*Plus, or the beginning of a statement.
func (s *session) command(line string, in *input) {
	if line == "" || strings.HasPrefix(line, "--") {
		return
	}
	first, rest, _ := strings.Cut(line, " ")
	verb := strings.ToUpper(strings.TrimRight(first, ";"))
	if isStatement(verb) {
		sql, run := s.statement(line, in)
		s.buffer = sql
		if run {
			s.sql(s.substituted(sql, in))
		}
		return
	}
	for strings.HasSuffix(strings.TrimSpace(rest), "-") { // a command goes on
		more, ok := in.next()
		if !ok {
			break
		}
		rest = strings.TrimSuffix(strings.TrimSpace(rest), "-") + " " + more
	}
	rest = strings.TrimSuffix(strings.TrimSpace(s.substitute(rest, in)), ";")
	s.plusCommand(verb, strings.TrimSpace(rest), line)
}

// isStatement tells whether the verb begins SQL, which goes on to a semicolon.
func isStatement(verb string) bool {
	switch verb {
	case "SELECT", "WITH", "ALTER", "CREATE", "DROP", "INSERT", "UPDATE", "DELETE", "MERGE", "GRANT", "REVOKE", "COMMIT",
		"ROLLBACK", "TRUNCATE", "EXPLAIN", "ANALYZE", "PURGE", "FLASHBACK", "LOCK", "COMMENT", "(SELECT", "BEGIN", "DECLARE", "CALL":
		return true
	}
	return false
}

func (s *session) plusCommand(verb, rest, line string) {
	words := splitWords(rest)
	switch {
	case abbreviates(verb, "EXIT", 4) || verb == "QUIT":
		s.exitCommand(words)
	case verb == "SET":
		s.setCommand(words)
	case abbreviates(verb, "PROMPT", 3):
		s.print(rest)
	case abbreviates(verb, "WHENEVER", 4):
		s.whenever(words)
	case abbreviates(verb, "CONNECT", 4):
		s.connect(rest)
	case abbreviates(verb, "DISCONNECT", 4):
		s.logged = false
	case strings.HasPrefix(verb, "@") || abbreviates(verb, "START", 3) && verb != "STARTUP":
		s.startScript(verb, line, words)
	case verb == "STARTUP":
		s.startup(words)
	case verb == "SHUTDOWN":
		s.shutdown(words)
	case verb == "ARCHIVE":
		s.archiveLog(words)
	case verb == "/" || abbreviates(verb, "RUN", 1):
		s.sql(s.buffer)
	case abbreviates(verb, "COLUMN", 3):
		s.columnCommand(words)
	case abbreviates(verb, "DEFINE", 3):
		s.defineCommand(rest)
	case verb == "SHOW" && strings.EqualFold(rest, "user"):
		s.print(`USER is "SYS"`)
	case abbreviates(verb, "REMARK", 3), verb == "SPOOL", abbreviates(verb, "UNDEFINE", 5), abbreviates(verb, "CLEAR", 2),
		abbreviates(verb, "BREAK", 3), abbreviates(verb, "TTITLE", 3), abbreviates(verb, "BTITLE", 3), verb == "PAUSE":
	default:
		s.unknown(line)
	}
}

// unknown refuses a line as SQL*Plus does.
func (s *session) unknown(line string) {
	first, rest, _ := strings.Cut(line, " ")
	if strings.TrimSpace(rest) == "" {
		s.print("SP2-0042: unknown command \"" + first + "\" - rest of line ignored.")
		return
	}
	s.print("SP2-0734: unknown command beginning \"" + line[:min(len(line), 10)] + "...\" - rest of line ignored.")
}

func (s *session) startScript(verb, line string, words []string) {
	if strings.HasPrefix(verb, "@") {
		words = splitWords(strings.TrimLeft(strings.TrimSuffix(line, ";"), "@"))
	}
	if len(words) == 0 {
		s.print("SP2-1506: START, @ or @@ command has no arguments")
		return
	}
	s.script(words[0], words[1:])
}

// splitWords splits at blanks outside quotes, and takes quotes off.
func splitWords(s string) (out []string) {
	var b strings.Builder
	quote, some := byte(0), false
	for i := range len(s) {
		c := s[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, some = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if some {
				out = append(out, b.String())
			}
			b.Reset()
			some = false
		default:
			b.WriteByte(c)
			some = true
		}
	}
	if some {
		out = append(out, b.String())
	}
	return out
}

// exitCommand is EXIT [SUCCESS | FAILURE | WARNING | n | SQL.SQLCODE] [COMMIT |
// ROLLBACK].
func (s *session) exitCommand(words []string) {
	code := "SUCCESS"
	if len(words) > 0 && !strings.EqualFold(words[0], "COMMIT") && !strings.EqualFold(words[0], "ROLLBACK") {
		code = words[0]
	}
	s.quit(code)
}

func (s *session) quit(code string) {
	n := 0
	switch strings.ToUpper(code) {
	case "", "SUCCESS":
	case "FAILURE":
		n = 1
	case "WARNING":
		n = 2
	case "SQL.SQLCODE":
		n = s.lastCode
	default:
		v, err := strconv.Atoi(code)
		if err != nil {
			s.print("SP2-0670: Internal number conversion failed")
			v = 1
		}
		n = v
	}
	s.exit = &n
}

// whenever is WHENEVER SQLERROR | OSERROR EXIT … | CONTINUE ….
func (s *session) whenever(words []string) {
	if len(words) < 2 {
		s.print("SP2-0571: Usage: WHENEVER {SQLERROR | OSERROR} {EXIT | CONTINUE}")
		return
	}
	rule := exitRule{exit: strings.EqualFold(words[1], "EXIT"), code: "SUCCESS"}
	if rule.exit && len(words) > 2 {
		rule.code = words[2]
	}
	switch strings.ToUpper(words[0]) {
	case "SQLERROR":
		s.onError = rule
	case "OSERROR":
		s.onOS = rule
	default:
		s.print("SP2-0571: Usage: WHENEVER {SQLERROR | OSERROR} {EXIT | CONTINUE}")
	}
}

// failed notes an error of SQL and ends the session if WHENEVER says so.
func (s *session) failed(code int) {
	s.lastCode = code
	if s.onError.exit && s.exit == nil {
		s.quit(s.onError.code)
	}
}

// columnCommand takes FORMAT Aw and FORMAT 999 of COLUMN; the rest shows nothing
// here.
func (s *session) columnCommand(words []string) {
	for i := 1; i+1 < len(words); i++ {
		if abbreviates(strings.ToUpper(words[i]), "FORMAT", 3) {
			s.format[strings.ToUpper(words[0])] = strings.ToUpper(words[i+1])
		}
	}
}

func (s *session) defineCommand(rest string) {
	name, value, ok := strings.Cut(rest, "=")
	if !ok {
		s.print(fmt.Sprintf("SP2-0135: symbol %s is UNDEFINED", strings.ToLower(rest)))
		return
	}
	s.define[strings.ToUpper(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `'"`)
}
