package oradb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Work says what the workload does.
type Work struct {
	Transactions int
	Changes      int   // blocks changed by one transaction, 6 if zero
	Files        []int // datafiles to change, all online ones if empty
	Thread       int   // redo thread, 1 if zero
	Seed         uint64
}

// WorkDone tells what was committed.
type WorkDone struct {
	Transactions int
	Changes      int
	First        SCN // SCN of the first commit, 0 for none
	Last         SCN // SCN of the last commit
}

// workSlice bounds the transactions made in one hold of the lock, so that
// backups get their turns.
const workSlice = 16

// logReserve is room that transactions leave in a log for checkpoint records.
const logReserve = 8 << 10

// Work runs committed transactions, the same for the same seed on the same
// history. It ends early with the context. Codes: 01034, 01507, 01109, 00257
// (the archiver is stuck), 01116 (a datafile is gone).
func (db *DB) Work(ctx context.Context, w Work) (done WorkDone, err error) {
	w.Changes, w.Thread = max(w.Changes, 0), max(w.Thread, 1)
	if w.Changes == 0 {
		w.Changes = 6
	}
	for done.Transactions < w.Transactions && err == nil {
		if err = ctx.Err(); err == nil {
			err = db.exclusive(func() error { return db.workSome(w, &done) })
		}
	}
	return done, err
}

func (db *DB) workSome(w Work, done *WorkDone) error {
	in, c, err := db.opened()
	if err != nil {
		return err
	}
	if err := db.catchUp(in, c); err != nil {
		return db.logWriterDied(err)
	}
	if len(db.cache.images) > maxImages {
		if c, err = db.checkpoint(in, c); err != nil {
			return err
		}
	}
	for range min(workSlice, w.Transactions-done.Transactions) {
		if c, err = db.transaction(in, c, w, done); err != nil {
			return err
		}
	}
	return nil
}

// logWriterDied takes the instance down when its current log is gone, which no
// instance survives.
func (db *DB) logWriterDied(err error) error {
	if !HasCode(err, 313) {
		return err
	}
	if serr := db.stop(); serr != nil {
		return serr
	}
	return fmt.Errorf("the instance was terminated by LGWR: %w", err)
}

// transaction commits one transaction, after a log switch when the log is full.
func (db *DB) transaction(in Instance, c *Control, w Work, done *WorkDone) (*Control, error) {
	rng := rand.New(rand.NewPCG(w.Seed, uint64(db.cache.next)))
	rec, truth, err := db.plan(c, w, rng)
	if err != nil {
		return c, err
	}
	t := c.Thread(w.Thread)
	if t == nil {
		return c, fmt.Errorf("redo thread %d does not exist", w.Thread)
	}
	if err := db.ledger().write(truth); err != nil {
		return c, err
	}
	full, err := db.appendRedo(t, rec, logReserve)
	if err == nil && full {
		return db.transactionAfterSwitch(in, c, w, done)
	}
	if err != nil {
		return c, db.logWriterDied(err)
	}
	if err := db.applyChanges(c, rec); err != nil {
		return c, err
	}
	done.Transactions, done.Changes, done.Last = done.Transactions+1, done.Changes+len(rec.Vectors), rec.SCN
	if done.First == 0 {
		done.First = rec.SCN
	}
	return c, nil
}

func (db *DB) transactionAfterSwitch(in Instance, c *Control, w Work, done *WorkDone) (*Control, error) {
	if err := db.ledger().reconcile(c.Resetlogs, db.cache.next); err != nil {
		return c, err
	}
	n, err := db.switchLog(in, c, w.Thread)
	if HasCode(err, 16038) {
		return c, Ora(257, "archiver error. Connect AS SYSDBA only until resolved.")
	}
	if err != nil {
		return c, err
	}
	return db.transaction(in, n, w, done)
}

// plan makes the redo of a transaction and what the ledger says of it.
func (db *DB) plan(c *Control, w Work, rng *rand.Rand) (redoRecord, []truthRecord, error) {
	files := workFiles(c, w.Files)
	if len(files) == 0 {
		return redoRecord{}, nil, errors.New("the workload has no datafile to change")
	}
	rec := redoRecord{Kind: redoChange, SCN: db.cache.next + SCN(rng.IntN(4)), Time: db.Now()}
	var truth []truthRecord
	seen := map[blockKey]bool{}
	for range w.Changes {
		df := files[rng.IntN(len(files))]
		k := blockKey{df.Number, pickBlock(df, rng)}
		if seen[k] {
			continue
		}
		seen[k] = true
		img, err := db.image(c, k, whole)
		if errors.Is(err, errFileLost) {
			err = Ora(1116, "error in opening database file %d", df.Number).
				dataFile(df.Number, df.Name).osError(27041, "unable to open file")
		}
		if err != nil {
			return redoRecord{}, nil, err
		}
		v := newVector(k, img, rng)
		after := slices.Clone(img)
		if _, err := v.apply(after, rec.SCN); err != nil {
			return redoRecord{}, nil, err
		}
		rec.Vectors = append(rec.Vectors, v)
		truth = append(truth, truthRecord{
			Branch: db.cache.truthID, File: uint32(k.file), Block: k.number, SCN: rec.SCN, Digest: digest(after),
		})
	}
	return rec, truth, nil
}

// applyChanges changes the images and writes some of them at once, as a busy
// DBWR does: datafiles of an open database are never of one point in time.
func (db *DB) applyChanges(c *Control, rec redoRecord) error {
	for _, v := range rec.Vectors {
		k := blockKey{v.File, v.Block}
		img, err := db.image(c, k, whole)
		if err != nil {
			return err
		}
		if _, err := v.apply(img, rec.SCN); err != nil {
			return err
		}
		if v.Block%3 == 0 {
			if err := db.writeImage(c, k, img); err != nil {
				return err
			}
		}
	}
	return nil
}

// whole is for blocks that no redo waits for: none of them can be fractured.
func whole([]byte) {}

func workFiles(c *Control, want []int) (out []Datafile) {
	for _, df := range c.Datafiles {
		if df.offline() || df.Enabled == "READ ONLY" {
			continue
		}
		if len(want) == 0 || slices.Contains(want, df.Number) {
			out = append(out, df)
		}
	}
	return out
}

// pickBlock prefers the start of the file, so that files have a busy part, a
// quiet part and a part that was never used.
func pickBlock(df Datafile, rng *rand.Rand) uint32 {
	n := float64(df.Blocks() - firstDataBlock)
	r := rng.Float64()
	return firstDataBlock + uint32(n*r*r*0.8)
}

// newVector writes one row into a block.
func newVector(k blockKey, img []byte, rng *rand.Rand) vector {
	const slot = 256
	v := vector{File: k.file, Block: k.number, Offset: rng.IntN(PayloadSize/slot) * slot}
	if blockUsed(img) {
		v.Prev = blockSCN(img)
	}
	v.Data = row(rng, 40+rng.IntN(slot-40))
	return v
}

// row is text that compresses about as well as business data.
func row(rng *rand.Rand, size int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%010d;%s;%s;%d.%02d;", rng.IntN(1e10), words[rng.IntN(len(words))],
		words[rng.IntN(len(words))], rng.IntN(5000), rng.IntN(100))
	for b.Len() < size {
		fmt.Fprintf(&b, "%s %x ", words[rng.IntN(len(words))], rng.Uint32())
	}
	return []byte(b.String()[:size])
}

var words = []string{
	"invoice", "order", "customer", "shipped", "pending", "returned", "North", "South", "warehouse",
	"credit", "debit", "carrier", "pallet", "discount", "account", "closed", "priority", "standard",
}
