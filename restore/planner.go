package restore

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// NewPlan plans a restore. A target that cannot be reached gives a plan that
// says so (Reachable false, Why set) together with Why as the error; other
// errors (no such set, two databases to choose from) give no plan.
func NewPlan(in Input) (*Plan, error) {
	if in.Mode == "" {
		in.Mode = ModeIncremental
	}
	in.Load = once(in.Load)
	rows, err := rowsOf(&in)
	if err != nil {
		return nil, err
	}
	if f := &in.Facts; mounted(f) && f.DBID != 0 && f.DBID != rows[0].DBID {
		return nil, fmt.Errorf("the instance has database %s (DBID %d) mounted, not %s (DBID %d): check ORACLE_SID", f.Name, f.DBID, rows[0].DBName, rows[0].DBID)
	}
	res, err := resolve(&in, rows)
	if err != nil {
		return nil, err
	}
	plan := &Plan{DBName: rows[0].DBName, DBID: rows[0].DBID, Target: in.Target, Mode: in.Mode,
		channels: in.Channels, catalogDir: CatalogDir(in.RestoreDir, rows[0].DBName, rows[0].DBID)}
	r, m := res.way(&in)
	plan.ResetlogsSCN, plan.resetlogsTime = res.h.line.current().scn, res.h.line.current().time
	if m != nil {
		plan.Why = res.why(m)
		return plan, plan.Why
	}
	w := &writer{in: &in, h: res.h, r: r, plan: plan}
	return plan, w.write()
}

// once remembers what Load gave, errors too.
func once(load func(s3store.Set) (*s3store.Manifest, error)) func(s3store.Set) (*s3store.Manifest, error) {
	type answer struct {
		m   *s3store.Manifest
		err error
	}
	known := map[string]answer{}
	return func(row s3store.Set) (*s3store.Manifest, error) {
		if a, ok := known[row.ID]; ok {
			return a.m, a.err
		}
		m, err := load(row)
		if err == nil && m == nil {
			err = errors.New("it has no manifest")
		}
		known[row.ID] = answer{m, err}
		return m, err
	}
}

// way finds the way to the target.
func (res *resolved) way(in *Input) (*reach, *miss) {
	switch {
	case res.miss != nil:
		return nil, res.miss
	case in.Target.Kind == TargetLatest || in.Target.Kind == "":
		if r := res.closed(in); r != nil {
			return r, nil
		}
		return res.latest()
	default:
		return res.h.reach(res.point)
	}
}

// writer turns a way into a plan.
type writer struct {
	in    *Input
	h     *history
	r     *reach
	plan  *Plan
	picks *picks
}

func (w *writer) write() error {
	w.end()
	w.picks = w.r.choose()
	w.host()
	w.fileUses()
	w.logUses()
	w.pieceUses()
	w.needs()
	w.left()
	w.warn()
	return w.steps()
}

// end states what is reached.
func (w *writer) end() {
	p, r := w.plan, w.r
	p.Reachable, p.Complete = true, r.complete()
	p.whole, p.excluded = r.all, r.excluded
	p.set, p.files = r.layout.set, r.layout.files
	p.Zone = w.zone()
	if r.point.scn != endless {
		p.limit = r.point.scn
	}
	switch {
	case p.Complete:
	case r.point.at.IsZero():
		p.SCN, p.Time = r.point.scn, w.h.timeOf(r.point.scn)
	default:
		p.at, p.Time = r.point.at, r.point.at
	}
	f := &w.in.Facts
	p.ResetIncarnation = r.layout.keep && f.ResetlogsSCN != w.h.line.current().scn
	if r.layout.keep {
		p.revived = revived(w.in, r.chains)
	}
}

