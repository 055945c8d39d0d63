package rmansim

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"

	"orabak-tui/internal/demo/rmansim/syntax"
)

// interactive reads commands from standard input: it prompts for every line and
// does not echo what it reads, unless SET ECHO ON asks for it.
func (s *session) interactive() syntax.LineReader {
	return func(first bool, n int) (string, bool) {
		if first {
			s.out.blank()
			s.out.prompt("RMAN> ")
		} else {
			s.out.prompt(fmt.Sprintf("%d> ", n))
		}
		line, ok := s.readLine()
		if ok && s.echo {
			s.out.echo(mask(line))
		}
		return line, ok
	}
}

// readLine reads one line of standard input.
func (s *session) readLine() (string, bool) {
	line, err := s.in.ReadString('\n')
	if err != nil && line == "" {
		return "", false
	}
	return strings.TrimRight(line, "\r\n"), true
}

// commandFile reads a command file. The real program shows the whole file,
// numbered, before it runs the first command, because it reads it in one go.
func (s *session) commandFile(path string) (syntax.LineReader, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i := range lines {
		lines[i] = s.substitute(strings.TrimRight(lines[i], "\r"))
	}
	next, shown := 0, false
	return func(bool, int) (string, bool) {
		if !shown {
			shown = true
			s.show(lines)
		}
		if next >= len(lines) {
			return "", false
		}
		next++
		return lines[next-1], true
	}, nil
}

// show echoes a command file behind its prompts.
func (s *session) show(lines []string) {
	s.out.blank()
	s.out.prompt("RMAN> ")
	for i, l := range lines {
		s.out.echo(mask(l))
		s.out.prompt(fmt.Sprintf("%d> ", i+2))
	}
}

var connectLine = regexp.MustCompile(`(?i)^(\s*connect\s+\w+\s+).*`)

// mask hides what may hold a password.
func mask(line string) string { return connectLine.ReplaceAllString(line, "${1}*") }

var variable = regexp.MustCompile(`&(\d+)`)

// substitute fills in &1, &2 … from USING.
func (s *session) substitute(line string) string {
	return variable.ReplaceAllStringFunc(line, func(v string) string {
		i := 0
		for _, c := range v[1:] {
			i = i*10 + int(c-'0')
			if i > len(s.args.using) {
				return ""
			}
		}
		if i == 0 {
			return v
		}
		return s.args.using[i-1]
	})
}

// ask puts a question and reads the answer until it is one. Without an answer
// it is no.
func (s *session) ask(question string) bool {
	for {
		s.out.blank()
		s.out.prompt(question + " ")
		answer, ok := s.readLine()
		if !ok {
			return false
		}
		switch strings.ToUpper(strings.TrimSpace(answer)) {
		case "YES", "Y":
			return true
		case "NO", "N":
			return false
		}
		s.out.raw(fmt.Sprintf("%q is an invalid response - please re-enter.", answer))
	}
}

// newReader wraps standard input once for commands and answers alike.
func newReader(p Program) *bufio.Reader {
	if p.Stdin == nil {
		return bufio.NewReader(strings.NewReader(""))
	}
	return bufio.NewReader(p.Stdin)
}
