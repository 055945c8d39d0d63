package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrOwnerGone says that the process of the run ended without an end event: it
// was killed, or its host went down.
var ErrOwnerGone = errors.New("the run's process is gone without having ended the run")

// ErrNoRun says that there is no such run in LOG_DIR.
var ErrNoRun = errors.New("no such run")

const (
	followEvery = 75 * time.Millisecond // a look at the file, well under what the eye notices
	ownerEvery  = 8                     // idle looks between two looks at the owner
)

// Follow calls fn for the events of a run as they are written, in any process
// on this host: from the first one, or only those to come. A run that has
// ended already gives at least its end event. Follow returns nil after the end
// event, ErrOwnerGone when none can come any more, ErrNoRun when there is no
// folder, an error of fn, or that of ctx.
func Follow(ctx context.Context, dir string, fromStart bool, fn func(Event) error) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	return follow(ctx, dir, fromStart, fn, tick.C)
}

type follower struct {
	dir  string
	file *os.File // nil until the journal exists
	read reader
	idle int
}

func follow(ctx context.Context, dir string, fromStart bool, fn func(Event) error, tick <-chan time.Time) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("%w: %s", ErrNoRun, Clean(filepath.Base(dir)))
	}
	f := &follower{dir: dir, read: reader{fn: fn}}
	defer f.close()
	if err := f.open(fromStart); err != nil {
		return err
	}
	for {
		if done, err := f.look(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick:
		}
		if f.file == nil {
			// A journal that appears while we wait is followed from its start.
			if err := f.open(true); err != nil {
				return err
			}
		}
	}
}

// open opens the journal if it is there yet.
func (f *follower) open(fromStart bool) error {
	file, err := os.Open(filepath.Join(f.dir, EventsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	f.file = file
	if fromStart {
		return nil
	}
	return f.seekLast()
}

// seekLast goes to the end of the last whole line, or before it when it is the
// end of the run.
func (f *follower) seekLast() error {
	tail, at, err := readTail(f.file)
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	end := bytes.LastIndexByte(tail, '\n') + 1
	if start := bytes.LastIndexByte(tail[:max(end-1, 0)], '\n') + 1; end > 0 {
		if e, _ := decode(tail[start : end-1]); e.Type == TypeEnd {
			end = start
		}
	}
	_, err = f.file.Seek(at+int64(end), io.SeekStart)
	return err
}

// look reads what is new. When nothing is and the owner is dead, it reads once
// more: the last words may have come in between.
func (f *follower) look() (done bool, err error) {
	read, err := f.drain()
	if f.read.ended || err != nil {
		return f.read.ended, err
	}
	if read {
		f.idle = 0
		return false, nil
	}
	if f.idle++; f.idle%ownerEvery != 1 {
		return false, nil
	}
	if _, l := lifeOf(f.dir); l != dead {
		return false, nil
	}
	if f.file == nil {
		if err := f.open(true); err != nil {
			return false, err
		}
	}
	if _, err = f.drain(); f.read.ended || err != nil {
		return f.read.ended, err
	}
	return false, ErrOwnerGone
}

func (f *follower) drain() (read bool, err error) {
	if f.file == nil {
		return false, nil
	}
	before := f.read.bytes
	err = f.read.drain(f.file)
	return f.read.bytes > before, err
}

func (f *follower) close() {
	if f.file != nil {
		_ = f.file.Close() // opened for reading only
	}
}

// readTail reads the end of a journal, with at least one whole line if there
// is any, and tells where in the file it begins.
func readTail(f *os.File) (tail []byte, at int64, err error) {
	for _, limit := range []int64{tailSize, maxLine} {
		tail, at, err = readEnd(f, limit)
		if err != nil || at == 0 || bytes.Count(tail, []byte("\n")) > 1 {
			break
		}
	}
	return tail, at, err
}

func readEnd(f *os.File, limit int64) (end []byte, at int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	at = max(info.Size()-limit, 0)
	end = make([]byte, info.Size()-at)
	n, err := f.ReadAt(end, at)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return end[:n], at, err
}
