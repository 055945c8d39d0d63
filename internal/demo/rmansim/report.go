package rmansim

import (
	"fmt"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// report is REPORT.
func (s *session) report(cmd *syntax.Report) error {
	c, err := s.repository()
	if err != nil {
		return err
	}
	switch cmd.What {
	case "SCHEMA":
		s.schema(c)
	case "OBSOLETE":
		s.reportObsolete(c)
	case "NEED":
		s.needBackup(c)
	default:
		s.out.blank()
		s.out.raw("Report of files that need backup due to unrecoverable operations",
			"File Type of Backup Required Name", "---- ----------------------- -----------------------------------")
	}
	return nil
}

// schema is REPORT SCHEMA.
func (s *session) schema(c *oradb.Control) {
	if c.Type != oradb.ControlCurrent {
		s.out.raw("RMAN-06139: WARNING: control file is not current for REPORT SCHEMA")
	}
	s.out.raw("Report of database schema for database with db_unique_name "+c.UniqueName, "",
		"List of Permanent Datafiles", "===========================",
		"File Size(MB) Tablespace           RB segs Datafile Name",
		"---- -------- -------------------- ------- ------------------------")
	for _, f := range c.Datafiles {
		undo := "NO"
		if f.Number == 1 || strings.HasPrefix(f.Tablespace, "UNDO") {
			undo = "YES"
		}
		s.out.raw(fmt.Sprintf("%-4d %-8d %-20s %-7s %s", f.Number, f.Bytes>>20, f.Tablespace, undo, f.Name))
	}
	s.out.raw("", "List of Temporary Files", "=======================",
		"File Size(MB) Tablespace           Maxsize(MB) Tempfile Name",
		"---- -------- -------------------- ----------- --------------------")
	for _, t := range c.Tempfiles {
		s.out.raw(fmt.Sprintf("%-4d %-8d %-20s %-11d %s", t.Number, t.Bytes>>20, t.Tablespace, 32767, t.Name))
	}
}

// needBackup is REPORT NEED BACKUP: the files without an available base.
func (s *session) needBackup(c *oradb.Control) {
	s.out.blank()
	s.out.raw("RMAN retention policy will be applied to the command", "RMAN retention policy is set to redundancy 1",
		"Report of files with less than 1 redundant backups", "File #bkps Name", "---- ----- -----------------------------------------------------")
	for _, f := range c.Datafiles {
		if n := len(fullBackups(c, f.Number, time.Time{})); n == 0 {
			s.out.raw(fmt.Sprintf("%-4d %-5d %s", f.Number, n, f.Name))
		}
	}
}
