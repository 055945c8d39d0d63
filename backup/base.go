package backup

import (
	"fmt"
	"strings"

	"orabak-tui/s3store"
)

// baseError says that RMAN started level 1s where no backup of ours ends. What
// the repository's view of backup sets shows was looked at before; what it does
// not show (image copies, somebody's backup in the meantime) is found here.
type baseError struct{ files []s3store.FileBackup }

func (e *baseError) Error() string {
	var parts []string
	for _, f := range e.files {
		parts = append(parts, fmt.Sprintf("of datafile %d at SCN %d", f.Number, f.IncrementalSCN))
	}
	return fmt.Sprintf("%v: RMAN started the level 1 %s, where no backup of ours on S3 ends: it counts somebody's backup or image copy as the base; run again",
		ErrAccount, strings.Join(parts, ", "))
}

func (e *baseError) Unwrap() error { return ErrAccount }

// doubted are the datafiles whose level 1 would start nowhere again.
func (e *baseError) doubted() map[int]int64 {
	out := map[int]int64{}
	for _, f := range e.files {
		out[f.Number] = f.IncrementalSCN
	}
	return out
}

// doubt orders level 0 of the datafiles whose level 1 was of no use.
func doubt(levels []fileLevel, doubted map[int]int64) []fileLevel {
	for i, l := range levels {
		if scn, ok := doubted[l.File.Number]; ok && l.Level == 1 {
			levels[i] = fileLevel{File: l.File, Reason: fmt.Sprintf(
				"RMAN started the level 1 of datafile %d at SCN %d, where no backup of ours on S3 ends; it counts somebody's backup or image copy as the base", l.File.Number, scn)}
		}
	}
	return levels
}
