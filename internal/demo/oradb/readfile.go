package oradb

import (
	"context"
	"errors"
	"io"
	"os"
)

// Block is a used block.
type Block struct {
	Number uint32
	Data   []byte // BlockSize bytes; those of a reader are valid until its next call
}

// DatafileReader reads the used blocks of a datafile in order.
type DatafileReader struct {
	db    *DB
	ctx   context.Context
	f     *os.File
	img   DatafileImage
	since SCN
	next  uint32 // first block that is not in buf yet
	end   uint32 // last block to read
	buf   []byte // blocks not handed out yet
	first uint32 // number of the first block in buf
}

// readChunk is how many blocks are read in one hold of the lock (512 KiB).
const readChunk = 64

// ReadDatafile begins a backup of a datafile: the file is checkpointed, and its
// used blocks with an SCN of at least since are given (0: all used blocks). The
// database may be open and changing; AbsFuzzySCN of the image then tells how
// far redo is needed. Codes: 01034, 01507, 19602 (open in NOARCHIVELOG mode),
// 19625 + 27037 (missing), 01516 (no such file).
func (db *DB) ReadDatafile(ctx context.Context, file int, since SCN) (*DatafileReader, error) {
	r := &DatafileReader{db: db, ctx: ctx, since: since, next: firstDataBlock}
	err := db.exclusive(func() error {
		in, c, err := db.mounted()
		if err != nil {
			return err
		}
		df := c.Datafile(file)
		if df == nil {
			return Ora(1516, "nonexistent log file, data file, or temporary file \"%d\" in the current container", file)
		}
		return r.begin(in, c, *df)
	})
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// begin needs the exclusive lock.
func (r *DatafileReader) begin(in Instance, c *Control, df Datafile) error {
	hot := in.State == Opened && !df.offline() && df.Enabled != "READ ONLY"
	if hot && c.LogMode != "ARCHIVELOG" {
		return Ora(19602, "cannot backup or copy active file in NOARCHIVELOG mode")
	}
	if !exists(df.Name) {
		return Ora(19625, "error identifying file %s", df.Name).osError(27037, "unable to obtain file status")
	}
	if hot {
		if _, err := r.db.checkpoint(in, c); err != nil {
			return err
		}
	}
	var err error
	if r.f, err = os.Open(df.Name); err != nil {
		return err
	}
	if r.img, err = readHeader(r.f); err != nil {
		return Ora(19563, "datafile header validation failed for file %s", df.Name)
	}
	r.img.Fuzzy, r.end = hot, r.img.Blocks
	return nil
}

// Section limits the reader to the blocks from first to last, for SECTION SIZE.
// It must be called before Next.
func (r *DatafileReader) Section(first, last uint32) {
	r.next, r.end = max(first, firstDataBlock), min(last, r.img.Blocks)
}

// Image of the file; AbsFuzzySCN is final after Next returned io.EOF.
func (r *DatafileReader) Image() DatafileImage { return r.img }

// Scanned is the number of the last block looked at so far.
func (r *DatafileReader) Scanned() uint32 { return r.next - 1 }

// Next gives the next block, io.EOF after the last. Codes: 19566 + 01110 for a
// corrupt block.
func (r *DatafileReader) Next() (Block, error) {
	for {
		if len(r.buf) == 0 {
			if err := r.fill(); err != nil {
				return Block{}, err
			}
		}
		b := Block{Number: r.first, Data: r.buf[:BlockSize:BlockSize]}
		r.buf, r.first = r.buf[BlockSize:], r.first+1
		if blockFault(b.Data, r.img.File, b.Number) != "" {
			return Block{}, Ora(19566, "exceeded limit of 0 corrupt blocks for file %s", r.f.Name())
		}
		if !blockUsed(b.Data) {
			continue
		}
		scn := blockSCN(b.Data)
		if scn >= r.img.CheckpointSCN {
			r.img.AbsFuzzySCN = max(r.img.AbsFuzzySCN, scn+1)
		}
		if scn >= r.since {
			return b, nil
		}
	}
}

// fill reads the next blocks while nobody writes, so that none is torn, and once
// more if a kill had torn one.
func (r *DatafileReader) fill() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.next > r.end {
		return io.EOF
	}
	n := min(readChunk, int(r.end-r.next)+1)
	buf := make([]byte, n*BlockSize)
	err := r.db.shared(func() error { return r.read(buf) })
	if err == nil && r.img.Fuzzy && anyFractured(buf) {
		err = r.db.exclusive(func() error { return r.reread(buf) })
	}
	if err != nil {
		return err
	}
	r.buf, r.first = buf, r.next
	r.next += uint32(n)
	return nil
}

func (r *DatafileReader) read(buf []byte) error {
	_, err := r.f.ReadAt(buf, int64(r.next)*BlockSize)
	if errors.Is(err, io.EOF) {
		err = Ora(19566, "exceeded limit of 0 corrupt blocks for file %s", r.f.Name())
	}
	return err
}

// reread lets a checkpoint write again what a killed process left fractured.
func (r *DatafileReader) reread(buf []byte) error {
	in, c, err := r.db.opened()
	if err != nil {
		return err
	}
	if _, err := r.db.checkpoint(in, c); err != nil {
		return err
	}
	return r.read(buf)
}

func anyFractured(buf []byte) bool {
	for ; len(buf) > 0; buf = buf[BlockSize:] {
		if fractured(buf[:BlockSize]) {
			return true
		}
	}
	return false
}

// Close releases the file.
func (r *DatafileReader) Close() error {
	if r.f == nil {
		return nil
	}
	f := r.f
	r.f = nil
	return f.Close()
}
