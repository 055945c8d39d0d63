package backup

import (
	"context"
	"slices"

	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// loadCommitted reads what the committed sets of this database hold, as far as
// this run asks: the data sets since the newest full one (the chains a level 1
// can build on), and every set whose logs reach the logs on local disk.
func (s *session) loadCommitted(ctx context.Context) error {
	var logs []oracle.ArchivedLog
	var sets []s3store.Set
	err := atOnce(ctx,
		func(ctx context.Context) (err error) { logs, err = s.d.Oracle.ArchivedLogs(ctx); return err },
		func(ctx context.Context) (err error) {
			sets, err = s.d.Store.List(ctx, s3store.Filter{DBName: s.facts.Name, DBID: s.facts.DBID, Fresh: true})
			return err
		},
	)
	if err != nil {
		return err
	}
	s.held = newCommitted()
	s.manifests = nil
	oldest := oldestSCN(logs)
	chain := true
	for _, set := range sets { // newest first
		if set.Status != s3store.StatusComplete {
			continue
		}
		data := set.Kind != s3store.KindArchivelog && set.ResetlogsSCN == s.facts.ResetlogsSCN
		if (!data || !chain) && set.ToSCN < oldest {
			continue
		}
		m, err := s.d.Store.Manifest(ctx, set)
		if err != nil {
			return err
		}
		s.held.add(m)
		if data {
			s.manifests = append(s.manifests, m)
			chain = chain && set.Kind != s3store.KindFull
		}
	}
	return nil
}

// oldestSCN is the first SCN of the oldest log on local disk.
func oldestSCN(logs []oracle.ArchivedLog) int64 {
	if len(logs) == 0 {
		return 1<<63 - 1
	}
	return slices.MinFunc(logs, func(a, b oracle.ArchivedLog) int {
		return int(min(max(a.FirstSCN-b.FirstSCN, -1), 1))
	}).FirstSCN
}
