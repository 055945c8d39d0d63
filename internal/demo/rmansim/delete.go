package rmansim

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// delete is DELETE.
func (s *session) delete(cmd *syntax.Delete) error {
	c, err := s.repository()
	if err != nil {
		return err
	}
	states := anyStatus
	if cmd.Expired {
		states = onlyExpired
	}
	x, err := s.selector(c, cmd.What, states)
	if err != nil {
		return err
	}
	if _, err := s.channels(); err != nil {
		return err
	}
	switch {
	case cmd.Obsolete:
		return s.deleteObsolete(c, cmd)
	case cmd.What.Kind == syntax.Archivelogs:
		return s.deleteArchived(x, cmd)
	case cmd.What.Kind == syntax.Copies, cmd.What.Kind == "DATAFILECOPY":
		s.noMatch(syntax.Copies)
		return nil
	}
	pieces, err := x.pieces()
	if err != nil {
		return err
	}
	return s.deletePieces(pieces, cmd)
}

// deletePieces deletes pieces with their records. A record that says AVAILABLE
// while the file is gone, or EXPIRED while it is there, is a mismatch and stays.
func (s *session) deletePieces(pieces []oradb.BackupPiece, cmd *syntax.Delete) error {
	if len(pieces) == 0 {
		s.noMatch(syntax.Backups)
		return nil
	}
	s.pieceTable(pieces)
	if !cmd.NoPrompt && !s.ask("Do you really want to delete the above objects (enter YES or NO)?") {
		return nil
	}
	gone := map[int]oradb.Status{}
	var mismatched []string
	for _, p := range pieces {
		there := exists(p.Handle)
		if !cmd.Force && there != (p.Status != oradb.Expired) {
			mismatched = append(mismatched, p.Handle)
			continue
		}
		_ = os.Remove(p.Handle)
		gone[p.Recid] = oradb.Deleted
		s.out.together(message{8073, "deleted backup piece"}, handleLine(p))
	}
	s.sayDeleted(len(gone), cmd.Expired)
	s.sayMismatched("Backup Piece", mismatched)
	return s.setStatus(gone)
}

func (s *session) sayDeleted(n int, expired bool) {
	if n == 0 {
		return
	}
	word := ""
	if expired {
		word = "EXPIRED "
	}
	s.out.say(6482, "Deleted %d %sobjects", n, word)
	s.out.blank()
}

// sayMismatched warns of objects whose record and file do not agree.
func (s *session) sayMismatched(kind string, names []string) {
	if len(names) == 0 {
		return
	}
	s.out.blank()
	s.out.raw(fmt.Sprintf("RMAN-06207: WARNING: %d objects could not be deleted for DISK channel(s) due", len(names)),
		"RMAN-06208:          to mismatched status.  Use CROSSCHECK command to fix status",
		"RMAN-06210: List of Mismatched objects")
	s.out.raw(objectTable...)
	s.out.raw(objectRows(kind, names)...)
	s.out.blank()
}

// objectTable is the head of a list of objects in a message.
var objectTable = []string{"RMAN-06211: ==========================", "RMAN-06212:   Object Type   Filename/Handle",
	"RMAN-06213: --------------- ---------------------------------------------------"}

func objectRows(kind string, names []string) (rows []string) {
	for _, n := range names {
		rows = append(rows, fmt.Sprintf("RMAN-06214: %-15s %s", kind, n))
	}
	return rows
}

// pieceTable lists what DELETE is about to delete.
func (s *session) pieceTable(pieces []oradb.BackupPiece) {
	s.out.blank()
	s.out.raw("List of Backup Pieces", "BP Key  BS Key  Pc# Cp# Status      Device Type Piece Name",
		"------- ------- --- --- ----------- ----------- ----------")
	c, err := s.db.Control()
	if err != nil {
		return
	}
	for _, p := range pieces {
		set, _ := setOf(c, p.Set)
		s.out.raw(fmt.Sprintf("%-7d %-7d %-3d %-3d %-11s %-11s %s", p.Recid, set.Recid, p.Number, p.Copy,
			statusWord(p.Status), p.Device, p.Handle))
	}
}

func statusWord(s oradb.Status) string {
	switch s {
	case oradb.Available:
		return "AVAILABLE"
	case oradb.Expired:
		return "EXPIRED"
	case oradb.Unavailable:
		return "UNAVAILABLE"
	}
	return "DELETED"
}

