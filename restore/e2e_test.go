package restore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/s3store"
)

// TestTotalLoss: level 0, level 1 twice, logs, the loss of everything, and the
// way back to the last archived change.
func TestTotalLoss(t *testing.T) {
	labs := map[string]func(*testing.T) *lab{
		"nearby":        func(t *testing.T) *lab { return newLab(t) },
		"processes":     func(t *testing.T) *lab { return newRealLab(t) },
		"no crosscheck": func(t *testing.T) *lab { return newLab(t, func(s *oradb.Spec) { s.NoFRA = true }) },
		"two threads":   func(t *testing.T) *lab { return newLab(t, func(s *oradb.Spec) { s.Threads = 2 }) },
	}
	keep := underRace("nearby")
	for name, lab := range labs {
		if keep != nil && !keep[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lab(t)
			last := l.weeks()
			before := l.control()
			l.lose(oradb.LoseEverything)
			mode := map[string]Mode{"no crosscheck": ModeFull}[name]
			res, err := l.restore(Request{Mode: mode})
			must(t, err)
			if name == "two threads" {
				last.ToSCN = endOfSet(last) // the smaller end
			}
			if res.Plan.Complete || res.Plan.SCN != last.ToSCN || res.Pieces == 0 {
				t.Errorf("complete %v, SCN %d of %d, %d pieces", res.Plan.Complete, res.Plan.SCN, last.ToSCN, res.Pieces)
			}
			l.proves(before.Resetlogs, oradb.SCN(last.ToSCN))
			l.cleaned()
			l.work(5)
			l.backup(s3store.KindFull)
		})
	}
}

// weeks is a level 0, two level 1s and logs, with work between; the last set.
func (l *lab) weeks() *s3store.Manifest {
	l.t.Helper()
	l.work(40)
	l.backup(s3store.KindFull)
	for range 2 {
		l.work(40)
		l.backup(s3store.KindIncremental)
	}
	l.work(20)
	return l.backup(s3store.KindArchivelog)
}

// cleaned: nothing is left in RESTORE_SOURCE_DIR.
func (l *lab) cleaned() {
	l.t.Helper()
	left, err := filepath.Glob(filepath.Join(l.dir, "restore", "*"))
	if err != nil || len(left) > 0 {
		l.t.Errorf("left behind: %v %v", left, err)
	}
}

// opened: the database is open, in this incarnation or in a new one.
func (l *lab) opened(before *oradb.Control, resetlogs bool) {
	l.t.Helper()
	in, err := l.db.Instance()
	must(l.t, err)
	if in.State != oradb.Opened {
		l.t.Fatalf("the database is %v", in.State)
	}
	if fresh := l.control().Resetlogs != before.Resetlogs; fresh != resetlogs {
		l.t.Errorf("a new incarnation: %v, want %v", fresh, resetlogs)
	}
}

// TestNothingIsLost: where control file and online redo are intact, recovery is
// complete and the incarnation stays.
func TestNothingIsLost(t *testing.T) {
	keep := underRace("one datafile down", "datafiles and archived logs")
	for name, c := range map[string]struct {
		mode     Mode
		disaster func(l *lab)
		files    int
	}{
		"one datafile open": {ModeIncremental, func(l *lab) { l.lose(oradb.LoseDatafile(3)) }, 1},
		"one datafile down": {ModeFull, func(l *lab) { l.lose(oradb.LoseDatafile(3)); l.abort() }, 1},
		"one datafile offline": {ModeIncremental, func(l *lab) {
			l.lose(oradb.LoseDatafile(3))
			must(l.t, l.db.SetDatafileOnline(3, false))
			l.work(10) // the database goes on without it
		}, 1},
		"one of two control files": {ModeIncremental, func(l *lab) {
			in, err := l.db.Instance()
			must(l.t, err)
			names := in.Params.ControlFiles()
			if len(names) < 2 {
				l.t.Fatalf("the lab has control files %v", names)
			}
			l.lose(oradb.LoseDatafile(3))
			must(l.t, os.Remove(names[0]))
			l.abort()
		}, 1},
		"datafiles and archived logs": {ModeIncremental, func(l *lab) {
			l.backup(s3store.KindArchivelog)
			l.work(10)
			l.lose(oradb.LoseDatafiles, oradb.LoseArchived)
			l.abort()
		}, 3},
		"datafiles and SPFILE": {ModeFull, func(l *lab) { l.lose(oradb.LoseDatafiles, oradb.LoseSpfile); l.abort() }, 3},
		"nothing":              {ModeIncremental, func(*lab) {}, 3},
	} {
		if keep != nil && !keep[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.weeks()
			l.work(30)
			before := l.control()
			c.disaster(l)
			res, err := l.restore(Request{Mode: c.mode})
			must(t, err)
			if !res.Plan.Complete || len(res.Plan.Files) != c.files {
				t.Errorf("%d datafiles of %d: %v", len(res.Plan.Files), c.files, res.Plan.Lines())
			}
			l.opened(before, false)
			l.proves(before.Resetlogs, 0)
			l.cleaned()
			if c.mode == ModeFull && !strings.Contains(l.events.text(), "left RMAN's repository") {
				t.Error("mode full has set nothing aside that RMAN refused to have back")
			}
			l.stillBelieves()
		})
	}
}

