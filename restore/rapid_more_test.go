package restore

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// withLocal adds the archived logs that are still on disk to what is known.
func (tr *truth) withLocal() *truth {
	for _, st := range tr.way {
		for _, l := range st.inc.logs {
			if l.local {
				tr.have[l] = true
			}
		}
	}
	return tr
}

// ends are the SCNs at which archived redo of the branch ends, newest first.
func ends(inc *incarnation) []int64 {
	var all []int64
	for _, st := range path(inc, endless) {
		for _, l := range st.inc.logs {
			all = append(all, min(l.NextSCN, st.to))
		}
	}
	slices.Sort(all)
	slices.Reverse(all)
	return slices.Compact(all)
}

// TestLatestIsTheEndOfRedo: where latest is planned, no later end of archived
// redo can be reached; where it is refused, something lies behind the gap.
func TestLatestIsTheEndOfRedo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 1)
		if len(w.sets) == 0 {
			return
		}
		inc := w.newestLine()
		p, err := NewPlan(w.input(Target{Kind: TargetLatest}))
		if err == nil {
			checkPlan(t, w, inc, p)
		}
		for _, n := range ends(inc) {
			tr := w.judge(inc, n, w.sets)
			if !tr.reachable(layoutFor(w, tr)) {
				continue
			}
			if err == nil && p.SCN != n {
				t.Fatalf("latest is SCN %d, want %d\n%s", p.SCN, n, w.dump())
			}
			var e *UnreachableError
			if err != nil && errors.As(err, &e) && e.From != 0 && (e.NearestBefore == nil || e.NearestBefore.SCN != n) && e.NearestAfter == nil {
				t.Fatalf("%v, but SCN %d can be reached\n%s", err, n, w.dump())
			}
			return
		}
		if err == nil {
			t.Fatalf("latest is SCN %d, want nothing\n%s", p.SCN, w.dump())
		}
	})
}

// TestLocalLogsAgreeWithTruth: logs on disk count like those in sets and are
// never downloaded.
func TestLocalLogsAgreeWithTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 1)
		if len(w.sets) == 0 {
			return
		}
		inc := w.inc
		n := rapid.Int64Range(1000, w.scn+5).Draw(t, "target")
		in := w.input(Target{Kind: TargetSCN, SCN: n})
		in.LocalLogs = w.localLogs()
		in.Facts = w.facts()
		in.Facts.Redo = nil // lost
		tr := w.judge(inc, n, w.sets).withLocal()
		p, err := NewPlan(in)
		// The control file is there: no set needs to hold one.
		want := len(tr.way) > 0 && tr.reachableWith(p)
		if (err == nil) != want && p != nil && p.Reachable {
			t.Fatalf("planned %v, want %v: %v\n%s", err == nil, want, err, w.dump())
		}
		if err != nil {
			return
		}
		for _, l := range p.Logs {
			for seq := l.From; seq <= l.To; seq++ {
				if here := w.isLocal(l.Thread, seq, l.ResetlogsSCN); here != l.Local {
					t.Fatalf("log %d.%d: local %v, want %v", l.Thread, seq, l.Local, here)
				}
			}
		}
	})
}

// reachableWith judges by the layout that the plan took.
func (tr *truth) reachableWith(p *Plan) bool {
	if p == nil || !p.Reachable {
		return false
	}
	for _, d := range p.files {
		ok := tr.redo(d.CreationSCN)
		for s := range tr.states(d) {
			ok = ok || tr.redo(s)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (w *world) isLocal(thread int, seq, resetlogs int64) bool {
	for _, l := range w.localLogs() {
		if l.Thread == thread && l.Sequence == seq && l.ResetlogsSCN == resetlogs {
			return true
		}
	}
	return false
}

// TestThreadsNeverLie: with threads that open and close, a plan may be refused
// for want of proof, but what is planned can be reached; where nothing was ever
// lost nothing is refused.
func TestThreadsNeverLie(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(2, 1, 2)
		lossless := true
		for range rapid.IntRange(3, 20).Draw(t, "steps") {
			w.work(rapid.Int64Range(1, 30).Draw(t, "work"))
			switch op := rapid.IntRange(0, 9).Draw(t, "op"); {
			case op == 0:
				w.full()
			case op == 1:
				w.incremental(false)
			case op < 5:
				w.logs()
			case op == 5:
				w.switchLog(w.threads[0])
			case op == 6 && slices.Contains(w.threads, 2):
				w.closeThread(2)
			case op == 6:
				w.openThread(2)
			case op == 7 && len(w.sets) > 0:
				lossless = false
				w.lose(rapid.IntRange(0, len(w.sets)-1).Draw(t, "lost"))
			}
		}
		if len(w.sets) == 0 {
			return
		}
		n := rapid.Int64Range(1000, w.scn+5).Draw(t, "target")
		tr := w.judge(w.inc, n, w.sets)
		want := tr.reachable(layoutFor(w, tr))
		p, err := NewPlan(w.input(Target{Kind: TargetSCN, SCN: n}))
		if err == nil && !want {
			t.Fatalf("planned SCN %d, which cannot be reached: %v\n%s", n, p.Logs, w.dump())
		}
		if err != nil && want && lossless {
			t.Fatalf("%v, but SCN %d can be reached\n%s", err, n, w.dump())
		}
		latest, err := NewPlan(w.input(Target{}))
		if err == nil {
			tr := w.judge(w.inc, latest.SCN, w.sets)
			if !tr.reachable(layoutFor(w, tr)) {
				t.Fatalf("latest SCN %d cannot be reached\n%s", latest.SCN, w.dump())
			}
		}
	})
}

// TestTimeAgreesWithTruth: a moment is reachable if and only if the changes
// before it are there.
func TestTimeAgreesWithTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 1)
		if len(w.sets) == 0 || len(w.incs) > 1 {
			return
		}
		at := worldStart.Add(secondsOf(rapid.IntRange(0, int(w.clock.Sub(worldStart).Seconds())).Draw(t, "at")))
		p, err := NewPlan(w.input(Target{Kind: TargetTime, Time: at}))
		// All logs that began before the moment, up to the one that ends at or
		// after it, must be there: the way to the end of that log, or to its
		// begin where a backup inside it is fuzzy.
		n, low := int64(0), int64(0)
		for _, l := range w.inc.logs {
			if l.FirstTime.Before(at) && !l.NextTime.Before(at) {
				n, low = l.NextSCN, l.FirstSCN
			}
		}
		if err == nil && n == 0 {
			t.Fatalf("planned %v, which no archived log covers\n%s", at, w.dump())
		}
		if n == 0 {
			return
		}
		upper, lower := w.judge(w.inc, n, w.sets), w.judge(w.inc, low, w.sets)
		if err == nil && !upper.reachable(p.files) {
			t.Fatalf("planned %v, but its log cannot be reached\n%s", at, w.dump())
		}
		if err != nil && lower.n > 1000 && lower.reachable(layoutFor(w, lower)) && upper.redo(low) {
			t.Fatalf("%v, but %v can be reached\n%s", err, at, w.dump())
		}
	})
}
