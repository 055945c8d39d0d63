package oradb

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// ledger is the truth outside of the database: for every committed change the
// digest of the block after it, by incarnation. Nothing in the database reads
// it except to tell right from wrong.
//
// A transaction is written here before its commit. What a kill leaves without a
// commit is taken back by reconcile; the ledger never lacks a commit.
type ledger struct {
	dir string
}

func (db *DB) ledger() ledger { return ledger{dir: db.truth()} }

// truthRecord is a line of the ledger: 40 bytes.
type truthRecord struct {
	Branch uint32
	File   uint32
	Block  uint32
	SCN    SCN
	Digest [16]byte
}

const truthSize = 40

// truthBranch is an incarnation that really existed.
type truthBranch struct {
	ID     uint32
	Branch Branch
	Parent int64 // id of the parent, -1 for the first
	Cut    SCN   // first SCN of the parent that is not in it
}

// truthLog is an archived log that really existed.
type truthLog struct {
	Branch   uint32
	Thread   int
	Sequence int
	Next     SCN
}

func (l ledger) file(name string) string { return filepath.Join(l.dir, name) }

func digest(b []byte) (d [16]byte) {
	sum := sha256.Sum256(b)
	copy(d[:], sum[:])
	return d
}

func (r truthRecord) append(out []byte) []byte {
	le := binary.LittleEndian
	out = le.AppendUint32(out, r.Branch)
	out = le.AppendUint32(out, r.File)
	out = le.AppendUint32(out, r.Block)
	out = le.AppendUint64(out, uint64(r.SCN))
	out = append(out, r.Digest[:]...)
	sum := sha256.Sum256(out[len(out)-truthSize+4:])
	return append(out, sum[:4]...)
}

func parseTruth(b []byte) truthRecord {
	le := binary.LittleEndian
	r := truthRecord{Branch: le.Uint32(b), File: le.Uint32(b[4:]), Block: le.Uint32(b[8:]), SCN: SCN(le.Uint64(b[12:]))}
	copy(r.Digest[:], b[20:36])
	return r
}

// write appends the changes of one transaction.
func (l ledger) write(recs []truthRecord) error {
	var out []byte
	for _, r := range recs {
		out = r.append(out)
	}
	f, err := os.OpenFile(l.file("ledger.bin"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(out)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// reconcile takes back the transaction at the end that was never committed: its
// SCN is one that the redo of the branch has not given out. Only one can be in
// that state; more of them would mean that redo was lost, which the ledger is
// there to remember.
func (l ledger) reconcile(b Branch, next SCN) error {
	f, err := os.OpenFile(l.file("ledger.bin"), os.O_RDWR, 0)
	if err != nil {
		return ignoreMissing(err)
	}
	defer func() { _ = f.Close() }()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	id, err := l.branchID(b)
	if err != nil {
		return err
	}
	size := fi.Size() - fi.Size()%truthSize
	keep, open := size, SCN(0)
	buf := make([]byte, truthSize)
	for keep > 0 {
		if _, err := f.ReadAt(buf, keep-truthSize); err != nil {
			return err
		}
		r := parseTruth(buf)
		if r.Branch != id || r.SCN < next {
			break
		}
		if open != 0 && r.SCN != open {
			return fmt.Errorf("the ledger holds changes from SCN %d on that the redo does not: redo was lost", r.SCN)
		}
		open, keep = r.SCN, keep-truthSize
	}
	if keep == fi.Size() {
		return nil
	}
	return f.Truncate(keep)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// each calls fn for every record in the order of writing.
func (l ledger) each(fn func(truthRecord)) error {
	data, err := os.ReadFile(l.file("ledger.bin"))
	if err != nil {
		return ignoreMissing(err)
	}
	for ; len(data) >= truthSize; data = data[truthSize:] {
		fn(parseTruth(data))
	}
	return nil
}

func (l ledger) branches() (out []truthBranch, err error) {
	return out, readJSON(l.file("branches.json"), &out)
}

func (l ledger) branchID(b Branch) (uint32, error) {
	all, err := l.branches()
	if err != nil {
		return 0, err
	}
	for _, t := range all {
		if t.Branch.Equal(b) {
			return t.ID, nil
		}
	}
	return 0, fmt.Errorf("the ledger does not know the incarnation of %s", b)
}

// addBranch records an incarnation; parent is zero for the first one.
func (l ledger) addBranch(b, parent Branch, cut SCN) error {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	all, err := l.branches()
	if err != nil {
		return err
	}
	n := truthBranch{ID: uint32(len(all)), Branch: b, Parent: -1, Cut: cut}
	for _, t := range all {
		if t.Branch.Equal(parent) {
			n.Parent = int64(t.ID)
		}
	}
	return writeJSON(l.file("branches.json"), append(all, n))
}

// unusedTime gives t or the next second that no incarnation has.
func (l ledger) unusedTime(t time.Time) time.Time {
	all, err := l.branches()
	if err != nil {
		return t
	}
	for _, b := range all {
		if !t.After(b.Branch.Time) {
			t = b.Branch.Time.Add(time.Second)
		}
	}
	return t
}

// archived records an archived log, a line each.
func (l ledger) archived(h LogHeader) error {
	id, err := l.branchID(h.Resetlogs)
	if err != nil {
		return err
	}
	line, err := json.Marshal(truthLog{Branch: id, Thread: h.Thread, Sequence: h.Sequence, Next: h.NextSCN})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(l.file("archived.jsonl"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func (l ledger) logs() (out []truthLog, err error) {
	data, err := os.ReadFile(l.file("archived.jsonl"))
	if err != nil {
		return nil, ignoreMissing(err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var t truthLog
		if err := dec.Decode(&t); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return out, nil
			}
			return out, err
		}
		out = append(out, t)
	}
}
