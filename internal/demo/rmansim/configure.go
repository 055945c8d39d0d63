package rmansim

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// parameter is a persistent setting with its default.
type parameter struct {
	name, value string
}

// parameters are the settings SHOW ALL prints, in its order.
func (s *session) parameters() []parameter {
	return []parameter{
		{"RETENTION POLICY", "TO REDUNDANCY 1"},
		{"BACKUP OPTIMIZATION", "OFF"},
		{"DEFAULT DEVICE TYPE", "TO DISK"},
		{"CONTROLFILE AUTOBACKUP", "ON"},
		{autobackupFormatName, "TO '%F'"},
		{"DEVICE TYPE DISK", "PARALLELISM 1 BACKUP TYPE TO BACKUPSET"},
		{"DATAFILE BACKUP COPIES FOR DEVICE TYPE DISK", "TO 1"},
		{"ARCHIVELOG BACKUP COPIES FOR DEVICE TYPE DISK", "TO 1"},
		{"MAXSETSIZE", "TO UNLIMITED"},
		{"ENCRYPTION FOR DATABASE", "OFF"},
		{"ENCRYPTION ALGORITHM", "'AES128'"},
		{"COMPRESSION ALGORITHM", "'BASIC' AS OF RELEASE 'DEFAULT' OPTIMIZE FOR LOAD TRUE"},
		{"RMAN OUTPUT", "TO KEEP FOR 7 DAYS"},
		{"ARCHIVELOG DELETION POLICY", "TO NONE"},
		{"SNAPSHOT CONTROLFILE NAME", "TO '" + filepath.Join(s.db.Home(), "dbs", "snapcf_"+s.db.SID()+".f") + "'"},
	}
}

const autobackupFormatName = "CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK"

// stored gives a setting as CONFIGURE left it; ok is false for the default.
func stored(c *oradb.Control, name string) (value string, ok bool) {
	for _, k := range c.Configurations {
		if strings.EqualFold(k.Name, name) {
			return k.Value, true
		}
	}
	return "", false
}

// configured gives the value in force, empty for a setting that has no default.
func (s *session) configured(name string) string {
	if c, err := s.db.Control(); err == nil {
		if v, ok := stored(c, name); ok {
			return v
		}
	}
	for _, p := range s.parameters() {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// configure is CONFIGURE.
func (s *session) configure(c *syntax.Configure) error {
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	s.noteRepository()
	if c.Name == autobackupFormatName && !c.Clear {
		if err := checkAutobackupFormat(c.Value); err != nil {
			return err
		}
	}
	control, err := s.db.Control()
	if err != nil {
		return err
	}
	old, had := stored(control, c.Name)
	if err := s.store(c); err != nil {
		return err
	}
	s.out.blank()
	if had {
		s.out.say(6600, "old RMAN configuration parameters:")
		s.out.raw(configureLine(c.Name, old, false))
	}
	if c.Clear {
		return s.cleared(had)
	}
	s.out.say(6601, "new RMAN configuration parameters:")
	s.out.raw(configureLine(c.Name, c.Value, false))
	s.out.say(6604, "new RMAN configuration parameters are successfully stored")
	s.releaseAutomatic()
	return nil
}

// cleared reports a setting that went back to its default.
func (s *session) cleared(had bool) error {
	if !had {
		s.out.say(6602, "RMAN configuration parameters are already reset to default value")
		return nil
	}
	s.out.say(6605, "RMAN configuration parameters are successfully reset to default value")
	s.releaseAutomatic()
	return nil
}

// store writes a setting into the control file.
func (s *session) store(c *syntax.Configure) error {
	return s.db.UpdateControl(func(control *oradb.Control) error {
		list := slices.DeleteFunc(control.Configurations, func(k oradb.Configuration) bool {
			return strings.EqualFold(k.Name, c.Name)
		})
		if !c.Clear {
			number := 1
			for _, k := range list {
				number = max(number, k.Number+1)
			}
			list = append(list, oradb.Configuration{Number: number, Name: c.Name, Value: c.Value})
		}
		control.Configurations = list
		return nil
	})
}

func configureLine(name, value string, isDefault bool) string {
	line := strings.TrimRight("CONFIGURE "+name+" "+value, " ") + ";"
	if isDefault {
		line += " # default"
	}
	return line
}

// showSettings is SHOW.
func (s *session) showSettings(c *syntax.Show) error {
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	s.noteRepository()
	control, err := s.db.Control()
	if err != nil {
		return err
	}
	s.out.blank()
	s.out.raw(fmt.Sprintf("RMAN configuration parameters for database with db_unique_name %s are:", control.UniqueName))
	for _, p := range s.parameters() {
		if value, ok := stored(control, p.name); ok {
			s.showLine(c.What, p.name, value, false)
		} else {
			s.showLine(c.What, p.name, p.value, true)
		}
		if p.name == "ARCHIVELOG BACKUP COPIES FOR DEVICE TYPE DISK" {
			s.showChannels(c.What, control)
		}
	}
	return nil
}

// showLine prints a setting if it is one of those asked for.
func (s *session) showLine(what, name, value string, isDefault bool) {
	if what == "ALL" || strings.HasPrefix(name, what) && (what != "CONTROLFILE AUTOBACKUP" || name == what) {
		s.out.raw(configureLine(name, value, isDefault))
	}
}

// showChannels prints the settings that have no default.
func (s *session) showChannels(what string, control *oradb.Control) {
	for _, k := range control.Configurations {
		if strings.HasPrefix(k.Name, "CHANNEL") || strings.HasPrefix(k.Name, "EXCLUDE") {
			s.showLine(what, k.Name, k.Value, false)
		}
	}
}
