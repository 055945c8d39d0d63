package restore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"orabak-tui/s3store"
)

// drawWorld draws a history: work, sets of all kinds, losses of sets and of
// archived logs, RESETLOGS to any point that logs reach, new datafiles.
func drawWorld(t *rapid.T, threads ...int) *world {
	w := newWorld(rapid.IntRange(1, 3).Draw(t, "files"), threads...)
	var all []*s3store.Manifest
	steps := rapid.IntRange(3, 25).Draw(t, "steps")
	for i := range steps {
		w.work(rapid.Int64Range(1, 30).Draw(t, "work"))
		lost := slices.DeleteFunc(slices.Clone(all), func(m *s3store.Manifest) bool { return slices.Contains(w.sets, m) })
		kept := w.sets
		w.sets = all // RMAN believes in what was lost
		switch op := rapid.IntRange(0, 13).Draw(t, fmt.Sprintf("op%d", i)); op {
		case 0, 1:
			w.full()
		case 2, 3, 4:
			w.incremental(op == 2)
		case 5, 6, 7:
			w.logs()
		case 8, 9:
			for _, thread := range w.threads {
				w.switchLog(thread)
			}
		case 10:
			w.loseLocal(t)
		case 11:
			w.drawResetlogs(t)
		case 12:
			w.addFile(len(w.files) + 10*i)
		case 13:
			if len(kept) > 0 {
				lost = append(lost, kept[rapid.IntRange(0, len(kept)-1).Draw(t, "lost")])
			}
		}
		all = w.sets
		w.sets = slices.DeleteFunc(slices.Clone(all), func(m *s3store.Manifest) bool { return slices.Contains(lost, m) })
	}
	return w
}

// loseLocal removes an archived log from disk, backed up or not.
func (w *world) loseLocal(t *rapid.T) {
	if n := len(w.inc.logs); n > 0 {
		w.inc.logs[rapid.IntRange(0, n-1).Draw(t, "log")].local = false
	}
}

// drawResetlogs restores the database to some SCN that archived redo reaches.
func (w *world) drawResetlogs(t *rapid.T) {
	var ends []int64
	for i := w.inc; i != nil; i = i.parent {
		for _, l := range i.logs {
			if w.onBranch(i, l.NextSCN) {
				ends = append(ends, l.NextSCN)
			}
		}
	}
	if len(ends) > 0 {
		end := ends[rapid.IntRange(0, len(ends)-1).Draw(t, "resetlogs")]
		w.resetlogs(end - rapid.Int64Range(0, 1).Draw(t, "minus"))
	}
}

// onBranch tells whether an SCN of incarnation i lies on the current branch.
func (w *world) onBranch(i *incarnation, scn int64) bool {
	for c := w.inc; c != nil; c = c.parent {
		if c.parent == i {
			return scn < c.scn
		}
	}
	return i == w.inc
}

// stretch is an incarnation on the way to a target with the SCN at which the
// way leaves it.
type stretch struct {
	inc *incarnation
	to  int64
}

// path is the way from the first incarnation to SCN n on the branch of inc.
func path(inc *incarnation, n int64) []stretch {
	for inc.parent != nil && inc.scn >= n {
		inc = inc.parent
	}
	way := []stretch{{inc, n}}
	for ; inc.parent != nil; inc = inc.parent {
		way = append(way, stretch{inc.parent, inc.scn - 1})
	}
	slices.Reverse(way)
	return way
}

// truth is the judgement of the oracle: reachable or not, tried with every
// combination of backups, against every log that was ever written.
type truth struct {
	w   *world
	way []stretch
	n   int64
	// have are the logs that some backup set holds, by truth's own log.
	have map[*worldLog]bool
	copy map[int][]s3store.FileBackup
	// known are the backups that tell when a datafile was added; a restore does
	// not have to read them.
	known map[int][]s3store.FileBackup
}

// judge collects what the given sets hold for a way.
func (w *world) judge(inc *incarnation, n int64, sets []*s3store.Manifest) *truth {
	tr := &truth{w: w, way: path(inc, n), n: n, have: map[*worldLog]bool{}, copy: map[int][]s3store.FileBackup{}}
	tr.known = tr.copy
	for _, m := range sets {
		for _, p := range m.Pieces {
			tr.addLogs(m, p)
			i := slices.IndexFunc(tr.way, func(s stretch) bool { return s.inc.time == m.ResetlogsTime })
			for _, f := range p.Files {
				if end := max(f.CheckpointSCN, f.AbsoluteFuzzySCN); i >= 0 && end < tr.way[i].to {
					tr.copy[f.Number] = append(tr.copy[f.Number], f)
				}
			}
		}
	}
	return tr
}

