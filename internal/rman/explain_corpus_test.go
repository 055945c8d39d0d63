package rman

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// corpusDir holds transcripts of real databases with an index of what each one
// says. It is not part of the project.
const corpusDir = "../../../shared/rman-corpus"

// corpusRow is one row of INDEX.tsv by column name.
type corpusRow map[string]string

func corpusIndex(t *testing.T) []corpusRow {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(corpusDir, "INDEX.tsv"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no corpus of real transcripts beside the project on this machine")
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	names := strings.Split(lines[0], "\t")
	rows := make([]corpusRow, 0, len(lines))
	for _, line := range lines[1:] {
		row := corpusRow{}
		for i, cell := range strings.Split(line, "\t") {
			row[names[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// list gives the items of a cell; "-" is none.
func (r corpusRow) list(column string) []string {
	if r[column] == "-" {
		return []string{}
	}
	return strings.Split(r[column], " | ")
}

// word gives the first word of a cell, without the author's remark behind it.
func (r corpusRow) word(column string) string {
	word, _, _ := strings.Cut(r[column], " ")
	if word == "-" {
		return ""
	}
	return word
}

func (r corpusRow) count(t *testing.T, column string) int {
	t.Helper()
	n, err := strconv.Atoi(r[column])
	if err != nil {
		t.Fatalf("column %s: %v", column, err)
	}
	return n
}

func TestExplainCorpus(t *testing.T) {
	for _, row := range corpusIndex(t) {
		t.Run(row["file"], func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(corpusDir, row["file"]))
			if err != nil {
				t.Fatal(err)
			}
			report, err := Explain(strings.NewReader(string(raw)))
			if localized := strings.Contains(row["platform"], "es"); localized != errors.Is(err, ErrLocalized) {
				t.Errorf("localized %v, Explain returned %v", localized, err)
			}
			compareRow(t, row, report, string(raw))
		})
	}
}

func compareRow(t *testing.T, row corpusRow, r *Report, text string) {
	t.Helper()
	if !versionAgrees(row["oracle_version"], r.Version, text) {
		t.Errorf("version %q, index %q", r.Version, row["oracle_version"])
	}
	if got, want := r.DBName, row.word("db_name"); got != want {
		t.Errorf("db_name %q, index %q", got, want)
	}
	dbid := ""
	if r.DBID != nil {
		dbid = strconv.FormatInt(*r.DBID, 10)
	}
	if want := row.word("dbid"); dbid != want {
		t.Errorf("dbid %q, index %q", dbid, want)
	}
	if got, want := finishedPieces(text), row.count(t, "finished_piece_lines"); got != want && !r.Summary.Localized {
		t.Errorf("%d finished piece lines, index %d", got, want)
	}
	if got, want := len(r.PiecesWritten), row.count(t, "handles_written_count"); got != want {
		t.Errorf("%d pieces written, index %d", got, want)
	}
	if got, want := len(r.PiecesRead), row.count(t, "restored_handle_lines"); got != want {
		t.Errorf("%d pieces read, index %d", got, want)
	}
	sameList(t, "pieces_written", r.PiecesWritten, row.list("handles_written"))
	sameList(t, "pieces_read", shortened(r.PiecesRead, row.list("handles_restored")), row.list("handles_restored"))
	sameList(t, "tags", distinct(r.Tags), row.list("tags_written_distinct"))
	sameList(t, "stack_codes", r.StackCodes, row.list("stack_codes_in_order"))
	sameList(t, "inline_codes", r.InlineCodes, row.list("inline_codes_in_order"))
	if string(r.Outcome) != row["outcome"] {
		t.Errorf("outcome %s, index %s", r.Outcome, row["outcome"])
	}
}

func sameList(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n  got %q\nindex %q", what, got, want)
	}
}

var versionNumber = regexp.MustCompile(`^\d+(\.\d+)*`)

// versionAgrees: the index shortens versions, and tells them also where the
// transcript has no banner.
func versionAgrees(index, got, text string) bool {
	if got == "" {
		return !regexp.MustCompile(`Recovery Manager ?: Release \d`).MatchString(text)
	}
	return strings.HasPrefix(got+".", versionNumber.FindString(index)+".")
}

func finishedPieces(text string) int {
	n := 0
	p := NewParser(func(e Event) {
		if e.Kind == KindPieceEnd {
			n++
		}
	})
	for line := range strings.Lines(text) {
		p.Line(line)
	}
	p.End()
	return n
}

// shortened cuts a list as the index does: first | ... (n lines) ... | last.
func shortened(got, index []string) []string {
	if len(index) == 3 && strings.HasPrefix(index[1], "... (") && len(got) > 2 {
		return []string{got[0], "... (" + strconv.Itoa(len(got)) + " lines) ...", got[len(got)-1]}
	}
	return got
}

func distinct(list []string) []string {
	out := []string{}
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
