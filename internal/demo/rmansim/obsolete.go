package rmansim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// fullBackups gives the available full and level 0 backups of a file that were
// completed before a time (zero: now), the newest first.
func fullBackups(c *oradb.Control, file int, before time.Time) (out []oradb.BackupDatafile) {
	for _, b := range c.BackupFiles {
		if b.File == file && b.Level <= 0 && c.SetStatus(b.Set) == oradb.Available &&
			(before.IsZero() || !b.CheckpointTime.After(before)) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b oradb.BackupDatafile) int { return b.CheckpointTime.Compare(a.CheckpointTime) })
	return out
}

// oldestNeeded gives, by the retention policy, the time before which no backup
// is needed any more; ok is false when the policy keeps everything.
func (s *session) oldestNeeded(c *oradb.Control) (t time.Time, ok bool) {
	f := strings.Fields(s.configured("RETENTION POLICY"))
	keep, before := 1, time.Time{}
	switch {
	case len(f) > 1 && f[1] == "NONE":
		return t, false
	case len(f) > 2 && f[1] == "REDUNDANCY":
		keep, _ = strconv.Atoi(f[2])
	case len(f) > 4:
		days, _ := strconv.Atoi(f[4])
		before = s.db.Now().AddDate(0, 0, -days)
	}
	for _, df := range c.Datafiles {
		full := fullBackups(c, df.Number, before)
		if len(full) < keep {
			return t, false
		}
		if need := full[keep-1].CheckpointTime; t.IsZero() || need.Before(t) {
			t = need
		}
	}
	return t, !t.IsZero()
}

// obsoletePieces are the pieces of sets that were completed before the oldest
// backup that is still needed.
func (s *session) obsoletePieces(c *oradb.Control) (out []oradb.BackupPiece) {
	limit, ok := s.oldestNeeded(c)
	if !ok {
		return nil
	}
	for _, p := range c.BackupPieces {
		set, known := setOf(c, p.Set)
		if known && p.Status != oradb.Deleted && !set.Keep && set.Completion.Before(limit) {
			out = append(out, p)
		}
	}
	return out
}

func (s *session) sayPolicy() {
	s.out.blank()
	policy := strings.TrimPrefix(strings.ToLower(s.configured("RETENTION POLICY")), "to ")
	s.out.raw("RMAN retention policy will be applied to the command", "RMAN retention policy is set to "+policy)
}

// reportObsolete is REPORT OBSOLETE.
func (s *session) reportObsolete(c *oradb.Control) {
	s.sayPolicy()
	pieces := s.obsoletePieces(c)
	if len(pieces) == 0 {
		s.out.raw("no obsolete backups found")
		return
	}
	s.obsoleteTable(c, pieces)
}

func (s *session) obsoleteTable(c *oradb.Control, pieces []oradb.BackupPiece) {
	s.out.raw("Report of obsolete backups and copies", "Type                 Key    Completion Time    Filename/Handle",
		"-------------------- ------ ------------------ --------------------")
	for _, p := range pieces {
		set, _ := setOf(c, p.Set)
		s.out.raw(fmt.Sprintf("%-20s %-6d %-18s ", "Backup Set", set.Recid, s.nls.date(set.Completion)),
			fmt.Sprintf("  %-18s %-6d %-18s %s", "Backup Piece", p.Recid, s.nls.date(p.Completion), p.Handle))
	}
}

// deleteObsolete is DELETE OBSOLETE.
func (s *session) deleteObsolete(c *oradb.Control, cmd *syntax.Delete) error {
	s.sayPolicy()
	pieces := s.obsoletePieces(c)
	if len(pieces) == 0 {
		s.out.raw("no obsolete backups found")
		return nil
	}
	return s.deletePieces(pieces, cmd)
}
