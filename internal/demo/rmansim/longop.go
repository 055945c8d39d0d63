package rmansim

import (
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
)

// longop publishes the progress of a set in V$SESSION_LONGOPS, in blocks. A nil
// longop publishes nothing.
type longop struct {
	s    *session
	row  oradb.Longop
	base int64 // blocks of files already done
	last time.Time
}

// longopEvery is how often progress is published.
const longopEvery = 500 * time.Millisecond

// newLongop begins the row of a set that is backed up.
func newLongop(s *session, c *channel, p *setPlan) *longop {
	op := "RMAN: full datafile backup"
	total := int64(0)
	for _, f := range p.files {
		total += f.file.Bytes / oradb.BlockSize
	}
	for _, l := range p.logs {
		total += l.Blocks
	}
	switch {
	case len(p.logs) > 0:
		op = "RMAN: archived log backup"
	case p.level >= 0:
		op = "RMAN: incremental datafile backup"
	}
	return startLongop(s, c, op, total)
}

// readLongop begins the row of a set that is restored: the blocks in it are the
// work.
func readLongop(s *session, ch *channel, c *oradb.Control, key oradb.SetKey) *longop {
	op, total := "RMAN: archived log restore", int64(0)
	for _, l := range c.BackupLogs {
		if l.Set == key {
			total += l.Blocks
		}
	}
	for _, f := range c.BackupFiles {
		if f.Set != key || f.File == 0 {
			continue
		}
		total += f.Blocks
		op = "RMAN: full datafile restore"
		if f.Level > 0 {
			op = "RMAN: incremental datafile restore"
		}
	}
	if total == 0 {
		return nil
	}
	return startLongop(s, ch, op, total)
}

// blocks adds those of a frame that was read.
func (l *longop) blocks(k piece.Kind, size int) {
	if l == nil {
		return
	}
	switch k {
	case piece.Blocks:
		l.base += int64(size / (4 + oradb.BlockSize))
	case piece.LogData:
		l.base += int64(size / oradb.RedoBlockSize)
	}
	l.base = min(l.base, l.row.TotalWork)
	l.advance(0)
}

func startLongop(s *session, c *channel, op string, total int64) *longop {
	l := &longop{s: s, row: oradb.Longop{SID: c.sid, Serial: c.serial, Opname: op, Context: 1, TotalWork: total,
		Start: s.db.Now()}}
	l.publish()
	return l
}

// advance tells how many blocks of the present file are done.
func (l *longop) advance(blocks int64) {
	if l == nil {
		return
	}
	l.row.SoFar = l.base + blocks
	if time.Since(l.last) >= longopEvery {
		l.publish()
	}
}

// fileDone adds a finished file.
func (l *longop) fileDone(blocks int64) {
	if l == nil {
		return
	}
	l.base += blocks
	l.advance(0)
}

// end publishes the final state.
func (l *longop) end() {
	if l != nil {
		l.publish()
	}
}

func (l *longop) publish() {
	l.last = time.Now()
	l.row.Updated = l.s.db.Now()
	_ = l.s.db.SetLongop(l.row)
}

func itoa(n int) string { return strconv.Itoa(n) }

// containsWord reports whether a text has the word among its words.
func containsWord(text, word string) bool {
	for w := range strings.FieldsSeq(text) {
		if w == word {
			return true
		}
	}
	return false
}
