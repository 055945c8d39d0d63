package sqlsim

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// input is a source of lines: the terminal, or a script.
type input struct {
	r    *bufio.Reader
	done bool
}

func newInput(r io.Reader) *input {
	if r == nil {
		r = strings.NewReader("")
	}
	return &input{r: bufio.NewReader(r)}
}

// next gives a line without its end; lines may be of any length.
func (in *input) next() (string, bool) {
	if in.done {
		return "", false
	}
	line, err := in.r.ReadString('\n')
	if err != nil {
		in.done = true
		if line == "" {
			return "", false
		}
	}
	return strings.TrimRight(line, "\r\n"), true
}

// runAll runs commands until the end of the input or an EXIT.
func (s *session) runAll(in *input) {
	for s.exit == nil {
		s.prompt(s.set.sqlPrompt)
		line, ok := in.next()
		if !ok {
			return
		}
		s.command(strings.TrimSpace(line), in)
		_ = s.out.Flush()
	}
}

// statement collects the lines of a SQL statement. run is false when it was
// left: by a dot or a blank line, or at the end of the input.
func (s *session) statement(first string, in *input) (sql string, run bool) {
	lines := []string{first}
	for {
		last := strings.TrimRight(lines[len(lines)-1], " \t")
		if strings.HasSuffix(last, ";") {
			lines[len(lines)-1] = strings.TrimSuffix(last, ";")
			return strings.Join(lines, "\n"), true
		}
		line, ok := in.next()
		if !ok {
			return strings.Join(lines, "\n"), false
		}
		switch strings.TrimSpace(line) {
		case "/":
			return strings.Join(lines, "\n"), true
		case ".", "":
			if strings.TrimSpace(line) == "" && s.set.blankLines {
				break
			}
			return strings.Join(lines, "\n"), false
		}
		lines = append(lines, line)
	}
}

// script runs a file; its name may lack .sql.
func (s *session) script(name string, args []string) {
	name = strings.Trim(name, `"`)
	path := name
	if _, err := os.Stat(path); err != nil && filepath.Ext(path) == "" {
		path += ".sql"
	}
	f, err := os.Open(path)
	if err != nil || s.scripts > 20 {
		s.print(`SP2-0310: unable to open file "` + path + `"`)
		if s.onOS.exit {
			s.quit(s.onOS.code)
		}
		return
	}
	defer func() { _ = f.Close() }()
	for i, a := range args {
		s.define[string(rune('1'+i))] = a
	}
	s.scripts++
	silent := s.silent
	s.silent = true // a script's prompts are not shown
	s.runAll(newInput(f))
	s.silent = silent
	s.scripts--
}

// substitute replaces &name and &&name while SET DEFINE is on; what is not
// defined is asked for, and the answer is the next line of the input, as many a
// script with an & in a string has learned.
func (s *session) substitute(text string, in *input) string {
	if s.set.define == 0 {
		return text
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(text, s.set.define)
		if i < 0 {
			return b.String() + text
		}
		b.WriteString(text[:i])
		text = text[i:]
		marks := 1
		if len(text) > 1 && text[1] == s.set.define {
			marks = 2
		}
		name := variable(text[marks:])
		if name == "" {
			b.WriteString(text[:marks])
			text = text[marks:]
			continue
		}
		text = strings.TrimPrefix(text[marks+len(name):], ".")
		b.WriteString(s.valueOf(name, marks > 1, in))
	}
}

// substituted is substitute for a statement: with VERIFY the lines that changed
// are shown before and after.
func (s *session) substituted(sql string, in *input) string {
	out := s.substitute(sql, in)
	if out == sql || !s.set.verify {
		return out
	}
	before, after := strings.Split(sql, "\n"), strings.Split(out, "\n")
	for i := range min(len(before), len(after)) {
		if before[i] != after[i] {
			s.print(fmt.Sprintf("old %3d: %s", i+1, before[i]), fmt.Sprintf("new %3d: %s", i+1, after[i]))
		}
	}
	return out
}

func variable(s string) string {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return s[:n]
}

func (s *session) valueOf(name string, keep bool, in *input) string {
	key := strings.ToUpper(name)
	if v, ok := s.define[key]; ok {
		return v
	}
	_, _ = s.out.WriteString("Enter value for " + strings.ToLower(name) + ": ")
	v, _ := in.next()
	if keep {
		s.define[key] = v
	}
	return v
}
