package rmansim

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

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
		out.and("RMAN-06023: no backup or copy of datafile %d found to restore", f.Number)
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

// runUntilDone restores set by set; files of sets that failed come from older
// backups.
func (j *restoreJob) runUntilDone(choices []fileChoice) error {
	for len(choices) > 0 {
		j.failed = nil
		j.runSets(bySet(choices))
		if err := j.s.ctx.Err(); err != nil {
			return err
		}
		if j.halt != nil {
			return j.halt
		}
		if len(j.failed) == 0 {
			return nil
		}
		j.s.out.blank()
		j.s.out.say(6027, "failover to previous backup")
		j.s.out.blank()
		var missing []oradb.Datafile
		choices, missing = j.chooseAll(j.failed)
		if err := j.refuse(missing, true); err != nil {
			return err
		}
		if err := j.create(missing); err != nil {
			return err
		}
	}
	return nil
}

// bySet groups files by the set they come from, in the order of the sets.
func bySet(choices []fileChoice) [][]fileChoice {
	at := map[oradb.SetKey]int{}
	var out [][]fileChoice
	slices.SortStableFunc(choices, func(a, b fileChoice) int {
		return cmp.Or(cmp.Compare(a.backup.Set.Count, b.backup.Set.Count), cmp.Compare(a.file.Number, b.file.Number))
	})
	for _, c := range choices {
		i, ok := at[c.backup.Set]
		if !ok {
			i = len(out)
			at[c.backup.Set] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], c)
	}
	return out
}

// runSets reads the sets, each on the next free channel.
func (j *restoreJob) runSets(sets [][]fileChoice) {
	work := make(chan []fileChoice, len(sets))
	for _, set := range sets {
		work <- set
	}
	close(work)
	var wg sync.WaitGroup
	for _, c := range j.channels {
		wg.Go(func() {
			for set := range work {
				if j.s.ctx.Err() == nil {
					j.restoreSet(c, set)
				}
			}
		})
	}
	wg.Wait()
}

// restoreSet restores the chosen files out of one set.
func (j *restoreJob) restoreSet(c *channel, set []fileChoice) {
	began := time.Now()
	paths := map[int]string{}
	starting := "starting datafile backup set restore"
	if j.cmd.ValidateB {
		starting = "starting validation of datafile backup set"
	}
	j.s.channelSay(c, 8016, "%s", starting)
	if !j.cmd.ValidateB {
		j.s.channelSay(c, 8089, "specifying datafile(s) to restore from backup set")
	}
	for _, f := range set {
		paths[f.file.Number] = f.path
		if !j.cmd.ValidateB {
			j.s.channelSay(c, 8523, "restoring datafile %05d to %s", f.file.Number, f.path)
		}
	}
	var to sink = &fileSink{db: j.s.db, paths: paths}
	if j.cmd.ValidateB {
		to = nothing{}
	}
	key := set[0].backup.Set
	if err := j.s.reader(c, j.control.DBID, key).read(piecesOf(j.control, key), to); err != nil {
		j.setFailed(c, key, set, err)
		return
	}
	for _, f := range set {
		j.noteRestored(f.file, f.path)
	}
	word := "restore"
	if j.cmd.ValidateB {
		word = "validation"
	}
	j.s.channelSay(c, 8180, "%s complete, elapsed time: %s", word, elapsed(time.Since(began)))
}

// setFailed prints the error in the middle of the output and remembers the
// files. A target that cannot be written is no reason to try other backups.
func (j *restoreJob) setFailed(c *channel, key oradb.SetKey, set []fileChoice, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.s.ctx.Err() != nil {
		return
	}
	if oradb.HasCode(err, 19573) || j.cmd.ValidateB {
		j.halt = err
		return
	}
	lines := messagesOf(err)
	lines[0] = "channel " + c.name + ": " + lines[0]
	j.s.out.blank()
	j.s.out.raw(lines...)
	j.s.out.blank()
	j.bad[key] = true
	for _, f := range set {
		j.failed = append(j.failed, f.file)
	}
}
