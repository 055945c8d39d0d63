package restore

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// TestStaleRecords: only records of needed pieces go, only where no file is,
// and only once the new place is known. Everything else RMAN goes on believing.
func TestStaleRecords(t *testing.T) {
	dir := t.TempDir()
	here := filepath.Join(dir, "p1")
	must(t, os.WriteFile(here, nil, 0o600))
	kept := filepath.Join(dir, "other-copy")
	must(t, os.WriteFile(kept, nil, 0o600))
	uses := []PieceUse{{Path: here, Piece: s3store.Piece{SetStamp: 1, SetCount: 1, Number: 1}}}
	record := func(handle, status string, stamp int64) oracle.PieceRecord {
		return oracle.PieceRecord{Handle: handle, Status: status, SetStamp: stamp, SetCount: 1, Piece: 1}
	}
	records := []oracle.PieceRecord{
		record("/stage/p1", "A", 1), // the old place
		record(here, "A", 1),
		record(kept, "A", 1),             // a copy that is there
		record("/stage/gone", "A", 2),    // another set: the base of the next level 1
		record("/stage/expired", "X", 1), // RMAN does not use it anyway
		record("+DATA/p1", "A", 1),       // nobody can look
	}
	if got := staleElsewhere(records, uses); !slices.Equal(got, []string{"/stage/p1"}) {
		t.Errorf("stale elsewhere: %v", got)
	}
	if got := staleElsewhere(records[:1], uses); len(got) > 0 {
		t.Errorf("the only record of a piece would go: %v", got)
	}
	if got := staleAtPlace(records, uses); len(got) > 0 {
		t.Errorf("stale at its place: %v", got)
	}
	if got := staleAtPlace([]oracle.PieceRecord{record(here, "X", 1)}, uses); !slices.Equal(got, []string{here}) {
		t.Errorf("stale at its place: %v", got)
	}
	if err := allKnown(records, uses, nil); err != nil {
		t.Error(err)
	}
	err := allKnown(records[:1], uses, map[string]string{here: "RMAN-07517 The file header is corrupted"})
	if err == nil || !strings.Contains(err.Error(), "RMAN-07517") {
		t.Errorf("error %v", err)
	}
}

// repository answers with fixed records.
type repository struct {
	Instance
	files []oracle.DatafileRecord
	redo  []oracle.RedoRecord
}

func (r repository) DatafileRecords(context.Context, string) ([]oracle.DatafileRecord, error) {
	return r.files, nil
}
func (r repository) RedoRecords(context.Context, string) ([]oracle.RedoRecord, error) {
	return r.redo, nil
}

// TestUnwanted: what could get in the way of the plan, and nothing else.
func TestUnwanted(t *testing.T) {
	s := &session{plan: &Plan{limit: 1000, Pieces: []PieceUse{{Piece: s3store.Piece{SetStamp: 1, SetCount: 1}}, {Piece: s3store.Piece{SetStamp: 2, SetCount: 1}}},
		Files: []FileUse{{Number: 1, Level0: "set", level0: 100}}, Logs: []LogUse{{Thread: 1, From: 5, To: 9, ResetlogsSCN: 1}}}}
	s.d.Oracle = repository{
		files: []oracle.DatafileRecord{
			{SetStamp: 1, SetCount: 1, File: 1, Level: 0, CheckpointSCN: 100}, // planned
			{SetStamp: 2, SetCount: 1, File: 1, Level: 1, CheckpointSCN: 300}, // planned
			{SetStamp: 3, SetCount: 1, File: 1, Level: 0, CheckpointSCN: 200}, // newer
			{SetStamp: 4, SetCount: 1, File: 1, Level: 1, CheckpointSCN: 250},
			{SetStamp: 5, SetCount: 1, File: 1, Level: 0, CheckpointSCN: 50},   // older
			{SetStamp: 6, SetCount: 1, File: 1, Level: 0, CheckpointSCN: 2000}, // after the end
			{SetStamp: 7, SetCount: 1, File: 2, Level: 0, CheckpointSCN: 200},  // not restored
		},
		redo: []oracle.RedoRecord{
			{SetStamp: 8, SetCount: 1, Thread: 1, Sequence: 7, ResetlogsSCN: 1},
			{SetStamp: 9, SetCount: 1, Thread: 1, Sequence: 10, ResetlogsSCN: 1},
			{SetStamp: 10, SetCount: 1, Thread: 1, Sequence: 7, ResetlogsSCN: 2},
		},
	}
	got, err := s.unwanted(t.Context())
	must(t, err)
	want := map[setKey]bool{{3, 1}: true, {4, 1}: true, {8, 1}: true}
	if len(got) != len(want) {
		t.Fatalf("unwanted %v, want %v", got, want)
	}
	for k := range want {
		if !got[k] {
			t.Errorf("unwanted %v, want %v", got, want)
		}
	}
}

