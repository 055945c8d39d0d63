package rmansim

import (
	"path/filepath"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// restore is RESTORE.
func (s *session) restore(cmd *syntax.Restore) error {
	state := oradb.Mounted
	for _, o := range cmd.Objects {
		if o.Kind == syntax.Controlfile || o.Kind == syntax.SPFile {
			state = oradb.NoMount
		}
	}
	s.begin("restore")
	if err := s.require(state); err != nil {
		return err
	}
	if state == oradb.Mounted {
		if err := s.implicitCrosscheck(); err != nil {
			return err
		}
	}
	s.noteRepository()
	channels, err := s.channels()
	if err != nil {
		return err
	}
	s.out.blank()
	for _, o := range cmd.Objects {
		if err := s.restoreObject(cmd, o, channels); err != nil {
			return err
		}
	}
	s.end("restore")
	return nil
}

// restoreObject restores one thing.
func (s *session) restoreObject(cmd *syntax.Restore, o syntax.RestoreObject, channels []*channel) error {
	switch o.Kind {
	case syntax.Controlfile:
		return s.restoreControl(cmd, o, channels[0])
	case syntax.SPFile:
		return s.restoreSpfile(cmd, o, channels[0])
	case syntax.Archivelogs:
		return s.restoreLogs(cmd, o, channels)
	}
	return s.restoreFiles(cmd, o, channels)
}

// newName is where a datafile is restored to: SET NEWNAME or its own place.
func (s *session) newName(f oradb.Datafile) string {
	set := s.scope()
	if name := set.newNames[f.Number]; name != "" {
		return expandFileName(name, f)
	}
	if set.newNameFormat != "" {
		return expandFileName(set.newNameFormat, f)
	}
	return f.Name
}

// expandFileName fills in the variables of SET NEWNAME.
func expandFileName(format string, f oradb.Datafile) string {
	return strings.NewReplacer("%b", filepath.Base(f.Name), "%f", itoa(f.Number), "%N", f.Tablespace,
		"%%", "%").Replace(format)
}

// switchFiles is SWITCH: the control file takes the restored names.
func (s *session) switchFiles(c *syntax.Switch) error {
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	if c.Temp {
		return nil
	}
	if c.ToCopy || c.Copy != "" || s.run == nil {
		return fail("RMAN-06571: datafile does not have recoverable copy")
	}
	control, err := s.db.Control()
	if err != nil {
		return err
	}
	s.out.blank()
	for _, f := range control.Datafiles {
		path, ok := s.run.restored[f.Number]
		if !ok || !c.All && !namesFile(c.Files, f) {
			continue
		}
		if err := s.db.RenameDatafile(f.Number, path); err != nil {
			return err
		}
		delete(s.run.restored, f.Number)
		s.out.raw("datafile "+itoa(f.Number)+" switched to datafile copy",
			"input datafile copy RECID="+itoa(f.Number)+" STAMP="+itoa(int(oradb.Stamp(s.db.Now())))+" file name="+path)
	}
	s.out.blank()
	return nil
}

func namesFile(refs []syntax.FileRef, f oradb.Datafile) bool {
	for _, r := range refs {
		if r.Number == int64(f.Number) || r.Name != "" && r.Name == f.Name {
			return true
		}
	}
	return false
}

// logDestination is where an archived log is restored to.
func (s *session) logDestination(h oradb.LogHeader) (string, error) {
	if dir := s.scope().archiveDest; dir != "" {
		return filepath.Join(strings.TrimPrefix(dir, "LOCATION="),
			itoa(h.Thread)+"_"+itoa(h.Sequence)+"_"+itoa(int(oradb.Stamp(h.Resetlogs.Time)))+".dbf"), nil
	}
	return s.db.ArchivedLogPath(h, h.Blocks*oradb.RedoBlockSize)
}
