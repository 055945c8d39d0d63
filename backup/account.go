package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/s3store"
)

// owned is what RMAN's repository knows of the run: the pieces in its staging
// folder and the contents of their backup sets.
type owned struct {
	recs   []oracle.PieceRecord
	sets   map[setKey][]oracle.PieceRecord
	files  map[setKey][]oracle.DatafileRecord
	logs   map[setKey][]oracle.RedoRecord
	spfile map[setKey]bool
	zone   *time.Location // of the database host
}

// own asks the repository for the run's pieces: those whose handle lies in the
// run's staging folder, autobackups included, which do not carry our tag.
func (s *session) own(ctx context.Context) (owned, error) {
	o := owned{
		sets:  map[setKey][]oracle.PieceRecord{},
		files: map[setKey][]oracle.DatafileRecord{}, logs: map[setKey][]oracle.RedoRecord{}, spfile: map[setKey]bool{},
		zone: s.zone(),
	}
	var mine []oracle.PieceRecord
	var files []oracle.DatafileRecord
	var logs []oracle.RedoRecord
	var spfiles []oracle.SpfileRecord
	err := atOnce(ctx,
		func(ctx context.Context) (err error) { mine, err = s.d.Oracle.PiecesIn(ctx, s.dir); return err },
		func(ctx context.Context) (err error) { files, err = s.d.Oracle.DatafileRecords(ctx, ""); return err },
		func(ctx context.Context) (err error) { logs, err = s.d.Oracle.RedoRecords(ctx, ""); return err },
		func(ctx context.Context) (err error) { spfiles, err = s.d.Oracle.SpfileRecords(ctx, ""); return err },
	)
	if err != nil {
		return o, err
	}
	o.recs = slices.DeleteFunc(mine, func(p oracle.PieceRecord) bool { return p.Status == "D" })
	for _, r := range o.recs {
		o.sets[setKey{r.SetStamp, r.SetCount}] = append(o.sets[setKey{r.SetStamp, r.SetCount}], r)
	}
	for _, r := range files {
		o.files[setKey{r.SetStamp, r.SetCount}] = append(o.files[setKey{r.SetStamp, r.SetCount}], r)
	}
	for _, r := range logs {
		o.logs[setKey{r.SetStamp, r.SetCount}] = append(o.logs[setKey{r.SetStamp, r.SetCount}], r)
	}
	for _, r := range spfiles {
		o.spfile[setKey{r.SetStamp, r.SetCount}] = true
	}
	return o, nil
}

// complete says whether every piece of a record's set is there, numbered 1 to n.
func (o owned) complete(k setKey) bool {
	have := map[int]bool{}
	want := 0
	for _, p := range o.sets[k] {
		have[p.Piece] = true
		want = max(want, p.Pieces)
	}
	for i := 1; i <= want; i++ {
		if !have[i] {
			return false
		}
	}
	return want > 0 && len(have) == want
}

// pieces puts the repository's records into the manifest's form, without what
// only the upload knows (key, size, checksums).
func (o owned) pieces() []s3store.Piece {
	out := make([]s3store.Piece, 0, len(o.recs))
	for _, r := range o.recs {
		k := setKey{r.SetStamp, r.SetCount}
		p := s3store.Piece{
			Name: filepath.Base(r.Handle), Handle: r.Handle, Tag: r.Tag, Bytes: r.Bytes,
			SetStamp: r.SetStamp, SetCount: r.SetCount, Number: r.Piece, Of: r.Pieces,
			ControlFile: r.ControlFile, Spfile: o.spfile[k],
		}
		o.fillFiles(&p, k)
		for _, l := range o.logs[k] {
			p.Logs = append(p.Logs, s3store.Log{
				Thread: l.Thread, Sequence: l.Sequence, ResetlogsSCN: l.ResetlogsSCN, FirstSCN: l.FirstSCN, NextSCN: l.NextSCN,
				FirstTime: o.utc(l.FirstTime), NextTime: o.utc(l.NextTime),
			})
		}
		out = append(out, p)
	}
	return out
}

