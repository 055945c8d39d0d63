package rmansim

import (
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
)

// find gives the file of the log that recovery asks for: on disk, restored, or
// still online.
func (r *recovery) find(need oradb.LogNeed) (string, error) {
	path := need.Archived
	if path == "" {
		restored, err := r.restoreLog(need)
		if err != nil {
			return "", err
		}
		path = restored
	}
	if path == "" && need.Online != "" {
		if r.control.Type != oradb.ControlCurrent {
			r.sayApplied(need.Online, need)
		}
		return need.Online, nil
	}
	if path == "" {
		return "", r.notFound(need)
	}
	r.sayApplied(path, need)
	return path, nil
}

func (r *recovery) sayApplied(path string, need oradb.LogNeed) {
	r.s.out.say(8515, "archived log file name=%s thread=%d sequence=%d", path, need.Thread, need.Sequence)
}

// restoreLog restores a log from a backup, together with the later ones of the
// same set. It gives an empty path when there is no backup.
func (r *recovery) restoreLog(need oradb.LogNeed) (path string, err error) {
	want := logKey{need.Thread, need.Sequence, need.Resetlogs.SCN}
	key, ok := newestSetWith(r.control, want)
	if !ok {
		return "", nil
	}
	g := logGroup{key: key}
	for _, b := range r.control.BackupLogs {
		k := logKey{b.Thread, b.Sequence, b.Resetlogs.SCN}
		inside := r.limit.scn == 0 || b.FirstSCN < r.limit.scn
		if b.Set == key && b.FirstSCN >= need.SCN && inside && onDisk(r.control, k) == "" || b.Set == key && k == want {
			g.logs = append(g.logs, oradb.ArchivedLog{Thread: b.Thread, Sequence: b.Sequence, Resetlogs: b.Resetlogs, FirstSCN: b.FirstSCN})
		}
	}
	sortLogs(g.logs)
	err = r.s.restoreLogSet(r.channels[0], r.control, g, func(l oradb.ArchivedLog) {
		r.applied = append(r.applied, l)
		if keyOf(l) == want {
			path = l.Name
		}
	})
	return path, err
}

// deleteApplied removes a log that was restored for this recovery once it is
// applied: in the recovery area always, elsewhere by DELETE ARCHIVELOG.
func (r *recovery) deleteApplied(path string) error {
	i := slices.IndexFunc(r.applied, func(l oradb.ArchivedLog) bool { return l.Name == path })
	if i < 0 {
		return nil
	}
	area, err := r.s.db.RecoveryArea()
	if err != nil {
		return err
	}
	inArea := area.Dir != "" && strings.HasPrefix(path, filepath.Clean(area.Dir)+"/")
	if !inArea && !r.cmd.DeleteLogs {
		return nil
	}
	l := r.applied[i]
	r.applied = slices.Delete(r.applied, i, i+1)
	r.s.out.say(8071, "channel default: deleting archived log(s)")
	return r.s.removeLog(l)
}
