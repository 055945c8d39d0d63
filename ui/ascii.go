package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// asciiFor are stand-ins of one column for what the console draws itself.
var asciiFor = map[rune]byte{
	'…': '~', '·': '-', '–': '-', '—': '-', '→': '>', '←': '<', '↑': '^', '↓': 'v', '›': '>', '│': '|', '─': '-',
	'●': '*', '✓': '+', '✗': 'x', '▲': '!', '▌': '|',
}

// ascii leaves nothing but ASCII, each rune replaced by as many columns as it
// takes: also in names that came from outside.
func ascii(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for _, r := range s[i:] {
		switch c, ok := asciiFor[r]; {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case ok:
			b.WriteByte(c)
		default:
			b.WriteString(strings.Repeat("?", ansi.StringWidth(string(r))))
		}
	}
	return b.String()
}
