package oradb

import (
	"errors"
	"io/fs"
	"os"
)

// Apply applies the log at path, which must be the one that Next asked for.
// Codes: 00308 + 27037 (missing), 00310 + 00334 (another log), 00600 [3020] when
// a change does not fit its block, 01578 (corrupt block), 00283 goes before them.
func (r *Recovery) Apply(path string) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	f, h, err := openLog(path)
	if err != nil {
		return canceled(err)
	}
	defer func() { _ = f.Close() }()
	t := r.wanting(h)
	if t == nil {
		need, _ := r.Next()
		return canceled(Ora(310, "archived log contains sequence %d; sequence %d required", h.Sequence, need.Sequence).
			And(334, "archived log: '%s'", path))
	}
	return r.db.exclusive(func() error {
		_, c, err := r.db.mounted()
		if err != nil {
			return err
		}
		if err := r.read(c, t, f, h); err != nil {
			return canceled(err)
		}
		if err := r.drain(); err != nil {
			return canceled(err)
		}
		return r.stamp()
	})
}

// wanting gives the thread that waits for the log.
func (r *Recovery) wanting(h LogHeader) *redoThread {
	for _, t := range r.threads {
		if !t.end && t.number == h.Thread && t.sequence == h.Sequence && t.branch.Equal(h.Resetlogs) {
			return t
		}
	}
	return nil
}

// read takes the log's records and moves the thread to its next log, which after
// the last one of an incarnation is the first of the next.
func (r *Recovery) read(c *Control, t *redoThread, f *os.File, h LogHeader) error {
	child, more := c.childOnPath(t.branch)
	last := t.scn
	_, err := scanRecords(f, h, RedoBlockSize, func(rec redoRecord) error {
		if more && rec.SCN >= child.cut() {
			return nil
		}
		if rec.SCN >= t.scn {
			t.pending = append(t.pending, rec.detach())
		}
		last = max(last, rec.SCN+1)
		return nil
	})
	if err != nil {
		return err
	}
	switch {
	case more && (h.NextSCN == 0 || h.NextSCN >= child.cut()):
		t.branch, t.sequence, t.scn = child.Branch, 1, child.SCN
	case h.NextSCN == 0 || last > h.NextSCN: // the current online log
		t.end, t.scn = true, last
	default:
		t.sequence, t.scn = t.sequence+1, h.NextSCN
		r.checkTime(h)
	}
	return nil
}

// checkTime ends a recovery by time between two logs: what follows is younger.
func (r *Recovery) checkTime(h LogHeader) {
	if u := r.until.Time; !u.IsZero() && !h.NextTime.Before(u) && (r.bound == 0 || h.NextSCN < r.bound) {
		r.bound = h.NextSCN
	}
}

// drain applies all records that no unread redo can come before.
func (r *Recovery) drain() error {
	open := map[int]*os.File{}
	defer func() {
		for _, f := range open {
			_ = f.Close()
		}
	}()
	for {
		t := r.lowest()
		if t == nil {
			return nil
		}
		rec := t.pending[0]
		if u := r.until.Time; !u.IsZero() && !rec.Time.Before(u) && (r.bound == 0 || rec.SCN < r.bound) {
			r.bound = rec.SCN
		}
		if r.bound > 0 && rec.SCN >= r.bound {
			t.pending = nil
			t.scn = max(t.scn, r.bound)
			continue
		}
		if err := r.apply(rec, open); err != nil {
			return err
		}
		t.pending = t.pending[1:]
	}
}

// lowest gives the thread with the next record to apply, nil when that may still
// be in a log that was not read.
func (r *Recovery) lowest() *redoThread {
	var t *redoThread
	for _, x := range r.threads {
		if len(x.pending) > 0 && (t == nil || x.pending[0].SCN < t.pending[0].SCN) {
			t = x
		}
	}
	if t == nil {
		return nil
	}
	for _, x := range r.threads {
		if len(x.pending) == 0 && !x.end && x.scn <= t.pending[0].SCN && x != t {
			return nil
		}
	}
	return t
}

