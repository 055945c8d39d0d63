package restore

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzState: what an earlier restore left, or somebody put there, is read whole
// or not at all.
func FuzzState(f *testing.F) {
	for _, s := range []string{`{"format":1,"opening":true,"resetlogs_scn":5}`, `{"format":2}`, `{"format":1,"hidden":["'; HOST"]}`, "[", "", "\x00", `{"format":1,"target":{"kind":7}}`} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "state.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := readState(path)
		if s == nil || s.Format != 1 || s.path != path {
			t.Fatalf("%q gives %+v", data, s)
		}
		if err := s.write(); err != nil {
			t.Fatal(err)
		}
		if again := readState(path); again.Opening != s.Opening || again.ResetlogsSCN != s.ResetlogsSCN || len(again.Hidden) != len(s.Hidden) {
			t.Fatalf("%+v reads as %+v", s, again)
		}
	})
}
