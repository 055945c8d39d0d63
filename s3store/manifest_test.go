package s3store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestManifestIsReadAsWritten(t *testing.T) {
	s := open(t, Options{})
	m := fullManifest(s)
	b, err := encodeManifest(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseManifest(b)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := encodeManifest(got)
	if string(again) != string(b) {
		t.Errorf("read and written again it is\n%s\nnot\n%s", again, b)
	}
	later := strings.Replace(string(b), `"format": 1,`, `"format": 1, "novelty": {"a": [1]},`, 1)
	if _, err := ParseManifest([]byte(later)); err != nil {
		t.Errorf("an unknown field of the same format: %v", err)
	}
}

// fullManifest has something in every list.
func fullManifest(s *Store) *Manifest {
	m := manifestOf("20261123T040003Z-incremental-ORCL-7f3a")
	p := pieceOf(s, m.ID, "df_1", []byte("datafile"))
	p.Files = []FileBackup{{Number: 1, Level: 1, IncrementalSCN: 50, CheckpointSCN: 100, ResetlogsSCN: 1, Base: testSet}}
	q := pieceOf(s, m.ID, "al_1", []byte("logs"))
	q.Logs = []Log{{Thread: 1, Sequence: 7, ResetlogsSCN: 1, FirstSCN: 90, NextSCN: 120, FirstTime: testStart, NextTime: testStart}}
	r := q
	r.Name, r.Number, r.Of = "al_2", 2, 2
	r.Key = s.PieceKey(m.ID, m.StartedAt, r.Name)
	m.Pieces = []Piece{p, q, r}
	m.BuildsOn = testSet
	m.Incarnations = []Incarnation{{1, "2026-01-01 00:00:00", "CURRENT"}}
	m.Redo = []RedoFile{{1, 1, "/u01/redo01.log"}}
	m.Threads, m.ControlFiles, m.Excluded = []int{1}, []string{"/u01/c.ctl"}, []int{9}
	m.Warnings = []string{"archived log 5 is missing <&>"}
	return m
}

func TestRowOfManifest(t *testing.T) {
	m := fullManifest(open(t, Options{}))
	row := rowOf(m)
	if row.Logs != 1 || row.Pieces != 3 || row.Bytes != 16 || !row.Warnings || row.Level != 1 || row.BuildsOn != testSet {
		t.Errorf("%+v; want one log although two pieces name it", row)
	}
}

func TestHostileManifestsAreRefused(t *testing.T) {
	s := open(t, Options{})
	for name, change := range map[string]func(m *Manifest){
		"later format": func(m *Manifest) { m.Format = 2 },
		"no format":    func(m *Manifest) { m.Format = 0 },
		"id":           func(m *Manifest) { m.ID = "../../etc" },
		"kind":         func(m *Manifest) { m.Kind = "partial" },
		"level":        func(m *Manifest) { m.Level = 2 },
		"db":           func(m *Manifest) { m.DBName = "OTHER" },
		"base":         func(m *Manifest) { m.BuildsOn = "x" },
		"scn":          func(m *Manifest) { m.FromSCN = -1 },
		"backwards":    func(m *Manifest) { m.ToSCN = m.FromSCN - 1 },
		"no start":     func(m *Manifest) { m.StartedAt = time.Time{} },
		"offset":       func(m *Manifest) { m.UTCOffsetMinutes = 100_000 },
		"host":         func(m *Manifest) { m.Host = "a\x1b[2Jb" },
		"bidi":         func(m *Manifest) { m.Tag = "a\u202eb" },
		"not utf-8":    func(m *Manifest) { m.Datafiles[0].Name = "\xff" },
		"datafile":     func(m *Manifest) { m.Datafiles[0].Number = 0 },
		"warning":      func(m *Manifest) { m.Warnings = []string{strings.Repeat("x", 5000)} },
		"name dots":    func(m *Manifest) { m.Pieces[0].Name = ".." },
		"name slash":   func(m *Manifest) { m.Pieces[0].Name = "a/b" },
		"name newline": func(m *Manifest) { m.Pieces[0].Name = "a\nb" },
		"key dots":     func(m *Manifest) { m.Pieces[0].Key = "backups/../" + m.Pieces[0].Name },
		"key absolute": func(m *Manifest) { m.Pieces[0].Key = "/" + m.Pieces[0].Key },
		"key other":    func(m *Manifest) { m.Pieces[0].Key += "x" },
		"handle":       func(m *Manifest) { m.Pieces[0].Handle = "/a\nb" },
		"size":         func(m *Manifest) { m.Pieces[0].Bytes = -1 },
		"huge":         func(m *Manifest) { m.Pieces[0].Bytes = 1 << 62 },
		"crc":          func(m *Manifest) { m.Pieces[0].CRC64NVME = "AAAA" },
		"sha":          func(m *Manifest) { m.Pieces[0].SHA256 = "AAAA" },
		"twice":        func(m *Manifest) { m.Pieces = append(m.Pieces, m.Pieces[0]) },
		"file level":   func(m *Manifest) { m.Pieces[0].Files[0].Level = 7 },
		"file base":    func(m *Manifest) { m.Pieces[0].Files[0].Base = "$(rm)" },
		"log":          func(m *Manifest) { m.Pieces[1].Logs[0].NextSCN = 1 },
	} {
		m := fullManifest(s)
		change(m)
		if err := m.Validate(); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
	}
	outside := fullManifest(s)
	outside.Pieces[0].Key = "elsewhere/" + outside.Pieces[0].Name
	if err := s.committable(outside); !errors.Is(err, ErrFormat) {
		t.Errorf("a piece outside the prefix: %v", err)
	}
	stolen := fullManifest(s)
	stolen.Pieces[0].Key = s.PieceKey(testSet, testStart, stolen.Pieces[0].Name)
	if err := s.committable(stolen); !errors.Is(err, ErrFormat) {
		t.Errorf("a piece in another set's folder: %v", err)
	}
}

func TestHostileJSONIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "null": "null", "array": "[]", "text": `"x"`, "deep": strings.Repeat(`{"a":`, 100_000), "deep list": strings.Repeat("[", 100_000),
		"number": `{"format":1e99}`, "string format": `{"format":"1"}`, "later": `{"format":2,"id":{"new":"shape"}}`,
		"overflow": `{"format":1,"dbid":99999999999999999999}`, "trailing": `{"format":1} x`,
	} {
		_, err := ParseManifest([]byte(text))
		if !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
		if name == "later" && !strings.Contains(fmt.Sprint(err), "upgrade") {
			t.Errorf("%v does not advise to upgrade", err)
		}
	}
}

