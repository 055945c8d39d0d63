package rmansim

import (
	"errors"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// startup is STARTUP.
func (s *session) startup(c *syntax.Startup) error {
	if !s.connected {
		return notConnected()
	}
	before, err := s.db.Instance()
	if err != nil {
		return err
	}
	to := map[string]oradb.State{"NOMOUNT": oradb.NoMount, "MOUNT": oradb.Mounted, "OPEN": oradb.Opened}[c.Mode]
	if before.State != oradb.Down && !c.Force {
		s.out.raw("database is already started")
		return s.advance(before.State, to)
	}
	s.auto = nil
	if s.stopped {
		s.out.say(6196, "connected to target database (not started)")
		s.stopped = false
	}
	return s.start(c, to)
}

// start brings the instance up step by step, so that each step is reported.
func (s *session) start(c *syntax.Startup, to oradb.State) error {
	r, err := s.db.Startup(s.ctx, oradb.StartupOptions{To: oradb.NoMount, PFile: c.PFile, Force: c.Force,
		AllowDummy: c.PFile == "" && to == oradb.NoMount})
	if err != nil {
		return err
	}
	if r.Dummy {
		s.out.blank()
		if r.Missing != nil {
			s.out.raw(strings.Split("startup failed: "+r.Missing.Error(), "\n")...)
		}
		s.out.blank()
		s.out.raw("starting Oracle instance without parameter file for retrieval of spfile")
	}
	s.out.say(6193, "Oracle instance started")
	if err := s.advance(oradb.NoMount, to); err != nil {
		return err
	}
	s.sga()
	return nil
}

// advance mounts and opens as far as asked for.
func (s *session) advance(from, to oradb.State) error {
	if from < oradb.Mounted && to >= oradb.Mounted {
		if err := s.db.Mount(); err != nil {
			return err
		}
		s.out.say(6199, "database mounted")
		if err := s.checkDBID(oradb.Mounted); err != nil {
			return err
		}
	}
	if from < oradb.Opened && to >= oradb.Opened {
		if err := s.db.OpenDatabase(s.ctx); err != nil {
			return err
		}
		s.out.say(6400, "database opened")
	}
	return nil
}

// sga prints the sizes of the memory.
func (s *session) sga() {
	s.out.blank()
	s.out.raw("Total System Global Area    1073741824 bytes", "",
		"Fixed Size                     8904776 bytes",
		"Variable Size                276824064 bytes",
		"Database Buffers             780140544 bytes",
		"Redo Buffers                   7872512 bytes")
}

// shutdown is SHUTDOWN.
func (s *session) shutdown(c *syntax.Shutdown) error {
	if err := s.require(oradb.NoMount); err != nil && !isForeign(err) {
		return err
	}
	in, err := s.db.Instance()
	if err != nil {
		return err
	}
	s.auto = nil
	if _, err := s.db.Shutdown(s.ctx, c.Mode == "ABORT"); err != nil {
		return err
	}
	if c.Mode != "ABORT" {
		if in.State == oradb.Opened {
			s.out.raw("database closed")
		}
		if in.State >= oradb.Mounted {
			s.out.raw("database dismounted")
		}
	}
	s.out.raw("Oracle instance shut down")
	s.stopped = true
	return nil
}

// isForeign tells the refusal of a database with another DBID.
func isForeign(err error) bool {
	f := asFailure(err)
	return len(f.lines) > 0 && strings.HasPrefix(f.lines[0], "RMAN-06189")
}

// alterDatabase is ALTER DATABASE MOUNT or OPEN as a command of its own.
func (s *session) alterDatabase(a *syntax.AlterDatabase) error {
	if err := s.require(oradb.NoMount); err != nil {
		return err
	}
	if err := s.alter(a); err != nil {
		return err
	}
	s.out.raw("Statement processed")
	return nil
}

// alter does the work of ALTER DATABASE MOUNT and OPEN. Automatic channels do
// not outlive a mount.
func (s *session) alter(a *syntax.AlterDatabase) error {
	switch {
	case !a.Open:
		if err := s.db.Mount(); err != nil {
			return err
		}
		s.releaseAutomatic()
		return s.checkDBID(oradb.Mounted)
	case a.ResetLogs:
		return s.db.OpenResetlogs(s.ctx)
	}
	return s.db.OpenDatabase(s.ctx)
}

// sql is SQL '…' or a statement on its own.
func (s *session) sql(c *syntax.SQL) error {
	if !s.connected {
		return notConnected()
	}
	text := strings.ReplaceAll(c.Text, "''", "'")
	if !c.Bare {
		s.noteRepositoryIfMounted()
		s.out.blank()
		s.out.say(6162, "sql statement: %s", text)
	}
	if err := s.require(oradb.NoMount); err != nil {
		return err
	}
	if err := s.statement(text); err != nil {
		f := asFailure(err)
		if c.Bare {
			return f
		}
		return &failure{lines: append([]string{
			"RMAN-11003: failure during parse/execution of SQL statement: " + text}, f.lines...)}
	}
	if c.Bare {
		s.out.raw("Statement processed")
	}
	s.out.blank()
	return nil
}

func (s *session) noteRepositoryIfMounted() {
	if in, err := s.db.Instance(); err == nil && in.State >= oradb.Mounted {
		s.noteRepository()
	}
}

// resetDatabase is RESET DATABASE TO INCARNATION.
func (s *session) resetDatabase(c *syntax.ResetDatabase) error {
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	s.noteRepository()
	if in, err := s.db.Instance(); err != nil || in.State == oradb.Opened {
		return fail("RMAN-06438: RESET DATABASE TO INCARNATION requires that the target database be mounted and not open")
	}
	err := s.db.ResetIncarnation(int(c.Incarnation))
	if errors.Is(err, oradb.ErrNoIncarnation) {
		return fail("RMAN-20009: database incarnation not found").
			and("RMAN-06004: ORACLE error from recovery catalog database: incarnation %d", c.Incarnation)
	}
	if err != nil {
		return err
	}
	s.out.blank()
	s.out.say(6006, "database reset to incarnation %d", c.Incarnation)
	return nil
}
