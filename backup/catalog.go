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
	err := atOnce(ctx,
		func(ctx context.Context) (err error) { s.local, err = s.d.Oracle.ArchivedLogs(ctx); return err },
		s.list,
	)
	if err != nil {
		return err
	}
	sets := s.listed.sets
	s.listed = listing{}
	s.held = newCommitted()
	s.manifests = nil
	oldest := oldestSCN(s.local)
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

// listing is what the bucket was found to hold, until that is used.
type listing struct {
	done bool
	sets []s3store.Set // newest first
}

// list looks for the committed sets of this database, unless that was done just
// now: the plan follows the settling at once, and a decade of hourly sets takes
// a hundred requests.
func (s *session) list(ctx context.Context) (err error) {
	if s.listed.done {
		return nil
	}
	s.listed.sets, err = s.d.Store.List(ctx, s3store.Filter{DBName: s.facts.Name, DBID: s.facts.DBID, Fresh: true})
	s.listed.done = err == nil
	return err
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