// revived are the datafiles to restore that the database has taken offline: it
// does so with a file that it cannot write any more.
func revived(in *Input, chains []*chain) []int {
	bad := damaged(in)
	var files []int
	for _, d := range in.Facts.Datafiles {
		offline := d.Status == "RECOVER" || d.Status == "OFFLINE" && slices.Contains(bad, d.Number)
		if offline && slices.ContainsFunc(chains, func(c *chain) bool { return c.file.Number == d.Number }) {
			files = append(files, d.Number)
		}
	}
	return files
}

// zone is the host's offset from UTC at the end of recovery, in minutes.
func (w *writer) zone() int {
	switch {
	case !w.r.point.at.IsZero():
		return w.h.zone
	case mounted(&w.in.Facts):
		return w.in.Facts.UTCOffsetMinutes
	case w.r.layout.set != nil:
		return w.r.layout.set.UTCOffsetMinutes
	}
	return 0
}

// host picks what the instance itself needs: control file and SPFILE.
func (w *writer) host() {
	if bs := w.r.layout.control; bs != nil {
		w.picks.add(bs, WaveControl, "control file")
		w.plan.ControlFile = w.use(bs, bs.pieces[0], WaveControl)
		w.spfile()
		return
	}
	w.lostSpfile()
}

// lostSpfile picks an SPFILE for an instance that still runs and could not
// start again.
func (w *writer) lostSpfile() {
	exists, looked := w.in.Exists[w.in.Facts.SpfilePath]
	if !mounted(&w.in.Facts) || !looked || exists {
		return
	}
	bs := w.h.newestSpfile()
	if bs == nil {
		return
	}
	w.picks.add(bs, WaveControl, "SPFILE")
	w.plan.Spfile = w.use(bs, bs.pieces[0], WaveControl)
}

// newestSpfile is the backup set with the newest SPFILE that any set holds.
func (h *history) newestSpfile() *backupSet {
	for _, row := range slices.Backward(h.rows) {
		if m := h.load(row); m != nil {
			if bs := h.spfileSet(m); bs != nil && bs.set == m {
				return bs
			}
		}
	}
	return nil
}

// spfile picks an SPFILE where the host has none, or nobody could look.
func (w *writer) spfile() {
	set := w.r.layout.set
	exists, looked := w.in.Exists[set.Spfile]
	started := w.in.Facts.Status == oracle.NoMount || mounted(&w.in.Facts)
	if exists || started && !w.dummy() {
		return
	}
	bs := w.r.layout.control
	if !bs.pieces[0].Spfile {
		if !looked && !w.dummy() {
			return
		}
		if bs = w.h.spfileSet(set); bs == nil {
			return
		}
	}
	w.picks.add(bs, WaveControl, "SPFILE")
	w.plan.Spfile = w.use(bs, bs.pieces[0], WaveControl)
}

// dummy tells whether RMAN started the instance without a parameter file.
func (w *writer) dummy() bool {
	f := &w.in.Facts
	return f.Status == oracle.NoMount && (strings.EqualFold(f.Instance, "DUMMY") || strings.EqualFold(f.ParamName, "DUMMY"))
}

// spfileSet is the newest backup set with an SPFILE in m, else in any loaded
// set; nil if there is none.
func (h *history) spfileSet(m *s3store.Manifest) *backupSet {
	var best *backupSet
	for _, s := range h.loaded {
		for _, bs := range s.sets {
			if !bs.pieces[0].Spfile {
				continue
			}
			if bs.set == m {
				return bs
			}
			if best == nil || bs.set.CompletedAt.After(best.set.CompletedAt) {
				best = bs
			}
		}
	}
	return best
}

func (w *writer) use(bs *backupSet, p s3store.Piece, wave Wave) *PieceUse {
	path, here := placeOf(w.in, bs.set, p)
	return &PieceUse{Set: bs.set.ID, Wave: wave, Path: path, Here: here, Piece: p}
}

