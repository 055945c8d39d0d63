package rmansim

import (
	"fmt"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// preview is RESTORE … PREVIEW: what would be restored and how far recovery has
// to go. It asks the repository only.
func (s *session) preview(j *restoreJob, choices []fileChoice) error {
	c := j.control
	start, fuzzy := oradb.SCN(0), oradb.SCN(0)
	var sets []oradb.BackupSet
	pieces := map[oradb.SetKey][]oradb.BackupPiece{}
	for _, group := range bySet(choices) {
		set, _ := setOf(c, group[0].backup.Set)
		sets = append(sets, set)
		pieces[set.Key] = piecesOf(c, set.Key)
		for _, f := range group {
			if start == 0 || f.backup.CheckpointSCN < start {
				start = f.backup.CheckpointSCN
			}
			fuzzy = max(fuzzy, f.backup.CheckpointSCN, f.backup.AbsFuzzySCN)
		}
	}
	if j.cmd.Summary {
		s.summary(c, sets, pieces)
	} else {
		s.details(&selector{c: c, s: s, status: anyStatus}, sets, pieces)
	}
	s.previewLogs(c, start, j.limit.scn)
	if j.limit.scn > 0 {
		s.out.raw(fmt.Sprintf("recovery will be done up to SCN %d", j.limit.scn))
	}
	s.out.raw(fmt.Sprintf("Media recovery start SCN is %d", start),
		fmt.Sprintf("Recovery must be done beyond SCN %d to clear datafile fuzziness", fuzzy))
	return nil
}

// previewLogs lists the sets with archived logs from the start of recovery on.
func (s *session) previewLogs(c *oradb.Control, from, until oradb.SCN) {
	seen := map[oradb.SetKey]bool{}
	var sets []oradb.BackupSet
	pieces := map[oradb.SetKey][]oradb.BackupPiece{}
	for _, l := range c.BackupLogs {
		if l.NextSCN <= from || until > 0 && l.FirstSCN >= until || seen[l.Set] || c.SetStatus(l.Set) != oradb.Available {
			continue
		}
		seen[l.Set] = true
		set, _ := setOf(c, l.Set)
		sets = append(sets, set)
		pieces[l.Set] = piecesOf(c, l.Set)
	}
	if len(sets) > 0 {
		s.details(&selector{c: c, s: s, status: anyStatus}, sets, pieces)
	}
}

// validate is VALIDATE.
func (s *session) validate(cmd *syntax.Validate) error {
	s.begin("validate")
	c, err := s.repository()
	if err != nil {
		return err
	}
	channels, err := s.channels()
	if err != nil {
		return err
	}
	switch cmd.Kind {
	case syntax.BackupSets:
		err = s.validateSets(c, channels[0], cmd.Keys)
	case syntax.Database, syntax.Datafiles:
		err = s.validateFiles(c, channels[0], cmd)
	}
	if err != nil {
		return err
	}
	s.end("validate")
	return nil
}

// validateSets reads backup sets by their keys.
func (s *session) validateSets(c *oradb.Control, ch *channel, keys []int64) error {
	x := &selector{c: c, s: s, m: syntax.Maint{Kind: syntax.BackupSets, Keys: keys}, status: anyStatus}
	if err := x.checkNames(); err != nil {
		return err
	}
	for _, b := range c.BackupSets {
		for _, k := range keys {
			if int64(b.Recid) != k {
				continue
			}
			began := time.Now()
			s.channelSay(ch, 8097, "starting validation of datafile backup set")
			if err := s.reader(ch, c.DBID, b.Key).read(piecesOf(c, b.Key), nothing{}); err != nil {
				return err
			}
			s.channelSay(ch, 8180, "validation complete, elapsed time: %s", elapsed(time.Since(began)))
		}
	}
	return nil
}

// validateFiles reads datafiles for bad blocks.
func (s *session) validateFiles(c *oradb.Control, ch *channel, cmd *syntax.Validate) error {
	files, err := filesOf(c, cmd.Kind, cmd.Files, nil)
	if err != nil {
		return err
	}
	began := time.Now()
	s.channelSay(ch, 8098, "starting validation of datafile")
	s.channelSay(ch, 8099, "specifying datafile(s) for validation")
	for _, f := range files {
		s.out.say(8522, "%s", fileLine(f))
	}
	var rows []string
	for _, f := range files {
		row, err := s.validateFile(f)
		if err != nil {
			return err
		}
		rows = append(rows, row...)
	}
	s.channelSay(ch, 8180, "validation complete, elapsed time: %s", elapsed(time.Since(began)))
	s.out.raw("List of Datafiles", "=================")
	s.out.raw(rows...)
	return nil
}

func (s *session) validateFile(f oradb.Datafile) ([]string, error) {
	r, err := s.db.ReadDatafile(s.ctx, f.Number, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	used, err := countBlocks(r)
	if err != nil {
		return nil, err
	}
	total := f.Bytes / oradb.BlockSize
	return []string{"File Status Marked Corrupt Empty Blocks Blocks Examined High SCN",
		"---- ------ -------------- ------------ --------------- ----------",
		fmt.Sprintf("%-4d OK     0              %-12d %-15d %-10d", f.Number, total-used, total, r.Image().CheckpointSCN),
		"  File Name: " + f.Name, ""}, nil
}
