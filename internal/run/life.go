package run

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// birth is the time within which a new folder gets its owner.
const birth = time.Minute

// lifeOf tells whether the process of a run lives. For this host the process
// table answers. For another one (or a container that shares LOG_DIR) the lock
// on the journal does, unless a network may hide it.
func lifeOf(dir string) (Holder, life) {
	h, ok := readHolder(filepath.Join(dir, ownerFile))
	if ok {
		if l := h.life(); l != unknown {
			return h, l
		}
	}
	if onNetwork(dir) {
		return h, unknown
	}
	held, known := flockHeld(filepath.Join(dir, EventsFile))
	switch {
	case held:
		return h, alive
	case known, neverBorn(dir):
		return h, dead
	}
	return h, unknown
}

// neverBorn tells of a folder that got neither an owner nor a journal in its
// time. Files that are there and cannot be read say nothing about the process.
func neverBorn(dir string) bool {
	_, noOwner := os.Lstat(filepath.Join(dir, ownerFile))
	_, noJournal := os.Lstat(filepath.Join(dir, EventsFile))
	return errors.Is(noOwner, fs.ErrNotExist) && errors.Is(noJournal, fs.ErrNotExist) && olderThan(dir, birth)
}

// olderThan tells of a folder in which nothing was made for that long.
func olderThan(dir string, d time.Duration) bool {
	fi, err := os.Stat(dir)
	return err == nil && time.Since(fi.ModTime()) > d
}