func TestSpfileFolders(t *testing.T) {
	base := t.TempDir()
	spfile := filepath.Join(base, "spfileX.ora")
	text := "C\x00\x00binary*.audit_file_dest='" + base + "/adump'\n*.control_files='" + base + "/d1/c1.ctl','" + base + "/d2/c2.ctl'#Restore\n" +
		"*.log_archive_dest_1='LOCATION=" + base + "/arch MANDATORY'\nX.db_recovery_file_dest='" + base + "/fra'\n*.log_archive_dest_2='SERVICE=standby'\n*.db_create_file_dest='+DATA'\n"
	must(t, os.WriteFile(spfile, []byte(text), 0o600))
	s := &session{d: Deps{Config: &config.Config{}}, plan: &Plan{set: &s3store.Manifest{Spfile: spfile}}}
	s.foldersOfSpfile()
	for _, dir := range []string{"adump", "d1", "d2", "arch", "fra"} {
		if fi, err := os.Stat(filepath.Join(base, dir)); err != nil || !fi.IsDir() {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// An SPFILE's parameters go on across its blocks.
func TestSpfileText(t *testing.T) {
	value := "*.audit_file_dest='/u01/app/oracle/admin/PROD/adump'\n"
	text := strings.Repeat(value, 40) + "*.control_files='/u02/c1.ctl'\n"
	for name, tail := range map[string]string{"": "", "with a tail": "\x01C\x00\x00"} {
		header := func(n byte) string {
			return "C\"\x00\x00" + string([]byte{n, 0, 0, 0}) + "\x00\x00\x00\x00\x00\x00\x01\x04\x9aB\x00\x00"
		}
		file := header(1) + strings.Repeat("\x00", spfileBlock-20)
		rest := text
		for n := byte(2); rest != ""; n++ {
			room := spfileBlock - 20 - len(tail)
			part := rest[:min(room, len(rest))]
			rest = rest[len(part):]
			file += header(n) + part + strings.Repeat("\x00", room-len(part)) + tail
		}
		if got := spfileText([]byte(file)); got != text {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := spfileText([]byte(text)); got != text {
		t.Errorf("a text file gave %q", got)
	}
	if got := spfileText([]byte(spfileMark)); strings.Contains(got, "=") {
		t.Errorf("a torn block gave %q", got)
	}
}

func TestStateSurvivesAndIsForgiving(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := readState(path)
	s.Hidden, s.Target = []string{"/stage/p1"}, Target{Kind: TargetSCN, SCN: 5}
	must(t, s.write())
	if back := readState(path); !slices.Equal(back.Hidden, s.Hidden) || back.Target != s.Target {
		t.Errorf("read back %+v", back)
	}
	must(t, os.WriteFile(path, []byte(`{"format":1,"hid`), 0o600))
	if back := readState(path); len(back.Hidden) > 0 || back.path != path {
		t.Errorf("torn state gave %+v", back)
	}
	must(t, s.remove())
	must(t, s.remove())
}