// fillFiles takes the datafiles of a set; file 0 is the control file.
func (o owned) fillFiles(p *s3store.Piece, k setKey) {
	for _, f := range o.files[k] {
		if f.File == 0 {
			p.ControlFile, p.ControlSCN = true, f.CheckpointSCN
			continue
		}
		p.Files = append(p.Files, s3store.FileBackup{
			Number: f.File, Level: f.Level, IncrementalSCN: f.IncrementalSCN, CheckpointSCN: f.CheckpointSCN,
			AbsoluteFuzzySCN: f.AbsoluteFuzzySCN, ResetlogsSCN: f.ResetlogsSCN,
		})
	}
}

func (o owned) utc(text string) time.Time {
	t, err := time.ParseInLocation(rman.TimeLayout, text, o.zone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// ErrAccount says that what RMAN reported, what is on disk and what its
// repository knows do not agree; nothing was committed.
var ErrAccount = errors.New("RMAN's output, staging and RMAN's repository do not agree")

// account compares the three views of what RMAN wrote for the run.
func (s *session) account(o owned) error {
	var diffs []string
	diff := func(format string, args ...any) { diffs = append(diffs, fmt.Sprintf(format, args...)) }
	known := map[string]bool{}
	for _, r := range o.recs {
		name := filepath.Base(r.Handle)
		known[name] = true
		if s.track.find(name) == nil {
			diff("%s is in the repository but was not reported", name)
		}
		if r.Status != "A" {
			diff("%s has status %s in the repository", name, r.Status)
		}
		if !o.complete(setKey{r.SetStamp, r.SetCount}) {
			diff("the backup set of %s lacks pieces", name)
		}
	}
	for _, p := range s.track.all() {
		if !known[p.Name] {
			diff("%s was reported but is not in the repository", p.Name)
		}
		if !p.Confirmed {
			diff("%s is not confirmed by S3", p.Name)
		}
		if _, err := os.Lstat(filepath.Join(s.dir, p.Name)); err != nil && !p.Removed {
			diff("%s is gone from staging", p.Name)
		}
	}
	for _, name := range s.strays() {
		diff("%s is in staging but was not reported", name)
	}
	if len(diffs) > 0 {
		return fmt.Errorf("%w: %s", ErrAccount, strings.Join(diffs, "; "))
	}
	return nil
}

// strays lists files in the run's staging folder that RMAN did not report.
func (s *session) strays() []string {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range entries {
		if e.Name() != stateName && e.Name() != uploadsName && s.track.find(e.Name()) == nil {
			out = append(out, e.Name())
		}
	}
	return out
}

// prove checks the contents: every datafile that is not excluded on purpose is
// in the sets, and every level 1 starts where a backup of ours ends.
func (s *session) prove(pieces []s3store.Piece) error {
	got := map[int]s3store.FileBackup{}
	for _, p := range pieces {
		for _, f := range p.Files {
			got[f.Number] = f
		}
	}
	astray := &baseError{}
	for _, l := range s.levels {
		f, ok := got[l.File.Number]
		switch {
		case !ok:
			return fmt.Errorf("%w: datafile %d (%s) is in no backup set of this run", ErrAccount, l.File.Number, l.File.Name)
		case f.Level < 0:
			return fmt.Errorf("%w: datafile %d was taken as a plain full backup, which no level 1 can build on", ErrAccount, l.File.Number)
		case f.Level == 1:
			if _, ok := s.held.base(f); !ok {
				astray.files = append(astray.files, f)
			}
		case l.Level == 1:
			s.warn("", fmt.Sprintf("RMAN took level 0 of datafile %d though level 1 was ordered", l.File.Number), "")
		}
	}
	if len(astray.files) > 0 {
		return astray
	}
	if !slices.ContainsFunc(pieces, func(p s3store.Piece) bool { return p.ControlFile }) {
		return fmt.Errorf("%w: no control file among the pieces", ErrAccount)
	}
	if s.facts.SpfilePath != "" && !slices.ContainsFunc(pieces, func(p s3store.Piece) bool { return p.Spfile }) {
		return fmt.Errorf("%w: no SPFILE among the pieces", ErrAccount)
	}
	return nil
}
