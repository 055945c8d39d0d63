package oradb

import (
	"os"
	"slices"
)

// locate finds a log on disk.
func (c *Control) locate(n LogNeed) (archived, online string) {
	for _, l := range slices.Backward(c.ArchivedLogs) {
		if l.Thread == n.Thread && l.Sequence == n.Sequence && l.Resetlogs.Equal(n.Resetlogs) &&
			l.Status == Available && exists(l.Name) {
			archived = l.Name
			break
		}
	}
	for _, t := range c.Threads {
		for _, g := range t.Groups {
			for _, m := range g.Members {
				h, err := ReadLogHeader(m)
				if err == nil && h.Thread == n.Thread && h.Sequence == n.Sequence && h.Resetlogs.Equal(n.Resetlogs) && h.DBID == c.DBID {
					online = m
				}
			}
		}
	}
	return archived, online
}

func headerMissing(path string) error {
	return Ora(308, "cannot open archived log '%s'", path).osError(27037, "unable to obtain file status")
}

func openLog(path string) (*os.File, LogHeader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, LogHeader{}, headerMissing(path)
	}
	h, err := readLogHeader(f)
	if err != nil {
		_ = f.Close()
		return nil, h, Ora(317, "file type 0 in header is not log file").And(334, "archived log: '%s'", path)
	}
	return f, h, nil
}
