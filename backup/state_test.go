package backup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/run"
)

const (
	runA = "20260101T000000Z-full-00aa"
	runB = "20260101T000000Z-archivelog-00bb"
)

// recordOf is the begin record of a run.
func recordOf(id string, dbid int64) record {
	p, _ := run.ParseID(id)
	return record{Run: id, Set: run.SetID(id, "ORCL"), Tag: run.Tag(id), Kind: p.Kind, DBID: dbid}
}

func TestStateSurvivesATornLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), runA)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	st, err := beginState(dir, recordOf(runA, 7))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []record{{Rec: "plan", Levels: []levelRecord{{File: 1}}}, {Rec: "confirmed", Name: "p1", Bytes: 5}} {
		if err := st.append(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, stateName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"rec":"rman-do`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	l, err := readState(dir)
	if err != nil {
		t.Fatal(err)
	}
	if l.Begin.Run != runA || l.Confirmed["p1"].Bytes != 5 || l.RMANDone || len(l.Levels) != 1 {
		t.Fatalf("got %+v", l)
	}
	again, err := reopenState(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.append(record{Rec: "rman-done"}); err != nil {
		t.Fatal(err)
	}
	again.close()
	if l, err = readState(dir); err != nil || !l.RMANDone {
		t.Fatalf("after the torn line: %+v, %v", l, err)
	}
}

func TestLeftoversOfOtherDatabasesStay(t *testing.T) {
	root := t.TempDir()
	for name, dbid := range map[string]int64{runA: 1, runB: 2} {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		st, err := beginState(dir, recordOf(name, dbid))
		if err != nil {
			t.Fatal(err)
		}
		st.close()
	}
	found, broken, err := leftovers(root, 1)
	if err != nil || len(broken) != 0 || len(found) != 1 || found[0].Begin.Run != runA {
		t.Fatalf("found %+v broken %v err %v", found, broken, err)
	}
}

func TestNewerStateIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, stateName), []byte(`{"rec":"begin","format":99,"run":"x"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readState(dir); err == nil || errors.Is(err, errNoBegin) {
		t.Fatalf("err %v", err)
	}
}

// TestStateOfAnother: a state file that names what no run of ours in that folder
// would name is refused as a whole.
func TestStateOfAnother(t *testing.T) {
	for what, change := range map[string]func(*record){
		"another run": func(r *record) { r.Run = runB }, "no run": func(r *record) { r.Run = "../../x" }, "no set": func(r *record) { r.Set = "../y" },
		"another set": func(r *record) { r.Set = strings.Replace(r.Set, "00aa", "00ab", 1) }, "a tag": func(r *record) { r.Tag = "'; HOST" }, "a kind": func(r *record) { r.Kind = "\x1b" },
	} {
		dir := filepath.Join(t.TempDir(), runA)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		r := recordOf(runA, 1)
		change(&r)
		st, err := beginState(dir, r)
		if err != nil {
			t.Fatal(err)
		}
		st.close()
		if _, broken, err := leftovers(filepath.Dir(dir), 1); err != nil || len(broken) != 1 {
			t.Errorf("%s: broken %v, %v", what, broken, err)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"rec":"begin","run":"x","dbid":1}` + "\n" + `{"rec":"confirmed","name":"a"}`))
	f.Add([]byte("\n\n{}\n[]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := leftover{Confirmed: map[string]record{}}
		l.parse(data)
		for name, r := range l.Confirmed {
			if name != r.Name {
				t.Fatalf("confirmed %q under %q", r.Name, name)
			}
		}
	})
}
