package restore

import (
	"orabak-tui/internal/oracle"
)

// mounted tells whether the instance answers for the database's files.
func mounted(f *oracle.Facts) bool {
	return !f.ControlfileLost && (f.Status == oracle.Mounted || f.Status == oracle.Open)
}

// currentControl tells whether the mounted control file is the database's own
// and not a restored one.
func currentControl(f *oracle.Facts) bool { return mounted(f) && f.ControlfileType == "CURRENT" }

// redoIntact tells whether the current control file and all online redo that
// is not archived yet are there. A member that nobody could look at counts as
// there: recovery will say so if it is not.
func redoIntact(in *Input) bool {
	if !currentControl(&in.Facts) || len(in.Facts.Redo) == 0 {
		return false
	}
	for _, g := range in.Facts.Redo {
		if g.Sequence > 0 && g.Status != "UNUSED" && !g.Archived && !anyMember(in, g) {
			return false
		}
	}
	return true
}

func anyMember(in *Input, g oracle.RedoGroup) bool {
	if !in.Facts.Knows("V$LOGFILE") {
		return true
	}
	for _, m := range g.Members {
		if exists, looked := in.Exists[m]; exists || !looked {
			return true
		}
	}
	return false
}

// damaged are the datafiles that the mounted instance cannot use.
func damaged(in *Input) []int {
	var files []int
	for _, d := range in.Facts.Datafiles {
		exists, looked := in.Exists[d.Name]
		if d.HeaderError != "" && d.HeaderError != "OFFLINE NORMAL" || looked && !exists {
			files = append(files, d.Number)
		}
	}
	return files
}
