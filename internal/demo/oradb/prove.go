package oradb

import (
	"context"
	"fmt"
	"os"
)

// Target is what the database should equal.
type Target struct {
	// Branch is the incarnation whose truth counts; nil: the database's own,
	// which says nothing about changes that an OPEN RESETLOGS left behind (see
	// Proof.Lost). After a restore name the incarnation from before.
	Branch *Branch
	Until  SCN // first SCN that should not be in; 0: everything of the branch
}

// Difference is a block that is not what it should be.
type Difference struct {
	File  int
	Block uint32
	Want  SCN // version that the truth has, 0: never used
	Found SCN // version in the datafile, 0: never used
	Fault string
}

// String is for people.
func (d Difference) String() string {
	return fmt.Sprintf("datafile %d block %d: %s (should be of SCN %d, is of SCN %d)", d.File, d.Block, d.Fault, d.Want, d.Found)
}

// Lost counts committed changes that an OPEN RESETLOGS left behind.
type Lost struct {
	Changes     int
	First, Last SCN
}

// Proof is the result of a comparison.
type Proof struct {
	Branch      Branch
	Until       SCN
	Blocks      int // compared
	Total       int // differences
	Differences []Difference
	Lost        Lost // by the RESETLOGS that began the database's own incarnation
}

// OK tells that every block is what it should be.
func (p Proof) OK() bool { return p.Total == 0 }

// maxDifferences is how many differences a proof names; all are counted.
const maxDifferences = 50

// Prove compares every block of the mounted or open database with the truth.
// Until makes sense for a database that nobody has changed since. Codes: 01034,
// 01507, 01157 + 01110.
func (db *DB) Prove(_ context.Context, t Target) (p Proof, err error) {
	err = db.exclusive(func() error {
		in, c, err := db.mounted()
		if err == nil && in.State == Opened {
			c, err = db.checkpoint(in, c)
		}
		if err != nil {
			return err
		}
		p, err = db.prove(c, t)
		return err
	})
	return p, err
}

func (db *DB) prove(c *Control, t Target) (Proof, error) {
	p := Proof{Branch: c.Resetlogs, Until: t.Until}
	if t.Branch != nil {
		p.Branch = *t.Branch
	}
	want, err := db.ledger().expected(p.Branch, t.Until)
	if err != nil {
		return p, err
	}
	if p.Lost, err = db.ledger().lost(c.Resetlogs); err != nil {
		return p, err
	}
	for _, df := range c.Datafiles {
		if df.offline() {
			continue
		}
		if _, err := identify(c, df); err != nil {
			return p, err
		}
		if err := p.compare(df, want); err != nil {
			return p, err
		}
	}
	for k, w := range want {
		p.differ(Difference{File: k.file, Block: k.number, Want: w.SCN, Fault: "the file is missing"})
	}
	return p, nil
}

// compare takes the file's blocks out of want.
func (p *Proof) compare(df Datafile, want map[blockKey]truthRecord) error {
	f, err := os.Open(df.Name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	b := make([]byte, BlockSize)
	for n := uint32(firstDataBlock); n <= df.Blocks(); n++ {
		k := blockKey{df.Number, n}
		w, known := want[k]
		delete(want, k)
		if err := readBlock(f, n, b); err != nil {
			return fmt.Errorf("datafile %d: %w", df.Number, err)
		}
		if !known && !blockUsed(b) && blockFault(b, df.Number, n) == "" {
			continue
		}
		p.Blocks++
		if fault := judge(b, df.Number, n, w, known); fault != "" {
			d := Difference{File: df.Number, Block: n, Want: w.SCN, Fault: fault}
			if blockUsed(b) {
				d.Found = blockSCN(b)
			}
			p.differ(d)
		}
	}
	return nil
}

func judge(b []byte, file int, number uint32, w truthRecord, known bool) string {
	switch fault := blockFault(b, file, number); {
	case fault != "":
		return fault
	case !known:
		return "should never have been used"
	case !blockUsed(b):
		return "was lost"
	case blockSCN(b) < w.SCN:
		return "is too old"
	case blockSCN(b) > w.SCN:
		return "is too new"
	case digest(b) != w.Digest:
		return "has another content"
	}
	return ""
}

func (p *Proof) differ(d Difference) {
	p.Total++
	if len(p.Differences) < maxDifferences {
		p.Differences = append(p.Differences, d)
	}
}

// expected gives the newest record of every block with an SCN below until, along
// the branch and its ancestors.
func (l ledger) expected(b Branch, until SCN) (map[blockKey]truthRecord, error) {
	limits, err := l.limits(b, until)
	if err != nil {
		return nil, err
	}
	out := map[blockKey]truthRecord{}
	err = l.each(func(r truthRecord) {
		limit, on := limits[r.Branch]
		k := blockKey{int(r.File), r.Block}
		if on && r.SCN < limit && r.SCN >= out[k].SCN {
			out[k] = r
		}
	})
	return out, err
}

// limits gives for every incarnation on the way to b the first SCN that is not
// in it.
func (l ledger) limits(b Branch, until SCN) (map[uint32]SCN, error) {
	all, err := l.branches()
	if err != nil {
		return nil, err
	}
	id, err := l.branchID(b)
	if err != nil {
		return nil, err
	}
	limit := ^SCN(0)
	if until > 0 {
		limit = until
	}
	out := map[uint32]SCN{}
	for at := int64(id); at >= 0; at = all[at].Parent {
		out[uint32(at)] = limit
		limit = min(limit, all[at].Cut)
	}
	return out, nil
}

// lost counts the changes of b's parent that are not in b.
func (l ledger) lost(b Branch) (Lost, error) {
	var out Lost
	all, err := l.branches()
	if err != nil {
		return out, err
	}
	id, err := l.branchID(b)
	if err != nil || all[id].Parent < 0 {
		return out, err
	}
	err = l.each(func(r truthRecord) {
		if int64(r.Branch) != all[id].Parent || r.SCN < all[id].Cut {
			return
		}
		out.Changes++
		out.Last = max(out.Last, r.SCN)
		if out.First == 0 || r.SCN < out.First {
			out.First = r.SCN
		}
	})
	return out, err
}

// ArchivedUpTo gives the SCN up to which the redo of an incarnation was ever
// archived without a gap, over all its threads: what a restore from archived
// logs alone can reach at best.
func (db *DB) ArchivedUpTo(b Branch) (SCN, error) {
	id, err := db.ledger().branchID(b)
	if err != nil {
		return 0, err
	}
	logs, err := db.ledger().logs()
	if err != nil {
		return 0, err
	}
	end := map[int]SCN{}
	for _, t := range logs {
		if t.Branch == id {
			end[t.Thread] = max(end[t.Thread], t.Next)
		}
	}
	least := SCN(0)
	for _, scn := range end {
		if least == 0 || scn < least {
			least = scn
		}
	}
	return least, nil
}
