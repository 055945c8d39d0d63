package restore

import (
	"fmt"

	"orabak-tui/internal/oracle"
)

// future refuses an SCN that no redo can hold yet. Where the instance cannot be
// asked for its own, and for a moment on a clock that need not be ours,
// recovery finds out by meeting the end of redo.
func future(t Target, f *oracle.Facts) error {
	if t.Kind != TargetSCN || f.Status != oracle.Open || f.CurrentSCN == 0 || t.SCN <= f.CurrentSCN+1 {
		return nil
	}
	return &UnreachableError{
		Reason:        fmt.Sprintf("SCN %d has not been: the database is at SCN %d", t.SCN, f.CurrentSCN),
		NearestBefore: &Moment{SCN: f.CurrentSCN},
	}
}
