package oradb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// flock takes a lock on a file of its own, made when missing. The kernel drops
// it when the process dies, so there are no stale locks. how is one of
// syscall.LOCK_EX, LOCK_SH, with LOCK_NB to fail at once.
func flock(path string, how int) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return func() { _ = f.Close() }, nil
}

// exclusive runs fn while no other process or goroutine works on the database.
// It does not nest: fn must use only functions that say they need the lock.
func (db *DB) exclusive(fn func() error) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	unlock, err := flock(db.lockFile(), syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	return fn()
}

// shared runs fn while nobody changes the database.
func (db *DB) shared(fn func() error) error {
	unlock, err := flock(db.lockFile(), syscall.LOCK_SH)
	if err != nil {
		return err
	}
	defer unlock()
	return fn()
}
