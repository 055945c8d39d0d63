package run

import (
	"os"
	"time"
)

// Half of what a line costs is its write(2), and RMAN prints by the thousand
// when it lists or catalogs. So events that come within burstDelay of the last
// write wait for each other, up to burstSize bytes. A line after a pause, which
// is how RMAN speaks in a backup, is written at once.
const (
	burstDelay = 5 * time.Millisecond
	burstSize  = 32 << 10
)

// mayWait tells the types that a kill -9 may lose the last burstDelay of:
// nothing but a screen relies on them.
func mayWait(t Type) bool {
	switch t {
	case TypeLine, TypeChannel:
		return true
	}
	return false
}

// burst holds the lines of the journal that wait. The journal's lock guards it.
type burst struct {
	buf   []byte
	last  time.Time // of the last write
	timer *time.Timer
	armed bool
}

// newBurst makes a burst that has flush called, under no lock, when lines have
// waited long enough.
func newBurst(flush func()) burst {
	b := burst{timer: time.AfterFunc(time.Hour, flush)}
	b.timer.Stop()
	return b
}

// add takes a line and tells whether what is held must be written now.
func (b *burst) add(line []byte, wait bool) bool {
	b.buf = append(b.buf, line...)
	if !wait || len(b.buf) >= burstSize || time.Since(b.last) >= burstDelay {
		return true
	}
	if !b.armed {
		b.armed = true
		b.timer.Reset(burstDelay)
	}
	return false
}

// write hands over what is held. It is held no longer even if that fails: a
// full disk must not fill memory; the next line then learns at once whether
// there is room again. torn tells that a part was written.
func (b *burst) write(f *os.File) (torn bool, err error) {
	b.armed = false
	if len(b.buf) == 0 {
		return false, nil
	}
	n, err := f.Write(b.buf)
	b.buf, b.last = b.buf[:0], time.Now()
	if err != nil {
		b.last = time.Time{}
	}
	return err != nil && n > 0, err
}

// flushLate is the timer's: it writes what no later event pushed out.
func (j *Journal) flushLate() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.closed {
		j.flush()
	}
}

// flush writes what waits; mu is held.
func (j *Journal) flush() {
	if len(j.wait.buf) == 0 {
		return
	}
	torn, err := j.wait.write(j.events)
	if err != nil {
		j.fail(err)
	}
	j.torn = torn || err != nil && j.torn
}
