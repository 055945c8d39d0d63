package sqlsim

import (
	"fmt"
	"strings"

	"orabak-tui/internal/demo/oradb"
)

// startup is STARTUP [FORCE] [NOMOUNT | MOUNT | OPEN] [PFILE=…].
func (s *session) startup(words []string) {
	if !s.logged {
		s.print("SP2-0640: Not connected")
		return
	}
	o := oradb.StartupOptions{To: oradb.Opened}
	for _, w := range words {
		up := strings.ToUpper(w)
		switch {
		case up == "FORCE":
			o.Force = true
		case up == "NOMOUNT":
			o.To = oradb.NoMount
		case up == "MOUNT":
			o.To = oradb.Mounted
		case up == "OPEN" || up == "QUIET" || up == "READ" || up == "WRITE":
		case strings.HasPrefix(up, "PFILE="):
			o.PFile = w[len("PFILE="):]
		default:
			s.print("SP2-0714: invalid combination of STARTUP options")
			return
		}
	}
	s.stepUp(o)
}

// stepUp starts, mounts and opens, and tells each step.
func (s *session) stepUp(o oradb.StartupOptions) {
	to := o.To
	o.To = oradb.NoMount
	if _, err := s.db.Startup(s.ctx, o); err != nil {
		s.plusError(err)
		return
	}
	s.print("ORACLE instance started.", "", "Total System Global Area 1610609888 bytes", "Fixed Size                  8897760 bytes",
		"Variable Size             385875968 bytes", "Database Buffers         1207959552 bytes", "Redo Buffers                7876608 bytes")
	if to >= oradb.Mounted {
		if err := s.db.Mount(); err != nil {
			s.plusError(err)
			return
		}
		s.print("Database mounted.")
	}
	if to >= oradb.Opened {
		if err := s.db.OpenDatabase(s.ctx); err != nil {
			s.plusError(err)
			return
		}
		s.print("Database opened.")
	}
}

// plusError prints the error of a SQL*Plus command.
func (s *session) plusError(err error) {
	s.print(strings.Split(err.Error(), "\n")...)
	s.print("", "")
	s.failed(oraCode(err))
}

// shutdown is SHUTDOWN [NORMAL | IMMEDIATE | TRANSACTIONAL | ABORT].
func (s *session) shutdown(words []string) {
	if !s.logged {
		s.print("SP2-0640: Not connected")
		return
	}
	mode := "NORMAL"
	if len(words) > 0 {
		mode = strings.ToUpper(words[0])
	}
	switch mode {
	case "NORMAL", "IMMEDIATE", "TRANSACTIONAL", "ABORT":
	default:
		s.print("SP2-0717: illegal SHUTDOWN option")
		return
	}
	notes, err := s.db.Shutdown(s.ctx, mode == "ABORT")
	if err != nil {
		s.plusError(err)
		return
	}
	s.tellShutdown(mode == "ABORT", notes)
}

func (s *session) tellShutdown(abort bool, notes []oradb.OraLine) {
	if !abort {
		mounted, open := true, true
		for _, n := range notes {
			s.print(n.String(), "", "")
			open = false
			mounted = mounted && n.Code != 1507
		}
		if open {
			s.print("Database closed.")
		}
		if mounted {
			s.print("Database dismounted.")
		}
	}
	s.print("ORACLE instance shut down.")
}

// archiveLog is ARCHIVE LOG LIST.
func (s *session) archiveLog(words []string) {
	if !s.logged {
		s.print("SP2-0640: Not connected")
		return
	}
	if len(words) != 2 || !strings.EqualFold(words[0], "LOG") || !strings.EqualFold(words[1], "LIST") {
		s.print("SP2-0718: illegal ARCHIVE LOG option")
		return
	}
	in, err := s.db.Instance()
	if err == nil && in.State == oradb.Down {
		err = idle()
	}
	var c *oradb.Control
	if err == nil {
		c, err = s.db.Control()
	}
	if err != nil {
		s.plusError(err)
		return
	}
	mode, auto := "No Archive Mode", "Disabled"
	if c.LogMode == "ARCHIVELOG" {
		mode, auto = "Archive Mode", "Enabled"
	}
	dest := location(in.Params["log_archive_dest_1"])
	if dest == "" {
		dest = "USE_DB_RECOVERY_FILE_DEST"
	}
	current, oldest := sequences(c)
	s.print("Database log mode              "+mode, "Automatic archival             "+auto, "Archive destination            "+dest,
		fmt.Sprintf("Oldest online log sequence     %d", oldest))
	if c.LogMode == "ARCHIVELOG" {
		s.print(fmt.Sprintf("Next log sequence to archive   %d", current))
	}
	s.print(fmt.Sprintf("Current log sequence           %d", current))
}

func sequences(c *oradb.Control) (current, oldest int) {
	for _, g := range c.Threads[0].Groups {
		if g.Status == "CURRENT" {
			current = g.Sequence
		}
		if g.Sequence > 0 && (oldest == 0 || g.Sequence < oldest) {
			oldest = g.Sequence
		}
	}
	return current, oldest
}
