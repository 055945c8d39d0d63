package restore

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/s3store"
)

// FuzzPlan plans from a manifest that anybody may have written: no panic, no
// path outside of RESTORE_SOURCE_DIR, no line in a script that a value made.
func FuzzPlan(f *testing.F) {
	w := newWorld(2, 1, 2)
	w.full()
	w.work(10)
	w.incremental(false)
	w.resetlogs(w.sets[1].ToSCN)
	w.logs()
	for _, m := range w.sets {
		data, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, int64(1010), "../../etc")
	}
	f.Fuzz(func(t *testing.T, data []byte, scn int64, name string) {
		var m s3store.Manifest
		if json.Unmarshal(data, &m) != nil {
			return
		}
		for i := range m.Pieces {
			if i%2 == 1 {
				m.Pieces[i].Name = name
			}
		}
		row := s3store.Set{ID: m.ID, Kind: m.Kind, Level: m.Level, Status: s3store.StatusComplete, DBName: "ORCL", DBID: m.DBID, FromSCN: m.FromSCN, ToSCN: m.ToSCN,
			ResetlogsSCN: m.ResetlogsSCN, RecoverableTo: m.RecoverableTo, StartedAt: m.StartedAt, CompletedAt: m.CompletedAt, Logs: len(logsOf(&m))}
		for _, target := range []Target{{}, {Kind: TargetSCN, SCN: scn}, {Kind: TargetTime, Time: m.RecoverableTo}, {Kind: TargetSet, Set: m.ID}, {Kind: TargetSequence, Sequence: scn, Thread: 1}} {
			p, err := NewPlan(Input{Sets: []s3store.Set{row}, Target: target, RestoreDir: "/restore", Load: func(s3store.Set) (*s3store.Manifest, error) { return &m, nil }})
			if err != nil {
				continue
			}
			for _, u := range p.Pieces {
				if rel, err := filepath.Rel("/restore", u.Path); err != nil || strings.HasPrefix(rel, "..") || filepath.Dir(filepath.Dir(filepath.Dir(u.Path))) != "/restore" {
					t.Errorf("piece %q goes to %q", u.Piece.Name, u.Path)
				}
			}
			for _, s := range p.Steps {
				if strings.Contains(s.Script, "HOST") || strings.Count(s.Script, "'")%2 != 0 {
					t.Errorf("script %q", s.Script)
				}
			}
		}
	})
}

// FuzzParse: what people type as a target.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-23T11:30:00-03:00", "2026-11-23 11:30:00", "48162:2", "1884955012", "-1", "9223372036854775808", ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if x, err := ParseTime(s); err == nil && x.Time.IsZero() == (x.Local == "") && x.Local != "" {
			t.Errorf("time %q gave %+v", s, x)
		}
		if x, err := ParseSequence(s); err == nil && (x.Sequence < 1 || x.Thread < 1) {
			t.Errorf("sequence %q gave %+v", s, x)
		}
		if x, err := ParseSCN(s); err == nil && x.SCN < 1 {
			t.Errorf("SCN %q gave %+v", s, x)
		}
	})
}
