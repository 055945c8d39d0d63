package rmansim

import (
	"fmt"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
)

// details is LIST BACKUP.
func (s *session) details(x *selector, sets []oradb.BackupSet, pieces map[oradb.SetKey][]oradb.BackupPiece) {
	s.out.blank()
	s.out.raw("", "List of Backup Sets", "===================", "")
	for _, b := range sets {
		s.out.blank()
		s.setHead(b, pieces[b.Key])
		s.setPieces(b, pieces[b.Key])
		s.setContents(x.c, b)
	}
}

// setHead prints the line of a set under its heading.
func (s *session) setHead(b oradb.BackupSet, pieces []oradb.BackupPiece) {
	w := s.dateWidth("Completion Time")
	dashes := strings.Repeat("-", w)
	size := int64(0)
	for _, p := range pieces {
		size += p.Bytes
	}
	if b.Type == "L" {
		s.out.raw(fmt.Sprintf("BS Key  Size       Device Type Elapsed Time %s", "Completion Time"),
			"------- ---------- ----------- ------------ "+dashes,
			fmt.Sprintf("%-7d %-10s DISK        %-12s %-*s", b.Recid, sizeText(size), elapsed(b.Elapsed), w, s.nls.date(b.Completion)))
		return
	}
	kind := "Full"
	level := ""
	if b.Level >= 0 {
		kind, level = "Incr", itoa(b.Level)
	}
	s.out.raw(fmt.Sprintf("BS Key  Type LV Size       Device Type Elapsed Time %s", "Completion Time"),
		"------- ---- -- ---------- ----------- ------------ "+dashes,
		fmt.Sprintf("%-7d %-4s %-2s %-10s DISK        %-12s %-*s", b.Recid, kind, level, sizeText(size), elapsed(b.Elapsed), w, s.nls.date(b.Completion)))
}

// sizeText is a size as LIST shows it.
func sizeText(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"G", 1 << 30}, {"M", 1 << 20}} {
		if n >= u.size {
			return fmt.Sprintf("%.2f%s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%.2fK", float64(n)/1024)
}

// setPieces prints the pieces of a set: one in two lines, several in a table.
func (s *session) setPieces(b oradb.BackupSet, pieces []oradb.BackupPiece) {
	for _, p := range pieces {
		if b.Pieces > 1 {
			break
		}
		s.out.raw(fmt.Sprintf("        BP Key: %d   Status: %s  Compressed: %s  Tag: %s", p.Recid, statusWord(p.Status),
			yesNo(p.Compressed), p.Tag), "        Piece Name: "+p.Handle)
	}
	if b.Pieces > 1 {
		s.pieceList(b, pieces)
	}
}

func (s *session) pieceList(b oradb.BackupSet, pieces []oradb.BackupPiece) {
	w := s.dateWidth("Completion Time")
	s.out.raw("", fmt.Sprintf("  Backup Set Copy #1 of backup set %d", b.Recid),
		fmt.Sprintf("  Device Type Elapsed Time %-*s Compressed Tag", w, "Completion Time"),
		fmt.Sprintf("  ----------- ------------ %s ---------- ---", strings.Repeat("-", w)),
		fmt.Sprintf("  DISK        %-12s %-*s %-10s %s", elapsed(b.Elapsed), w, s.nls.date(b.Completion), yesNo(b.Compressed), pieces[0].Tag),
		"", fmt.Sprintf("    List of Backup Pieces for backup set %d Copy #1", b.Recid),
		"    BP Key  Pc# Status      Piece Name", "    ------- --- ----------- ----------")
	sorted := slices.Clone(pieces)
	slices.SortStableFunc(sorted, func(a, b oradb.BackupPiece) int { return a.Number - b.Number })
	for _, p := range sorted {
		s.out.raw(fmt.Sprintf("    %-7d %-3d %-11s %s", p.Recid, p.Number, statusWord(p.Status), p.Handle))
	}
}

// setContents prints what is in a set.
func (s *session) setContents(c *oradb.Control, b oradb.BackupSet) {
	s.contentFiles(c, b)
	s.contentLogs(c, b)
	for _, sp := range c.BackupSpfiles {
		if sp.Set == b.Key {
			s.out.raw("  SPFILE Included: Modification time: "+s.nls.date(sp.Modification),
				"  SPFILE db_unique_name: "+c.UniqueName)
		}
	}
	if b.Controlfile {
		s.out.raw(fmt.Sprintf("  Control File Included: Ckp SCN: %-12d Ckp time: %s", b.ControlSCN, s.nls.date(b.ControlTime)))
	}
}

func (s *session) contentFiles(c *oradb.Control, b oradb.BackupSet) {
	w := s.dateWidth("Ckp Time")
	first := true
	for _, f := range c.BackupFiles {
		if f.Set != b.Key || f.File == 0 {
			continue
		}
		if first {
			s.out.raw(fmt.Sprintf("  List of Datafiles in backup set %d", b.Recid),
				fmt.Sprintf("  File LV Type Ckp SCN    %-*s Abs Fuz SCN Sparse Name", w, "Ckp Time"),
				fmt.Sprintf("  ---- -- ---- ---------- %s ----------- ------ ----", strings.Repeat("-", w)))
			first = false
		}
		s.out.raw(s.fileRow(c, f, w))
	}
}

func (s *session) fileRow(c *oradb.Control, f oradb.BackupDatafile, w int) string {
	kind, level, fuzzy, name := "Full", "", "", ""
	if f.Level >= 0 {
		kind, level = "Incr", itoa(f.Level)
	}
	if f.AbsFuzzySCN > 0 {
		fuzzy = fmt.Sprint(f.AbsFuzzySCN)
	}
	if df := c.Datafile(f.File); df != nil {
		name = df.Name
	}
	return fmt.Sprintf("  %-4d %-2s %-4s %-10d %-*s %-11s %-6s %s", f.File, level, kind, f.CheckpointSCN, w,
		s.nls.date(f.CheckpointTime), fuzzy, "NO", name)
}

func (s *session) contentLogs(c *oradb.Control, b oradb.BackupSet) {
	first := true
	w := s.dateWidth("Next Time")
	for _, l := range c.BackupLogs {
		if l.Set != b.Key {
			continue
		}
		if first {
			d := strings.Repeat("-", w)
			s.out.raw("", fmt.Sprintf("  List of Archived Logs in backup set %d", b.Recid),
				fmt.Sprintf("  Thrd Seq     Low SCN    %-*s Next SCN   Next Time", w, "Low Time"),
				fmt.Sprintf("  ---- ------- ---------- %s ---------- %s", d, strings.Repeat("-", len("Next Time"))))
			first = false
		}
		s.out.raw(s.logRow(l, w))
	}
}

func (s *session) logRow(l oradb.BackupRedolog, w int) string {
	return fmt.Sprintf("  %-4d %-7d %-10d %-*s %-10d %s", l.Thread, l.Sequence, l.FirstSCN, w, s.nls.date(l.FirstTime),
		l.NextSCN, s.nls.date(l.NextTime))
}