// deleteArchived is DELETE ARCHIVELOG.
func (s *session) deleteArchived(x *selector, cmd *syntax.Delete) error {
	logs, err := x.logs()
	if err != nil {
		return err
	}
	if len(logs) == 0 {
		s.noMatch(syntax.Archivelogs)
		return nil
	}
	kept, gone := s.byPolicy(x.c, logs, int(cmd.What.BackedUp), cmd.Force)
	if len(gone) > 0 {
		s.logTable(x.c, gone)
		if !cmd.NoPrompt && !s.ask("Do you really want to delete the above objects (enter YES or NO)?") {
			return nil
		}
	}
	s.sayKept(kept)
	var mismatched []string
	n := 0
	for _, l := range gone {
		if !cmd.Force && exists(l.Name) == (l.Status == oradb.Expired) {
			mismatched = append(mismatched, l.Name)
			continue
		}
		if n++; n == 1 {
			s.out.blank()
		}
		s.out.say(8071, "deleted archived log")
		if err := s.removeLog(l); err != nil {
			return err
		}
	}
	s.sayDeleted(n, cmd.Expired)
	s.sayMismatched("Archivelog", mismatched)
	return nil
}

// keptLog is a log that a policy keeps, with the warning that says so.
type keptLog struct {
	log     oradb.ArchivedLog
	warning string
}

const (
	needsBackups = "RMAN-08138: warning: archived log not deleted - must create more backups"
	needsStandby = "RMAN-08137: warning: archived log not deleted, needed for standby or upstream capture process"
	needsApply   = "RMAN-08120: warning: archived log not deleted, not yet applied by standby"
)

// byPolicy divides logs into those to keep and those to delete. BACKED UP of the
// command takes the place of the configured policy; FORCE that of both.
func (s *session) byPolicy(c *oradb.Control, logs []oradb.ArchivedLog, backedUp int, force bool) (kept []keptLog, gone []oradb.ArchivedLog) {
	need := backedUp
	if need == 0 {
		need = policyBackups(s.configured("ARCHIVELOG DELETION POLICY"))
	}
	count := backupsOf(c)
	for _, l := range logs {
		switch {
		case force:
			gone = append(gone, l)
		case count[keyOf(l)] < need:
			kept = append(kept, keptLog{l, needsBackups})
		case s.faults.NeededFrom > 0 && l.Sequence >= s.faults.NeededFrom:
			warning := needsStandby
			if s.faults.NeededCode == 8120 {
				warning = needsApply
			}
			kept = append(kept, keptLog{l, warning})
		default:
			gone = append(gone, l)
		}
	}
	return kept, gone
}

// policyBackups reads n out of "TO BACKED UP n TIMES TO DISK".
func policyBackups(policy string) int {
	f := strings.Fields(policy)
	if len(f) > 3 && f[1] == "BACKED" {
		n, _ := strconv.Atoi(f[3])
		return n
	}
	return 0
}

func (s *session) sayKept(kept []keptLog) {
	for _, k := range kept {
		s.out.raw(k.warning, fmt.Sprintf("archived log file name=%s thread=%d sequence=%d", k.log.Name, k.log.Thread, k.log.Sequence))
	}
}

// removeLog deletes a log and its record, and names it.
func (s *session) removeLog(l oradb.ArchivedLog) error {
	line := logLine(l)
	s.out.say(line.code, "%s", line.text)
	if err := os.Remove(l.Name); err != nil && !os.IsNotExist(err) {
		return err
	}
	return s.setLogStatus(map[int]oradb.Status{l.Recid: oradb.Deleted})
}

// deleteLogs is DELETE INPUT: it deletes logs that were backed up.
func (s *session) deleteLogs(ch *channel, logs []oradb.ArchivedLog, backedUp int) error {
	c, err := s.db.Control()
	if err != nil {
		return err
	}
	s.channelSay(ch, 8071, "deleting archived log(s)")
	kept, gone := s.byPolicy(c, logs, backedUp, false)
	for _, l := range gone {
		if err := s.removeLog(l); err != nil {
			return err
		}
	}
	s.sayKept(kept)
	return nil
}

// inputCopies are the logs that DELETE INPUT deletes: those that were read, or
// every copy of them with DELETE ALL INPUT.
func (j *backupJob) inputCopies(p *setPlan) []oradb.ArchivedLog {
	if !p.options.DeleteAll {
		return p.logs
	}
	var out []oradb.ArchivedLog
	for _, l := range j.control.ArchivedLogs {
		if l.Name != "" && l.Status != oradb.Deleted &&
			slices.ContainsFunc(p.logs, func(x oradb.ArchivedLog) bool { return keyOf(x) == keyOf(l) }) {
			out = append(out, l)
		}
	}
	return out
}

// logTable lists archived logs as LIST and DELETE do.
func (s *session) logTable(c *oradb.Control, logs []oradb.ArchivedLog) {
	title := "List of Archived Log Copies for database with db_unique_name " + c.UniqueName
	s.out.blank()
	s.out.raw(title, strings.Repeat("=", len(title)))
	s.out.blank()
	width := max(9, len(s.nls.date(s.now())))
	s.out.raw("Key     Thrd Seq     S Low Time ", "------- ---- ------- - "+strings.Repeat("-", width))
	for _, l := range logs {
		s.out.raw(fmt.Sprintf("%-7d %-4d %-7d %s %s", l.Recid, l.Thread, l.Sequence, l.Status, s.nls.date(l.FirstTime)),
			"        Name: "+l.Name, "")
	}
}
