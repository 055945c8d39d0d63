package run

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"plain text ~":              "plain text ~",
		"Größe 文字 🙂":                "Größe 文字 🙂",
		"a\tb":                      "a b",
		"\x1b[31mred\x1b[0m":        `\x1b[31mred\x1b[0m`,
		"\x1b]52;c;eA==\x07":        `\x1b]52;c;eA==\x07`,
		"a\r\nb":                    `a\r\nb`,
		"\u009b2J\u0085":            `\x9b2J\x85`,
		"\x7f\x00":                  `\x7f\x00`,
		"a\xffb\xc3":                `a\xffb\xc3`,
		"evil\u202etxt\u2066\u200f": `evil\u202etxt\u2066\u200f`,
		"\u2028\u061c":              `\u2028\u061c`,
		"\ufffd":                    "\ufffd",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := CleanText("a\n\x1bb"); got != "a\n"+`\x1bb` {
		t.Errorf("CleanText = %q", got)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "abc", "\x1b[2J", "\u202e", "\xff\xfe", "a\tb\nc", "\u009b", "🙂"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || Clean(got) != got {
			t.Errorf("Clean(%q) = %q is not clean", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("Clean(%q) leaves %U", s, r)
			}
		}
		if len(got) < len(s) {
			t.Errorf("Clean(%q) = %q lost something", s, got)
		}
		if strings.ReplaceAll(CleanText(s), "\n", `\n`) != got {
			t.Errorf("CleanText(%q) differs by more than newlines", s)
		}
	})
}