func (r *Recovery) apply(rec redoRecord, open map[int]*os.File) error {
	if rec.Kind == redoAddFile {
		return r.addFile(rec)
	}
	for _, v := range rec.Vectors {
		rf := r.files[v.File]
		if rf == nil || rec.SCN < rf.header.CreationSCN {
			continue
		}
		f := open[v.File]
		if f == nil {
			var err error
			if f, err = os.OpenFile(rf.name, os.O_RDWR, 0); err != nil {
				return Ora(1157, "cannot identify/lock data file %d - see DBWR trace file", v.File).dataFile(v.File, rf.name)
			}
			open[v.File] = f
		}
		if err := applyTo(f, v, rec.SCN); err != nil {
			return err
		}
	}
	return nil
}

func applyTo(f *os.File, v vector, scn SCN) error {
	b := make([]byte, BlockSize)
	if err := readBlock(f, v.Block, b); err != nil {
		return err
	}
	v.mend(b)
	if blockFault(b, v.File, v.Block) != "" {
		return Ora(1578, "ORACLE data block corrupted (file # %d, block # %d)", v.File, v.Block).dataFile(v.File, f.Name())
	}
	changed, err := v.apply(b, scn)
	if err != nil || !changed {
		return err
	}
	return writeBlock(f, v.Block, b)
}

// addFile makes a datafile that the control file does not know yet.
func (r *Recovery) addFile(rec redoRecord) error {
	in, c, err := r.db.mounted()
	if err != nil || in.State == Opened || c.Datafile(rec.File.Number) != nil || !r.whole {
		return err
	}
	df := *rec.File
	h := c.image(df)
	h.CheckpointTime, h.Resetlogs = df.CreationTime, c.branchAt(df.CreationSCN)
	if err := createDatafile(df.Name, h); err != nil {
		return Ora(1119, "error in creating database file '%s'", df.Name).
			osError(27040, "file create error, unable to create file")
	}
	r.files[df.Number] = &recoveredFile{name: df.Name, header: h}
	return r.db.update(func(c *Control) error {
		c.Datafiles = append(c.Datafiles, df)
		return nil
	})
}

// stamp writes the SCN reached into the headers.
func (r *Recovery) stamp() error {
	at, now := r.Reached(), r.db.second()
	branch := r.branchNow()
	for _, rf := range r.files {
		err := updateHeader(rf.name, func(h *DatafileImage) {
			if h.CheckpointSCN >= at {
				return
			}
			h.CheckpointSCN, h.CheckpointTime, h.Resetlogs = at, now, branch
			h.Fuzzy = !h.Consistent()
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// branchNow is the oldest incarnation that a thread is still reading.
func (r *Recovery) branchNow() Branch {
	out := r.threads[0].branch
	for _, t := range r.threads {
		if t.branch.SCN < out.SCN {
			out = t.branch
		}
	}
	return out
}

// Finish stamps the headers. A recovery to a point in time, or with a BACKUP
// control file, is remembered in the control file: the database then opens with
// RESETLOGS only. Call it also when recovery stops for want of a log; it can be
// begun again later.
func (r *Recovery) Finish() error {
	if len(r.files) == 0 {
		return nil
	}
	return r.db.exclusive(func() error {
		if err := r.stamp(); err != nil {
			return err
		}
		return r.db.update(r.remember)
	})
}

func (r *Recovery) remember(c *Control) error {
	at := r.Reached()
	complete := r.current && r.until.none() || r.current && r.allEnded()
	for n := range r.files {
		df := c.Datafile(n)
		if complete && r.done() {
			df.CheckpointSCN = at
			if df.StopSCN != 0 || r.allEnded() {
				df.StopSCN = at
			}
		}
	}
	if !complete && r.whole && (at > r.start || r.done()) {
		c.RecoveredTo = at
	}
	return nil
}

// allEnded tells that recovery came to the end of redo before its until point.
func (r *Recovery) allEnded() bool {
	for _, t := range r.threads {
		if !t.end || len(t.pending) > 0 {
			return false
		}
	}
	return true
}
