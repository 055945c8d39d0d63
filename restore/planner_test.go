package restore

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"orabak-tui/s3store"
)

func mustPlan(t *testing.T, in Input) *Plan {
	t.Helper()
	p, err := NewPlan(in)
	if err != nil {
		t.Fatalf("NewPlan: %v", err)
	}
	return p
}

func setIDs(p *Plan) []string {
	var ids []string
	for _, s := range p.Sets {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestLatestAfterTotalLoss(t *testing.T) {
	w := newWorld(3, 1)
	w.work(10)
	old := w.full()
	w.work(50)
	full := w.full()
	w.work(20)
	inc := w.incremental(false)
	w.work(20)
	logs := w.logs()
	p := mustPlan(t, w.input(Target{Kind: TargetLatest}))
	if !p.Reachable || p.Complete || p.SCN != logs.ToSCN {
		t.Fatalf("reachable %v complete %v SCN %d, want the end %d", p.Reachable, p.Complete, p.SCN, logs.ToSCN)
	}
	if got, want := setIDs(p), []string{full.ID, inc.ID, logs.ID}; !slices.Equal(got, want) {
		t.Errorf("sets %v, want %v (not %s)", got, want, old.ID)
	}
	for _, f := range p.Files {
		if f.Level0 != full.ID || !slices.Equal(f.Level1, []string{inc.ID}) {
			t.Errorf("datafile %d: level 0 %s, level 1 %v", f.Number, f.Level0, f.Level1)
		}
	}
	if p.ControlFile == nil || p.ControlFile.Set != logs.ID || p.Spfile == nil {
		t.Errorf("control file %+v, SPFILE %+v", p.ControlFile, p.Spfile)
	}
	// Three level 0s, three level 1s, the logs behind the first level 1, the control file.
	if len(p.Pieces) != 3+3+2+1 {
		t.Errorf("%d pieces: %+v", len(p.Pieces), p.Pieces)
	}
}

func TestModeFullTakesNoLevel1(t *testing.T) {
	w := newWorld(2, 1)
	full := w.full()
	w.work(20)
	inc := w.incremental(false)
	in := w.input(Target{Kind: TargetLatest})
	in.Mode = ModeFull
	p := mustPlan(t, in)
	for _, f := range p.Files {
		if f.Level0 != full.ID || len(f.Level1) != 0 {
			t.Errorf("datafile %d: %+v", f.Number, f)
		}
	}
	if p.SCN != inc.ToSCN {
		t.Errorf("SCN %d, want %d", p.SCN, inc.ToSCN)
	}
	for _, u := range p.Pieces {
		if u.Wave == WaveLevel1 {
			t.Errorf("level 1 piece %s is planned", u.Piece.Name)
		}
	}
}

func TestCumulativeSkipsDifferentials(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	skipped := w.incremental(false)
	w.work(10)
	cum := w.incremental(true)
	p := mustPlan(t, w.input(Target{}))
	if got := p.Files[0].Level1; !slices.Equal(got, []string{cum.ID}) {
		t.Errorf("level 1s %v, want only %s (not %s)", got, cum.ID, skipped.ID)
	}
}

func TestLostDifferentialIsReplacedByLogs(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	lost := w.incremental(false)
	w.work(10)
	w.incremental(false)
	// The level 1 is lost but its logs are not: they are in a set of their own.
	var kept []s3store.Piece
	for _, piece := range lost.Pieces {
		if len(piece.Files) == 0 {
			kept = append(kept, piece)
		}
	}
	lost.Pieces = kept
	p := mustPlan(t, w.input(Target{}))
	if len(p.Files[0].Level1) != 0 {
		t.Errorf("level 1s %v lean on a base that is gone", p.Files[0].Level1)
	}
}

func TestGapIsNamed(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	before := w.logs()
	w.work(10)
	gone := w.logs()
	w.work(10)
	after := w.logs()
	w.work(10)
	next := w.incremental(false)
	w.lose(slices.Index(w.sets, gone))
	missing := logsOf(gone)[0]

	p, err := NewPlan(w.input(Target{Kind: TargetSCN, SCN: after.ToSCN}))
	var e *UnreachableError
	if !errors.As(err, &e) || !errors.Is(err, ErrUnreachable) || p == nil || p.Reachable || p.Why != e {
		t.Fatalf("plan %+v, error %v", p, err)
	}
	if e.Thread != 1 || e.From != missing.Sequence || e.To != missing.Sequence {
		t.Errorf("missing %s, want sequence %d", e.Missing(), missing.Sequence)
	}
	if e.After != before.ID || e.Before != after.ID {
		t.Errorf("between %s and %s, want %s and %s", e.After, e.Before, before.ID, after.ID)
	}
	if e.NearestBefore == nil || e.NearestBefore.SCN != before.ToSCN {
		t.Errorf("nearest before %v, want SCN %d", e.NearestBefore, before.ToSCN)
	}
	if e.NearestAfter == nil || e.NearestAfter.SCN <= after.ToSCN || e.NearestAfter.SCN > next.ToSCN {
		t.Errorf("nearest after %v, want up to SCN %d", e.NearestAfter, next.ToSCN)
	}
	text := strings.Join(p.Lines(), "\n")
	for _, want := range []string{"NOT REACHABLE", "thread 1 sequence", before.ID, after.ID} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
	if p := mustPlan(t, w.input(Target{})); p.SCN != next.ToSCN {
		t.Errorf("latest %d, want %d: the level 1 leads past the gap", p.SCN, next.ToSCN)
	}
}

func TestLatestDoesNotPassAGapInSilence(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	gone := w.logs()
	w.work(10)
	w.logs()
	w.lose(slices.Index(w.sets, gone))
	if p, err := NewPlan(w.input(Target{})); !errors.Is(err, ErrUnreachable) {
		t.Fatalf("plan %+v, error %v", p, err)
	}
}

func TestNewestBackupWithoutItsRedoFallsBack(t *testing.T) {
	w := newWorld(2, 1)
	full := w.full()
	w.work(10)
	logs := w.logs()
	w.work(10)
	broken := w.full()
	broken.Pieces = slices.DeleteFunc(broken.Pieces, func(p s3store.Piece) bool { return len(p.Logs) > 0 })
	broken.ToSCN, broken.RecoverableTo = 0, logs.RecoverableTo
	p := mustPlan(t, w.input(Target{}))
	if p.SCN != logs.ToSCN || p.Files[0].Level0 != full.ID {
		t.Errorf("SCN %d from %s, want %d from %s", p.SCN, p.Files[0].Level0, logs.ToSCN, full.ID)
	}
	if !strings.Contains(strings.Join(p.Warnings, "\n"), broken.ID) {
		t.Errorf("no word of %s: %q", broken.ID, p.Warnings)
	}
}

// TestCopiesOfPieces: CONFIGURE BACKUP COPIES has made two of every piece, of
// which one is needed; a damaged one does not count.
func TestCopiesOfPieces(t *testing.T) {
	w := newWorld(2, 1)
	w.work(10)
	full := w.full()
	w.work(10)
	logs := w.logs()
	single := mustPlan(t, w.input(Target{}))
	in := w.input(Target{})
	in.Bad = map[string]string{}
	for _, m := range []*s3store.Manifest{full, logs} {
		for _, p := range m.Pieces {
			in.Bad[p.Key] = "its checksum is wrong"
			p.Name, p.Key = p.Name+"_2", p.Key+"_2"
			m.Pieces = append(m.Pieces, p)
		}
	}
	p := mustPlan(t, in)
	if p.SCN != single.SCN || len(p.Pieces) != len(single.Pieces) || p.Bytes != single.Bytes || len(p.Warnings) != len(single.Warnings) {
		t.Errorf("SCN %d, %d pieces, %d bytes, %q; without copies %d, %d, %d, %q", p.SCN, len(p.Pieces), p.Bytes, p.Warnings,
			single.SCN, len(single.Pieces), single.Bytes, single.Warnings)
	}
	for _, u := range p.Pieces {
		if !strings.HasSuffix(u.Piece.Key, "_2") {
			t.Errorf("%s is damaged", u.Piece.Key)
		}
	}
}

func TestIncompleteBackupSetFallsBack(t *testing.T) {
	for name, spoil := range map[string]func(in *Input, m *s3store.Manifest){
		"missing piece": func(_ *Input, m *s3store.Manifest) { m.Pieces[0].Of = 2 },
		"bad object": func(in *Input, m *s3store.Manifest) {
			in.Bad = map[string]string{m.Pieces[0].Key: "its checksum is wrong"}
		},
		"bad name": func(_ *Input, m *s3store.Manifest) { m.Pieces[0].Name = "../../etc/passwd" },
		"bad manifest": func(in *Input, m *s3store.Manifest) {
			load := in.Load
			in.Load = func(row s3store.Set) (*s3store.Manifest, error) {
				if row.ID == m.ID {
					return nil, errors.New("it is not JSON")
				}
				return load(row)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(1, 1)
			old := w.full()
			w.work(10)
			w.logs()
			newest := w.full()
			w.work(10)
			w.logs()
			in := w.input(Target{})
			if name == "bad manifest" {
				// Its logs are gone with it; keep them reachable.
				last := w.sets[len(w.sets)-1]
				last.Pieces = append(last.Pieces, newest.Pieces[1])
				last.FromSCN = newest.FromSCN
				in.Sets = w.rows()
			}
			spoil(&in, newest)
			p := mustPlan(t, in)
			if p.Files[0].Level0 != old.ID {
				t.Errorf("level 0 of %s, want %s", p.Files[0].Level0, old.ID)
			}
			if !strings.Contains(strings.Join(p.Warnings, "\n"), newest.ID) {
				t.Errorf("no word of %s: %q", newest.ID, p.Warnings)
			}
		})
	}
}

func TestTargetInsideABackupLeansOnTheOneBefore(t *testing.T) {
	w := newWorld(2, 1)
	full := w.full()
	w.work(10)
	w.logs()
	second := w.full()
	var inside int64
	for _, f := range second.Pieces[0].Files {
		inside = f.CheckpointSCN + 1
	}
	p := mustPlan(t, w.input(Target{Kind: TargetSCN, SCN: inside}))
	for _, f := range p.Files {
		if f.Number == 2 && f.Level0 != full.ID {
			t.Errorf("datafile %d from %s, which is fuzzy at the target", f.Number, f.Level0)
		}
	}
}

func TestLocalLogsAreNotDownloaded(t *testing.T) {
	w := newWorld(1, 1)
	w.full()
	w.work(10)
	w.logs()
	w.work(10)
	last := w.switchLog(1)
	in := w.input(Target{})
	in.LocalLogs = w.localLogs()
	p := mustPlan(t, in)
	if p.SCN != last.NextSCN {
		t.Errorf("SCN %d, want the end of the local logs %d", p.SCN, last.NextSCN)
	}
	for _, u := range p.Pieces {
		if u.Wave == WaveLogs {
			t.Errorf("%s is downloaded although its logs are here", u.Piece.Name)
		}
	}
	for _, l := range p.Logs {
		if !l.Local {
			t.Errorf("logs %+v", l)
		}
	}
}

func logsOf(m *s3store.Manifest) []s3store.Log {
	var logs []s3store.Log
	for _, p := range m.Pieces {
		logs = append(logs, p.Logs...)
	}
	return logs
}
