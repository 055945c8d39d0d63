package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/s3store"
)

// backUpMissingLogs proves that every archived log on local disk is in a
// committed set or in this one. NOT BACKED UP believes RMAN's repository,
// which can count a backup that never reached S3; such logs are named.
func (s *session) backUpMissingLogs(ctx context.Context) error {
	lost, err := s.missingLogs(ctx)
	if err != nil || len(lost) == 0 {
		return err
	}
	logs := ranges(lost)
	s.notice(fmt.Sprintf("archived logs (thread %d, sequence %d to %d …) count as backed up in RMAN's repository but no set on S3 holds them", logs[0].Thread, logs[0].From, logs[0].To),
		"they are backed up again now")
	script, err := s.writing().extraLogs("logs-again", s.logRanges(logs))
	if err != nil {
		return err
	}
	if err := s.script(ctx, script); err != nil {
		return err
	}
	still, err := s.missingLogs(ctx)
	if err != nil {
		return err
	}
	// What was archived in between is the next run's.
	logs = ranges(slices.DeleteFunc(still, func(l oracle.ArchivedLog) bool { return !slices.ContainsFunc(lost, sameLog(l)) }))
	if len(logs) == 0 {
		return nil
	}
	return fmt.Errorf("archived logs of thread %d, sequence %d to %d, are on local disk but RMAN did not back them up; look at LIST ARCHIVELOG ALL",
		logs[0].Thread, logs[0].From, logs[0].To)
}

// missGoneLogs lets RMAN's repository notice archived logs that somebody has
// removed from disk when committed sets hold all of them: BACKUP ARCHIVELOG ends
// at a log that is gone (RMAN-06059) unless the repository counts a backup of
// it, which after a restore it may not. With a log gone that no set holds it
// does nothing: that is a gap in the redo, and RMAN is to say so.
func (s *session) missGoneLogs(ctx context.Context) {
	gone := slices.DeleteFunc(slices.Clone(s.local), func(l oracle.ArchivedLog) bool { return !filepath.IsAbs(l.Name) || !isGone(l.Name) })
	if len(gone) == 0 || slices.ContainsFunc(gone, func(l oracle.ArchivedLog) bool { return !s.held.holdsLog(l) }) {
		return
	}
	first := ranges(gone)[0]
	s.notice(fmt.Sprintf("archived logs (thread %d, sequence %d to %d …) are not on disk any more; sets on S3 hold them", first.Thread, first.From, first.To),
		"RMAN's repository is told with CROSSCHECK ARCHIVELOG ALL")
	script, err := rman.NewScript("crosscheck-logs", rman.CrosscheckArchivelogs{Disk: s.facts.TapeByDefault()})
	if err == nil {
		err = s.script(ctx, script)
	}
	if err != nil {
		s.warn("", fmt.Sprintf("they could not be crosschecked: %v", err), "CROSSCHECK ARCHIVELOG ALL in RMAN")
	}
}

// isGone is certain: a folder that may not be read is no reason.
func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func sameLog(l oracle.ArchivedLog) func(oracle.ArchivedLog) bool {
	return func(o oracle.ArchivedLog) bool {
		return o.Thread == l.Thread && o.Sequence == l.Sequence && o.ResetlogsSCN == l.ResetlogsSCN
	}
}

func (s *session) missingLogs(ctx context.Context) ([]oracle.ArchivedLog, error) {
	var local []oracle.ArchivedLog
	var mine owned
	err := atOnce(ctx,
		func(ctx context.Context) (err error) { local, err = s.d.Oracle.ArchivedLogs(ctx); return err },
		func(ctx context.Context) (err error) { mine, err = s.own(ctx); return err },
	)
	if err != nil {
		return nil, err
	}
	here := newCommitted()
	here.add(&s3store.Manifest{ID: s.setID, Pieces: mine.pieces()})
	return missing(local, s.held, here), nil
}

// logRanges puts ranges into RMAN's terms: the incarnation is named where it is
// not the current one.
func (s *session) logRanges(logs []logRange) []rman.LogRange {
	out := make([]rman.LogRange, 0, len(logs))
	for _, r := range logs {
		lr := rman.LogRange{Thread: r.Thread, From: r.From, To: r.To}
		for _, i := range s.facts.Incarnations {
			if i.ResetlogsSCN == r.ResetlogsSCN && r.ResetlogsSCN != s.facts.ResetlogsSCN {
				lr.Incarnation = i.Number
			}
		}
		out = append(out, lr)
	}
	return out
}
