package restore

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// history is what the sets and the local logs hold of one lineage. Manifests
// are loaded when something needs them and each once.
type history struct {
	in     *Input
	line   lineage
	rows   []*s3store.Set // complete sets of the database, oldest first
	loaded map[string]*loadedSet
	files  map[int][]*fileCopy
	logs   map[logKey]*logEntry
	notes  []string // sets that could not be used, and why
	zone   int      // database host's offset from UTC at the target, minutes
}

// loadedSet is a set with its manifest; m is nil when it could not be read.
type loadedSet struct {
	m    *s3store.Manifest
	sets []*backupSet // the whole ones
}

// backupSet is one RMAN backup set: usable only with all of its pieces.
type backupSet struct {
	set    *s3store.Manifest
	pieces []s3store.Piece // by number
	bytes  int64
	here   int64 // bytes that are present already
}

// fileCopy is one datafile in one backup set.
type fileCopy struct {
	s3store.FileBackup
	bs *backupSet
}

// end is the SCN that recovery must pass for the copy to be consistent.
func (c *fileCopy) end() int64 { return max(c.CheckpointSCN, c.AbsoluteFuzzySCN) }

// logKey names an archived log within a lineage.
type logKey struct {
	thread int
	inc    int // index in the lineage
	seq    int64
}

// logEntry is an archived log and where it is to be had. An online redo log
// that was not archived yet counts as local.
type logEntry struct {
	s3store.Log
	path   string // on this host; empty if it is not
	online bool
	in     []*backupSet
}

func newHistory(in *Input, line lineage, rows []*s3store.Set) *history {
	h := &history{in: in, line: line, rows: rows, loaded: map[string]*loadedSet{},
		files: map[int][]*fileCopy{}, logs: map[logKey]*logEntry{}}
	h.addLocal()
	return h
}

// relevant tells by the row alone whether a set can hold something of the
// lineage below scn. A set of another incarnation can hold logs that were
// written before it began.
func (h *history) relevant(row *s3store.Set, scn int64) bool {
	if row.FromSCN >= scn {
		return false
	}
	return row.ResetlogsSCN == 0 || row.Logs > 0 && row.FromSCN < row.ResetlogsSCN ||
		slices.ContainsFunc(h.line, func(s span) bool {
			return s.scn == row.ResetlogsSCN && row.FromSCN < s.to
		})
}

// load reads a set's manifest once and indexes it; nil if it is unusable.
func (h *history) load(row *s3store.Set) *s3store.Manifest {
	if s, ok := h.loaded[row.ID]; ok {
		return s.m
	}
	m, err := h.in.Load(*row)
	if err == nil && m.DBID != 0 && row.DBID != 0 && m.DBID != row.DBID {
		err = fmt.Errorf("its manifest names another database (DBID %d)", m.DBID)
	}
	if err != nil {
		h.notes = append(h.notes, fmt.Sprintf("set %s is not used: %v", row.ID, err))
		m = nil
	}
	set := &loadedSet{m: m}
	h.loaded[row.ID] = set
	if m != nil {
		set.sets = h.backupSets(m)
		h.add(set)
	}
	return m
}

// add indexes the contents of a set's whole backup sets.
func (h *history) add(set *loadedSet) {
	for _, bs := range set.sets {
		for _, f := range bs.pieces[0].Files {
			h.addFile(f, bs)
		}
		for _, l := range bs.pieces[0].Logs {
			h.addLog(l, bs)
		}
	}
}

// backupSets groups pieces; a set that lacks a piece is left out with a note.
func (h *history) backupSets(m *s3store.Manifest) []*backupSet {
	type key struct{ stamp, count int64 }
	var order []key
	groups := map[key]*backupSet{}
	for _, p := range m.Pieces {
		k := key{p.SetStamp, p.SetCount}
		if groups[k] == nil {
			groups[k] = &backupSet{set: m}
			order = append(order, k)
		}
		groups[k].pieces = append(groups[k].pieces, p)
	}
	var whole []*backupSet
	for _, k := range order {
		h.oneCopy(groups[k])
		if why := h.unusable(groups[k]); why != "" {
			h.notes = append(h.notes, why)
			continue
		}
		whole = append(whole, groups[k])
	}
	return whole
}

// oneCopy keeps one piece of each number, in their order, one that is here if
// there is one: CONFIGURE BACKUP COPIES makes RMAN write several.
func (h *history) oneCopy(bs *backupSet) {
	here := func(p s3store.Piece) int {
		if _, bad := h.in.Bad[p.Key]; bad {
			return 2
		}
		if _, ok := h.in.Present[p.Key]; ok {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(bs.pieces, func(a, b s3store.Piece) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(here(a), here(b)))
	})
	bs.pieces = slices.CompactFunc(bs.pieces, func(a, b s3store.Piece) bool { return a.Number == b.Number && a.Of > 0 })
	for _, p := range bs.pieces {
		bs.bytes += p.Bytes
		if here(p) == 0 {
			bs.here += p.Bytes
		}
	}
}

