package config

import (
	"errors"
	"strconv"
	"strings"
)

// Error lists all that is wrong with the configuration.
type Error struct{ Issues []Issue }

// Issue is one wrong key.
type Issue struct {
	Key     string
	Value   string // quoted, "***" for a secret, empty when nothing was set
	Source  string // which file, the environment, the command line
	Problem string // what is wrong, where Allowed does not say it
	Allowed string
	Remedy  string
}

// Error is one line per wrong key, after a heading.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("the configuration is wrong:")
	for _, i := range e.Issues {
		b.WriteString("\n  " + i.String())
	}
	return b.String()
}

// String is one line: key, value, where it is set, what is allowed, what to do.
func (i Issue) String() string {
	s := i.Key
	if i.Value != "" {
		s += "=" + i.Value
	}
	if i.Source != "" {
		s += " (" + i.Source + ")"
	}
	for _, part := range []struct{ label, text string }{{"", i.Problem}, {"allowed: ", i.Allowed}, {"", i.Remedy}} {
		if part.text == "" {
			continue
		}
		if s == i.Key {
			s += ": " + part.label + part.text
		} else {
			s += "; " + part.label + part.text
		}
	}
	return s
}

// issue describes a value that its key refused.
func (k *key) issue(v value, err error) Issue {
	i := Issue{Key: v.name, Source: v.source, Allowed: k.kind.allowed, Value: quote(v.text)}
	if !errors.Is(err, errNotAllowed) && !errors.Is(err, errHidden) {
		i.Problem = err.Error()
	}
	if k.kind.secret || errors.Is(err, errHidden) {
		i.Value = hidden
	}
	return i
}

// quote makes any value safe to print and short enough to read.
func quote(s string) string {
	const longest = 80
	if len(s) > longest {
		s = s[:longest] + "…"
	}
	return strconv.Quote(s)
}

// shown is a name as it is, or quoted where it is not safe to print.
func shown(name string) string {
	if printable(name) == nil {
		return name
	}
	return quote(name)
}
