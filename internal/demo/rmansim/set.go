package rmansim

import (
	"fmt"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// set is SET.
func (s *session) set(c *syntax.Set) error {
	shown := c.What
	switch c.What {
	case syntax.SetDBID:
		if err := s.setDBID(uint32(c.Number)); err != nil {
			return err
		}
	case syntax.SetUntil:
		if _, err := s.untilTime(c.Until); err != nil {
			return err
		}
		s.scope().until = c.Until
	case syntax.SetNewName:
		if err := s.setNewName(c); err != nil {
			return err
		}
	case syntax.SetNewNameDatabase:
		shown = syntax.SetNewName
		s.scope().newNameFormat = c.Text
	case syntax.SetAutobackup:
		s.scope().autobackup = &c.On
	case syntax.SetAutobackupFormat:
		if err := checkAutobackupFormat(c.Text); err != nil {
			return err
		}
		s.scope().autobackupFormat = c.Text
	case syntax.SetCommandID:
		s.scope().commandID = c.Text
	case syntax.SetArchivelogDest:
		s.scope().archiveDest = c.Text
	case syntax.SetEcho:
		s.echo = c.On
		return nil
	}
	s.out.blank()
	s.out.say(8501, "executing command: %s", wording(c.What, shown))
	s.out.blank()
	return nil
}

// wording is how "executing command" names the setting.
func wording(what, shown string) string {
	if what == syntax.SetUntil {
		return "SET until clause"
	}
	return "SET " + shown
}

// setDBID is refused once a control file is mounted.
func (s *session) setDBID(id uint32) error {
	if s.connected {
		in, err := s.db.Instance()
		if err != nil {
			return err
		}
		if in.State >= oradb.Mounted {
			return fail("RMAN-06188: cannot use command when connected to a mounted target database")
		}
	}
	s.dbid = id
	return nil
}

func (s *session) setNewName(c *syntax.Set) error {
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	control, err := s.db.Control()
	if err != nil {
		return err
	}
	f, err := findFile(control, c.File)
	if err != nil {
		return err
	}
	s.scope().newNames[f.Number] = c.Text
	return nil
}

// checkAutobackupFormat demands %F.
func checkAutobackupFormat(format string) error {
	if !strings.Contains(format, "%F") {
		return fail("RMAN-06492: controlfile autobackup format %q must specify a \"%%F\"", format)
	}
	return nil
}

// findFile looks a datafile up by number or name.
func findFile(c *oradb.Control, ref syntax.FileRef) (oradb.Datafile, error) {
	for _, f := range c.Datafiles {
		if int64(f.Number) == ref.Number || ref.Name != "" && f.Name == ref.Name {
			return f, nil
		}
	}
	name := ref.Name
	if name == "" {
		name = fmt.Sprint(ref.Number)
	}
	return oradb.Datafile{}, fail("RMAN-20201: datafile not found in the recovery catalog").
		and("RMAN-06010: error while looking up datafile: %s", name)
}

// filesOf resolves what a command names to datafiles in the order of their
// numbers.
func filesOf(c *oradb.Control, kind syntax.Object, refs []syntax.FileRef, spaces []string) ([]oradb.Datafile, error) {
	var out []oradb.Datafile
	switch kind {
	case syntax.Database:
		out = append(out, c.Datafiles...)
	case syntax.Datafiles:
		for _, r := range refs {
			f, err := findFile(c, r)
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	case syntax.Tablespaces:
		for _, name := range spaces {
			files := inTablespace(c, name)
			if len(files) == 0 {
				return nil, fail("RMAN-20202: Tablespace not found in the recovery catalog").
					and("RMAN-06019: could not translate tablespace name %q", strings.ToUpper(name))
			}
			out = append(out, files...)
		}
	}
	slices.SortFunc(out, func(a, b oradb.Datafile) int { return a.Number - b.Number })
	return slices.CompactFunc(out, func(a, b oradb.Datafile) bool { return a.Number == b.Number }), nil
}

func inTablespace(c *oradb.Control, name string) (out []oradb.Datafile) {
	for _, f := range c.Datafiles {
		if strings.EqualFold(f.Tablespace, name) {
			out = append(out, f)
		}
	}
	return out
}
