package rmansim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// recovery is one RECOVER command.
type recovery struct {
	s        *session
	cmd      *syntax.Recover
	channels []*channel
	control  *oradb.Control
	limit    limit
	files    []oradb.Datafile
	applied  []oradb.ArchivedLog // restored for this recovery
}

// recover is RECOVER.
func (s *session) recover(cmd *syntax.Recover) error {
	s.begin("recover")
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	if err := s.implicitCrosscheck(); err != nil {
		return err
	}
	s.noteRepository()
	r := &recovery{s: s, cmd: cmd}
	var err error
	if r.channels, err = s.channels(); err != nil {
		return err
	}
	if err := r.prepare(); err != nil {
		return err
	}
	if err := r.incrementals(); err != nil {
		return err
	}
	if !cmd.NoRedo {
		if err := r.media(); err != nil {
			return err
		}
	}
	s.end("recover")
	return nil
}

// prepare finds the files and checks that each is there.
func (r *recovery) prepare() (err error) {
	if r.control, err = r.s.db.Control(); err != nil {
		return err
	}
	if r.cmd.Kind != syntax.Database && r.control.Type != oradb.ControlCurrent {
		return fail("RMAN-06067: RECOVER DATABASE required with a backup or created control file")
	}
	if r.limit, err = r.s.limitOf(r.cmd.Until, r.control); err != nil {
		return err
	}
	if r.files, err = filesOf(r.control, r.cmd.Kind, r.cmd.Files, r.cmd.Tablespaces); err != nil {
		return err
	}
	if err := r.skip(); err != nil {
		return err
	}
	for _, f := range r.files {
		h, err := oradb.DatafileHeader(f.Name)
		if err != nil || h.DBID != r.control.DBID || h.File != f.Number || h.CreationSCN != f.CreationSCN {
			return fail("RMAN-06094: datafile %d must be restored", f.Number)
		}
	}
	return nil
}

// skip takes the files of SKIP TABLESPACE offline and leaves out all that are.
func (r *recovery) skip() error {
	for _, name := range r.cmd.Skip {
		for _, f := range inTablespace(r.control, name) {
			r.s.out.raw(fmt.Sprintf("Executing: alter database datafile %d offline", f.Number))
			if err := r.s.db.SetDatafileOnline(f.Number, false); err != nil {
				return err
			}
			r.files = slices.DeleteFunc(r.files, func(o oradb.Datafile) bool { return o.Number == f.Number })
		}
	}
	if r.cmd.Kind == syntax.Database {
		r.files = slices.DeleteFunc(r.files, func(f oradb.Datafile) bool {
			return f.Status == "OFFLINE" || f.Status == "RECOVER"
		})
	}
	return nil
}

// media applies redo.
func (r *recovery) media() error {
	began := time.Now()
	r.s.out.blank()
	r.s.out.say(8054, "starting media recovery")
	var numbers []int
	if r.cmd.Kind != syntax.Database {
		for _, f := range r.files {
			numbers = append(numbers, f.Number)
		}
	}
	rec, err := r.s.db.BeginRecovery(r.s.ctx, numbers, r.limit.until)
	if err != nil {
		return r.sessionFailed(err)
	}
	r.s.out.blank()
	r.sayOnDisk(rec.Start())
	if err := r.applyAll(rec); err != nil {
		_ = rec.Finish()
		return err
	}
	if err := rec.Finish(); err != nil {
		return err
	}
	r.s.out.say(8181, "media recovery complete, elapsed time: %s", elapsed(time.Since(began)))
	return nil
}

