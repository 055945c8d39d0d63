package oradb

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Until is the end of a recovery; the zero value is complete recovery.
type Until struct {
	SCN      SCN       // first SCN not applied
	Time     time.Time // first time not applied
	Sequence int       // first log sequence not applied,
	Thread   int       // of this thread (0: 1)
}

func (u Until) none() bool { return u.SCN == 0 && u.Time.IsZero() && u.Sequence == 0 }

// Recovery applies redo to datafiles, in SCN order over all threads. It is for
// one goroutine.
//
//	r, err := db.BeginRecovery(ctx, files, until)
//	for {
//		need, more := r.Next()
//		if !more {
//			break
//		}
//		path := … // need.Archived, need.Online, or a log restored from a backup
//		err = r.Apply(path)
//	}
//	err = r.Finish()
//
// A recovery that was killed can be begun again: blocks know what they have.
type Recovery struct {
	db      *DB
	ctx     context.Context
	until   Until
	whole   bool // all online files are in it
	current bool // the control file is a current one
	files   map[int]*recoveredFile
	threads []*redoThread
	start   SCN
	bound   SCN // first SCN not to apply, once it is known; 0 before
}

type recoveredFile struct {
	name   string
	header DatafileImage
}

// redoThread is how far the redo of a thread was read.
type redoThread struct {
	number   int
	branch   Branch
	sequence int // the log to read next
	scn      SCN // redo below was read
	end      bool
	pending  []redoRecord // read, not applied
}

// LogNeed is the log that recovery asks for.
type LogNeed struct {
	Thread    int
	Sequence  int
	Resetlogs Branch
	SCN       SCN // starting SCN
	// Archived is an archived log known to the control file and present on disk,
	// Online a member of an online group that holds the log. One, both or none.
	Archived string
	Online   string
}

