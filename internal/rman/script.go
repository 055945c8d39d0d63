package rman

import (
	"errors"
	"fmt"
	"strings"
)

// Script is an RMAN command file made of typed statements. Its text is what
// RMAN reads and what people are shown.
type Script struct {
	Name  string // which script of a run: level0-1, logs, restore, …
	Steps []Step // in order
}

// Step is one statement at the prompt: a RUN block is one step.
type Step struct {
	Text string // exact text, several lines for a block, without the last newline
}

// NewScript renders statements. The error joins every *Refused value and every
// statement that stands where RMAN does not accept it; then there is no script.
func NewScript(name string, statements ...Statement) (*Script, error) {
	script := &Script{Name: name}
	var errs []error
	for _, s := range statements {
		text, err := Text(s)
		if s.place() == runOnly {
			err = errors.Join(err, errMisplaced(s, "may stand only inside RUN"))
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		script.Steps = append(script.Steps, Step{Text: text})
	}
	if len(statements) == 0 {
		errs = append(errs, errors.New("it has no statements"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("rman script %s: %w", name, err)
	}
	return script, nil
}

// String returns the whole text, each step on lines of its own.
func (s *Script) String() string {
	var b strings.Builder
	for _, step := range s.Steps {
		b.WriteString(step.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

// errMisplaced names a statement by its type: its text may be refused too.
func errMisplaced(s Statement, rule string) error {
	return fmt.Errorf("%s %s", strings.TrimPrefix(fmt.Sprintf("%T", s), "rman."), rule)
}

// indent moves a statement's lines into a block.
func indent(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}
