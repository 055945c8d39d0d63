package rman

import "strings"

// SetDBID names the database to an instance that has no control file yet.
type SetDBID struct{ DBID int64 }

func (SetDBID) place() place { return anywhere }

func (s SetDBID) render(r *render) {
	r.put("SET DBID")
	r.number("DBID", s.DBID, 1, maxDBID)
	r.end()
}

// Startup starts the instance. Without NoMount and Mount it opens the
// database.
type Startup struct {
	Force   bool // shut down (abort) first if it runs
	NoMount bool
	Mount   bool
	Pfile   string // absolute path; empty = SPFILE, or none at all with NoMount
}

func (Startup) place() place { return anywhere }

func (s Startup) render(r *render) {
	r.put("STARTUP")
	r.when(s.Force, "FORCE")
	r.when(s.NoMount, "NOMOUNT")
	r.when(s.Mount, "MOUNT")
	if s.NoMount && s.Mount {
		r.refuse("startup state", "NOMOUNT MOUNT", "the two exclude each other", "ask for one")
	}
	if s.Pfile != "" {
		r.put("PFILE=")
		text, err := quotePath("parameter file", s.Pfile)
		if err != nil {
			r.errs = append(r.errs, err)
		}
		r.b.WriteString(text)
	}
	r.end()
}

// Shutdown stops the instance: IMMEDIATE, or ABORT.
type Shutdown struct{ Abort bool }

func (Shutdown) place() place { return anywhere }

func (s Shutdown) render(r *render) {
	r.put("SHUTDOWN")
	r.when(s.Abort, "ABORT")
	r.when(!s.Abort, "IMMEDIATE")
	r.end()
}

// RestoreSpfile restores the SPFILE out of one backup piece.
type RestoreSpfile struct {
	From  string // the piece
	To    string // SPFILE to write; empty = the instance's own place
	Pfile string // instead of To: write a text parameter file
}

func (RestoreSpfile) place() place { return anywhere }

func (s RestoreSpfile) render(r *render) {
	r.put("RESTORE SPFILE")
	if s.To != "" && s.Pfile != "" {
		r.refuse("SPFILE target", s.To, "two targets are given", "give one")
	}
	if s.To != "" {
		r.put("TO")
		r.value(quotePlain("SPFILE target", s.To))
	}
	if s.Pfile != "" {
		r.put("TO PFILE")
		r.value(quotePlain("parameter file", s.Pfile))
	}
	r.put("FROM")
	r.value(quotePath("backup piece", s.From))
	r.end()
}

// RestoreControlfile restores the control file out of one backup piece to the
// places of the parameter CONTROL_FILES. The instance must not be mounted.
type RestoreControlfile struct{ From string }

func (RestoreControlfile) place() place { return anywhere }

func (s RestoreControlfile) render(r *render) {
	r.put("RESTORE CONTROLFILE FROM")
	r.value(quotePath("backup piece", s.From))
	r.end()
}

// AlterDatabase is a change of the database's state.
type AlterDatabase string

// The changes of state. OpenResetlogs begins a new incarnation.
const (
	MountDatabase AlterDatabase = "ALTER DATABASE MOUNT"
	OpenDatabase  AlterDatabase = "ALTER DATABASE OPEN"
	OpenResetlogs AlterDatabase = "ALTER DATABASE OPEN RESETLOGS"
)

func (AlterDatabase) place() place { return anywhere }

func (s AlterDatabase) render(r *render) {
	switch s {
	case MountDatabase, OpenDatabase, OpenResetlogs:
		r.put(string(s))
	default:
		r.refuse("change of state", string(s), "there is no such change", "use one of the AlterDatabase constants")
	}
	r.end()
}

// ResetDatabaseToIncarnation makes an older incarnation current, on a mounted
// database, before a restore to a point before RESETLOGS.
type ResetDatabaseToIncarnation struct {
	Number int // V$DATABASE_INCARNATION.INCARNATION#
}

func (ResetDatabaseToIncarnation) place() place { return promptOnly }

func (s ResetDatabaseToIncarnation) render(r *render) {
	r.put("RESET DATABASE TO INCARNATION")
	r.number("incarnation", int64(s.Number), 1, maxSeq)
	r.end()
}

// RenameFile changes the name of a file (online log, temporary file) in the
// control file of a mounted database; it moves nothing.
type RenameFile struct{ From, To string }

func (RenameFile) place() place { return anywhere }

func (s RenameFile) render(r *render) {
	from, err1 := quotePath("file name", s.From)
	to, err2 := quotePath("file name", s.To)
	for _, err := range []error{err1, err2} {
		if err != nil {
			r.errs = append(r.errs, err)
		}
	}
	double := func(s string) string { return strings.ReplaceAll(s, "'", "''") }
	r.put(`SQL "ALTER DATABASE RENAME FILE ` + double(from) + ` TO ` + double(to) + `"`)
	r.end()
}

// SetDatafileOnline takes one datafile of an open database offline, for its
// restore, or brings it back.
type SetDatafileOnline struct {
	File   int
	Online bool
}

func (SetDatafileOnline) place() place { return anywhere }

func (s SetDatafileOnline) render(r *render) {
	r.put("SQL 'ALTER DATABASE DATAFILE")
	r.number("datafile number", int64(s.File), 1, maxFile)
	r.when(s.Online, "ONLINE'")
	r.when(!s.Online, "OFFLINE'")
	r.end()
}
