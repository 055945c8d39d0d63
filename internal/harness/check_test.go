package harness

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// check looks at everything that must hold once a run has ended well, and
// returns what does not. fault names the row of the report that the try counts
// for.
func (w *world) check(fault string) {
	w.t.Helper()
	c := &checker{w: w, st: w.store(), held: map[logKey]bool{}, pieces: map[pieceKey]int64{}}
	ctx := context.Background()
	w.holds(fault, c.sets(ctx), 3, 10)
	w.holds(fault, c.nothingLost(), 1)
	w.holds(fault, c.believes(), 2, 4)
	w.holds(fault, c.nothingLeft(ctx), 5)
}

// holds counts a try of some invariants, or fails the test.
func (w *world) holds(fault string, broken []string, invariants ...int) {
	w.t.Helper()
	if len(broken) > 0 {
		w.t.Errorf("%s: invariant %v is broken:\n  %s\n%s", fault, invariants, strings.Join(broken, "\n  "), w.lastRun())
		return
	}
	tried(fault, invariants...)
}

type logKey struct {
	thread, sequence int
	resetlogs        int64
}

type pieceKey struct {
	stamp, count int64
	number       int
}

// checker is one look at a world.
type checker struct {
	w      *world
	st     *s3store.Store
	held   map[logKey]bool    // archived logs in committed sets
	pieces map[pieceKey]int64 // pieces in committed sets: RESETLOGS SCN of the set
}

// sets: every manifest is true to the last byte, nothing lies beside them, and
// every run that ended with 0 has its manifest.
func (c *checker) sets(ctx context.Context) (broken []string) {
	sets, err := c.st.List(ctx, s3store.Filter{Foreign: true, Fresh: true})
	if err != nil {
		return []string{"list: " + err.Error()}
	}
	known := map[string]bool{}
	for _, s := range sets {
		known[s.ID] = true
		if s.Status != s3store.StatusComplete {
			broken = append(broken, fmt.Sprintf("set %s is %s", s.ID, s.Status))
			continue
		}
		broken = append(broken, c.set(ctx, s)...)
	}
	for _, e := range c.w.ends() {
		if e.SetID != "" && (e.Exit == 0 || e.Exit == 3) && !known[e.SetID] {
			broken = append(broken, fmt.Sprintf("a run ended with %d, but its set %s does not exist", e.Exit, e.SetID))
		}
	}
	return broken
}

func (c *checker) set(ctx context.Context, s s3store.Set) (broken []string) {
	m, err := c.st.Manifest(ctx, s)
	if err != nil {
		return []string{s.ID + ": " + err.Error()}
	}
	if !c.w.ids[s.ID] || !c.w.lean {
		// Bytes are read once, the rest at each look.
		r, err := c.st.Verify(ctx, m, s3store.VerifyOptions{Deep: !c.w.ids[s.ID]})
		if err != nil {
			return []string{s.ID + ": " + err.Error()}
		}
		if !r.Intact() || len(r.Surplus) > 0 {
			broken = append(broken, fmt.Sprintf("set %s: missing %v, corrupt %v, surplus %v", s.ID, r.Missing, r.Corrupt, r.Surplus))
		}
	}
	c.w.ids[s.ID] = true
	for _, p := range m.Pieces {
		c.pieces[pieceKey{p.SetStamp, p.SetCount, p.Number}] = m.ResetlogsSCN
		for _, l := range p.Logs {
			c.held[logKey{l.Thread, int(l.Sequence), l.ResetlogsSCN}] = true
		}
	}
	return broken
}

// ends are the last events of all runs on the host.
func (w *world) ends() (ends []run.End) {
	runs, _ := filepath.Glob(w.path("logs", "2*", run.EventsFile))
	for _, r := range runs {
		for _, e := range readEvents(r) {
			if e.End != nil {
				ends = append(ends, *e.End)
			}
		}
	}
	return ends
}

// nothingLost: every log that was ever archived, as far as the control file
// remembers, is on disk or in a committed set.
func (c *checker) nothingLost() (broken []string) {
	ctl, err := c.w.db.Control()
	if err != nil {
		return []string{err.Error()}
	}
	for _, l := range ctl.ArchivedLogs {
		k := logKey{l.Thread, l.Sequence, int64(l.Resetlogs.SCN)}
		if l.Name != "" && isFile(l.Name) || c.held[k] || c.elsewhere(ctl, k) {
			continue
		}
		broken = append(broken, fmt.Sprintf("archived log %v is neither on disk nor in a committed set", k))
	}
	return broken
}

// elsewhere: another record of the same log has it.
func (c *checker) elsewhere(ctl *oradb.Control, k logKey) bool {
	return slices.ContainsFunc(ctl.ArchivedLogs, func(l oradb.ArchivedLog) bool {
		return logKey{l.Thread, l.Sequence, int64(l.Resetlogs.SCN)} == k && l.Name != "" && isFile(l.Name)
	})
}

// believes: RMAN's repository knows as available only pieces that a committed
// set holds, and all that the sets of this incarnation hold it has not called
// anything else. (Mounting a restored control file has RMAN crosscheck by
// itself what was backed up before.)
func (c *checker) believes() (broken []string) {
	ctl, err := c.w.db.Control()
	if err != nil {
		return []string{err.Error()}
	}
	for _, p := range ctl.BackupPieces {
		resetlogs, ours := c.pieces[pieceKey{p.Set.Stamp, int64(p.Set.Count), p.Number}]
		switch {
		case p.Status == oradb.Available && !ours:
			broken = append(broken, fmt.Sprintf("RMAN believes in %s, which is not on S3", p.Handle))
		case resetlogs == int64(ctl.Resetlogs.SCN) && (p.Status == oradb.Expired || p.Status == oradb.Unavailable):
			broken = append(broken, fmt.Sprintf("RMAN calls %s %s, but it is on S3", p.Handle, p.Status))
		}
	}
	return broken
}

// nothingLeft: no staged piece, no upload, no state of a restore.
func (c *checker) nothingLeft(ctx context.Context) (broken []string) {
	for _, dir := range []string{"staging", "restore"} {
		_ = filepath.WalkDir(c.w.path(dir), func(path string, d os.DirEntry, err error) error {
			if err == nil && path != c.w.path(dir) {
				broken = append(broken, "left behind: "+path)
			}
			return nil
		})
	}
	if n, err := c.st.AbortUploads(ctx, "", 0); n > 0 || err != nil {
		broken = append(broken, fmt.Sprintf("%d multipart uploads were left, %v", n, err))
	}
	lock, err := run.Acquire(c.w.path("logs"), sid, run.Self("20260101T000000Z-full-0000", c.w.db.Now()))
	if err != nil {
		return append(broken, "the lock is stuck: "+err.Error())
	}
	if err := lock.Release(); err != nil {
		broken = append(broken, err.Error())
	}
	return broken
}

func isFile(path string) bool {
	fi, err := os.Lstat(path)
	return err == nil && fi.Mode().IsRegular()
}
