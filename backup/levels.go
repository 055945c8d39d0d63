package backup

import (
	"cmp"
	"fmt"
	"slices"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// fileLevel is the decision for one datafile: the level RMAN is ordered to
// take and, for level 1, the set of ours that holds the parent.
type fileLevel struct {
	File   oracle.Datafile
	Level  int
	Base   string // set id; level 1 only
	Reason string // why level 0 was ordered in an incremental; empty otherwise
	// New says that the reason is nothing to worry about: a new datafile, a new
	// incarnation, a first backup. Otherwise somebody has interfered.
	New bool
}

// setKey names an RMAN backup set: its stamp and count.
type setKey struct{ Stamp, Count int64 }

// committed indexes what the committed sets of one database hold.
type committed struct {
	pieces map[setKey][]heldPiece
	ends   map[fileEnd][]heldFile
	logs   map[logKey]string // set id
}

// fileEnd is where a backup of a datafile ends: what a level 1 can start from.
type fileEnd struct {
	File         int
	ResetlogsSCN int64
	SCN          int64
}

type heldFile struct {
	key  setKey
	file s3store.FileBackup
}

type heldPiece struct {
	set   string
	piece s3store.Piece
}

type logKey struct {
	Thread       int
	Sequence     int64
	ResetlogsSCN int64
}

func newCommitted() *committed {
	return &committed{pieces: map[setKey][]heldPiece{}, ends: map[fileEnd][]heldFile{}, logs: map[logKey]string{}}
}

// add takes one manifest into the index.
func (c *committed) add(m *s3store.Manifest) {
	for _, p := range m.Pieces {
		k := setKey{p.SetStamp, p.SetCount}
		if len(c.pieces[k]) == 0 { // every piece of a set names the set's files
			for _, f := range p.Files {
				end := fileEnd{f.Number, f.ResetlogsSCN, f.CheckpointSCN}
				c.ends[end] = append(c.ends[end], heldFile{k, f})
			}
		}
		c.pieces[k] = append(c.pieces[k], heldPiece{set: m.ID, piece: p})
		for _, l := range p.Logs {
			c.logs[logKey{l.Thread, l.Sequence, l.ResetlogsSCN}] = m.ID
		}
	}
}

// holdsLog reports whether a set of ours holds an archived log.
func (c *committed) holdsLog(l oracle.ArchivedLog) bool {
	return c.logs[logKey{l.Thread, l.Sequence, l.ResetlogsSCN}] != ""
}

// holds reports which set of ours holds datafile row r, whole: every piece of
// the backup set, with the row's checkpoint SCN.
func (c *committed) holds(r oracle.DatafileRecord) (set string, fb s3store.FileBackup, ok bool) {
	k := setKey{r.SetStamp, r.SetCount}
	if !c.whole(k) {
		return "", fb, false
	}
	held := c.pieces[k]
	for _, f := range held[0].piece.Files {
		if f.Number == r.File && f.CheckpointSCN == r.CheckpointSCN && f.ResetlogsSCN == r.ResetlogsSCN {
			return held[0].set, f, true
		}
	}
	return "", fb, false
}

// depth bounds the walk down a chain: no chain is longer than the sets we have.
func (c *committed) depth() int { return len(c.pieces) + 1 }

// whole says whether sets of ours hold every piece of a backup set.
func (c *committed) whole(k setKey) bool {
	numbers := map[int]bool{} // of several copies of a piece one is enough
	for _, p := range c.pieces[k] {
		numbers[p.piece.Number] = true
	}
	return len(numbers) > 0 && len(numbers) == c.pieces[k][0].piece.Of
}

// base finds what a level 1 starts from: a backup of the same datafile and
// incarnation whose checkpoint SCN is the level 1's start SCN. A level 0 is
// preferred, since a read-only file can have several backups at one SCN.
func (c *committed) base(fb s3store.FileBackup) (found s3store.FileBackup, ok bool) {
	for _, h := range c.ends[fileEnd{fb.Number, fb.ResetlogsSCN, fb.IncrementalSCN}] {
		if c.whole(h.key) && (!ok || h.file.Level < found.Level) {
			found, ok = h.file, true
		}
	}
	return found, ok
}

// setOf is the set that holds what a level 1 starts from.
func (c *committed) setOf(fb s3store.FileBackup) string {
	best := ""
	for _, h := range c.ends[fileEnd{fb.Number, fb.ResetlogsSCN, fb.IncrementalSCN}] {
		best = max(best, c.pieces[h.key][0].set)
	}
	return best
}

// repository is what RMAN's repository (the control file) says, as far as the
// choice of a parent needs it.
type repository struct {
	rows   map[int][]oracle.DatafileRecord // by datafile number
	pieces map[setKey][]oracle.PieceRecord
}

func newRepository(rows []oracle.DatafileRecord, pieces []oracle.PieceRecord) repository {
	byKey := map[setKey][]oracle.PieceRecord{}
	for _, p := range pieces {
		k := setKey{p.SetStamp, p.SetCount}
		byKey[k] = append(byKey[k], p)
	}
	byFile := map[int][]oracle.DatafileRecord{}
	for _, r := range rows {
		byFile[r.File] = append(byFile[r.File], r)
	}
	return repository{rows: byFile, pieces: byKey}
}

// parents returns the rows of a datafile that RMAN could take as the parent of
// a level 1, newest first: level 0 and, for a differential, level 1, of the
// current incarnation. The number may have been that of a datafile which was
// dropped: what was backed up before this one was made is not its own. What was
// deleted or uncataloged is no record any more. Any other status is not looked
// at: which statuses count as a parent differs between releases, so the newest
// row decides and must be both ours and available.
func (r repository) parents(f oracle.Datafile, resetlogs int64, cumulative bool) []oracle.DatafileRecord {
	var out []oracle.DatafileRecord
	for _, row := range r.rows[f.Number] {
		if row.ResetlogsSCN != resetlogs || row.CheckpointSCN < f.CreationSCN || r.deleted(row) || row.Level < 0 || (cumulative && row.Level != 0) {
			continue
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b oracle.DatafileRecord) int {
		return cmp.Or(cmp.Compare(b.CheckpointSCN, a.CheckpointSCN), cmp.Compare(b.SetStamp, a.SetStamp), cmp.Compare(b.SetCount, a.SetCount))
	})
	return out
}

// deleted says whether a row's backup set was deleted, or uncataloged: the view
// keeps the row. Proving where a level 1 started tells if RMAN thinks otherwise.
func (r repository) deleted(row oracle.DatafileRecord) bool {
	recs := r.pieces[setKey{row.SetStamp, row.SetCount}]
	return len(recs) > 0 && !slices.ContainsFunc(recs, func(p oracle.PieceRecord) bool { return p.Status != "D" })
}

// robbed says whether a backup of the datafile that is ours, and on S3, was
// deleted from the repository.
func (r repository) robbed(f oracle.Datafile, resetlogs int64, held *committed) bool {
	return slices.ContainsFunc(r.rows[f.Number], func(row oracle.DatafileRecord) bool {
		_, _, ours := held.holds(row)
		return ours && row.ResetlogsSCN == resetlogs && r.deleted(row)
	})
}

// available says whether every piece of a backup set is usable in the
// repository: for each piece number one copy with status A.
func (r repository) available(k setKey) bool {
	recs := r.pieces[k]
	if len(recs) == 0 {
		return false
	}
	have := map[int]bool{}
	for _, p := range recs {
		if p.Status == "A" {
			have[p.Piece] = true
		}
	}
	want := recs[0].Pieces
	if want == 0 {
		want = len(have)
	}
	return len(have) >= want && len(have) > 0
}

// chooseLevels decides, before RMAN is asked, which level each datafile gets.
// A full backup is level 0 for all. An incremental is level 1 only where the
// parent that RMAN's repository would choose is a set of ours on S3, down to
// its level 0; every other file gets level 0 explicitly, with the reason.
func chooseLevels(kind string, files []oracle.Datafile, resetlogs int64, cumulative bool, repo repository, held *committed) []fileLevel {
	out := make([]fileLevel, 0, len(files))
	for _, f := range files {
		fl := fileLevel{File: f}
		if kind == s3store.KindIncremental {
			fl = chooseLevel(f, resetlogs, cumulative, repo, held)
		}
		out = append(out, fl)
	}
	return out
}

func chooseLevel(f oracle.Datafile, resetlogs int64, cumulative bool, repo repository, held *committed) fileLevel {
	parents := repo.parents(f, resetlogs, cumulative)
	if len(parents) == 0 && repo.robbed(f, resetlogs, held) {
		return fileLevel{File: f, Reason: fmt.Sprintf("our backups of datafile %d were deleted from RMAN's repository: somebody ran DELETE or CHANGE … UNCATALOG", f.Number)}
	}
	if len(parents) == 0 {
		return fileLevel{File: f, New: true, Reason: fmt.Sprintf("RMAN knows no level 0 of datafile %d in this incarnation", f.Number)}
	}
	if !repo.available(setKey{parents[0].SetStamp, parents[0].SetCount}) {
		return fileLevel{File: f, Reason: fmt.Sprintf("the newest base of datafile %d is not AVAILABLE in RMAN's repository: somebody ran CROSSCHECK, DELETE or CHANGE", f.Number)}
	}
	set, reason := proveChain(parents[0], held)
	if reason != "" {
		return fileLevel{File: f, Reason: reason}
	}
	return fileLevel{File: f, Level: 1, Base: set}
}

// proveChain shows that the newest parent row of a datafile is a set of ours,
// usable in RMAN's repository, and that our sets reach from it down to a level
// 0. It returns the set that holds the parent, or why the chain does not hold.
// Below the newest row only S3 matters: RMAN does not look further.
func proveChain(top oracle.DatafileRecord, held *committed) (set, reason string) {
	set, fb, ok := held.holds(top)
	if !ok {
		return "", fmt.Sprintf("the newest base of datafile %d in RMAN's repository (SCN %d) is not a set of ours on S3", top.File, top.CheckpointSCN)
	}
	for range held.depth() {
		if fb.Level == 0 {
			return set, ""
		}
		if fb, ok = held.base(fb); !ok {
			return "", fmt.Sprintf("no set on S3 holds what the level 1 of datafile %d builds on", top.File)
		}
	}
	return "", fmt.Sprintf("the chain of datafile %d does not end in a level 0", top.File)
}