// unusable says why a backup set cannot be restored from; empty if it can.
func (h *history) unusable(bs *backupSet) string {
	for i, p := range bs.pieces {
		if !plainName(p.Name) || !plainName(bs.set.ID) {
			return fmt.Sprintf("a piece of set %q is not used: its name %q is no file name", bs.set.ID, p.Name)
		}
		if why, bad := h.in.Bad[p.Key]; bad {
			return fmt.Sprintf("piece %s of set %s is not used: %s", p.Key, bs.set.ID, why)
		}
		if p.Of > 0 && (p.Number != i+1 || p.Of != len(bs.pieces)) {
			return fmt.Sprintf("a backup set of %s is not used: it has %d of %d pieces (%s)", bs.set.ID, len(bs.pieces), p.Of, p.Name)
		}
	}
	return ""
}

// addFile keeps a copy that lies in the lineage: taken before the RESETLOGS of
// the next incarnation, fuzziness included.
func (h *history) addFile(f s3store.FileBackup, bs *backupSet) {
	c := &fileCopy{FileBackup: f, bs: bs}
	i := h.line.index(branchIn(bs.set, f.ResetlogsSCN, time.Time{}))
	if i < 0 || c.end() >= h.line[i].to {
		return
	}
	h.files[f.Number] = append(h.files[f.Number], c)
}

func (h *history) addLog(l s3store.Log, bs *backupSet) {
	i := h.line.index(branchIn(bs.set, l.ResetlogsSCN, l.FirstTime))
	if i < 0 || l.FirstSCN >= h.line[i].to {
		return
	}
	e := h.entry(logKey{l.Thread, i, l.Sequence}, l)
	if !slices.Contains(e.in, bs) {
		e.in = append(e.in, bs)
	}
}

func (h *history) entry(k logKey, l s3store.Log) *logEntry {
	e := h.logs[k]
	if e == nil {
		e = &logEntry{Log: l}
		h.logs[k] = e
	}
	return e
}

// addLocal indexes archived logs on this host, and online redo where the
// current control file vouches for it.
func (h *history) addLocal() {
	zone := h.in.Facts.UTCOffsetMinutes
	for _, l := range h.in.LocalLogs {
		i := h.line.index(branch{scn: l.ResetlogsSCN})
		if i < 0 || l.Deleted || l.Name == "" || l.FirstSCN >= h.line[i].to {
			continue
		}
		h.entry(logKey{l.Thread, i, l.Sequence}, s3store.Log{Thread: l.Thread, Sequence: l.Sequence, ResetlogsSCN: l.ResetlogsSCN,
			FirstSCN: l.FirstSCN, NextSCN: l.NextSCN, FirstTime: hostTime(l.FirstTime, zone), NextTime: hostTime(l.NextTime, zone)}).path = l.Name
	}
	if redoIntact(h.in) && h.line.current().scn == h.in.Facts.ResetlogsSCN {
		h.addOnline()
	}
}

// addOnline adds the online logs that are not archived. The current one of a
// thread has no end.
func (h *history) addOnline() {
	last := len(h.line) - 1
	for _, g := range h.in.Facts.Redo {
		if g.Sequence == 0 || g.Status == "UNUSED" || g.Archived {
			continue
		}
		l := s3store.Log{Thread: g.Thread, Sequence: g.Sequence, ResetlogsSCN: h.line[last].scn, FirstSCN: g.FirstSCN, NextSCN: endless}
		for _, o := range h.in.Facts.Redo {
			if o.Thread == g.Thread && o.Sequence == g.Sequence+1 && o.FirstSCN > 0 {
				l.NextSCN = o.FirstSCN
			}
		}
		k := logKey{g.Thread, last, g.Sequence}
		if e := h.logs[k]; e == nil || e.path == "" {
			h.logs[k] = &logEntry{Log: l, path: onlineName(g), online: true}
		}
	}
}

// onlineName is a member's path, or a name where the instance shows none.
func onlineName(g oracle.RedoGroup) string {
	if len(g.Members) == 0 {
		return fmt.Sprintf("online group %d", g.Group)
	}
	return g.Members[0]
}

// hostTime reads a time that the database printed; zero if it cannot be read.
func hostTime(s string, offsetMinutes int) time.Time {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return time.Time{}
	}
	return t.Add(-time.Duration(offsetMinutes) * time.Minute)
}

// loadRedo loads every set whose row says that its archived logs reach above
// from and begin below scn. A row tells the end of the thread that ends first,
// which is enough: from is the SCN of a copy, and a run switches every thread
// behind its copies, so no thread of an older set ends above from.
func (h *history) loadRedo(from, scn int64) {
	for _, row := range h.rows {
		if row.Logs > 0 && row.ToSCN > from && h.relevant(row, scn) {
			h.load(row)
		}
	}
}

// loadLastBefore loads the set whose logs end last at or before scn.
func (h *history) loadLastBefore(scn int64) {
	var last *s3store.Set
	for _, row := range h.rows {
		if row.Logs > 0 && row.ToSCN <= scn && h.relevant(row, scn) && (last == nil || row.ToSCN > last.ToSCN) {
			last = row
		}
	}
	if last != nil {
		h.load(last)
	}
}
