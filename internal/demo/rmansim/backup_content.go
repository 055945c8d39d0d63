package rmansim

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
)

// blocksPerFrame is how many blocks share a checksum in a piece: 128 KiB, less
// where MAXPIECESIZE leaves no room for so many.
const blocksPerFrame = 16

func (sw *setWriter) frameBlocks() int {
	limit := sw.channel.options.MaxPieceSize
	if limit == 0 {
		return blocksPerFrame
	}
	const overhead = 2048 // frames of the file's description
	room := (limit - headerRegion(sw.plan) - overhead) / (oradb.BlockSize + 4)
	return int(max(1, min(blocksPerFrame, room)))
}

// file writes one datafile, whole or in sections.
func (sw *setWriter) file(i int) error {
	in, r := sw.plan.files[i], sw.inputs[i]
	sw.records.Files = append(sw.records.Files, fileRecord(sw.records.Set, in, r.Image()))
	rec := &sw.records.Files[len(sw.records.Files)-1]
	if err := sw.frameJSON(piece.FileBegin, r.Image()); err != nil {
		return err
	}
	if err := sw.blocks(r, rec); err != nil {
		return err
	}
	img := r.Image()
	rec.AbsFuzzySCN = img.AbsFuzzySCN
	sw.longop.fileDone(int64(img.Blocks))
	return sw.frameJSON(piece.FileEnd, img)
}

// blocks writes the used blocks of a datafile; each section is a piece.
func (sw *setWriter) blocks(r *oradb.DatafileReader, rec *oradb.BackupDatafile) error {
	batch := &blockBatch{limit: sw.frameBlocks(), write: func(b []byte) error { return sw.frame(piece.Blocks, b) }}
	sectionEnd := sw.plan.section
	upTo := func(block int64) error {
		for ; sectionEnd > 0 && block > sectionEnd; sectionEnd += sw.plan.section {
			if err := sw.nextSection(batch, r); err != nil {
				return err
			}
		}
		return nil
	}
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		rec.Blocks++
		if err := errors.Join(upTo(int64(b.Number)), batch.add(b)); err != nil {
			return err
		}
		sw.longop.advance(int64(r.Scanned()))
	}
	if err := upTo(int64(r.Image().Blocks)); err != nil {
		return err
	}
	return batch.flush()
}

// nextSection ends a section with its piece.
func (sw *setWriter) nextSection(batch *blockBatch, r *oradb.DatafileReader) error {
	if err := batch.flush(); err != nil {
		return err
	}
	if err := sw.nextPiece(); err != nil {
		return err
	}
	return sw.frameJSON(piece.FileBegin, r.Image())
}

// fileRecord is the record of a datafile in a set.
func fileRecord(set oradb.BackupSet, in fileInput, img oradb.DatafileImage) oradb.BackupDatafile {
	return oradb.BackupDatafile{Set: set.Key, File: img.File, Level: set.Level, IncrementalSCN: in.since,
		CheckpointSCN: img.CheckpointSCN, CheckpointTime: img.CheckpointTime, CreationSCN: img.CreationSCN,
		CreationTime: img.CreationTime, Resetlogs: img.Resetlogs, AbsFuzzySCN: img.AbsFuzzySCN,
		DatafileBlocks: int64(img.Blocks), BlockSize: oradb.BlockSize, Keep: set.Keep}
}

// blockBatch collects blocks into frames.
type blockBatch struct {
	buf   []byte
	n     int
	limit int // blocks of a frame
	write func([]byte) error
}

func (b *blockBatch) add(blk oradb.Block) error {
	b.buf = binary.BigEndian.AppendUint32(b.buf, blk.Number)
	b.buf = append(b.buf, blk.Data...)
	if b.n++; b.n == b.limit {
		return b.flush()
	}
	return nil
}

func (b *blockBatch) flush() error {
	if b.n == 0 {
		return nil
	}
	err := b.write(b.buf)
	b.buf, b.n = b.buf[:0], 0
	return err
}

// log writes one archived log.
func (sw *setWriter) log(l oradb.ArchivedLog) error {
	h, err := oradb.ReadLogHeader(l.Name)
	if err != nil {
		return err
	}
	sw.records.Logs = append(sw.records.Logs, oradb.BackupRedolog{Set: sw.records.Set.Key, Thread: l.Thread,
		Sequence: l.Sequence, Resetlogs: l.Resetlogs, FirstSCN: l.FirstSCN, FirstTime: l.FirstTime,
		NextSCN: l.NextSCN, NextTime: l.NextTime, Blocks: l.Blocks})
	if err := sw.frameJSON(piece.LogBegin, h); err != nil {
		return err
	}
	f, err := os.Open(l.Name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	buf := make([]byte, sw.frameBlocks()*oradb.BlockSize)
	for {
		n, err := io.ReadFull(f, buf)
		if n > 0 {
			if err := sw.frame(piece.LogData, buf[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	sw.longop.fileDone(l.Blocks)
	return sw.frame(piece.LogEnd, nil)
}

// controlFile writes the control file as it is at this moment.
func (sw *setWriter) controlFile() error {
	data, c, err := sw.job.s.snapshot()
	if err != nil {
		return err
	}
	sw.records.Set.Controlfile = true
	sw.records.Set.ControlSCN, sw.records.Set.ControlTime = c.CheckpointSCN, sw.job.s.db.Now()
	sw.records.Files = append(sw.records.Files, controlRecord(sw.records.Set, c))
	return sw.frame(piece.ControlFile, data)
}

// snapshot serialises the control file.
func (s *session) snapshot() ([]byte, *oradb.Control, error) {
	data, err := s.db.SnapshotControl()
	if err != nil {
		return nil, nil, err
	}
	c, err := oradb.DecodeControl(data)
	return data, c, err
}

// controlRecord is the record of a control file in a set: file number 0.
func controlRecord(set oradb.BackupSet, c *oradb.Control) oradb.BackupDatafile {
	return oradb.BackupDatafile{Set: set.Key, Level: set.Level, CheckpointSCN: set.ControlSCN,
		CheckpointTime: set.ControlTime, CreationTime: c.Created, Resetlogs: c.Resetlogs, BlockSize: 16384}
}

// spfile writes the parameter file.
func (sw *setWriter) spfile() error {
	text, modified, err := sw.job.s.db.Spfile()
	if err != nil {
		return err
	}
	sw.records.Set.Spfile = true
	sw.records.Spfile = &oradb.BackupSpfile{Set: sw.records.Set.Key, Modification: modified, Bytes: int64(len(text))}
	return sw.frame(piece.SPFile, text)
}

// countBlocks reads a datafile to its end.
func countBlocks(r *oradb.DatafileReader) (n int64, err error) {
	for {
		if _, err = r.Next(); errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n++
	}
}
