package piece

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"os"
)

// Kind tells what a frame holds.
type Kind byte

// The kinds of frames, in the order in which they stand in a piece.
const (
	FileBegin   Kind = iota + 1 // JSON of the datafile's image
	Blocks                      // any number of: block number (4 bytes), block
	FileEnd                     // JSON of the final image
	LogBegin                    // JSON of the log's header
	LogData                     // bytes of the log file
	LogEnd                      // nothing
	ControlFile                 // a serialised control file
	SPFile                      // the text of a parameter file
)

const (
	frameHead  = 10 // kind, packed flag, length, checksum
	maxPayload = 1 << 26
)

// Writer writes one piece. It is not safe for concurrent use.
type Writer struct {
	f      *os.File
	region int64
	size   int64
	packed bool
	onto   func(n int) error
}

// Create makes the file, which must not exist, with an empty header region that
// is large enough for entries objects (datafiles or logs). packed compresses.
// before is asked before n bytes are written; it may wait, and an error of its
// own stops the write.
func Create(path string, entries int, packed bool, before func(n int) error) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	w := &Writer{f: f, packed: packed, onto: before}
	w.region = int64(2+entries/8) * unit
	if err := w.write(make([]byte, w.region)); err != nil {
		_ = f.Close()
		return nil, err
	}
	return w, nil
}

// Size is the number of bytes written so far.
func (w *Writer) Size() int64 { return w.size }

// Frame appends one frame.
func (w *Writer) Frame(k Kind, payload []byte) error {
	packed := byte(0)
	if w.packed && len(payload) > 512 {
		if small := pack(payload); len(small) < len(payload) {
			payload, packed = small, 1
		}
	}
	head := make([]byte, frameHead, frameHead+len(payload))
	head[0], head[1] = byte(k), packed
	binary.BigEndian.PutUint32(head[2:], uint32(len(payload)))
	sum := crc32.Update(crc32.ChecksumIEEE(head[:6]), crc32.IEEETable, payload)
	binary.BigEndian.PutUint32(head[6:], sum)
	return w.write(append(head, payload...))
}

func (w *Writer) write(b []byte) error {
	if w.onto != nil {
		if err := w.onto(len(b)); err != nil {
			return err
		}
	}
	n, err := w.f.Write(b)
	w.size += int64(n)
	return err
}

// Finish completes the header and closes the file.
func (w *Writer) Finish(h Header) error {
	region, err := h.encode(w.region)
	if err == nil {
		if err = w.f.Sync(); err == nil {
			_, err = w.f.WriteAt(region, 0)
		}
	}
	if cerr := w.f.Close(); err == nil {
		err = cerr
	}
	return err
}

// Abandon closes the file as it is, without a header.
func (w *Writer) Abandon() { _ = w.f.Close() }

func pack(b []byte) []byte {
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return b
	}
	_, err = z.Write(b)
	if cerr := z.Close(); err != nil || cerr != nil {
		return b
	}
	return out.Bytes()
}