// stillBelieves: nothing stays hidden, and RMAN's repository still knows the
// level 0 that the next level 1 builds on.
func (l *lab) stillBelieves() {
	l.t.Helper()
	for _, p := range l.control().BackupPieces {
		if p.Status == oradb.Unavailable {
			l.t.Errorf("%s is still UNAVAILABLE", p.Handle)
		}
	}
	l.work(5)
	if m := l.backup(s3store.KindIncremental); levels(m)[1] == 0 {
		l.t.Error("the next incremental has no level 1: RMAN forgot its level 0")
	}
}

func levels(m *s3store.Manifest) map[int]int {
	n := map[int]int{}
	for _, p := range m.Pieces {
		for _, f := range p.Files {
			n[f.Level]++
		}
	}
	return n
}

// TestLocalLogsCount: archived logs that are on this host only are used when
// control file and redo are lost.
func TestLocalLogsCount(t *testing.T) {
	keep := underRace("all but archived logs")
	for name, losses := range map[string][]oradb.Loss{
		"redo":                  {oradb.LoseRedo},
		"all but archived logs": {oradb.LoseControl, oradb.LoseRedo, oradb.LoseDatafiles, oradb.LoseSpfile},
	} {
		if keep != nil && !keep[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			last := l.weeks()
			l.work(30)
			must(t, l.db.SwitchLogfile(t.Context()))
			end := l.archivedEnd()
			l.work(5)
			before := l.control()
			l.lose(losses...)
			l.abort()
			res, err := l.restore(Request{})
			must(t, err)
			if res.Plan.SCN != end || end <= last.ToSCN {
				t.Errorf("recovered to SCN %d, local logs reach %d, S3's %d", res.Plan.SCN, end, last.ToSCN)
			}
			l.opened(before, true)
			l.proves(before.Resetlogs, oradb.SCN(end))
		})
	}
}

// archivedEnd is the end of the redo that was archived.
func (l *lab) archivedEnd() int64 {
	end := oradb.SCN(0)
	for _, a := range l.control().ArchivedLogs {
		end = max(end, a.NextSCN)
	}
	return int64(end)
}

// TestPointInTime: by SCN, time and set, on an open database and after
// the loss of everything.
func TestPointInTime(t *testing.T) {
	keep := underRace("time")
	for name, target := range map[string]func(l *lab, mid *s3store.Manifest, scn int64, at time.Time) Target{
		"scn": func(_ *lab, _ *s3store.Manifest, scn int64, _ time.Time) Target {
			return Target{Kind: TargetSCN, SCN: scn}
		},
		"time": func(_ *lab, _ *s3store.Manifest, _ int64, at time.Time) Target {
			return Target{Kind: TargetTime, Time: at}
		},
		"set": func(_ *lab, m *s3store.Manifest, _ int64, _ time.Time) Target {
			return Target{Kind: TargetSet, Set: m.ID}
		},
	} {
		if keep != nil && !keep[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			start := l.db.Now()
			l.weeks()
			must(t, l.db.SetClock(start.Add(10*time.Minute)))
			scn := int64(l.work(10).Last) + 1
			at := start.Add(10*time.Minute + 30*time.Second)
			must(t, l.db.SetClock(start.Add(11*time.Minute)))
			l.work(20)
			mid := l.backup(s3store.KindArchivelog)
			must(t, l.db.SetClock(start.Add(20*time.Minute)))
			l.work(20)
			l.backup(s3store.KindIncremental)
			before := l.control()
			if name != "scn" {
				l.lose(oradb.LoseEverything)
			}
			res, err := l.restore(Request{Target: target(l, mid, scn, at)})
			must(t, err)
			l.opened(before, true)
			until := res.Plan.SCN
			if name == "time" {
				until = scn
			}
			l.proves(before.Resetlogs, oradb.SCN(until))
			if !strings.Contains(l.events.text(), "a new incarnation has begun") {
				t.Error("nobody says that a level 0 is due")
			}
		})
	}
}

