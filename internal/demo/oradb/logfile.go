package oradb

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// RedoBlockSize is the size of a redo block in bytes (BLOCKS of V$ARCHIVED_LOG).
const RedoBlockSize = 512

const logMagic = "ORADBLOG"

// LogHeader is the header of an archived or online redo log file.
type LogHeader struct {
	DBID      uint32
	DBName    string
	Thread    int
	Sequence  int
	Resetlogs Branch
	Prior     Branch // the incarnation before Resetlogs, zero for the first
	FirstSCN  SCN
	FirstTime time.Time
	NextSCN   SCN // 0: not closed (a current online log)
	NextTime  time.Time
	Blocks    int64 // of RedoBlockSize, header included; 0 while not closed
}

// ReadLogHeader reads the header of an archived or online log file.
func ReadLogHeader(path string) (LogHeader, error) {
	f, err := os.Open(path)
	if err != nil {
		return LogHeader{}, err
	}
	defer func() { _ = f.Close() }()
	return readLogHeader(f)
}

func readLogHeader(f *os.File) (LogHeader, error) {
	var h LogHeader
	b := make([]byte, RedoBlockSize)
	if _, err := f.ReadAt(b, 0); err != nil {
		return h, fmt.Errorf("header of log %s: %w", f.Name(), err)
	}
	n := int(binary.LittleEndian.Uint16(b[8:]))
	if string(b[:8]) != logMagic || 14+n > len(b) ||
		binary.LittleEndian.Uint32(b[10:]) != crc32.Checksum(b[14:14+n], castagnoli) {
		return h, fmt.Errorf("header of log %s: not a redo log", f.Name())
	}
	return h, json.Unmarshal(b[14:14+n], &h)
}

func (h LogHeader) encode() ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	b := make([]byte, RedoBlockSize)
	if 14+len(text) > len(b) {
		return nil, fmt.Errorf("log header of %d bytes does not fit", len(text))
	}
	copy(b, logMagic)
	binary.LittleEndian.PutUint16(b[8:], uint16(len(text)))
	binary.LittleEndian.PutUint32(b[10:], crc32.Checksum(text, castagnoli))
	copy(b[14:], text)
	return b, nil
}

// tag makes records of this log known from those of all others.
func (h LogHeader) tag() uint64 {
	return uint64(h.Thread)<<56 ^ uint64(h.Sequence)<<24 ^ uint64(h.Resetlogs.SCN)<<8 ^
		uint64(h.Resetlogs.Time.Unix()) ^ uint64(h.DBID)<<20
}

// initLog makes an online log of the size empty, for the use that h describes.
// The folder must exist.
func initLog(path string, size int64, h LogHeader) error {
	head, err := h.encode()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(head, 0)
	if err == nil {
		err = f.Truncate(size + RedoBlockSize)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// scanLog calls fn for every record of a log from the byte offset on and gives
// the offset of the end.
func scanLog(path string, from int64, fn func(redoRecord) error) (end int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	h, err := readLogHeader(f)
	if err != nil {
		return 0, err
	}
	return scanRecords(f, h, max(from, RedoBlockSize), fn)
}

// scanWindow is how much of a log is read at first; it grows for a record that
// is larger.
const scanWindow = 64 << 10

// scanRecords is scanLog on an open file. The data of a record's vectors is
// valid only during the call of fn.
func scanRecords(f io.ReaderAt, h LogHeader, at int64, fn func(redoRecord) error) (int64, error) {
	buf := make([]byte, scanWindow)
	for {
		n, err := f.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return at, err
		}
		last := errors.Is(err, io.EOF)
		used, err := decodeAll(buf[:n], h.tag(), fn)
		at += int64(used)
		switch {
		case errors.Is(err, errNoRecord), errors.Is(err, errShortRecord) && last:
			return at, nil
		case !errors.Is(err, errShortRecord):
			return at, err
		case used == 0:
			buf = make([]byte, 4*len(buf))
		}
	}
}

// decodeAll hands the records in b to fn until there is an error, which is
// errNoRecord or errShortRecord at their end, and gives the bytes they took.
func decodeAll(b []byte, tag uint64, fn func(redoRecord) error) (used int, err error) {
	for {
		r, size, err := decodeRecord(b[used:], tag)
		if err == nil {
			err = fn(r)
		}
		if err != nil {
			return used, err
		}
		used += size
	}
}

func blocksOf(bytes int64) int64 { return (bytes + RedoBlockSize - 1) / RedoBlockSize }
