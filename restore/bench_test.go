package restore

import (
	"fmt"
	"testing"
	"time"

	"orabak-tui/s3store"
)

// years is a bucket of n sets: a level 0 on Sundays, a level 1 on the other
// days, archived logs every hour, made without walking through a world.
func years(n int) (rows []s3store.Set, load func(s3store.Set) (*s3store.Manifest, error)) {
	manifests := make(map[string]*s3store.Manifest, n)
	files := make([]s3store.Datafile, 50)
	for i := range files {
		files[i] = s3store.Datafile{Number: i + 1, Name: fmt.Sprintf("/u02/oradata/ORCL/data%02d.dbf", i+1), Tablespace: "DATA", Bytes: 1 << 30, CreationSCN: int64(i + 1)}
	}
	level1 := int64(0)
	for i := range n {
		at, scn := worldStart.Add(time.Duration(i)*time.Hour), int64(1000+100*i)
		m := &s3store.Manifest{Format: 1, Kind: s3store.KindArchivelog, Level: -1, DBName: "ORCL", DBID: 4242, ResetlogsSCN: 1, ResetlogsTime: "2026-01-01 00:00:00",
			StartedAt: at, CompletedAt: at.Add(time.Minute), FromSCN: scn - 100, ToSCN: scn, RecoverableTo: at, Datafiles: files, Threads: []int{1}}
		switch {
		case i%(24*7) == 0:
			m.Kind, m.Level, level1 = s3store.KindFull, 0, scn-50
		case i%24 == 0:
			m.Kind, m.Level, m.FromSCN = s3store.KindIncremental, 1, level1
		}
		m.ID = fmt.Sprintf("%s-%s-ORCL-%04x", at.Format("20060102T150405Z"), m.Kind, i)
		for f := range files {
			if m.Kind == s3store.KindArchivelog {
				break
			}
			b := s3store.FileBackup{Number: f + 1, Level: m.Level, CheckpointSCN: scn - 50, ResetlogsSCN: 1}
			if m.Level == 1 {
				b.IncrementalSCN = level1
			}
			addPiece(m, s3store.Piece{Bytes: 1 << 28, Files: []s3store.FileBackup{b}})
		}
		if m.Level == 1 {
			level1 = scn - 50
		}
		addPiece(m, s3store.Piece{Bytes: 1 << 24, Logs: []s3store.Log{{Thread: 1, Sequence: int64(i + 1), ResetlogsSCN: 1, FirstSCN: scn - 100, NextSCN: scn, FirstTime: at.Add(-time.Hour), NextTime: at}}})
		addPiece(m, s3store.Piece{Bytes: 1 << 20, ControlFile: true, Spfile: true, Autobackup: true, ControlSCN: scn})
		manifests[m.ID] = m
		rows = append(rows, s3store.Set{ID: m.ID, Kind: m.Kind, Level: m.Level, Status: s3store.StatusComplete, DBName: "ORCL", DBID: 4242, StartedAt: m.StartedAt, CompletedAt: m.CompletedAt,
			Pieces: len(m.Pieces), Logs: 1, FromSCN: m.FromSCN, ToSCN: m.ToSCN, ResetlogsSCN: 1, RecoverableTo: m.RecoverableTo, Key: m.ID})
	}
	return rows, func(row s3store.Set) (*s3store.Manifest, error) { return manifests[row.ID], nil }
}

func addPiece(m *s3store.Manifest, p s3store.Piece) {
	n := int64(len(m.Pieces) + 1)
	p.Name = fmt.Sprintf("p%d", n)
	p.Key = m.ID + "/" + p.Name
	p.SetStamp, p.SetCount, p.Number, p.Of = n, n, 1, 1
	m.Pieces = append(m.Pieces, p)
}

// BenchmarkPlan plans over 10,000 sets with all manifests in memory.
func BenchmarkPlan(b *testing.B) {
	rows, load := years(10_000)
	for name, target := range map[string]Target{
		"latest": {},
		"scn":    {Kind: TargetSCN, SCN: 500_000},
		"time":   {Kind: TargetTime, Time: worldStart.Add(5000*time.Hour + time.Minute)},
		"gone":   {Kind: TargetSCN, SCN: 9_000_000},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p, err := NewPlan(Input{Sets: rows, Load: load, Target: target, RestoreDir: "/restore"})
				if name != "gone" && (err != nil || !p.Reachable) {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestColdPlanLoadsTheChainOnly counts the manifests that a plan asks for.
func TestColdPlanLoadsTheChainOnly(t *testing.T) {
	rows, load := years(2000)
	for name, c := range map[string]struct {
		target Target
		most   int
	}{
		"latest":   {Target{}, 7 + 24 + 2},
		"scn":      {Target{Kind: TargetSCN, SCN: 100_000}, 7 + 24 + 3},
		"time":     {Target{Kind: TargetTime, Time: worldStart.Add(1000*time.Hour + time.Minute)}, 7 + 24 + 4},
		"sequence": {Target{Kind: TargetSequence, Sequence: 1000, Thread: 1}, 7 + 24 + 16},
	} {
		t.Run(name, func(t *testing.T) {
			asked := map[string]int{}
			p, err := NewPlan(Input{Sets: rows, Target: c.target, RestoreDir: "/restore", Load: func(row s3store.Set) (*s3store.Manifest, error) {
				asked[row.ID]++
				return load(row)
			}})
			if err != nil {
				t.Fatal(err)
			}
			if len(asked) > c.most || len(asked) < len(p.Sets) {
				t.Errorf("%d manifests for a plan of %d sets, want at most %d", len(asked), len(p.Sets), c.most)
			}
			for id, n := range asked {
				if n > 1 {
					t.Errorf("%s is loaded %d times", id, n)
				}
			}
		})
	}
}
