package rmansim

import (
	"fmt"
	"slices"
	"sync"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// restoreJob restores datafiles.
type restoreJob struct {
	s        *session
	cmd      *syntax.Restore
	control  *oradb.Control
	channels []*channel
	limit    limit

	mu     sync.Mutex            // Guards the variables below.
	bad    map[oradb.SetKey]bool // sets that could not be read
	failed []oradb.Datafile      // files of such sets
	halt   error                 // an error that no other backup can cure
}

// fileChoice is a datafile with the backup it comes from.
type fileChoice struct {
	file   oradb.Datafile
	backup oradb.BackupDatafile
	path   string
}

// restoreFiles restores datafiles, from older backups where newer ones cannot
// be read.
func (s *session) restoreFiles(cmd *syntax.Restore, o syntax.RestoreObject, channels []*channel) error {
	j := &restoreJob{s: s, cmd: cmd, channels: channels, bad: map[oradb.SetKey]bool{}}
	files, err := j.resolve(o)
	if err != nil {
		return err
	}
	choices, missing := j.chooseAll(files)
	if err := j.refuse(missing, false); err != nil {
		return err
	}
	if cmd.Preview {
		return s.preview(j, choices)
	}
	if !cmd.ValidateB {
		choices = j.skipRestored(choices)
	}
	if len(choices) == 0 && len(missing) == 0 {
		s.out.blank()
		s.out.raw("restore not done; all files read only, offline, excluded, or already restored")
		return nil
	}
	if err := j.create(missing); err != nil {
		return err
	}
	return j.runUntilDone(choices)
}

// resolve finds the files the command names and the end of the restore.
func (j *restoreJob) resolve(o syntax.RestoreObject) (files []oradb.Datafile, err error) {
	if j.control, err = j.s.db.Control(); err != nil {
		return nil, err
	}
	if j.limit, err = j.s.limitOf(j.cmd.Until, j.control); err != nil {
		return nil, err
	}
	files, err = filesOf(j.control, o.Kind, o.Files, o.Tablespaces)
	if err != nil {
		return nil, err
	}
	for _, name := range o.Skip {
		skip := inTablespace(j.control, name)
		files = slices.DeleteFunc(files, func(f oradb.Datafile) bool { return slices.Contains(skip, f) })
	}
	return files, nil
}

// chooseAll picks a backup for every file.
func (j *restoreJob) chooseAll(files []oradb.Datafile) (choices []fileChoice, missing []oradb.Datafile) {
	for _, f := range files {
		if b, ok := j.choose(f); ok {
			choices = append(choices, fileChoice{f, b, j.s.newName(f)})
		} else {
			missing = append(missing, f)
		}
	}
	return choices, missing
}

// choose picks the newest full or level 0 backup that the repository calls
// available, that belongs to the history and is not beyond the end.
func (j *restoreJob) choose(f oradb.Datafile) (best oradb.BackupDatafile, ok bool) {
	for _, b := range j.control.BackupFiles {
		if b.File != f.Number || b.Level > 0 || b.CreationSCN != f.CreationSCN || j.bad[b.Set] ||
			!j.limit.admits(max(b.CheckpointSCN, b.AbsFuzzySCN), b.CheckpointTime) ||
			!j.control.InBranch(b.Resetlogs, b.CheckpointSCN) || j.control.SetStatus(b.Set) != oradb.Available {
			continue
		}
		if j.cmd.FromTag != "" && !j.tagged(b.Set) {
			continue
		}
		if !ok || b.CheckpointSCN > best.CheckpointSCN || b.CheckpointSCN == best.CheckpointSCN && b.Recid > best.Recid {
			best, ok = b, true
		}
	}
	return best, ok
}

func (j *restoreJob) tagged(k oradb.SetKey) bool {
	return slices.ContainsFunc(j.control.BackupPieces, func(p oradb.BackupPiece) bool {
		return p.Set == k && sameTag(p.Tag, j.cmd.FromTag)
	})
}

// refuse ends the restore when a file has no backup and cannot be made anew
// either. After a failover the real program trusts the redo to be there.
func (j *restoreJob) refuse(missing []oradb.Datafile, failover bool) error {
	var none []oradb.Datafile
	for _, f := range missing {
		if j.original(f) || !failover && !j.redoSince(f.CreationSCN) {
			none = append(none, f)
		}
	}
	if len(none) == 0 {
		return nil
	}
	out := fail("RMAN-06026: some targets not found - aborting restore")
	for _, f := range slices.Backward(none) {
		out = out.and("RMAN-06023: no backup or copy of datafile %d found to restore", f.Number)
	}
	return out
}

// original tells the files that came with the database; those cannot be created
// again from redo.
func (j *restoreJob) original(f oradb.Datafile) bool {
	return slices.ContainsFunc(j.control.Incarnations, func(i oradb.Incarnation) bool {
		return i.PriorNumber == 0 && f.CreationSCN < i.SCN
	})
}

// redoSince tells whether the repository knows all redo from an SCN on, up to
// the last log it knows.
func (j *restoreJob) redoSince(scn oradb.SCN) bool {
	count := backupsOf(j.control)
	at := scn
	for {
		moved := false
		for _, l := range j.control.ArchivedLogs {
			usable := l.Status == oradb.Available || count[keyOf(l)] > 0
			if usable && l.FirstSCN <= at && l.NextSCN > at {
				at, moved = l.NextSCN, true
			}
		}
		for _, l := range j.control.BackupLogs {
			if l.FirstSCN <= at && l.NextSCN > at && count[logKey{l.Thread, l.Sequence, l.Resetlogs.SCN}] > 0 {
				at, moved = l.NextSCN, true
			}
		}
		if !moved {
			return at > scn
		}
	}
}

// create makes files empty; all their redo must follow.
func (j *restoreJob) create(files []oradb.Datafile) error {
	if j.cmd.ValidateB {
		return nil
	}
	for _, f := range files {
		path := j.s.newName(f)
		j.s.out.raw(fmt.Sprintf("creating datafile file number=%d name=%s", f.Number, path))
		if _, err := j.s.db.CreateDatafile(f.Number, path); err != nil {
			return err
		}
		j.noteRestored(f, path)
	}
	return nil
}

// skipRestored leaves out files that are in place with the very header the
// backup would give them.
func (j *restoreJob) skipRestored(choices []fileChoice) (kept []fileChoice) {
	for _, c := range choices {
		h, err := oradb.DatafileHeader(c.path)
		same := err == nil && h.DBID == j.control.DBID && h.File == c.file.Number && h.CreationSCN == c.backup.CreationSCN &&
			h.CheckpointSCN == c.backup.CheckpointSCN && h.Resetlogs.Equal(c.backup.Resetlogs)
		if !same || j.cmd.Force {
			kept = append(kept, c)
			continue
		}
		j.s.out.raw(fmt.Sprintf("skipping datafile %d; already restored to file %s", c.file.Number, c.path))
		j.noteRestored(c.file, c.path)
	}
	return kept
}

// noteRestored remembers a file under a new name for SWITCH.
func (j *restoreJob) noteRestored(f oradb.Datafile, path string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.s.run != nil && path != f.Name {
		j.s.run.restored[f.Number] = path
	}
}
