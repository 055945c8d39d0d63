package rman

import "strconv"

// SetUntil ends restore and recovery of its RUN block early. Exactly one of
// SCN, Time and Sequence is given.
type SetUntil struct {
	SCN      int64  // the first SCN that is not applied
	Time     string // TimeLayout, database host's wall clock
	Sequence int64  // the first log that is not applied
	Thread   int    // of Sequence
}

func (SetUntil) place() place { return runOnly }

func (s SetUntil) render(r *render) {
	if given := count(s.SCN != 0, s.Time != "", s.Sequence != 0); given != 1 {
		r.refuse("end of recovery", strconv.Itoa(given)+" limits", "exactly one is needed", "give an SCN, a time or a sequence")
		return
	}
	switch {
	case s.SCN != 0:
		r.put("SET UNTIL SCN")
		r.number("SCN", s.SCN, 1, maxSCN)
	case s.Time != "":
		r.put("SET UNTIL TIME")
		r.date("time of recovery", s.Time)
	default:
		r.put("SET UNTIL SEQUENCE")
		r.number("log sequence", s.Sequence, 1, maxSeq)
		r.put("THREAD")
		r.number("redo thread", int64(s.Thread), 1, maxThr)
	}
	r.end()
}

func count(conds ...bool) int {
	n := 0
	for _, c := range conds {
		if c {
			n++
		}
	}
	return n
}

// RestoreDatabase restores all datafiles of a mounted database.
type RestoreDatabase struct {
	Force    bool // restore files that look intact too
	Validate bool // only read and check the pieces
}

func (RestoreDatabase) place() place { return anywhere }

func (s RestoreDatabase) render(r *render) {
	r.put("RESTORE DATABASE")
	r.when(s.Force, "FORCE")
	r.when(s.Validate, "VALIDATE")
	r.end()
}

// RestoreDatafiles restores some datafiles.
type RestoreDatafiles struct {
	Files []int
	Force bool
}

func (RestoreDatafiles) place() place { return anywhere }

func (s RestoreDatafiles) render(r *render) {
	r.put("RESTORE")
	r.files(s.Files)
	r.when(s.Force, "FORCE")
	r.end()
}

// RecoverDatabase applies level 1s and redo to all datafiles.
type RecoverDatabase struct {
	NoRedo bool // level 1s only, for a database without archived logs
}

func (RecoverDatabase) place() place { return anywhere }

func (s RecoverDatabase) render(r *render) {
	r.put("RECOVER DATABASE")
	r.when(s.NoRedo, "NOREDO")
	r.end()
}

// RecoverDatafiles applies level 1s and redo to some datafiles, completely.
type RecoverDatafiles struct{ Files []int }

func (RecoverDatafiles) place() place { return anywhere }

func (s RecoverDatafiles) render(r *render) {
	r.put("RECOVER")
	r.files(s.Files)
	r.end()
}

// SetNewname makes the restore of its block write a datafile to another place.
type SetNewname struct {
	File int
	To   string // absolute path without %
}

func (SetNewname) place() place { return runOnly }

func (s SetNewname) render(r *render) {
	r.put("SET NEWNAME FOR DATAFILE")
	r.number("datafile number", int64(s.File), 1, maxFile)
	r.put("TO")
	r.value(quotePlain("datafile path", s.To))
	r.end()
}

// SwitchDatafileAll makes the new names of its block the database's own.
type SwitchDatafileAll struct{}

func (SwitchDatafileAll) place() place { return runOnly }

func (SwitchDatafileAll) render(r *render) {
	r.put("SWITCH DATAFILE ALL")
	r.end()
}

// SetArchivelogDestination redirects restored archived logs of its block.
type SetArchivelogDestination struct{ Dir string }

func (SetArchivelogDestination) place() place { return runOnly }

func (s SetArchivelogDestination) render(r *render) {
	r.put("SET ARCHIVELOG DESTINATION TO")
	r.value(quotePath("archived log destination", s.Dir))
	r.end()
}
