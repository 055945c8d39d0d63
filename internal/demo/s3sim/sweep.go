package s3sim

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// sweep removes what killed processes left behind, as far as nobody is at it.
// Nothing of it is visible to clients, so failing to remove it is no error.
func (s *Server) sweep() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		b, err := s.bucket(e.Name())
		if err != nil {
			continue
		}
		b.sweepTemp()
		if unlock, err := b.lock(); err == nil { // which sweeps the rest
			unlock()
		}
	}
}

func (b bucket) sweepTemp() {
	entries, err := os.ReadDir(b.temp())
	if err != nil {
		return
	}
	for _, e := range entries {
		path := filepath.Join(b.temp(), e.Name())
		if e.IsDir() {
			_ = os.RemoveAll(path)
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > tempAge {
			removeUnowned(path)
		}
	}
}

// removeUnowned removes a temporary file unless its writer is alive, which
// then holds the lock on it.
func removeUnowned(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		_ = os.Remove(path)
	}
}

// sweepData removes data that no metadata names: a process died between the
// renames of a commit. The caller holds the lock, so no commit is under way.
func (b bucket) sweepData() {
	_ = filepath.WalkDir(b.dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, dataSuffix) && !named(path) {
			_ = os.Remove(path)
		}
		return nil
	})
}

// named reports whether the metadata beside a data file names it. Objects and
// parts are alike in this.
func named(path string) bool {
	cut := strings.LastIndex(path, "@")
	var m struct {
		Data string `json:"data"`
	}
	err := readJSON(path[:cut]+metaSuffix, &m)
	return err == nil && path[cut:] == "@"+m.Data+dataSuffix
}
