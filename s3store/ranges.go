package s3store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"

	"github.com/minio/crc64nvme"
)

// A ranges file lies beside a download: a line that says of which object, and
// a line for each range that is on disk, with its checksum. Ranges are read
// again before they are believed: power loss may have taken them.

const (
	rangesVersion = 1
	maxRangesFile = 64 << 20 // a piece of 5 TiB has 30 MB
)

// rangeHead is the first line of a ranges file.
type rangeHead struct {
	Version int    `json:"v"`
	Key     string `json:"key"`
	Size    int64  `json:"size"`
	CRC     string `json:"crc"` // of the whole, from the manifest
	Step    int64  `json:"step"`
}

// doneRange is a range that is on disk.
type doneRange struct {
	Number int    `json:"n"`
	CRC    string `json:"crc"`
}

// rangeLog knows which ranges are on disk.
type rangeLog struct {
	path string
	head rangeHead

	mu   sync.Mutex // guards the variables below
	f    *os.File
	done map[int]uint64
}

// openRanges takes up what an earlier download of the same object left in
// data, or begins anew.
func openRanges(path string, head rangeHead, data io.ReaderAt) (*rangeLog, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	l := &rangeLog{path: path, head: head, f: f, done: map[int]uint64{}}
	old, err := io.ReadAll(io.LimitReader(f, maxRangesFile))
	if err == nil {
		for n, crc := range parseRanges(old, head) {
			if l.onDisk(data, n, crc) {
				l.done[n] = crc
			}
		}
		err = l.rewrite()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// parseRanges reads a ranges file of this head; a torn or strange line is
// skipped.
func parseRanges(b []byte, want rangeHead) map[int]uint64 {
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 64<<10)
	var head rangeHead
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || head != want {
		return nil
	}
	done := map[int]uint64{}
	for lines.Scan() {
		var r doneRange
		if json.Unmarshal(lines.Bytes(), &r) != nil || r.Number < 0 || int64(r.Number) > want.Size/want.Step {
			continue
		}
		if crc, ok := parseCRC(r.CRC); ok {
			done[r.Number] = crc
		}
	}
	return done
}

// length is the number of bytes in a range, 0 for one past the end.
func (l *rangeLog) length(n int) int64 {
	return max(0, min(l.head.Step, l.head.Size-int64(n)*l.head.Step))
}

func (l *rangeLog) onDisk(data io.ReaderAt, n int, want uint64) bool {
	size := l.length(n)
	if size == 0 {
		return false
	}
	var crc uint64
	buf := make([]byte, readStep)
	for pos := int64(0); pos < size; pos += readStep {
		b := buf[:min(readStep, size-pos)]
		if _, err := data.ReadAt(b, int64(n)*l.head.Step+pos); err != nil {
			return false
		}
		crc = crc64nvme.Update(crc, b)
	}
	return crc == want
}

// rewrite writes the file anew: the head and what is done.
func (l *rangeLog) rewrite() error {
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	err := l.write(l.head)
	for n, crc := range l.done {
		err = errors.Join(err, l.write(doneRange{n, crcText(crc)}))
	}
	return err
}

func (l *rangeLog) write(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = l.f.Write(append(line, '\n'))
	return err
}

func (l *rangeLog) add(n int, crc uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done[n] = crc
	return l.write(doneRange{n, crcText(crc)})
}

func (l *rangeLog) has(n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.done[n]
	return ok
}

// bytes is how much is on disk.
func (l *rangeLog) bytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum int64
	for n := range l.done {
		sum += l.length(n)
	}
	return sum
}

// whole is the checksum of all ranges, which must be there.
func (l *rangeLog) whole() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var whole uint64
	for n := 0; l.length(n) > 0; n++ {
		whole = crcJoin(whole, l.done[n], l.length(n))
	}
	return whole
}

// reset forgets all ranges.
func (l *rangeLog) reset() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = map[int]uint64{}
	return l.rewrite()
}

func (l *rangeLog) close() { l.f.Close() }