// addLogs finds the true log behind each log of a piece: the manifest gives
// only its RESETLOGS SCN, the moment tells the rest.
func (tr *truth) addLogs(_ *s3store.Manifest, p s3store.Piece) {
	for _, l := range p.Logs {
		for _, inc := range tr.w.incs {
			for _, wl := range inc.logs {
				if wl.Log == l {
					tr.have[wl] = true
				}
			}
		}
	}
}

// redo tells whether all redo from SCN s to the target is there.
func (tr *truth) redo(s int64) bool {
	for i, st := range tr.way {
		from := max(s, st.inc.scn)
		if from >= st.to {
			continue
		}
		for _, l := range st.inc.logs {
			if l.NextSCN > from && l.FirstSCN < st.to && !tr.have[l] {
				return false
			}
		}
		for _, l := range st.inc.open {
			if l.FirstSCN < st.to && i == len(tr.way)-1 {
				return false
			}
		}
	}
	return true
}

// states are all SCNs to which backups alone bring a datafile.
func (tr *truth) states(d s3store.Datafile) map[int64]bool {
	at := map[int64]bool{}
	for _, f := range tr.copy[d.Number] {
		if f.Level == 0 && f.CheckpointSCN >= d.CreationSCN {
			at[f.CheckpointSCN] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, f := range tr.copy[d.Number] {
			for s := range maps.Clone(at) {
				if f.Level == 1 && f.IncrementalSCN <= s && s < f.CheckpointSCN && !at[f.CheckpointSCN] {
					at[f.CheckpointSCN], grown = true, true
				}
			}
		}
	}
	return at
}

// reachable tells whether every datafile of the layout gets to the target.
func (tr *truth) reachable(layout []s3store.Datafile) bool {
	for _, d := range layout {
		ok := tr.addedLater(d) && tr.redo(d.CreationSCN)
		for s := range tr.states(d) {
			ok = ok || tr.redo(s)
		}
		if !ok {
			return false
		}
	}
	return tr.control()
}

// addedLater: a datafile that redo can make from nothing was added after some
// level 0 of another one.
func (tr *truth) addedLater(d s3store.Datafile) bool {
	for number, copies := range tr.known {
		for _, f := range copies {
			if number != d.Number && f.Level == 0 && f.CheckpointSCN <= d.CreationSCN {
				return true
			}
		}
	}
	return false
}

// control tells whether a set of the target's incarnation is left, whose
// control file knows no datafile of the future.
func (tr *truth) control() bool {
	last := tr.way[len(tr.way)-1].inc
	return slices.ContainsFunc(tr.w.sets, func(m *s3store.Manifest) bool {
		return m.ResetlogsTime == last.time && !slices.ContainsFunc(m.Datafiles, func(d s3store.Datafile) bool { return d.CreationSCN >= tr.n })
	})
}

// layoutFor are the datafiles that the plan's control file describes; the
// truth has no say in which control file is taken, only in what it needs.
func layoutFor(w *world, tr *truth) []s3store.Datafile {
	in := w.input(Target{})
	rows, err := rowsOf(&in)
	if err != nil {
		return nil
	}
	line := lineage{}
	for _, st := range tr.way {
		line = append(line, span{branch{st.inc.scn, st.inc.time}, st.to})
	}
	in.Load = once(in.Load)
	h := newHistory(&in, line.cut(len(line)), rows)
	if l := h.layoutAt(atSCN(tr.n)); l != nil {
		return l.files
	}
	return nil
}

// newestLine is the branch that a planner without an instance must take for
// the current one: that of the newest set.
func (w *world) newestLine() *incarnation {
	m := w.sets[len(w.sets)-1]
	for _, i := range w.incs {
		if i.time == m.ResetlogsTime {
			return i
		}
	}
	return nil
}

func TestPlannerAgreesWithTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 1)
		if len(w.sets) == 0 {
			return
		}
		inc := w.newestLine()
		n := rapid.Int64Range(1000, w.scn+5).Draw(t, "target")
		tr := w.judge(inc, n, w.sets)
		want := tr.reachable(layoutFor(w, tr))
		in := w.input(Target{Kind: TargetSCN, SCN: n})
		p, err := NewPlan(in)
		var e *UnreachableError
		switch {
		case err == nil && !want:
			t.Fatalf("planned %v although there is no way to SCN %d\n%s", setIDs(p), n, w.dump())
		case err != nil && !errors.As(err, &e):
			t.Fatalf("NewPlan: %v", err)
		case err != nil && want:
			t.Fatalf("%v, but there is a way to SCN %d\n%s", err, n, w.dump())
		case err == nil:
			checkPlan(t, w, inc, p)
		default:
			checkNearest(t, w, inc, n, e)
		}
	})
}

