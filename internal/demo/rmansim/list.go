package rmansim

import (
	"fmt"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// list is LIST.
func (s *session) list(cmd *syntax.List) error {
	c, err := s.repository()
	if err != nil {
		return err
	}
	if cmd.What.Kind == syntax.Incarnations {
		s.listIncarnations(c)
		return nil
	}
	states := anyStatus
	if cmd.Expired {
		states = onlyExpired
	}
	x, err := s.selector(c, cmd.What, states)
	if err != nil {
		return err
	}
	switch cmd.What.Kind {
	case syntax.Archivelogs:
		return s.listLogs(x)
	case syntax.Copies:
		s.noMatch(syntax.Copies)
		return nil
	}
	return s.listBackups(x, cmd)
}

func (s *session) listLogs(x *selector) error {
	logs, err := x.logs()
	if err != nil {
		return err
	}
	if len(logs) == 0 {
		s.noMatch(syntax.Archivelogs)
		return nil
	}
	s.logTable(x.c, logs)
	return nil
}

// listBackups lists sets in the order of their records.
func (s *session) listBackups(x *selector, cmd *syntax.List) error {
	pieces, err := x.pieces()
	if err != nil {
		return err
	}
	bySet := map[oradb.SetKey][]oradb.BackupPiece{}
	for _, p := range pieces {
		bySet[p.Set] = append(bySet[p.Set], p)
	}
	var sets []oradb.BackupSet
	for _, b := range x.c.BackupSets {
		if len(bySet[b.Key]) > 0 {
			sets = append(sets, b)
		}
	}
	if len(sets) == 0 {
		s.noMatch(syntax.Backups)
		return nil
	}
	if cmd.Summary {
		s.summary(x.c, sets, bySet)
		return nil
	}
	s.details(x, sets, bySet)
	return nil
}

// dateWidth is the width of a date column with the given heading.
func (s *session) dateWidth(heading string) int {
	return max(len(heading), len(s.nls.date(s.now())))
}

// summary is LIST BACKUP SUMMARY.
func (s *session) summary(c *oradb.Control, sets []oradb.BackupSet, pieces map[oradb.SetKey][]oradb.BackupPiece) {
	w := s.dateWidth("Completion Time")
	s.out.blank()
	s.out.raw("", "List of Backups", "===============",
		fmt.Sprintf("Key     TY LV S Device Type %-*s #Pieces #Copies Compressed Tag", w, "Completion Time"),
		fmt.Sprintf("------- -- -- - ----------- %s ------- ------- ---------- ---", strings.Repeat("-", w)))
	for _, b := range sets {
		p := pieces[b.Key][0]
		s.out.raw(fmt.Sprintf("%-7d B  %-2s %s DISK        %-*s %-7d %-7d %-10s %s", b.Recid, levelLetter(b),
			c.SetStatus(b.Key), w, s.nls.date(b.Completion), b.Pieces, copies(pieces[b.Key]), yesNo(b.Compressed), p.Tag))
	}
}

// levelLetter is column LV: A for logs, 0 and 1 for levels, F for the rest.
func levelLetter(b oradb.BackupSet) string {
	switch {
	case b.Type == "L":
		return "A"
	case b.Level >= 0:
		return itoa(b.Level)
	}
	return "F"
}

func copies(pieces []oradb.BackupPiece) int {
	n := map[int]int{}
	for _, p := range pieces {
		n[p.Number]++
	}
	best := 1
	for _, c := range n {
		best = max(best, c)
	}
	return best
}

func yesNo(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

// listIncarnations is LIST INCARNATION.
func (s *session) listIncarnations(c *oradb.Control) {
	s.out.blank()
	s.out.raw("", "List of Database Incarnations",
		"DB Key  Inc Key DB Name  DB ID            STATUS  Reset SCN  Reset Time",
		"------- ------- -------- ---------------- --- ---------- ----------")
	for _, i := range c.Incarnations {
		s.out.raw(fmt.Sprintf("%-7d %-7d %-8s %-16d %-7s %-10d %s", i.Number, i.Number, c.Name, c.DBID, i.Status, i.SCN,
			s.nls.date(i.Time)))
	}
}
