package backup

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestStateSurvivesATornLine(t *testing.T) {
	dir := t.TempDir()
	st, err := beginState(dir, record{Run: "r1", Set: "s1", DBID: 7})
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
	if l.Begin.Run != "r1" || l.Confirmed["p1"].Bytes != 5 || l.RMANDone || len(l.Levels) != 1 {
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
	for name, dbid := range map[string]int64{"a": 1, "b": 2} {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		st, err := beginState(dir, record{Run: name, DBID: dbid})
		if err != nil {
			t.Fatal(err)
		}
		st.close()
	}
	found, broken, err := leftovers(root, 1)
	if err != nil || len(broken) != 0 || len(found) != 1 || found[0].Begin.Run != "a" {
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