// checkPlan: what is downloaded suffices, and nothing of it is too much.
func checkPlan(t *rapid.T, w *world, inc *incarnation, p *Plan) {
	chosen := func(without string) []*s3store.Manifest {
		var sets []*s3store.Manifest
		for _, m := range w.sets {
			c := *m
			c.Pieces = nil
			for _, piece := range m.Pieces {
				if slices.ContainsFunc(p.Pieces, func(u PieceUse) bool { return u.Piece.Key == piece.Key && u.Piece.Key != without }) {
					c.Pieces = append(c.Pieces, piece)
				}
			}
			sets = append(sets, &c)
		}
		return sets
	}
	judge := func(without string) *truth {
		tr := w.judge(inc, p.SCN, chosen(without))
		tr.known = w.judge(inc, p.SCN, w.sets).copy
		return tr
	}
	if !judge("").reachable(p.files) {
		t.Fatalf("the pieces of the plan do not suffice for SCN %d: %+v\n%s", p.SCN, p, w.dump())
	}
	for _, u := range p.Pieces {
		if u.Wave == WaveControl || u.Wave == WaveLevel1 {
			continue // a level 1 spares logs that may be there as well
		}
		tr := judge(u.Piece.Key)
		// A level 0 is superfluous where redo since the creation of the file is
		// there too.
		if tr.reachable(p.files) && u.Wave != WaveLevel0 {
			t.Fatalf("piece %s (%+v) is not needed\n%s", u.Piece.Key, u, w.dump())
		}
	}
}

// checkNearest: the nearest moment before is the last end of redo that can be
// reached; the one after can be reached too.
func checkNearest(t *rapid.T, w *world, inc *incarnation, n int64, e *UnreachableError) {
	best := int64(0)
	for _, st := range path(inc, n) {
		var ends []int64
		for _, l := range st.inc.logs {
			ends = append(ends, min(l.NextSCN, st.to))
		}
		for _, q := range ends {
			if q < n && q > best {
				tr := w.judge(inc, q, w.sets)
				if tr.reachable(layoutFor(w, tr)) {
					best = q
				}
			}
		}
	}
	got := int64(0)
	if e.NearestBefore != nil {
		got = e.NearestBefore.SCN
	}
	if e.From != 0 && got != best {
		t.Fatalf("nearest before SCN %d is %d, want %d: %v\n%s", n, got, best, e, w.dump())
	}
	if a := e.NearestAfter; a != nil {
		tr := w.judge(inc, a.SCN, w.sets)
		if a.SCN <= n || !tr.reachable(layoutFor(w, tr)) {
			t.Fatalf("nearest after SCN %d is %d, which cannot be reached\n%s", n, a.SCN, w.dump())
		}
	}
}

// dump is the history for a failing case.
func (w *world) dump() string {
	s := ""
	for _, i := range w.incs {
		s += fmt.Sprintf("incarnation %d at %s\n", i.scn, i.time)
	}
	for _, m := range w.sets {
		s += fmt.Sprintf("%s inc %d %s from %d to %d threads %v\n", m.ID, m.ResetlogsSCN, m.ResetlogsTime, m.FromSCN, m.ToSCN, m.Threads)
		for _, p := range m.Pieces {
			for _, f := range p.Files {
				s += fmt.Sprintf("   file %d level %d from %d at %d fuzzy %d\n", f.Number, f.Level, f.IncrementalSCN, f.CheckpointSCN, f.AbsoluteFuzzySCN)
			}
			for _, l := range p.Logs {
				s += fmt.Sprintf("   log %d.%d inc %d: %d to %d\n", l.Thread, l.Sequence, l.ResetlogsSCN, l.FirstSCN, l.NextSCN)
			}
		}
	}
	return s
}
