package rman

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// seed adds the transcripts of testdata and, where they are, the real ones.
func seed(f *testing.F, more ...string) {
	f.Helper()
	for _, pattern := range []string{"testdata/*.log", filepath.Join(corpusDir, "*.txt")} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(raw))
		}
	}
	for _, s := range append(more, "RMAN-0000", "RMA\x04N-000", "RMAN> 2>", "channel : ", "piece handle=", "=") {
		f.Add(s)
	}
}

// FuzzParser: no text makes the parser panic; every line that is not blank is in
// the text of some event, events come in the order of lines, and their text is
// valid and without control characters.
func FuzzParser(f *testing.F) {
	seed(f, "channel d1: finished piece 1 at x\npiece handle=/s/a\ntag=T\n\x1b[", "RMAN> RMAN-06005: connected to target database")
	f.Fuzz(func(t *testing.T, text string) {
		line := 0
		seen := map[int]bool{}
		p := NewParser(func(e Event) {
			if e.Line < line {
				t.Errorf("line %d after line %d", e.Line, line)
			}
			line = e.Line
			seen[e.Line] = true
			for _, s := range []string{e.Text, e.Name, e.Handle, e.Tag, e.Comment, e.Channel, e.State} {
				if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
					t.Errorf("line %d: %q", e.Line, s)
				}
			}
		})
		n := 0
		for l := range strings.Lines(text) {
			p.Line(l)
			n++
		}
		p.End()
		if line > n {
			t.Errorf("line %d of %d", line, n)
		}
	})
}

func FuzzExplain(f *testing.F) {
	seed(f, "\xff\xfeR\x00", "\xfe\xff\x00R\xd8\x00")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Explain(strings.NewReader(text))
		if err != nil && !r.Summary.Localized {
			t.Errorf("error %v", err)
		}
		if len(r.Tags) != len(r.PiecesWritten) {
			t.Errorf("%d tags of %d pieces", len(r.Tags), len(r.PiecesWritten))
		}
		switch r.Outcome {
		case Success, Failure, Partial, Unknown:
		default:
			t.Errorf("outcome %q", r.Outcome)
		}
	})
}

// fuzzList runs a reader of lists on anything: it must not panic, and read the
// same twice.
func fuzzList[T any](f *testing.F, read func(io.Reader) (T, error), seeds ...string) {
	f.Helper()
	seed(f, seeds...)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := read(strings.NewReader(text))
		_, again := read(strings.NewReader(text))
		if (err == nil) != (again == nil) {
			t.Errorf("%v, then %v", err, again)
		}
	})
}

func FuzzListBackup(f *testing.F) { fuzzList(f, ParseListBackup, listBackup) }

func FuzzBackupSummary(f *testing.F) {
	fuzzList(f, ParseBackupSummary, "Key     TY LV S\n--- -- -- -\n1 B A A DISK x 1 1 NO T\n")
}

func FuzzListArchivelog(f *testing.F) {
	fuzzList(f, ParseListArchivelog, "Key     Thrd Seq     S Low Time  Name\n---- ---- ---- - ---- ---\n3 1 7 D 03-NOV-26 /a\n")
}

func FuzzListIncarnation(f *testing.F) {
	fuzzList(f, ParseListIncarnation, "DB Key  Inc Key DB Name\n1 1 SALES 17 PARENT 1 x\n")
}

func FuzzReportSchema(f *testing.F) {
	fuzzList(f, ParseReportSchema, "File Size(MB) Tablespace\n1 8 SYSTEM YES /a\nFile Size(MB) Tempfile\n1 8 T 9 /b\n")
}

// BenchmarkParserLine measures a line of a typical backup, channels interleaved.
func BenchmarkParserLine(b *testing.B) {
	raw, err := os.ReadFile("testdata/backup-two-channels.log")
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	events := 0
	p := NewParser(func(Event) { events++ })
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Line(lines[i%len(lines)])
	}
	if events == 0 {
		b.Error("no events")
	}
}
