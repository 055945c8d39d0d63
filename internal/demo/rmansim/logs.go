package rmansim

import (
	"cmp"
	"os"
	"slices"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// logKey names a log, whatever the number of its copies.
type logKey struct {
	thread, sequence int
	resetlogs        oradb.SCN
}

func keyOf(l oradb.ArchivedLog) logKey { return logKey{l.Thread, l.Sequence, l.Resetlogs.SCN} }

// logsIn gives the archived logs of the repository that a range covers and that
// are AVAILABLE, by thread and sequence. EXPIRED ones are not backed up, nor are
// they missed.
func (s *session) logsIn(c *oradb.Control, r *syntax.LogRange) ([]oradb.ArchivedLog, error) {
	match, err := s.logMatcher(c, r)
	if err != nil {
		return nil, err
	}
	var out []oradb.ArchivedLog
	for _, l := range c.ArchivedLogs {
		if l.Name != "" && l.Status == oradb.Available && match(l) {
			out = append(out, l)
		}
	}
	sortLogs(out)
	return out, nil
}

func sortLogs(logs []oradb.ArchivedLog) {
	slices.SortStableFunc(logs, func(a, b oradb.ArchivedLog) int {
		return cmp.Or(cmp.Compare(a.Resetlogs.SCN, b.Resetlogs.SCN), cmp.Compare(a.Thread, b.Thread),
			cmp.Compare(a.Sequence, b.Sequence))
	})
}

// logMatcher makes a predicate of a range. Sequences without a thread are those
// of thread 1, and without an incarnation those of the current one.
func (s *session) logMatcher(c *oradb.Control, r *syntax.LogRange) (func(oradb.ArchivedLog) bool, error) {
	within, err := s.rangeMatcher(r)
	if err != nil {
		return nil, err
	}
	branch, bound := c.Resetlogs, r.Sequence != nil
	if r.Incarnation > 0 {
		bound = true
		i := slices.IndexFunc(c.Incarnations, func(i oradb.Incarnation) bool { return int64(i.Number) == r.Incarnation })
		if i < 0 {
			return nil, fail("RMAN-20001: target database incarnation not found in recovery catalog")
		}
		branch = c.Incarnations[i].Branch
	}
	bound = bound && r.Incarnation != syntax.AllIncarnations
	return func(l oradb.ArchivedLog) bool {
		return within(l) && (r.Thread == 0 || int64(l.Thread) == r.Thread) && (!bound || l.Resetlogs.Equal(branch))
	}, nil
}

// rangeMatcher is the part of a range that is about names, numbers and times.
func (s *session) rangeMatcher(r *syntax.LogRange) (func(oradb.ArchivedLog) bool, error) {
	var within func(oradb.ArchivedLog) bool
	switch {
	case r.Like != "":
		within = func(l oradb.ArchivedLog) bool { return like(r.Like, l.Name) }
	case r.Sequence != nil:
		within = func(l oradb.ArchivedLog) bool {
			return r.Sequence.Holds(int64(l.Sequence)) && int64(l.Thread) == max(1, r.Thread)
		}
	case r.SCN != nil:
		within = func(l oradb.ArchivedLog) bool {
			return (!r.SCN.HasFrom || int64(l.NextSCN) > r.SCN.From) && (!r.SCN.HasUntil || int64(l.FirstSCN) <= r.SCN.Until)
		}
	case r.FromTime != "" || r.UntilTime != "":
		return s.timeMatcher(r)
	default:
		within = func(oradb.ArchivedLog) bool { return true }
	}
	return within, nil
}

// timeMatcher chooses logs by the times of their redo.
func (s *session) timeMatcher(r *syntax.LogRange) (func(oradb.ArchivedLog) bool, error) {
	from, err := s.optionalDate(r.FromTime)
	if err != nil {
		return nil, err
	}
	until, err := s.optionalDate(r.UntilTime)
	if err != nil {
		return nil, err
	}
	return func(l oradb.ArchivedLog) bool {
		return (from.IsZero() || l.NextTime.After(from)) && (until.IsZero() || !l.FirstTime.After(until))
	}, nil
}

// like is SQL's LIKE.
func like(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	switch pattern[0] {
	case '%':
		for i := 0; i <= len(text); i++ {
			if like(pattern[1:], text[i:]) {
				return true
			}
		}
		return false
	case '_':
		return text != "" && like(pattern[1:], text[1:])
	}
	return text != "" && text[0] == pattern[0] && like(pattern[1:], text[1:])
}

// backupsOf counts the available backups of each log.
func backupsOf(c *oradb.Control) map[logKey]int {
	out := map[logKey]int{}
	for _, b := range c.BackupLogs {
		if c.SetStatus(b.Set) == oradb.Available {
			out[logKey{b.Thread, b.Sequence, b.Resetlogs.SCN}]++
		}
	}
	return out
}

// planLogs adds the sets for archived logs.
func (j *backupJob) planLogs(r *syntax.LogRange, opts syntax.BackupOptions) error {
	logs, err := j.s.logsIn(j.control, r)
	if err != nil {
		return err
	}
	if len(logs) == 0 {
		if r.Sequence != nil {
			return fail("RMAN-06004: ORACLE error from recovery catalog database: RMAN-20242: specification does not match any archived log in the repository")
		}
		j.s.out.raw("specification does not match any archived log in the repository",
			"backup cancelled because there are no files to backup")
		return nil
	}
	all := logs
	logs = oneCopy(logs)
	if logs, err = j.skipLogs(logs, opts); err != nil {
		return err
	}
	if logs, err = j.readable(logs, opts); err != nil {
		return err
	}
	j.groupLogs(logs, opts)
	if opts.DeleteInput && len(logs) == 0 {
		return j.s.deleteLogs(j.channels[0], all, 0)
	}
	return nil
}

// oneCopy keeps one readable copy of every log.
func oneCopy(logs []oradb.ArchivedLog) (out []oradb.ArchivedLog) {
	at := map[logKey]int{}
	for _, l := range logs {
		i, seen := at[keyOf(l)]
		if !seen {
			at[keyOf(l)] = len(out)
			out = append(out, l)
		} else if !exists(out[i].Name) && exists(l.Name) {
			out[i] = l
		}
	}
	return out
}

// skipLogs leaves out logs with enough backups.
func (j *backupJob) skipLogs(logs []oradb.ArchivedLog, opts syntax.BackupOptions) (kept []oradb.ArchivedLog, err error) {
	since, err := j.s.optionalDate(opts.NotBackedSince)
	if err != nil {
		return nil, err
	}
	enough := int(opts.NotBackedUp)
	switch {
	case enough < 0, enough == 0 && !opts.Force && j.s.configured("BACKUP OPTIMIZATION") == "ON":
		enough = 1
	}
	count := backupsOf(j.control)
	recent := map[logKey]bool{}
	for _, b := range j.control.BackupLogs {
		if set, ok := setOf(j.control, b.Set); ok && !since.IsZero() && !set.Completion.Before(since) {
			recent[logKey{b.Thread, b.Sequence, b.Resetlogs.SCN}] = true
		}
	}
	var skipped []oradb.ArchivedLog
	for _, l := range logs {
		if enough > 0 && count[keyOf(l)] >= enough || recent[keyOf(l)] {
			skipped = append(skipped, l)
		} else {
			kept = append(kept, l)
		}
	}
	if since.IsZero() {
		j.saySkipped(skipped)
	}
	return kept, nil
}

// saySkipped names skipped logs, neighbours as a range.
func (j *backupJob) saySkipped(logs []oradb.ArchivedLog) {
	for i := 0; i < len(logs); {
		end := i
		for end+1 < len(logs) && logs[end+1].Thread == logs[i].Thread && logs[end+1].Sequence == logs[end].Sequence+1 {
			end++
		}
		if end == i {
			j.s.out.say(8554, "skipping archived log of thread %d with sequence %d; already backed up", logs[i].Thread, logs[i].Sequence)
		} else {
			j.s.out.say(8555, "skipping archived logs of thread %d from sequence %d to %d; already backed up",
				logs[i].Thread, logs[i].Sequence, logs[end].Sequence)
		}
		i = end + 1
	}
}

// readable demands that every log is on disk.
func (j *backupJob) readable(logs []oradb.ArchivedLog, opts syntax.BackupOptions) (kept []oradb.ArchivedLog, err error) {
	for _, l := range logs {
		switch {
		case exists(l.Name):
			kept = append(kept, l)
		case slices.Contains(opts.Skip, "INACCESSIBLE"):
			j.s.out.say(6064, "skipping inaccessible file %s", l.Name)
		default:
			return nil, fail("RMAN-06059: expected archived log not found, loss of archived log compromises recoverability").
				and("ORA-19625: error identifying file %s", l.Name).
				and("ORA-27037: unable to obtain file status").
				and("Linux-x86_64 Error: 2: No such file or directory").and("Additional information: 7")
		}
	}
	return kept, nil
}

// groupLogs spreads logs over sets in their order.
func (j *backupJob) groupLogs(logs []oradb.ArchivedLog, opts syntax.BackupOptions) {
	limit := int(first(opts.FilesPerSet, filesPerSet))
	sets := max((len(logs)+limit-1)/limit, min(len(j.channels), len(logs)))
	for i := range sets {
		from, to := i*len(logs)/sets, (i+1)*len(logs)/sets
		var p *setPlan
		var bytes int64
		for _, l := range logs[from:to] {
			size := l.Blocks * oradb.RedoBlockSize
			if p == nil || opts.MaxSetSize > 0 && bytes+size > opts.MaxSetSize {
				p, bytes = &setPlan{level: -1, options: opts}, 0
				j.sets = append(j.sets, p)
			}
			p.logs = append(p.logs, l)
			bytes += size
		}
	}
}

// setOf finds the record of a set.
func setOf(c *oradb.Control, k oradb.SetKey) (oradb.BackupSet, bool) {
	for _, b := range c.BackupSets {
		if b.Key == k {
			return b, true
		}
	}
	return oradb.BackupSet{}, false
}
