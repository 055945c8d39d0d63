package rman

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// token is what an independent reader of RMAN text sees: a literal without its
// quotes, or a word.
type token struct {
	literal bool
	text    string
}

// tokenize splits a command file the way RMAN does, written apart from the code
// under test: blanks separate, ; ends a statement, # and -- begin a comment,
// & a substitution, and a literal ends at its quote and may not cross a line.
// ok is false for what RMAN would not read as one clean text.
func tokenize(text string) (statements [][]token, ok bool) {
	var now []token
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\n':
			i++
		case c == ';':
			statements, now = append(statements, now), nil
			i++
		case c == '#' || strings.HasPrefix(text[i:], "--"):
			return nil, false
		case c == '\'' || c == '"':
			end := strings.IndexByte(text[i+1:], c)
			if end < 0 {
				return nil, false
			}
			now = append(now, token{literal: true, text: text[i+1 : i+1+end]})
			i += end + 2
		case c < ' ' || c == 0x7f || c == '&':
			return nil, false
		default:
			end := strings.IndexAny(text[i:], " \n;'\"")
			if end < 0 {
				end = len(text) - i
			}
			now = append(now, token{text: text[i : i+end]})
			i += end
		}
	}
	for _, s := range statements {
		for _, t := range s {
			if strings.ContainsAny(t.text, "\r\n\x00&;") || t.literal && strings.ContainsAny(t.text, "\u2028\u2029\u0085") {
				return nil, false
			}
		}
	}
	return statements, now == nil
}

// places are all statements that take a value from outside.
var places = []func(v string) Statement{
	func(v string) Statement { return AllocateChannel{Name: v} },
	func(v string) Statement { return AllocateChannel{Name: "d1", Format: v} },
	func(v string) Statement { return ReleaseChannel{Name: v} },
	func(v string) Statement { return SetControlfileAutobackupFormat{Format: v} },
	func(v string) Statement { return SetCommandID{ID: v} },
	func(v string) Statement { return BackupDatafiles{Tag: v} },
	func(v string) Statement { return BackupArchivelogs{Tag: v} },
	func(v string) Statement { return BackupSpfile{Tag: v} },
	func(v string) Statement { return BackupControlfile{Tag: v} },
	func(v string) Statement { return DeleteArchivelogs{CompletedBefore: v, BackedUp: 1} },
	func(v string) Statement { return CatalogStartWith{Dir: v} },
	func(v string) Statement { return CatalogBackupPieces{Handles: []string{"/first", v}} },
	func(v string) Statement { return CatalogArchivelogs{Paths: []string{v}} },
	func(v string) Statement { return ChangeBackupPieces{Handles: []string{v}, To: Uncatalog} },
	func(v string) Statement { return ChangeBackupPieces{Handles: []string{"/p"}, To: Change(v)} },
	func(v string) Statement { return ListBackupTag{Tag: v} },
	func(v string) Statement { return List(v) },
	func(v string) Statement { return AlterDatabase(v) },
	func(v string) Statement { return Startup{Pfile: v} },
	func(v string) Statement { return RestoreSpfile{From: v} },
	func(v string) Statement { return RestoreSpfile{From: "/p", To: v} },
	func(v string) Statement { return RestoreSpfile{From: "/p", Pfile: v} },
	func(v string) Statement { return RestoreControlfile{From: v} },
	func(v string) Statement { return SetUntil{Time: v} },
	func(v string) Statement { return SetNewname{File: 1, To: v} },
	func(v string) Statement { return SetArchivelogDestination{Dir: v} },
	func(v string) Statement { return RenameFile{From: "/old", To: v} },
	func(v string) Statement { return RenameFile{From: v, To: "/new"} },
}

// FuzzQuote: whatever the value, a statement is refused whole, or an
// independent reader finds one statement that carries the value as it is.
func FuzzQuote(f *testing.F) {
	for _, v := range []string{"/u01/a.dbf", "d1", "/stage/%U", "/stage/%F", "OBK_1", "2026-11-23 10:00:00", "/a b", "/a'b", `/a"b`,
		"/a;b", "/a\nb", "/a\r", "/a\x00", "/a&1", "/a#b", "/a--b", "x'; EXIT; '", "/a\u2028b", "/a\u202eb", "/a\xff", "//", `C:\x`, "+DATA",
		"LIST INCARNATION", "ALTER DATABASE OPEN", "UNCATALOG", "/a`b", "/a''b", "''", "", " ", "/%", "/%%U", strings.Repeat("/a", 300)} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if v == "" {
			return // an empty value is an option left out, or refused: TestStatementsThatAreRefused
		}
		for n, place := range places {
			text, err := Text(place(v))
			var refused *Refused
			switch {
			case errors.As(err, &refused):
				if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' && r != '\n' || r > '~' && r != '…' }) {
					t.Fatalf("place %d: the refusal of %q is not safe to print: %q", n, v, err.Error())
				}
				continue
			case err != nil:
				t.Fatalf("place %d, %q: %v", n, v, err)
			}
			checkCarries(t, n, v, text)
		}
	})
}

// checkCarries reads the statement back.
func checkCarries(t *testing.T, place int, v, text string) {
	t.Helper()
	statements, ok := tokenize(text)
	if !ok || len(statements) != 1 {
		t.Fatalf("place %d: %q broke out of its statement:\n%s", place, v, text)
	}
	carried := slices.ContainsFunc(statements[0], func(x token) bool {
		inside := strings.Contains(x.text, "''"+v+"''") || strings.Contains(x.text, "'"+v+"'") // SQL, TO_DATE
		return x.text == v || x.literal && (inside || x.text == v+"/")
	})
	words := strings.TrimSuffix(text, ";") == v || strings.HasSuffix(text, " "+v+";") // constants
	if !carried && !words {
		t.Fatalf("place %d: %q is not in its statement:\n%s", place, v, text)
	}
}

func TestQuote(t *testing.T) {
	if got, err := Quote("x", `D:\a b#1`); got != `'D:\a b#1'` || err != nil {
		t.Errorf("%s %v", got, err)
	}
	for _, v := range []string{"", "a'b", `a"b`, "a;b", "a\nb", "a\tb", "a\x7f", "a\u0085b", "a\u200bb", "a\xc3", "a&b", strings.Repeat("x", 513)} {
		if got, err := Quote("x", v); err == nil {
			t.Errorf("Quote(%q) = %s", v, got)
		}
	}
}