func (w *writer) fileUses() {
	for _, c := range w.r.chains {
		f := FileUse{Number: c.file.Number, Name: c.file.Name, Tablespace: c.file.Tablespace, Bytes: c.file.Bytes, RedoFrom: c.redo}
		if c.level0 != nil {
			f.Level0, f.level0 = c.level0.bs.set.ID, c.level0.CheckpointSCN
			for _, p := range c.level0.bs.pieces {
				f.keys = append(f.keys, p.Key)
			}
		}
		for _, l := range c.level1 {
			f.Level1 = append(f.Level1, l.bs.set.ID)
		}
		w.plan.Files = append(w.plan.Files, f)
		w.plan.DatafileMax += f.Bytes
	}
	slices.SortFunc(w.plan.Files, func(a, b FileUse) int { return cmp.Compare(a.Number, b.Number) })
}

// logUses joins logs into ranges.
func (w *writer) logUses() {
	logs := slices.Clone(w.r.logs)
	slices.SortStableFunc(logs, func(a, b *logEntry) int {
		return cmp.Or(cmp.Compare(a.Thread, b.Thread), cmp.Compare(a.ResetlogsSCN, b.ResetlogsSCN), cmp.Compare(a.Sequence, b.Sequence))
	})
	for _, e := range logs {
		u := LogUse{Thread: e.Thread, From: e.Sequence, To: e.Sequence, ResetlogsSCN: e.ResetlogsSCN, Local: e.path != ""}
		if n := len(w.plan.Logs); n > 0 {
			last := &w.plan.Logs[n-1]
			if last.Thread == u.Thread && last.ResetlogsSCN == u.ResetlogsSCN && last.Local == u.Local && last.To+1 == u.From {
				last.To = u.To
				continue
			}
		}
		w.plan.Logs = append(w.plan.Logs, u)
	}
}

// pieceUses lists the pieces in the order of need and sums them up by set.
func (w *writer) pieceUses() {
	bySet := map[string]*SetUse{}
	for _, k := range w.picks.list {
		m := k.bs.set
		s := bySet[m.ID]
		if s == nil {
			s = &SetUse{ID: m.ID, Kind: m.Kind, Level: m.Level, CompletedAt: m.CompletedAt}
			bySet[m.ID] = s
		}
		s.use(k.uses)
		for _, p := range k.bs.pieces {
			u := w.use(k.bs, p, k.wave)
			w.plan.Pieces = append(w.plan.Pieces, *u)
			s.Pieces++
			s.Bytes += p.Bytes
			if u.Here {
				w.plan.BytesHere += p.Bytes
			} else {
				w.plan.Bytes += p.Bytes
			}
		}
	}
	slices.SortStableFunc(w.plan.Pieces, func(a, b PieceUse) int { return cmp.Compare(a.Wave, b.Wave) })
	w.plan.Sets = slices.SortedFunc(values(bySet), func(a, b SetUse) int {
		return cmp.Or(a.CompletedAt.Compare(b.CompletedAt), cmp.Compare(a.ID, b.ID))
	})
}

func values(m map[string]*SetUse) func(yield func(SetUse) bool) {
	return func(yield func(SetUse) bool) {
		for s := range maps.Values(m) {
			if !yield(*s) {
				return
			}
		}
	}
}

func (s *SetUse) use(uses []string) {
	for _, u := range uses {
		switch {
		case s.Use == "":
			s.Use = u
		case !strings.Contains(s.Use, u):
			s.Use += " + " + u
		}
	}
}

// left counts what comes after the end.
func (w *writer) left() {
	if w.plan.Complete || w.plan.Time.IsZero() {
		return
	}
	l := Left{}
	for _, row := range w.h.rows {
		if row.RecoverableTo.After(w.plan.Time.Add(time.Second)) {
			l.Sets++
			l.Logs += row.Logs
			l.SCN = max(l.SCN, row.ToSCN)
			if row.RecoverableTo.After(l.Until) {
				l.Until = row.RecoverableTo
			}
		}
	}
	if l.Sets > 0 {
		w.plan.Left = &l
	}
}
