package rmansim

import (
	"fmt"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// restoreLogs is RESTORE ARCHIVELOG.
func (s *session) restoreLogs(cmd *syntax.Restore, o syntax.RestoreObject, channels []*channel) error {
	c, err := s.db.Control()
	if err != nil {
		return err
	}
	logs, err := s.logsToRestore(c, o.Logs, cmd.Force)
	if err != nil {
		return err
	}
	groups, missing := logsBySet(c, logs)
	if len(missing) > 0 {
		out := fail("RMAN-06026: some targets not found - aborting restore")
		for _, l := range missing {
			out = out.and("RMAN-06025: no backup of archived log for thread %d with sequence %d and starting SCN of %d found to restore",
				l.Thread, l.Sequence, l.FirstSCN)
		}
		return out
	}
	if len(groups) == 0 {
		s.out.raw("restore not done; all files read only, offline, or already restored")
		return nil
	}
	for i, g := range groups {
		ch := channels[i%len(channels)]
		if cmd.ValidateB {
			err = s.validateSet(ch, c, g.key)
		} else {
			err = s.restoreLogSet(ch, c, g, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// logsToRestore gives the logs of a range that the repository knows, from their
// own records or from backups, and that are not on disk.
func (s *session) logsToRestore(c *oradb.Control, r *syntax.LogRange, force bool) (out []oradb.ArchivedLog, err error) {
	match, err := s.logMatcher(c, r)
	if err != nil {
		return nil, err
	}
	all := append([]oradb.ArchivedLog{}, c.ArchivedLogs...)
	for _, b := range c.BackupLogs {
		all = append(all, oradb.ArchivedLog{Thread: b.Thread, Sequence: b.Sequence, Resetlogs: b.Resetlogs,
			FirstSCN: b.FirstSCN, NextSCN: b.NextSCN, FirstTime: b.FirstTime, NextTime: b.NextTime, Blocks: b.Blocks})
	}
	sortLogs(all)
	seen := map[logKey]bool{}
	for _, l := range all {
		if seen[keyOf(l)] || !match(l) || !c.InBranch(l.Resetlogs, l.FirstSCN) {
			continue
		}
		seen[keyOf(l)] = true
		if path := onDisk(c, keyOf(l)); path != "" && !force {
			s.out.say(8540, "archived log for thread %d with sequence %d is already on disk as file %s", l.Thread, l.Sequence, path)
			continue
		}
		out = append(out, l)
	}
	return out, nil
}

// onDisk gives the path of an available archived log that is there.
func onDisk(c *oradb.Control, k logKey) string {
	for _, l := range c.ArchivedLogs {
		if keyOf(l) == k && l.Status == oradb.Available && l.Name != "" && exists(l.Name) {
			return l.Name
		}
	}
	return ""
}

// logGroup is a set with the logs that are wanted out of it.
type logGroup struct {
	key  oradb.SetKey
	logs []oradb.ArchivedLog
}

// logsBySet chooses for each log the newest available set that holds it.
func logsBySet(c *oradb.Control, logs []oradb.ArchivedLog) (groups []logGroup, missing []oradb.ArchivedLog) {
	at := map[oradb.SetKey]int{}
	for _, l := range logs {
		key, ok := newestSetWith(c, keyOf(l))
		if !ok {
			missing = append(missing, l)
			continue
		}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, logGroup{key: key})
		}
		groups[i].logs = append(groups[i].logs, l)
	}
	return groups, missing
}

func newestSetWith(c *oradb.Control, k logKey) (key oradb.SetKey, ok bool) {
	for _, b := range c.BackupLogs {
		if (logKey{b.Thread, b.Sequence, b.Resetlogs.SCN}) == k && c.SetStatus(b.Set) == oradb.Available &&
			(!ok || b.Set.Count > key.Count) {
			key, ok = b.Set, true
		}
	}
	return key, ok
}

// restoreLogSet restores the wanted logs of one set and records them; onDone is
// told of each.
func (s *session) restoreLogSet(ch *channel, c *oradb.Control, g logGroup, onDone func(oradb.ArchivedLog)) error {
	began := time.Now()
	where := "starting archived log restore to default destination"
	if s.scope().archiveDest != "" {
		where = "starting archived log restore to user-specified destination"
	}
	s.channelSay(ch, 8017, "%s", where)
	if dir := s.scope().archiveDest; dir != "" {
		s.out.say(8508, "archived log destination=%s", dir)
	}
	wanted := map[logKey]bool{}
	for _, l := range g.logs {
		wanted[keyOf(l)] = true
		s.out.together(message{8022, "channel " + ch.name + ": restoring archived log"},
			message{8510, fmt.Sprintf("archived log thread=%d sequence=%d", l.Thread, l.Sequence)})
	}
	to := &logSink{s: s, wanted: wanted, onDone: func(_ oradb.LogHeader, path string) error {
		rec, err := s.db.AddArchivedLog(path, "RMAN")
		if err == nil && onDone != nil {
			onDone(rec)
		}
		return err
	}}
	if err := s.reader(ch, c.DBID, g.key).publish(c).read(piecesOf(c, g.key), to); err != nil {
		return err
	}
	s.channelSay(ch, 8180, "restore complete, elapsed time: %s", elapsed(time.Since(began)))
	return nil
}

// validateSet reads a set and throws it away.
func (s *session) validateSet(ch *channel, c *oradb.Control, key oradb.SetKey) error {
	began := time.Now()
	s.channelSay(ch, 8097, "starting validation of archived log backup set")
	if err := s.reader(ch, c.DBID, key).read(piecesOf(c, key), nothing{}); err != nil {
		return err
	}
	s.channelSay(ch, 8180, "validation complete, elapsed time: %s", elapsed(time.Since(began)))
	return nil
}
