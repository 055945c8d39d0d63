package oradb

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"slices"
)

// buffers is what a process knows of the changes since the last checkpoint. It
// is only a shortcut: it can be made again from datafiles and redo at any time,
// and is when another process has moved on.
type buffers struct {
	epoch     uint64
	resetlogs Branch
	ckpt      SCN // the checkpoint of the control file the images stand on
	threads   map[int]logPosition
	images    map[blockKey][]byte
	next      SCN // the next SCN to give out: all changes below are committed
	truthID   uint32
}

type logPosition struct {
	sequence int
	end      int64 // byte offset of the end of redo
}

type blockKey struct {
	file   int
	number uint32
}

// maxImages bounds the memory for changed blocks (8 MiB); more of them make a
// checkpoint.
const maxImages = 1024

// stale tells whether the cache belongs to another state of the database.
func (b *buffers) stale(in Instance, c *Control) bool {
	if b.images == nil || b.epoch != in.Epoch || !b.resetlogs.Equal(c.Resetlogs) || b.ckpt != c.CheckpointSCN {
		return true
	}
	for i := range c.Threads {
		if g := c.Threads[i].Current(); g != nil && b.threads[c.Threads[i].Number].sequence != g.Sequence {
			return true
		}
	}
	return false
}

// refresh brings the cache up to the end of redo. A log switch makes a
// checkpoint, so that all redo since the last one is in the current logs.
// Needs the exclusive lock.
func (db *DB) refresh(in Instance, c *Control) error {
	b := &db.cache
	if b.stale(in, c) {
		id, err := db.ledger().branchID(c.Resetlogs)
		if err != nil {
			return err
		}
		*b = buffers{
			epoch: in.Epoch, resetlogs: c.Resetlogs, ckpt: c.CheckpointSCN, next: c.CheckpointSCN, truthID: id,
			threads: map[int]logPosition{}, images: map[blockKey][]byte{},
		}
	}
	var fresh []redoRecord
	for i := range c.Threads {
		recs, err := db.readTail(&c.Threads[i])
		if err != nil {
			return err
		}
		fresh = append(fresh, recs...)
	}
	slices.SortStableFunc(fresh, func(x, y redoRecord) int { return cmp.Compare(x.SCN, y.SCN) })
	for _, r := range fresh {
		b.next = max(b.next, r.SCN+1)
		if r.SCN < b.ckpt {
			continue
		}
		if err := db.replay(c, r); err != nil {
			return err
		}
	}
	return nil
}

// readTail reads what was added to the thread's current log since last time.
func (db *DB) readTail(t *Thread) ([]redoRecord, error) {
	g := t.Current()
	if g == nil {
		return nil, nil
	}
	path, err := member(t, g)
	if err != nil {
		return nil, err
	}
	db.cache.next = max(db.cache.next, g.FirstSCN+1)
	var out []redoRecord
	pos := db.cache.threads[t.Number]
	end, err := scanLog(path, pos.end, func(r redoRecord) error {
		out = append(out, r.detach())
		return nil
	})
	db.cache.threads[t.Number] = logPosition{sequence: g.Sequence, end: end}
	return out, err
}

// detach makes the record independent of the buffer it was read from.
func (r redoRecord) detach() redoRecord {
	for i := range r.Vectors {
		r.Vectors[i].Data = bytes.Clone(r.Vectors[i].Data)
	}
	return r
}

// replay applies a record to the images. Files that are lost or offline are
// left to media recovery.
func (db *DB) replay(c *Control, r redoRecord) error {
	if r.Kind == redoAddFile && c.Datafile(r.File.Number) == nil {
		return db.finishAddFile(*r.File)
	}
	for _, v := range r.Vectors {
		img, err := db.image(c, blockKey{v.File, v.Block}, v.mend)
		if errors.Is(err, errFileLost) {
			continue
		}
		if err != nil {
			return err
		}
		if _, err := v.apply(img, r.SCN); err != nil {
			return err
		}
	}
	return nil
}

var errFileLost = errors.New("oradb: the datafile is lost or offline")

// image gives the current content of a block, to be changed in place. A block
// from the datafile is mended first.
func (db *DB) image(c *Control, k blockKey, mend func([]byte)) ([]byte, error) {
	if img := db.cache.images[k]; img != nil {
		return img, nil
	}
	df := c.Datafile(k.file)
	if df == nil || df.offline() {
		return nil, errFileLost
	}
	f, err := os.Open(df.Name)
	if os.IsNotExist(err) {
		return nil, errFileLost
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	img := make([]byte, BlockSize)
	if err := readBlock(f, k.number, img); err != nil {
		return nil, err
	}
	mend(img)
	if blockFault(img, k.file, k.number) != "" {
		return nil, Ora(1578, "ORACLE data block corrupted (file # %d, block # %d)", k.file, k.number).
			dataFile(df.Number, df.Name)
	}
	db.cache.images[k] = img
	return img, nil
}

func (d Datafile) offline() bool { return d.Status == "OFFLINE" || d.Status == "RECOVER" }

// member gives a readable file of the group, refused as LGWR does.
func member(t *Thread, g *Group) (string, error) {
	for _, m := range g.Members {
		if h, err := ReadLogHeader(m); err == nil && h.Sequence == g.Sequence && h.Thread == t.Number {
			return m, nil
		}
	}
	return "", logMissing(t, g)
}

func logMissing(t *Thread, g *Group) *OraError {
	e := Ora(313, "open failed for members of log group %d of thread %d", g.Number, t.Number)
	for _, m := range g.Members {
		e = e.And(312, "online log %d thread %d: '%s'", g.Number, t.Number, m)
		if !exists(m) {
			e = e.osError(27037, "unable to obtain file status")
		}
	}
	return e
}