// A manifest in the cache is believed only if it is valid and the set's own;
// one in the bucket only if it is the one its key promises.
func TestTamperedManifests(t *testing.T) {
	s := open(t, Options{Endpoint: simulator(t)})
	m := manifestOf(testSet, pieceOf(s, testSet, "piece", []byte("x")))
	key, err := s.Commit(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	cached := filepath.Join(s.cache.dir, "manifests", testSet+".json")
	info, err := os.Stat(cached)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("cached manifest: %v, %v; want mode 0600", info, err)
	}
	if dir, _ := os.Stat(filepath.Dir(cached)); dir.Mode().Perm() != 0o700 {
		t.Errorf("cache folder has mode %v", dir.Mode())
	}
	_ = os.WriteFile(cached, []byte(`{"format":1}`), 0o600)
	if got, err := s.Manifest(t.Context(), Set{ID: testSet, Key: key}); err != nil || got.ID != testSet {
		t.Errorf("with a broken cache: %v", err)
	}
	other := *m
	other.ToSCN++
	b, _ := json.Marshal(&other)
	remove(t, s, key)
	place(t, s, key, b)
	fresh := open(t, withoutCache(t, s))
	if _, err := fresh.Manifest(t.Context(), Set{ID: testSet, Key: key}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a manifest that its key does not promise: %v, want ErrCorrupt", err)
	}
	r, err := s.Verify(t.Context(), m, VerifyOptions{})
	if err != nil || len(r.Corrupt) != 1 || r.Corrupt[0].Key != key {
		t.Errorf("verify: %+v, %v; want the manifest named", r, err)
	}
	remove(t, s, key)
	r, err = s.Verify(t.Context(), m, VerifyOptions{})
	if err != nil || len(r.Missing) != 2 {
		t.Errorf("verify: %+v, %v; want manifest and piece missing", r, err)
	}
}
