// Package piece is the file format of the demo's backup pieces.
//
// A piece is written as RMAN writes one: the file is there at once, with a
// header region of zeros, grows while blocks are appended, and gets its header
// last. A piece without a valid header is no piece; a crash leaves exactly that.
// Every frame of data carries its own checksum, so that damage anywhere is
// found when the piece is read, and not before: cataloging looks at the header
// only.
package piece

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"orabak-tui/internal/demo/oradb"
)

// unit is the size of a block of a piece in bytes; positions of damage are
// reported in it, and the header region is a whole number of units.
const unit = 8192

const magic = "DEMOBKP1"

// ErrHeader is a file that is no finished piece.
var ErrHeader = errors.New("piece: the header is not valid")

// CorruptError tells where a piece is damaged.
type CorruptError struct {
	Block int64 // of 8 KiB, from 0
	Path  string
}

// Error says what and where.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("piece: block number %d is corrupt in %s", e.Block, e.Path)
}

// Header describes a piece and everything of its set that was known when the
// piece was finished. Records hold what CATALOG enters in a repository; their
// RECIDs are not set.
type Header struct {
	DBID   uint32
	DBName string
	Number int  // piece number in the set, from 1
	Last   bool // the set has no further piece
	Tag    string
	// Incarnation and Prior tell the history the set belongs to, for a control
	// file that is older than the set.
	Incarnation oradb.Branch
	Prior       oradb.Branch
	Records     oradb.SetRecords // without pieces
}

// encode gives the header region: magic, length, checksum, JSON, zeros.
func (h Header) encode(region int64) ([]byte, error) {
	body, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	need := int64(len(magic) + 12 + len(body))
	if need > region {
		return nil, fmt.Errorf("piece: a header of %d bytes does not fit into %d", need, region)
	}
	out := make([]byte, region)
	copy(out, magic)
	binary.BigEndian.PutUint32(out[8:], uint32(region/unit))
	binary.BigEndian.PutUint32(out[12:], uint32(len(body)))
	binary.BigEndian.PutUint32(out[16:], crc32.ChecksumIEEE(body))
	copy(out[20:], body)
	return out, nil
}

// ReadHeader reads and checks the header of a file. The error wraps ErrHeader
// unless the file cannot be read at all.
func ReadHeader(path string) (Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return Header{}, err
	}
	defer func() { _ = f.Close() }()
	h, _, err := readHeader(f)
	return h, err
}

// readHeader gives the header and the size of its region.
func readHeader(f *os.File) (h Header, region int64, err error) {
	head := make([]byte, 20)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.HasPrefix(head, []byte(magic)) {
		return h, 0, ErrHeader
	}
	region = int64(binary.BigEndian.Uint32(head[8:])) * unit
	n := int64(binary.BigEndian.Uint32(head[12:]))
	if n > region || region > 1<<28 {
		return h, 0, ErrHeader
	}
	body := make([]byte, n)
	if _, err := f.ReadAt(body, 20); err != nil || crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(head[16:]) {
		return h, 0, ErrHeader
	}
	if err := json.Unmarshal(body, &h); err != nil {
		return h, 0, ErrHeader
	}
	return h, region, nil
}
