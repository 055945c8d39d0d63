package batch

import (
	"orabak-tui/backup"
	"orabak-tui/internal/run"
)

// settleRuns writes down, after a run that succeeded, which interrupted runs
// have nothing left to resume: backups whose staging was finished or cleaned
// up, and restores once a later restore has succeeded.
func (a *App) settleRuns(id, kind string) {
	list, err := run.List(a.Config.LogDir)
	if err != nil {
		return // told by whoever looks at the runs; nothing depends on it
	}
	left, err := backup.Leftovers(a.Config.StagingDir, 0)
	if err != nil {
		return
	}
	for _, i := range list {
		if i.Resumable && i.ID != id && nothingLeft(i, kind, left) {
			_ = run.Settle(i.Dir, id)
		}
	}
}

func nothingLeft(i run.Info, kind string, left []backup.Leftover) bool {
	if i.Kind == "restore" {
		return kind == "restore"
	}
	for _, l := range left {
		if l.RunID == i.ID {
			return false
		}
	}
	return true
}