// BeginRecovery looks at the headers of the files (nil: all online ones) and
// starts at the lowest checkpoint. Codes: 01034, 01507, 01124 + 01110 (the
// database is open), 01157 + 01110, 01122, 01190, 19909 (an orphan incarnation),
// 01152 (a file is beyond the end), 00283 goes before them.
func (db *DB) BeginRecovery(ctx context.Context, files []int, until Until) (*Recovery, error) {
	if until.Sequence > 0 && until.Thread == 0 {
		until.Thread = 1
	}
	r := &Recovery{db: db, ctx: ctx, until: until, bound: until.SCN, whole: files == nil}
	err := db.exclusive(func() error {
		in, c, err := db.mounted()
		if err != nil {
			return err
		}
		if err := r.choose(in, c, files); err != nil {
			return err
		}
		r.current = c.Type == ControlCurrent
		r.position(c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// choose takes the files and the start from their headers.
func (r *Recovery) choose(in Instance, c *Control, files []int) error {
	r.files = map[int]*recoveredFile{}
	complete := r.until.none() && c.Type == ControlCurrent
	for _, df := range c.Datafiles {
		if files == nil && df.offline() || files != nil && !slices.Contains(files, df.Number) {
			continue
		}
		if in.State == Opened && !df.offline() {
			return Ora(283, "recovery session canceled due to errors").
				And(1124, "cannot recover data file %d - file is in use or recovery", df.Number).dataFile(df.Number, df.Name)
		}
		h, err := identify(c, df)
		if err != nil {
			return canceled(err)
		}
		if df.Enabled == "READ ONLY" && h.CheckpointSCN == df.CheckpointSCN && (r.bound == 0 || h.CheckpointSCN <= r.bound) {
			continue
		}
		if !c.InBranch(h.Resetlogs, h.CheckpointSCN) {
			return canceled(Ora(19909, "datafile %d belongs to an orphan incarnation", df.Number).dataFile(df.Number, df.Name))
		}
		if r.bound > 0 && h.CheckpointSCN > r.bound {
			return canceled(Ora(1152, "file %d was not restored from a sufficiently old backup", df.Number).
				dataFile(df.Number, df.Name))
		}
		r.files[df.Number] = &recoveredFile{name: df.Name, header: h}
		if r.start == 0 || h.CheckpointSCN < r.start {
			r.start = h.CheckpointSCN
		}
		if df.StopSCN == 0 {
			complete = false
		} else if complete {
			r.bound = max(r.bound, df.StopSCN)
		}
	}
	if !complete && r.until.SCN == 0 {
		r.bound = 0
	}
	return nil
}

func canceled(err error) error {
	var ora *OraError
	if !errors.As(err, &ora) {
		return err
	}
	e := Ora(283, "recovery session canceled due to errors")
	e.Lines = append(e.Lines, ora.Lines...)
	return e
}

// position finds the first log of every thread.
func (r *Recovery) position(c *Control) {
	branch := c.branchAt(r.start)
	if child, ok := c.childOnPath(branch); ok && r.start >= child.cut() {
		branch = child.Branch
	}
	for _, t := range c.Threads {
		r.threads = append(r.threads, &redoThread{
			number: t.Number, branch: branch, sequence: c.sequenceAt(t, branch, r.start), scn: r.start,
		})
	}
}

// branchAt is the incarnation on the current path that an SCN belongs to.
func (c *Control) branchAt(scn SCN) Branch {
	out := c.Resetlogs
	for _, inc := range slices.Backward(c.path()) {
		out = inc.Branch
		if scn >= inc.SCN {
			break
		}
	}
	return out
}

// sequenceAt finds the log of a thread that holds an SCN: among all that the
// control file remembers, else the one after the last of them.
func (c *Control) sequenceAt(t Thread, b Branch, scn SCN) int {
	next := 1
	look := func(seq int, first, end SCN) bool {
		if first <= scn && (scn < end || end == 0) {
			next = seq
			return true
		}
		if end <= scn {
			next = max(next, seq+1)
		}
		return false
	}
	for _, l := range c.LogHistory {
		if l.Thread == t.Number && l.Resetlogs.Equal(b) && look(l.Sequence, l.FirstSCN, l.NextSCN) {
			return next
		}
	}
	for _, l := range c.ArchivedLogs {
		if l.Thread == t.Number && l.Resetlogs.Equal(b) && look(l.Sequence, l.FirstSCN, l.NextSCN) {
			return next
		}
	}
	if g := t.Current(); g != nil && b.Equal(c.Resetlogs) && g.FirstSCN <= scn {
		return max(next, g.Sequence)
	}
	return next
}

// Start is the SCN at which recovery starts.
func (r *Recovery) Start() SCN { return r.start }

// Reached is the SCN below which all redo is applied.
func (r *Recovery) Reached() SCN {
	least, most := SCN(0), SCN(0)
	for _, t := range r.threads {
		at := t.scn
		if len(t.pending) > 0 {
			at = t.pending[0].SCN
		}
		most = max(most, at)
		if t.end && len(t.pending) == 0 {
			continue // a thread that ended early holds nobody back
		}
		if least == 0 || at < least {
			least = at
		}
	}
	if least == 0 {
		least = most
	}
	if r.bound > 0 {
		least = min(least, r.bound)
	}
	return least
}

// done tells that no more redo is wanted.
func (r *Recovery) done() bool {
	for _, t := range r.threads {
		if !t.end && (r.bound == 0 || t.scn < r.bound) {
			return false
		}
	}
	return true
}

// Next tells the log needed next; more is false when the end is reached: the
// until point, the end of the current online logs, or nothing to do. With a
// BACKUP control file whose online logs are lost and without until there is no
// end: more stays true, which is the case that RMAN-06054 is about.
func (r *Recovery) Next() (need LogNeed, more bool) {
	if len(r.files) == 0 {
		return LogNeed{}, false
	}
	for _, t := range r.threads {
		if r.until.Sequence > 0 && t.sequence >= r.until.Sequence && r.until.Thread == t.number && t.branch.Equal(r.lastBranch()) &&
			(r.bound == 0 || t.scn < r.bound) {
			r.bound = t.scn
		}
	}
	if r.done() {
		return LogNeed{}, false
	}
	var t *redoThread
	for _, x := range r.threads {
		if !x.end && (t == nil || x.scn < t.scn) {
			t = x
		}
	}
	need = LogNeed{Thread: t.number, Sequence: t.sequence, Resetlogs: t.branch, SCN: t.scn}
	if c, err := r.db.Control(); err == nil {
		need.Archived, need.Online = c.locate(need)
	}
	return need, true
}

// lastBranch is the incarnation the database recovers into.
func (r *Recovery) lastBranch() Branch {
	c, err := r.db.Control()
	if err != nil {
		return Branch{}
	}
	return c.Resetlogs
}
