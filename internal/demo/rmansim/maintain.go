package rmansim

import (
	"fmt"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// repository is how every maintenance command begins.
func (s *session) repository() (*oradb.Control, error) {
	if err := s.require(oradb.Mounted); err != nil {
		return nil, err
	}
	if err := s.implicitCrosscheck(); err != nil {
		return nil, err
	}
	s.noteRepository()
	return s.db.Control()
}

// crosscheck is CROSSCHECK.
func (s *session) crosscheck(cmd *syntax.Crosscheck) error {
	c, err := s.repository()
	if err != nil {
		return err
	}
	x, err := s.selector(c, cmd.What, checkable)
	if err != nil {
		return err
	}
	if _, err := s.channels(); err != nil {
		return err
	}
	switch cmd.What.Kind {
	case syntax.Archivelogs:
		return s.crosscheckLogs(x)
	case syntax.Copies, "DATAFILECOPY":
		s.noMatch(syntax.Copies)
		return nil
	}
	return s.crosscheckPieces(x)
}

// crosscheckPieces looks for the file of every piece.
func (s *session) crosscheckPieces(x *selector) error {
	pieces, err := x.pieces()
	if err != nil {
		return err
	}
	if len(pieces) == 0 {
		s.noMatch(syntax.Backups)
		return nil
	}
	found := map[int]oradb.Status{}
	for _, p := range pieces {
		status, word := oradb.Available, "AVAILABLE"
		if !exists(p.Handle) {
			status, word = oradb.Expired, "EXPIRED"
		}
		found[p.Recid] = status
		s.out.together(message{8074, "crosschecked backup piece: found to be '" + word + "'"}, handleLine(p))
	}
	s.out.say(6481, "Crosschecked %d objects", len(pieces))
	s.out.blank()
	return s.setStatus(found)
}

func handleLine(p oradb.BackupPiece) message {
	return message{8517, fmt.Sprintf("backup piece handle=%s RECID=%d STAMP=%d", p.Handle, p.Recid, p.Stamp)}
}

func logLine(l oradb.ArchivedLog) message {
	return message{8514, fmt.Sprintf("archived log file name=%s RECID=%d STAMP=%d", l.Name, l.Recid, l.Stamp)}
}

// setStatus writes new states of pieces, by RECID.
func (s *session) setStatus(status map[int]oradb.Status) error {
	return s.db.UpdateControl(func(c *oradb.Control) error {
		for i := range c.BackupPieces {
			if st, ok := status[c.BackupPieces[i].Recid]; ok {
				c.BackupPieces[i].Status = st
			}
		}
		return nil
	})
}

// setLogStatus writes new states of archived logs, by RECID.
func (s *session) setLogStatus(status map[int]oradb.Status) error {
	return s.db.UpdateControl(func(c *oradb.Control) error {
		for i := range c.ArchivedLogs {
			l := &c.ArchivedLogs[i]
			if st, ok := status[l.Recid]; ok {
				l.Status = st
				if st == oradb.Deleted {
					l.Name = ""
				}
			}
		}
		return nil
	})
}

func (s *session) crosscheckLogs(x *selector) error {
	logs, err := x.logs()
	if err != nil {
		return err
	}
	if len(logs) == 0 {
		s.noMatch(syntax.Archivelogs)
		return nil
	}
	found := map[int]oradb.Status{}
	for _, l := range logs {
		status, word := oradb.Available, "succeeded"
		if !exists(l.Name) {
			status, word = oradb.Expired, "failed"
		}
		found[l.Recid] = status
		s.out.together(message{6154, "validation " + word + " for archived log"}, logLine(l))
	}
	s.out.say(6481, "Crosschecked %d objects", len(logs))
	s.out.blank()
	return s.setLogStatus(found)
}

// change is CHANGE.
func (s *session) change(cmd *syntax.Change) error {
	if cmd.To == "DELETE" {
		return s.delete(&syntax.Delete{What: cmd.What})
	}
	c, err := s.repository()
	if err != nil {
		return err
	}
	x, err := s.selector(c, cmd.What, anyStatus)
	if err != nil {
		return err
	}
	if cmd.What.Kind == syntax.Archivelogs {
		return s.changeLogs(x, cmd.To)
	}
	return s.changePieces(x, cmd.To)
}

// changeTo gives the new state and the words of a CHANGE.
func changeTo(to string) (status oradb.Status, did, end string) {
	switch to {
	case "AVAILABLE":
		return oradb.Available, "changed %s available", "Changed %d objects to AVAILABLE status"
	case "UNAVAILABLE":
		return oradb.Unavailable, "changed %s unavailable", "Changed %d objects to UNAVAILABLE status"
	}
	return oradb.Deleted, "uncataloged %s", "Uncataloged %d objects"
}

func (s *session) changePieces(x *selector, to string) error {
	pieces, err := x.pieces()
	if err != nil {
		return err
	}
	if len(pieces) == 0 {
		s.noMatch(syntax.Backups)
		return nil
	}
	area, err := s.db.RecoveryArea()
	if err != nil {
		return err
	}
	status, did, end := changeTo(to)
	found := map[int]oradb.Status{}
	for _, p := range pieces {
		if status == oradb.Unavailable && area.Dir != "" && within(area.Dir, p.Handle) {
			return oradb.Ora(19813, "cannot have unavailable file %s in DB_RECOVERY_FILE_DEST", p.Handle)
		}
		// The one CHANGE that needs a channel: it looks at the file.
		if status == oradb.Available && !exists(p.Handle) {
			return oradb.Ora(19505, "failed to identify file %q", p.Handle).And(27037, "unable to obtain file status")
		}
		found[p.Recid] = status
		s.out.together(message{8070, fmt.Sprintf(did, "backup piece")}, handleLine(p))
	}
	s.out.say(6481, end, len(pieces))
	s.out.blank()
	return s.setStatus(found)
}

func (s *session) changeLogs(x *selector, to string) error {
	logs, err := x.logs()
	if err != nil {
		return err
	}
	if len(logs) == 0 {
		s.noMatch(syntax.Archivelogs)
		return nil
	}
	status, did, end := changeTo(to)
	found := map[int]oradb.Status{}
	for _, l := range logs {
		found[l.Recid] = status
		s.out.together(message{8070, fmt.Sprintf(did, "archived log")}, logLine(l))
	}
	s.out.say(6481, end, len(logs))
	s.out.blank()
	return s.setLogStatus(found)
}

// within reports whether a path lies below a folder.
func within(dir, path string) bool {
	return len(path) > len(dir) && path[:len(dir)] == dir && (path[len(dir)] == '/' || dir[len(dir)-1] == '/')
}
