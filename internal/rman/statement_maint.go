package rman

import (
	"strconv"
	"strings"
)

// DeleteArchivelogs deletes archived redo logs from disk, through RMAN, so
// that its repository and Data Guard's needs are honoured. The engine may
// order it only for logs that a committed set holds.
type DeleteArchivelogs struct {
	Ranges          []LogRange // exactly these; empty = ALL, which needs BackedUp
	CompletedBefore string     // TimeLayout, host's wall clock; empty = any age
	OlderThanHours  int        // instead of CompletedBefore; 0 = any age
	BackedUp        int        // disk backups RMAN must know of; 0 only with Ranges
}

func (DeleteArchivelogs) place() place { return anywhere }

func (s DeleteArchivelogs) render(r *render) {
	if len(s.Ranges) == 0 && s.BackedUp < 1 {
		r.refuse("deletion of archived logs", "ALL", "it asks for no backup", "set BackedUp to 1 or more")
	}
	if s.CompletedBefore != "" && s.OlderThanHours != 0 {
		r.refuse("age of archived logs", s.CompletedBefore, "it is given twice", "give a time or hours")
	}
	if len(s.Ranges) == 0 {
		r.put("DELETE NOPROMPT ARCHIVELOG ALL")
		s.qualify(r)
		return
	}
	for _, l := range s.Ranges {
		r.next()
		r.put("DELETE NOPROMPT ARCHIVELOG")
		l.render(r)
		s.qualify(r)
	}
}

func (s DeleteArchivelogs) qualify(r *render) {
	if s.OlderThanHours != 0 {
		r.put("COMPLETED BEFORE")
		if s.OlderThanHours < 0 || s.OlderThanHours > 24*3650 {
			r.refuse("age of archived logs", strconv.Itoa(s.OlderThanHours), "it is not a sensible number of hours", "check ARCHIVELOG_KEEP_HOURS")
		}
		r.put("'SYSDATE-" + strconv.Itoa(s.OlderThanHours) + "/24'")
	}
	if s.CompletedBefore != "" {
		r.put("COMPLETED BEFORE")
		r.date("age of archived logs", s.CompletedBefore)
	}
	if s.BackedUp != 0 {
		r.put("BACKED UP")
		r.number("number of backups", int64(s.BackedUp), 1, 9)
		r.put("TIMES TO DEVICE TYPE DISK")
	}
	r.end()
}

// CatalogStartWith catalogs every file under a folder. RMAN matches prefixes,
// not folders, so the text always ends in a separator.
type CatalogStartWith struct{ Dir string }

func (CatalogStartWith) place() place { return anywhere }

func (s CatalogStartWith) render(r *render) {
	dir := s.Dir
	if dir != "" && !strings.HasSuffix(dir, "/") && !strings.HasSuffix(dir, `\`) {
		dir += "/"
	}
	r.put("CATALOG START WITH")
	r.value(quotePath("folder to catalog", dir))
	r.put("NOPROMPT")
	r.end()
}

// CatalogBackupPieces catalogs exactly these backup pieces.
type CatalogBackupPieces struct{ Handles []string }

func (CatalogBackupPieces) place() place { return anywhere }

func (s CatalogBackupPieces) render(r *render) {
	r.put("CATALOG BACKUPPIECE")
	r.paths("backup piece", s.Handles)
	r.end()
}

// CatalogArchivelogs catalogs exactly these archived redo logs.
type CatalogArchivelogs struct{ Paths []string }

func (CatalogArchivelogs) place() place { return anywhere }

func (s CatalogArchivelogs) render(r *render) {
	r.put("CATALOG ARCHIVELOG")
	r.paths("archived log", s.Paths)
	r.end()
}

// Change is what ChangeBackupPieces does to the records of pieces.
type Change string

// The changes of a piece's record. None of them touches the file.
const (
	Uncatalog   Change = "UNCATALOG"   // forget the piece
	Unavailable Change = "UNAVAILABLE" // keep it, do not use it
	Available   Change = "AVAILABLE"   // use it again
)

// ChangeBackupPieces changes the repository's records of backup pieces.
type ChangeBackupPieces struct {
	Handles []string // as the repository spells them
	To      Change
}

func (ChangeBackupPieces) place() place { return anywhere }

func (s ChangeBackupPieces) render(r *render) {
	r.put("CHANGE BACKUPPIECE")
	r.paths("backup piece", s.Handles)
	switch s.To {
	case Uncatalog, Unavailable, Available:
		r.put(string(s.To))
	default:
		r.refuse("change of a backup piece", string(s.To), "there is no such change", "use UNCATALOG, UNAVAILABLE or AVAILABLE")
	}
	r.end()
}

// CrosscheckArchivelogs makes the repository notice archived logs that are
// gone from disk. Backups are never crosschecked: theirs are gone on purpose.
type CrosscheckArchivelogs struct {
	Disk bool // with a channel for disk: the configured device is a tape, which may not answer
}

func (CrosscheckArchivelogs) place() place { return promptOnly }

func (s CrosscheckArchivelogs) render(r *render) {
	if s.Disk {
		r.put("ALLOCATE CHANNEL FOR MAINTENANCE DEVICE TYPE DISK")
		r.end()
		r.next()
	}
	r.put("CROSSCHECK ARCHIVELOG ALL")
	r.end()
	if s.Disk {
		r.next()
		r.put("RELEASE CHANNEL")
		r.end()
	}
}

// ListBackupTag lists the backup sets that carry a tag, pieces included.
type ListBackupTag struct{ Tag string }

func (ListBackupTag) place() place { return promptOnly }

func (s ListBackupTag) render(r *render) {
	r.put("LIST BACKUP")
	putTag(r, s.Tag)
	r.end()
}

// List is a report of the repository without arguments.
type List string

// The reports that the parsers of this package read.
const (
	ListBackup        List = "LIST BACKUP"
	ListBackupSummary List = "LIST BACKUP SUMMARY"
	ListArchivelogs   List = "LIST ARCHIVELOG ALL"
	ListIncarnation   List = "LIST INCARNATION"
	ReportSchema      List = "REPORT SCHEMA"
)

func (List) place() place { return promptOnly }

func (s List) render(r *render) {
	switch s {
	case ListBackup, ListBackupSummary, ListArchivelogs, ListIncarnation, ReportSchema:
		r.put(string(s))
	default:
		r.refuse("report", string(s), "there is no such report", "use one of the List constants")
	}
	r.end()
}
