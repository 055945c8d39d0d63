package oradb

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// A datafile is a block of the operating system (number 0, not counted in
// BYTES), the header (block 1) and data blocks from 2 on.
const firstDataBlock = 2

const osBlockMagic = "ORADBFIL"

// DatafileImage is the header of a datafile, and describes the file as a backup
// holds it: all that a restore needs to make it again.
type DatafileImage struct {
	DBID           uint32
	DBName         string
	File           int
	Name           string
	Tablespace     string
	Blocks         uint32 // of BlockSize, header included
	CreationSCN    SCN
	CreationTime   time.Time
	CheckpointSCN  SCN
	CheckpointTime time.Time
	Resetlogs      Branch
	Fuzzy          bool // open, or closed by a crash
	AbsFuzzySCN    SCN  // redo below this SCN is needed before the file is consistent; 0: none
}

// Consistent tells whether the blocks are of one point in time.
func (h DatafileImage) Consistent() bool { return h.AbsFuzzySCN <= h.CheckpointSCN }

// DatafileHeader reads the header of a datafile on disk. The error is one of
// the file system, or one that says that the file is no datafile (unfinished
// restores are none).
func DatafileHeader(path string) (DatafileImage, error) {
	f, err := os.Open(path)
	if err != nil {
		return DatafileImage{}, err
	}
	defer func() { _ = f.Close() }()
	return readHeader(f)
}

func readHeader(f *os.File) (DatafileImage, error) {
	var h DatafileImage
	b := make([]byte, BlockSize)
	if _, err := f.ReadAt(b, BlockSize); err != nil {
		return h, fmt.Errorf("header of %s: %w", f.Name(), err)
	}
	n := int(binary.LittleEndian.Uint16(b[blockStart:]))
	// The text is in the first page: without its last bytes a header is whole.
	binary.LittleEndian.PutUint32(b[blockTail:], tailOf(blockSCN(b), blockHeader))
	if b[0] != blockHeader || n > PayloadSize-2 || binary.LittleEndian.Uint32(b[offCheck:]) != blockSum(b) {
		return h, fmt.Errorf("header of %s: not a datafile", f.Name())
	}
	if err := json.Unmarshal(b[blockStart+2:blockStart+2+n], &h); err != nil {
		return h, fmt.Errorf("header of %s: %w", f.Name(), err)
	}
	return h, nil
}

func writeHeader(f *os.File, h DatafileImage) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	b := make([]byte, BlockSize)
	binary.LittleEndian.PutUint16(b[blockStart:], uint16(len(text)))
	copy(b[blockStart+2:blockTail], text)
	sealBlock(b, blockHeader, h.File, 1, h.CheckpointSCN)
	_, err = f.WriteAt(b, BlockSize)
	return err
}

// updateHeader changes the header of a datafile in place.
func updateHeader(path string, fn func(h *DatafileImage)) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	h, err := readHeader(f)
	if err != nil {
		return err
	}
	before := h
	fn(&h)
	if h == before {
		return nil
	}
	return writeHeader(f, h)
}

// allocate makes the file at path with the size of the image, all blocks unused
// and without a header: not a datafile yet. The folder must exist.
func allocate(path string, blocks uint32) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	b := make([]byte, BlockSize)
	copy(b, osBlockMagic)
	binary.LittleEndian.PutUint32(b[len(osBlockMagic):], blocks)
	_, err = f.WriteAt(b, 0)
	if err == nil {
		err = f.Truncate((int64(blocks) + 1) * BlockSize)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// createDatafile makes an empty datafile with its header.
func createDatafile(path string, h DatafileImage) error {
	f, err := allocate(path, h.Blocks)
	if err != nil {
		return err
	}
	err = writeHeader(f, h)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func readBlock(f *os.File, number uint32, b []byte) error {
	_, err := f.ReadAt(b[:BlockSize], int64(number)*BlockSize)
	return err
}

func writeBlock(f *os.File, number uint32, b []byte) error {
	_, err := f.WriteAt(b[:BlockSize], int64(number)*BlockSize)
	return err
}
