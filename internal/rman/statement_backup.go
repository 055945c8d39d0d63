package rman

import "strconv"

// BackupDatafiles is an incremental backup of all datafiles or of some. There
// is no plain full backup: it could never be the base of a level 1.
type BackupDatafiles struct {
	Level       int  // 0 or 1
	Cumulative  bool // level 1 only: everything since the last level 0
	Compressed  bool
	Force       bool   // back up even what backup optimization would skip
	CheckLog    bool   // CHECK LOGICAL: look for logical corruption too
	Tag         string // at most 30 of A-Z 0-9 _ - . and blank; stored in upper case
	FilesPerSet int    // 0 = RMAN's default
	SectionSize int64  // bytes, 0 = whole files; never together with MAXPIECESIZE
	Files       []int  // datafile numbers; empty = DATABASE
}

func (BackupDatafiles) place() place { return anywhere }

func (s BackupDatafiles) render(r *render) {
	backupAs(r, s.Compressed)
	r.put("INCREMENTAL LEVEL")
	r.number("incremental level", int64(s.Level), 0, 1)
	if s.Cumulative && s.Level != 1 {
		r.refuse("incremental level", strconv.Itoa(s.Level), "only a level 1 can be cumulative", "leave CUMULATIVE out")
	}
	r.when(s.Cumulative, "CUMULATIVE")
	r.when(s.Force, "FORCE")
	r.when(s.CheckLog, "CHECK LOGICAL")
	r.b.WriteString("\n ")
	putTag(r, s.Tag)
	if s.FilesPerSet != 0 {
		r.put("FILESPERSET")
		r.number("files per set", int64(s.FilesPerSet), 1, maxFile)
	}
	if s.SectionSize != 0 {
		r.put("SECTION SIZE")
		r.size("section size", s.SectionSize)
	}
	if len(s.Files) == 0 {
		r.put("DATABASE")
	} else {
		r.files(s.Files)
	}
	r.end()
}

// backupAs begins a backup. The type is always said, because CONFIGURE may
// have made image copies the default.
func backupAs(r *render, compressed bool) {
	if compressed {
		r.put("BACKUP AS COMPRESSED BACKUPSET")
		return
	}
	r.put("BACKUP AS BACKUPSET")
}

// putTag appends TAG 'x'; every backup of ours has one.
func putTag(r *render, tag string) {
	r.put("TAG")
	r.value(quoteTag(tag))
}

// LogRange is a closed range of archived redo logs of one thread.
type LogRange struct {
	Thread      int
	From, To    int64 // sequences, both included
	Incarnation int   // 0 = the current one
}

func (l LogRange) render(r *render) {
	r.put("FROM SEQUENCE")
	r.number("log sequence", l.From, 1, maxSeq)
	r.put("UNTIL SEQUENCE")
	r.number("log sequence", l.To, l.From, maxSeq)
	r.put("THREAD")
	r.number("redo thread", int64(l.Thread), 1, maxThr)
	if l.Incarnation != 0 {
		r.put("INCARNATION")
		r.number("incarnation", int64(l.Incarnation), 1, maxSeq)
	}
}

// BackupArchivelogs backs up archived redo logs: ranges, or all on disk. It
// never deletes its input.
type BackupArchivelogs struct {
	Compressed  bool
	Tag         string
	FilesPerSet int        // logs in one set; 0 = RMAN's default
	NotBackedUp bool       // skip what RMAN knows one disk backup of; not with Ranges
	Ranges      []LogRange // empty = ALL; one BACKUP each, all with the same tag
}

func (BackupArchivelogs) place() place { return anywhere }

func (s BackupArchivelogs) render(r *render) {
	if len(s.Ranges) == 0 {
		s.begin(r)
		r.put("ARCHIVELOG ALL")
		r.when(s.NotBackedUp, "NOT BACKED UP 1 TIMES")
		r.end()
		return
	}
	if s.NotBackedUp {
		r.refuse("log ranges", "NOT BACKED UP", "ranges name exactly what is wanted", "use one of the two")
	}
	for _, l := range s.Ranges {
		s.begin(r)
		r.put("ARCHIVELOG")
		l.render(r)
		r.end()
	}
}

// begin writes the options before the list of logs. FORCE, because backup
// optimization skips logs that only a foreign backup holds; it contradicts
// NOT BACKED UP, which is the same skipping on purpose.
func (s BackupArchivelogs) begin(r *render) {
	r.next()
	backupAs(r, s.Compressed)
	r.when(!s.NotBackedUp, "FORCE")
	putTag(r, s.Tag)
	if s.FilesPerSet != 0 {
		r.put("FILESPERSET")
		r.number("files per set", int64(s.FilesPerSet), 1, maxFile)
	}
}

// BackupSpfile backs up the SPFILE the instance was started with. Without one
// RMAN fails: ask Facts.SpfilePath first.
type BackupSpfile struct{ Tag string }

func (BackupSpfile) place() place { return anywhere }

func (s BackupSpfile) render(r *render) {
	backupAs(r, false)
	putTag(r, s.Tag)
	r.put("SPFILE")
	r.end()
}

// BackupControlfile backs up the current control file.
type BackupControlfile struct{ Tag string }

func (BackupControlfile) place() place { return anywhere }

func (s BackupControlfile) render(r *render) {
	backupAs(r, false)
	putTag(r, s.Tag)
	r.put("CURRENT CONTROLFILE")
	r.end()
}

// ArchiveLogCurrent switches and archives the current log of every thread.
type ArchiveLogCurrent struct{}

func (ArchiveLogCurrent) place() place { return anywhere }

func (ArchiveLogCurrent) render(r *render) {
	r.put("SQL 'ALTER SYSTEM ARCHIVE LOG CURRENT'")
	r.end()
}
