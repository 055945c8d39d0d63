package oradb

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"time"
)

// A redo record is one committed transaction (or one structural change): a head
// of fixed size and a body. Records follow each other in a log; the first bytes
// that are no record of this log's sequence are its end, which is how a torn
// tail and what an earlier use of the group left behind are told from redo.
const (
	redoMagic = 0x4f52
	redoHead  = 44

	redoChange  = 1 // change vectors
	redoAddFile = 2 // a datafile was added
	redoMarker  = 3 // nothing but the SCN
)

// vector changes Data at Offset of a block's payload, from the version at Prev
// (0: the block was never used) to the record's SCN.
type vector struct {
	File   int
	Block  uint32
	Prev   SCN
	Offset int
	Data   []byte
}

type redoRecord struct {
	Kind    byte
	SCN     SCN
	Time    time.Time
	Vectors []vector
	File    *Datafile // of redoAddFile
}

var (
	errNoRecord    = errors.New("oradb: no redo record here")
	errShortRecord = errors.New("oradb: the redo record goes on")
)

// encode appends the record for the log with this tag (see logTag).
func (r redoRecord) encode(tag uint64) ([]byte, error) {
	body, err := r.body()
	if err != nil {
		return nil, err
	}
	out := make([]byte, redoHead, redoHead+len(body))
	le := binary.LittleEndian
	le.PutUint16(out, redoMagic)
	out[2] = r.Kind
	le.PutUint64(out[4:], tag)
	le.PutUint64(out[12:], uint64(r.SCN))
	le.PutUint64(out[20:], uint64(r.Time.UnixNano()))
	le.PutUint32(out[28:], uint32(len(body)))
	le.PutUint32(out[32:], crc32.Checksum(body, castagnoli))
	le.PutUint32(out[36:], crc32.Checksum(out[:36], castagnoli))
	return append(out, body...), nil
}

func (r redoRecord) body() ([]byte, error) {
	if r.Kind == redoAddFile {
		return json.Marshal(r.File)
	}
	le := binary.LittleEndian
	var out []byte
	for _, v := range r.Vectors {
		out = le.AppendUint16(out, uint16(v.File))
		out = le.AppendUint32(out, v.Block)
		out = le.AppendUint64(out, uint64(v.Prev))
		out = le.AppendUint16(out, uint16(v.Offset))
		out = le.AppendUint16(out, uint16(len(v.Data)))
		out = append(out, v.Data...)
	}
	return out, nil
}

// decodeRecord reads the record at the start of b and gives its length. It is
// errNoRecord when b does not start with a record of the log, errShortRecord
// when b ends before the record does.
func decodeRecord(b []byte, tag uint64) (redoRecord, int, error) {
	le := binary.LittleEndian
	if len(b) < redoHead {
		return redoRecord{}, 0, errShortRecord
	}
	if le.Uint16(b) != redoMagic || le.Uint64(b[4:]) != tag ||
		le.Uint32(b[36:]) != crc32.Checksum(b[:36], castagnoli) {
		return redoRecord{}, 0, errNoRecord
	}
	n := redoHead + int(le.Uint32(b[28:]))
	if n > len(b) {
		return redoRecord{}, 0, errShortRecord
	}
	if le.Uint32(b[32:]) != crc32.Checksum(b[redoHead:n], castagnoli) {
		return redoRecord{}, 0, errNoRecord
	}
	r := redoRecord{
		Kind: b[2],
		SCN:  SCN(le.Uint64(b[12:])),
		Time: time.Unix(0, int64(le.Uint64(b[20:]))).UTC(),
	}
	return r, n, r.parse(b[redoHead:n])
}

func (r *redoRecord) parse(body []byte) error {
	if r.Kind == redoAddFile {
		r.File = &Datafile{}
		return json.Unmarshal(body, r.File)
	}
	le := binary.LittleEndian
	for len(body) > 0 {
		if len(body) < 18 || len(body) < 18+int(le.Uint16(body[16:])) {
			return errNoRecord
		}
		n := int(le.Uint16(body[16:]))
		r.Vectors = append(r.Vectors, vector{
			File: int(le.Uint16(body)), Block: le.Uint32(body[2:]), Prev: SCN(le.Uint64(body[6:])),
			Offset: int(le.Uint16(body[14:])), Data: body[18 : 18+n],
		})
		body = body[18+n:]
	}
	return nil
}

// mend makes a fractured block fit for the vector, the first since the checkpoint
// or of a recovery. Both of its halves are of that version or later, and the redo
// that follows writes all that was written since, so that it ends up whole.
func (v vector) mend(b []byte) {
	if fractured(b) {
		sealBlock(b, blockData, v.File, v.Block, v.Prev)
	}
}

// apply brings the block from the vector's previous version to scn. A block
// that is at scn or beyond stays as it is; any other version is a block that
// this redo does not fit: stuck recovery.
func (v vector) apply(b []byte, scn SCN) (changed bool, err error) {
	at := SCN(0)
	if blockUsed(b) {
		at = blockSCN(b)
	}
	if at >= scn {
		return false, nil
	}
	if at != v.Prev || v.Offset+len(v.Data) > PayloadSize {
		return false, Ora(600, "internal error code, arguments: [3020], [%d], [%d], [%d], [%d], [], [], []",
			v.File, v.Block, at, v.Prev).
			And(10567, "Redo is inconsistent with data block (file# %d, block# %d)", v.File, v.Block)
	}
	copy(b[blockStart+v.Offset:], v.Data)
	sealBlock(b, blockData, v.File, v.Block, scn)
	return true, nil
}