// sayOnDisk names the logs that need no restore.
func (r *recovery) sayOnDisk(from oradb.SCN) {
	logs := append([]oradb.ArchivedLog{}, r.control.ArchivedLogs...)
	sortLogs(logs)
	seen := map[logKey]bool{}
	for _, l := range logs {
		if l.NextSCN <= from || r.limit.scn > 0 && l.FirstSCN >= r.limit.scn || seen[keyOf(l)] ||
			!r.control.InBranch(l.Resetlogs, l.FirstSCN) {
			continue
		}
		seen[keyOf(l)] = true
		if path := onDisk(r.control, keyOf(l)); path != "" {
			r.s.out.say(6050, "archived log for thread %d with sequence %d is already on disk as file %s", l.Thread, l.Sequence, path)
		}
	}
}

// applyAll feeds recovery with logs until it needs no more.
func (r *recovery) applyAll(rec *oradb.Recovery) error {
	for {
		need, more := rec.Next()
		if !more {
			return nil
		}
		if err := r.s.ctx.Err(); err != nil {
			return err
		}
		path, err := r.find(need)
		if err != nil {
			return err
		}
		if err := rec.Apply(path); err != nil {
			return &failure{lines: append([]string{
				"RMAN-11003: failure during parse/execution of SQL statement: alter database recover logfile '" + path + "'"},
				messagesOf(err)...)}
		}
		if err := errors.Join(r.sayCreated(), r.deleteApplied(path)); err != nil {
			return err
		}
	}
}

// sayCreated names the datafiles that redo has added to the database.
func (r *recovery) sayCreated() error {
	c, err := r.s.db.Control()
	if err != nil {
		return err
	}
	for _, f := range c.Datafiles {
		if r.control.Datafile(f.Number) == nil {
			r.s.out.raw(fmt.Sprintf("creating datafile file number=%d name=%s", f.Number, f.Name))
		}
	}
	r.control.Datafiles = c.Datafiles
	return nil
}

// sessionFailed words an error of the recovery session itself.
func (r *recovery) sessionFailed(err error) error {
	r.s.out.say(8182, "media recovery failed")
	lines := messagesOf(err)
	const canceled = "ORA-00283: recovery session canceled due to errors"
	if lines[0] != canceled {
		lines = append([]string{canceled}, lines...)
	}
	return &failure{lines: append([]string{canceled,
		"RMAN-11003: failure during parse/execution of SQL statement: alter database recover", " if needed start"}, lines...)}
}

// lostOnline is the failure of a current control file whose online log is gone.
func (r *recovery) lostOnline(need oradb.LogNeed) error {
	if r.control.Type != oradb.ControlCurrent {
		return nil
	}
	for _, t := range r.control.Threads {
		for _, g := range t.Groups {
			if t.Number == need.Thread && g.Sequence == need.Sequence && len(g.Members) > 0 {
				return r.sessionFailed(oradb.Ora(313, "open failed for members of log group %d of thread %d", g.Number, t.Number).
					And(312, "online log %d thread %d: '%s'", g.Number, t.Number, g.Members[0]).
					And(27037, "unable to obtain file status").
					Line("Linux-x86_64 Error: 2: No such file or directory").Line("Additional information: 7"))
			}
		}
	}
	return nil
}

// notFound tells a log that the repository does not know, where a backup
// control file simply has no end, from one that it knows and that is lost.
func (r *recovery) notFound(need oradb.LogNeed) error {
	if err := r.lostOnline(need); err != nil {
		return err
	}
	r.s.out.raw("unable to find archived log", fmt.Sprintf("archived log thread=%d sequence=%d", need.Thread, need.Sequence))
	for _, l := range r.control.ArchivedLogs {
		if (keyOf(l) == logKey{need.Thread, need.Sequence, need.Resetlogs.SCN}) {
			return fail("RMAN-06053: unable to perform media recovery because of missing log").
				and("RMAN-06025: no backup of archived log for thread %d with sequence %d and starting SCN of %d found to restore",
					need.Thread, need.Sequence, need.SCN)
		}
	}
	return fail("RMAN-06054: media recovery requesting unknown archived log for thread %d with sequence %d and starting SCN of %d",
		need.Thread, need.Sequence, need.SCN)
}
