package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"orabak-tui/internal/run"
)

// leftovers finds the staging folders of earlier runs of one database. A
// folder whose state cannot be read is returned in broken, untouched.
func leftovers(stagingDir string, dbid int64) (found []leftover, broken []error, err error) {
	entries, err := os.ReadDir(stagingDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("staging folder: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		l, err := readState(filepath.Join(stagingDir, e.Name()))
		switch {
		case errors.Is(err, errNoBegin), errors.Is(err, fs.ErrNotExist) && isRunID(e.Name()):
			found = append(found, l)
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			broken = append(broken, err)
		case l.Begin.DBID == dbid:
			found = append(found, l)
		}
	}
	return found, broken, nil
}

func isRunID(name string) bool {
	id, err := run.ParseID(name)
	return err == nil && id.DBName == ""
}

// claim holds the state file for this process as long as it lives, so that no
// run with another LOG_DIR, and so another lock, takes a living run for an
// interrupted one. A file system that cannot lock only loses that.
func claim(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return &run.HeldError{Key: "staging folder " + filepath.Dir(f.Name()), Holder: run.Holder{RunID: filepath.Base(filepath.Dir(f.Name()))}}
		}
		return nil
	}
}

// bootID tells this boot of the host from all others; it is empty where that
// cannot be told.
func bootID() string {
	id, _, _ := strings.Cut(run.Self("", time.Time{}).Proc, ":")
	return id
}

// sameBoot says that the host has not gone down since.
func sameBoot(boot string) bool { return boot != "" && boot == bootID() }
