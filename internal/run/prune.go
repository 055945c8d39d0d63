package run

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// Prune removes the folders of runs that ended more than keepDays before now,
// and gives their ids. Running runs and those that resumable tells (nil: those
// that List calls Resumable) are kept, however old. A run of another host that
// cannot be judged is pruned by the age of its last event, one whose journal
// cannot be read is kept. keepDays of 0 or
// less keeps everything. Only folders with the name of a run are touched.
func Prune(logDir string, keepDays int, now time.Time, resumable func(Info) bool) ([]string, error) {
	if keepDays <= 0 {
		return nil, nil
	}
	if resumable == nil {
		resumable = func(i Info) bool { return i.Resumable }
	}
	list, err := List(logDir)
	if err != nil {
		return nil, fmt.Errorf("prune runs: %w", err)
	}
	var gone []string
	var failed []error
	for _, i := range list {
		if i.State == Running || i.unread || now.Sub(lastSign(i)) <= time.Duration(keepDays)*24*time.Hour || resumable(i) {
			continue
		}
		if err := os.RemoveAll(i.Dir); err != nil {
			failed = append(failed, fmt.Errorf("prune run %s: %w", i.ID, err))
			continue
		}
		gone = append(gone, i.ID)
	}
	return gone, errors.Join(failed...)
}

func lastSign(i Info) time.Time {
	if i.Ended.IsZero() {
		return i.Started
	}
	return i.Ended
}
