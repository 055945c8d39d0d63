package restore

import (
	"errors"
	"fmt"
	"slices"
	"time"

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

func (w *writer) use(bs *backupSet, p s3store.Piece, wave Wave) *PieceUse {
	path, here := w.placeOf(bs.set, p)
	return &PieceUse{Set: bs.set.ID, Wave: wave, Path: path, Here: here, Piece: p}
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
