package restore

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

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
