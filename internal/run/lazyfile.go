package run

import (
	"os"
	"sync"
	"time"
)

// Readable logs are written in batches: people look at them, nobody recovers
// from them. kill -9 loses at most the last lazyDelay of them.
const (
	lazyDelay = 200 * time.Millisecond
	lazySize  = 32 << 10
)

// lazyFile is an append-only file whose writes reach the kernel a little
// later. Its Write never fails; the first failure is kept for Err.
type lazyFile struct {
	mu    sync.Mutex
	file  *os.File
	buf   []byte
	timer *time.Timer
	armed bool
	err   error
}

func openLazy(path string) (*lazyFile, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	l := &lazyFile{file: f}
	l.timer = time.AfterFunc(time.Hour, l.Flush)
	l.timer.Stop()
	return l, nil
}

// Write takes p; it always succeeds.
func (l *lazyFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p...)
	if len(l.buf) >= lazySize {
		l.flush()
	} else if !l.armed {
		l.armed = true
		l.timer.Reset(lazyDelay)
	}
	return len(p), nil
}

// Flush hands everything to the kernel.
func (l *lazyFile) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
}

// flush drops what cannot be written: a full disk must not fill memory.
func (l *lazyFile) flush() {
	l.armed = false
	if len(l.buf) == 0 {
		return
	}
	if _, err := l.file.Write(l.buf); err != nil && l.err == nil {
		l.err = err
	}
	l.buf = l.buf[:0]
}

// Err is the first failure.
func (l *lazyFile) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Close flushes and closes; later writes are dropped.
func (l *lazyFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timer.Stop()
	l.flush()
	return l.file.Close()
}
