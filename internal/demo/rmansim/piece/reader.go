package piece

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
)

// Reader reads the frames of a finished piece.
type Reader struct {
	Header Header

	f    *os.File
	r    *bufio.Reader
	at   int64
	path string
}

// Open reads the header. Errors: those of the file system, ErrHeader.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h, region, err := readHeader(f)
	if err == nil {
		_, err = f.Seek(region, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &Reader{Header: h, f: f, r: bufio.NewReaderSize(f, 1<<17), at: region, path: path}, nil
}

// Next gives the next frame, io.EOF after the last one, or a [*CorruptError].
// A piece that was cut off is corrupt, unless it was cut between two frames:
// what is missing then is for the caller to notice.
func (r *Reader) Next() (Kind, []byte, error) {
	var head [frameHead]byte
	n, err := io.ReadFull(r.r, head[:])
	if errors.Is(err, io.EOF) {
		return 0, nil, io.EOF
	}
	size := binary.BigEndian.Uint32(head[2:])
	if err != nil || size > maxPayload {
		return 0, nil, r.corrupt(int64(n))
	}
	body := make([]byte, size)
	if n, err := io.ReadFull(r.r, body); err != nil {
		return 0, nil, r.corrupt(int64(n))
	}
	sum := crc32.Update(crc32.ChecksumIEEE(head[:6]), crc32.IEEETable, body)
	if sum != binary.BigEndian.Uint32(head[6:]) {
		return 0, nil, r.corrupt(0)
	}
	r.at += int64(frameHead) + int64(size)
	if head[1] == 1 {
		if body, err = unpack(body); err != nil {
			return 0, nil, r.corrupt(0)
		}
	}
	return Kind(head[0]), body, nil
}

// Position is the number of bytes read so far.
func (r *Reader) Position() int64 { return r.at }

// Close releases the file.
func (r *Reader) Close() error { return r.f.Close() }

func (r *Reader) corrupt(into int64) error {
	return &CorruptError{Block: (r.at + into) / unit, Path: r.path}
}

func unpack(b []byte) ([]byte, error) {
	z := flate.NewReader(bytes.NewReader(b))
	out, err := io.ReadAll(io.LimitReader(z, maxPayload))
	return out, errors.Join(err, z.Close())
}
