package rmansim

import (
	"slices"
	"strings"
)

// cmdline is what the command line asks for.
type cmdline struct {
	target      string
	hasTarget   bool
	nocatalog   bool
	msgno       bool
	checksyntax bool
	cmdfile     string
	log         string
	appendLog   bool
	using       []string
}

// cmdlineWords are the arguments of the real program, for its error message.
var cmdlineWords = []string{"append", "auxiliary", "catalog", "checksyntax", "clone", "clonecatalog",
	"cmdfile", "debug", "log", "msgno", "nocatalog", "pipe", "rcvcat", "script", "send", "target", "timeout",
	"trace", "using"}

// parseArgs reads the command line: words with or without an equals sign
// between key and value, keys in any case.
func parseArgs(args []string) (cmdline, *failure) {
	p := argReader{words: splitArgs(args)}
	var c cmdline
	for p.more() {
		w := p.next()
		if file, ok := strings.CutPrefix(w, "@"); ok {
			c.cmdfile = unquote(p.rest(file))
			c.using = append(c.using, p.plain()...)
			continue
		}
		if err := c.option(strings.ToLower(w), &p); err != nil {
			return c, err
		}
	}
	return c, nil
}

// option reads one option and its value.
func (c *cmdline) option(key string, p *argReader) *failure {
	var err *failure
	switch key {
	case "target":
		c.target, err = p.value()
		c.hasTarget = true
	case "nocatalog":
		c.nocatalog = true
	case "msgno":
		c.msgno = true
	case "append":
		c.appendLog = true
	case "checksyntax":
		c.checksyntax = true
	case "cmdfile":
		c.cmdfile, err = p.value()
		c.using = append(c.using, p.plain()...)
	case "log":
		c.log, err = p.value()
	case "using":
		c.using = append(c.using, p.plain()...)
	default:
		return badArgument(key)
	}
	return err
}

func badArgument(word string) *failure {
	f := fail("RMAN-00552: syntax error in command line arguments").
		and(`RMAN-01009: syntax error: found "identifier": expecting one of: "%s"`, strings.Join(cmdlineWords, ", ")).
		and("RMAN-01008: the bad identifier was: %s", word).
		and("RMAN-01007: at line 2 column 1 file: command line arguments")
	f.bare = true
	return f
}

// argReader hands out words of the command line.
type argReader struct {
	words []string
	at    int
}

// splitArgs takes equals signs apart from keys: "cmdfile=x" is three words.
func splitArgs(args []string) []string {
	var out []string
	for _, a := range args {
		key, value, ok := strings.Cut(a, "=")
		if ok && slices.Contains(cmdlineWords, strings.ToLower(key)) {
			out = append(out, key, "=")
			a = value
			if a == "" {
				continue
			}
		}
		out = append(out, a)
	}
	return out
}

func (p *argReader) more() bool { return p.at < len(p.words) }

func (p *argReader) next() string {
	p.at++
	return p.words[p.at-1]
}

// value reads the value of an option.
func (p *argReader) value() (string, *failure) {
	if p.more() && p.words[p.at] == "=" {
		p.at++
	}
	if !p.more() {
		f := fail("RMAN-00552: syntax error in command line arguments").
			and(`RMAN-01009: syntax error: found "end-of-file": expecting one of: "double-quoted-string, equal, identifier, single-quoted-string"`)
		f.bare = true
		return "", f
	}
	return unquote(p.next()), nil
}

// rest gives the name behind @, which may be a word of its own.
func (p *argReader) rest(name string) string {
	if name == "" && p.more() {
		return p.next()
	}
	return name
}

// plain reads words up to the next option: values for &1, &2 …
func (p *argReader) plain() (out []string) {
	for p.more() && !slices.Contains(cmdlineWords, strings.ToLower(p.words[p.at])) && p.words[p.at][0] != '@' {
		out = append(out, unquote(p.next()))
	}
	return out
}

// unquote takes off a pair of quotes that came through the shell.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0] {
		return unquote(s[1 : len(s)-1])
	}
	return s
}

// credentials takes a connect string apart.
func credentials(target string) (user, password, net string) {
	logon, net, _ := strings.Cut(target, "@")
	if i := strings.Index(strings.ToUpper(logon), " AS SYS"); i >= 0 {
		logon = logon[:i]
	}
	if i := strings.Index(strings.ToUpper(net), " AS SYS"); i >= 0 {
		net = net[:i]
	}
	user, password, _ = strings.Cut(strings.TrimSpace(logon), "/")
	return user, password, strings.TrimSpace(net)
}

// usageError prints an error of the command line.
func (s *session) usageError(f *failure) int {
	s.out.raw(append(slices.Clone(banner), f.lines...)...)
	s.out.raw("", "Recovery Manager complete.")
	return 1
}