// TestThroughResetlogs: after a restore to the past, the past before and after
// it can both be reached.
func TestThroughResetlogs(t *testing.T) {
	l := newLab(t)
	l.weeks()
	old := l.control()
	scn := int64(l.work(10).Last) + 1
	l.work(20)
	l.backup(s3store.KindArchivelog)
	if _, err := l.restore(Request{Target: Target{Kind: TargetSCN, SCN: scn}}); err != nil {
		t.Fatal(err)
	}
	// The new incarnation has logs but no level 0: the old one has to serve.
	l.work(20)
	last := l.backup(s3store.KindArchivelog)
	second := l.control()
	l.lose(oradb.LoseEverything)
	res, err := l.restore(Request{})
	must(t, err)
	l.proves(second.Resetlogs, oradb.SCN(last.ToSCN))
	if !strings.Contains(strings.Join(res.Plan.Warnings, "\n"), "through RESETLOGS") {
		t.Errorf("the plan does not tell that it leans on the older incarnation: %q", res.Plan.Warnings)
	}
	l.work(10)
	l.backup(s3store.KindFull)
	// Back to before the first RESETLOGS, with the control file of today.
	res, err = l.restore(Request{Target: Target{Kind: TargetSCN, SCN: scn - 5}})
	must(t, err)
	if !res.Plan.ResetIncarnation {
		t.Error("the plan does not reset the incarnation")
	}
	l.proves(old.Resetlogs, oradb.SCN(scn-5))
}

// TestKilledAnywhere: a restore that is killed at one step after the other gets
// there in the end, and downloads nothing twice.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	last := l.weeks()
	before := l.control()
	l.lose(oradb.LoseEverything)
	for _, mark := range []string{"planned", "downloading", "spfile", "controlfile", "mounted", "cataloged", "restore", "restored", "recover", "recovered", "open", "opened", "clean"} {
		l.events.at = map[string]func(){mark: func() { panic(errKilled) }}
		if !l.killed() {
			t.Fatalf("the restore was not stopped at %s", mark)
		}
	}
	l.events.at = nil
	if _, err := l.restore(Request{}); err != nil {
		t.Fatal(err)
	}
	l.opened(before, true)
	l.proves(before.Resetlogs, oradb.SCN(last.ToSCN))
	l.cleaned()
	for key, n := range l.bucket.fetched {
		if n > 1 {
			t.Errorf("%s was downloaded %d times", key, n)
		}
	}
}

var errKilled = errors.New("killed")

// killed runs a restore that a panic at a mark ends, as kill -9 would.
func (l *lab) killed() (dead bool) {
	defer func() { dead = recover() == errKilled }() //nolint:errorlint // the very value
	_, err := l.restore(Request{})
	l.t.Log(err)
	return false
}

// TestDownloadsRunBesideRMAN: RESTORE begins when the first level 0 is here, the
// rest come only after that here.
func TestDownloadsRunBesideRMAN(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	last := l.weeks()
	before := l.control()
	l.lose(oradb.LoseEverything)
	p, err := Preview(t.Context(), l.deps(), Request{})
	must(t, err)
	first := ""
	wave := map[string]Wave{}
	for _, u := range p.Pieces {
		wave[u.Piece.Key] = u.Wave
		if u.Wave == WaveLevel0 && first == "" {
			first = u.Piece.Key
		}
	}
	restoring := make(chan struct{})
	var once sync.Once
	l.events.at = map[string]func(){"restore": func() { once.Do(func() { close(restoring) }) }}
	l.bucket.gate = func(ctx context.Context, key string) error {
		if wave[key] == WaveControl || key == first {
			return nil
		}
		select {
		case <-restoring:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	_, err = l.restore(Request{})
	must(t, err)
	l.proves(before.Resetlogs, oradb.SCN(last.ToSCN))
	if scripts := strings.Join(l.near.ran, "\n"); strings.Contains(scripts, "RESTORE DATABASE") || strings.Count(scripts, "RESTORE DATAFILE") != 2 {
		t.Errorf("not two batches:\n%s", scripts)
	}
}

// TestUnreadablePieceIsAFailure: RMAN says "Finished restore" after it failed
// to read a piece and created the datafile empty.
func TestUnreadablePieceIsAFailure(t *testing.T) {
	l := newLab(t)
	l.weeks()
	l.lose(oradb.LoseEverything)
	p, err := Preview(t.Context(), l.deps(), Request{})
	must(t, err)
	l.near.before = func(script string) error {
		if !strings.Contains(script, "RESTORE DATABASE") {
			return nil
		}
		for _, u := range p.Pieces {
			if u.Wave == WaveLevel0 {
				return os.Truncate(u.Path, u.Piece.Bytes/2)
			}
		}
		return nil
	}
	if _, err = l.restore(Request{}); err == nil {
		t.Fatal("the restore was called a success")
	}
	t.Log(err)
	if in, ierr := l.db.Instance(); ierr != nil || in.State == oradb.Opened {
		t.Errorf("the database was opened after %v", err)
	}
	l.near.before = nil
	if _, err := l.restore(Request{}); err != nil {
		t.Errorf("the second try: %v", err)
	}
}
