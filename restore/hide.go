package restore

import (
	"context"
	"fmt"
	"slices"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// setKey is RMAN's name of a backup set.
type setKey struct{ stamp, count int64 }

// hide makes backups UNAVAILABLE that RMAN could prefer to those of the plan:
// newer level 0s and level 1s that are not here (or that mode full does not
// want), and other sets with the same logs. They stay hidden for this restore
// only; the state file remembers them in case it is killed.
func (s *session) hide(ctx context.Context) error {
	records, err := s.d.Oracle.AllPieces(ctx)
	if err != nil {
		return err
	}
	unwanted, err := s.unwanted(ctx)
	if err != nil {
		return err
	}
	var handles []string
	for _, r := range records {
		if available(r) && unwanted[setKey{r.SetStamp, r.SetCount}] && (s.plan.Mode == ModeFull || !isFile(r.Handle)) {
			handles = append(handles, r.Handle)
		}
	}
	if len(handles) == 0 {
		return nil
	}
	s.state.Hidden = handles
	if err := s.state.write(); err != nil {
		return err
	}
	s.mark("hiding")
	return s.change(ctx, "hide", handles, rman.Unavailable)
}

// unwanted are the sets of the repository that could get in the way.
func (s *session) unwanted(ctx context.Context) (map[setKey]bool, error) {
	planned := map[setKey]bool{}
	for _, u := range s.plan.Pieces {
		planned[setKey{u.Piece.SetStamp, u.Piece.SetCount}] = true
	}
	files, err := s.d.Oracle.DatafileRecords(ctx, "")
	if err != nil {
		return nil, err
	}
	sets := map[setKey]bool{}
	for _, r := range files {
		if k := (setKey{r.SetStamp, r.SetCount}); !planned[k] && s.competes(r) {
			sets[k] = true
		}
	}
	redo, err := s.d.Oracle.RedoRecords(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, r := range redo {
		if k := (setKey{r.SetStamp, r.SetCount}); !planned[k] && s.reads(r) {
			sets[k] = true
		}
	}
	return sets, nil
}

// competes tells whether RMAN could take a backup of a datafile for the chain.
func (s *session) competes(r oracle.DatafileRecord) bool {
	i := slices.IndexFunc(s.plan.Files, func(f FileUse) bool { return f.Number == r.File })
	if i < 0 || s.plan.limit > 0 && r.CheckpointSCN >= s.plan.limit {
		return false
	}
	f := s.plan.Files[i]
	return r.CheckpointSCN > f.level0 && (r.Level == 1 || r.CheckpointSCN != f.level0)
}

// reads tells whether recovery reads a log that the set holds.
func (s *session) reads(r oracle.RedoRecord) bool {
	return slices.ContainsFunc(s.plan.Logs, func(l LogUse) bool {
		return !l.Local && l.Thread == r.Thread && l.ResetlogsSCN == r.ResetlogsSCN && l.From <= r.Sequence && r.Sequence <= l.To
	})
}

// unhide makes hidden backups available again where the control file still has
// their records. RMAN may look for their files, and refuse: then they leave its
// repository, which is what it must believe of sets that are only on S3.
func (s *session) unhide(ctx context.Context) error {
	if len(s.state.Hidden) == 0 {
		return nil
	}
	handles, err := s.stillHidden(ctx)
	if err != nil {
		return err
	}
	if err := s.change(ctx, "unhide", handles, rman.Available); err != nil {
		if handles, err = s.stillHidden(ctx); err != nil {
			return err
		}
		if err := s.change(ctx, "forget", handles, rman.Uncatalog); err != nil {
			return err
		}
		s.notice(fmt.Sprintf("%d backup pieces that were set aside for the restore left RMAN's repository, since their files are on S3 only", len(handles)),
			"the sets on S3 are as they were; the next incremental takes a level 0 where it has to")
	}
	s.state.Hidden = nil
	return s.state.write()
}

// stillHidden are the hidden pieces that the repository has as UNAVAILABLE.
func (s *session) stillHidden(ctx context.Context) ([]string, error) {
	records, err := s.d.Oracle.AllPieces(ctx)
	if err != nil {
		return nil, err
	}
	var handles []string
	for _, r := range records {
		if r.Status == "U" && slices.Contains(s.state.Hidden, r.Handle) {
			handles = append(handles, r.Handle)
		}
	}
	return handles, nil
}

// bringBackHidden is unhide where a failure decides nothing: the database, or
// the restore that is beginning, does without these records.
func (s *session) bringBackHidden(ctx context.Context) {
	if err := s.unhide(ctx); err != nil {
		s.warn("", fmt.Sprintf("backups that were set aside for a restore are still UNAVAILABLE: %v", err),
			"the sets on S3 are as they were; CHANGE BACKUPPIECE … UNCATALOG in RMAN for what LIST BACKUP shows as UNAVAILABLE")
	}
}
