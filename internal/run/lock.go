package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Two hosts that share LOG_DIR over a network may not see each other's flock
// (NFS mounted with local locks). The holder therefore touches the lock file
// every beat; a foreign holder that has been silent for beatLost is dead.
const (
	beat     = 15 * time.Second
	beatLost = 2 * time.Minute
)

// Lock says that this process is the only one that runs on a database. It is
// an flock: it ends with the process, also after kill -9.
type Lock struct {
	file     *os.File
	holder   Holder
	previous *Holder
	stop     chan struct{}
	beats    sync.WaitGroup
}

// HeldError says who holds the lock (exit code 4).
type HeldError struct {
	Key    string
	Holder Holder // zero when the holder has not written its name yet
}

// Error names the holder and what can be done.
func (e *HeldError) Error() string {
	s := fmt.Sprintf("%s is in use by %s", Clean(e.Key), e.Holder)
	if e.Holder.RunID != "" {
		return s + ": wait for it, or stop it with --batch cancel " + Clean(e.Holder.RunID)
	}
	return s + ": wait for it"
}

// Acquire takes the lock of a database, named by key (its ORACLE_SID), in
// folder dir (LOG_DIR), without waiting. The lock of a dead process is taken
// over. If it is held, the error is a *HeldError.
func Acquire(dir, key string, h Holder) (*Lock, error) {
	return acquire(dir, key, h, onNetwork)
}

func acquire(dir, key string, h Holder, network func(string) bool) (*Lock, error) {
	if key == "" {
		return nil, errors.New("lock: no database named: set ORACLE_SID")
	}
	if err := MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("lock of %s: %w: give LOG_DIR a folder that can be written", Clean(key), err)
	}
	path := filepath.Join(dir, lockName(key))
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of %s: %w: give LOG_DIR a folder that can be written", Clean(key), err)
	}
	l := &Lock{file: f, holder: h, stop: make(chan struct{})}
	if err := l.take(dir, key, network); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	l.beats.Go(func() { l.keepBeating(beat) })
	return l, nil
}

// lockName writes letters that are not safe in a file name as their number.
func lockName(key string) string {
	var b strings.Builder
	b.WriteString(".lock-")
	for _, c := range []byte(key) {
		if safeInName(rune(c)) == rune(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

func (l *Lock) take(dir, key string, network func(string) bool) error {
	switch err := flock(l.file, syscall.LOCK_EX); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return &HeldError{Key: key, Holder: waitForName(l.file.Name())}
	case err != nil:
		return fmt.Errorf("lock of %s: the file system of LOG_DIR cannot lock files: %w: put LOG_DIR on a local disk", Clean(key), err)
	}
	before, written := decodeHolder(l.file)
	if written && before.Host != hostname() && network(dir) && l.stillBeating(dir) {
		return &HeldError{Key: key, Holder: before}
	}
	if written {
		l.previous = &before
	}
	if err := l.writeHolder(); err != nil {
		return fmt.Errorf("lock of %s: %w: LOG_DIR must have room", Clean(key), err)
	}
	return nil
}

// waitForName reads who holds a lock. Who has just taken it needs a moment to
// write its name over that of a dead one.
func waitForName(path string) Holder {
	for range 20 {
		if h, ok := readHolder(path); ok && h.life() != dead {
			return h
		}
		time.Sleep(5 * time.Millisecond)
	}
	return Holder{}
}

// stillBeating compares the lock file's time with that of a new file, which
// the same server stamps, so clocks of hosts do not matter.
func (l *Lock) stillBeating(dir string) bool {
	probe, err := os.CreateTemp(dir, ".lock-probe-*")
	if err != nil {
		return true
	}
	defer os.Remove(probe.Name())
	defer probe.Close()
	now, err1 := probe.Stat()
	last, err2 := l.file.Stat()
	return err1 != nil || err2 != nil || now.ModTime().Sub(last.ModTime()) < beatLost
}

func (l *Lock) writeHolder() error {
	data, err := json.Marshal(l.holder)
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	if _, err := l.file.WriteAt(append(data, '\n'), 0); err != nil {
		return err
	}
	return l.file.Sync()
}

func (l *Lock) keepBeating(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			l.touch()
		}
	}
}

// touch writes what stands there already, so that the server stamps the file.
// A beat that fails costs nothing while the flock stands.
func (l *Lock) touch() { _, _ = l.file.WriteAt([]byte("{"), 0) }

// Previous is the holder that died without releasing the lock, or nil.
func (l *Lock) Previous() *Holder { return l.previous }

// Release gives the lock back. The file stays, empty: removing it would let
// two processes lock two files of one name.
func (l *Lock) Release() error {
	close(l.stop)
	l.beats.Wait()
	return errors.Join(l.file.Truncate(0), l.file.Close())
}
