package backup

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// commitAdopted writes the manifest of what RMAN made out in the folder.
func (a *adoption) commitAdopted(ctx context.Context) (*s3store.Manifest, error) {
	if err := a.loadCommitted(ctx); err != nil {
		return nil, err
	}
	o, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	if o, err = a.whole(ctx, o); err != nil {
		return nil, err
	}
	m := a.adopted(o)
	a.setID = m.ID
	if err := a.putManifest(ctx, m); err != nil {
		return nil, err
	}
	a.tellCommitted(m)
	return m, nil
}

// whole keeps the pieces of backup sets of which the folder has every piece;
// the others leave RMAN's repository again.
func (a *adoption) whole(ctx context.Context, o owned) (owned, error) {
	known := map[string]bool{}
	var torn []string
	kept := o
	kept.recs = nil
	for _, r := range o.recs {
		name := filepath.Base(r.Handle)
		if known[name] {
			continue
		}
		known[name] = true
		if _, ours := a.crc[name]; !ours || r.Status != "A" || !o.complete(setKey{r.SetStamp, r.SetCount}) {
			torn = append(torn, r.Handle)
			continue
		}
		kept.recs = append(kept.recs, r)
	}
	var strange []string
	for _, f := range a.files {
		if !known[f.Name] {
			strange = append(strange, f.Name)
		}
	}
	a.tellLeft(torn, strange)
	if len(kept.recs) == 0 {
		return kept, fmt.Errorf("%w: nothing in %s is a whole backup set of %s (DBID %d)", ErrAdopt, a.folder.Key, a.facts.Name, a.facts.DBID)
	}
	return kept, a.uncatalog(ctx, torn)
}

// tellLeft says what of the folder is not adopted.
func (a *adoption) tellLeft(torn, strange []string) {
	if len(torn) > 0 {
		a.warn("", fmt.Sprintf("%d pieces belong to backup sets of which the folder lacks pieces; they are not adopted: %s", len(torn), fewNames(torn)), "look for the missing pieces in the folders of the days around")
	}
	if len(strange) > 0 {
		a.notice(fmt.Sprintf("%d files are no backup pieces of this database; they are left alone: %s", len(strange), fewNames(strange)), "")
	}
}

// fewNames are the file names of the first paths.
func fewNames(paths []string) string {
	const most = 5
	var names []string
	for _, path := range paths[:min(len(paths), most)] {
		names = append(names, filepath.Base(path))
	}
	if len(paths) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// adopted describes the set. What the database looked like then is known as
// far as its present control file tells: files that were dropped since are in
// the pieces, but not in the layout.
func (a *adoption) adopted(o owned) *s3store.Manifest {
	a.started = o.begin(a.folder.StartedAt)
	pieces := o.pieces()
	for i := range pieces {
		p := &pieces[i]
		f := a.files[slices.IndexFunc(a.files, func(f s3store.Object) bool { return f.Name == p.Name })]
		p.Key, p.Bytes, p.CRC64NVME = f.Key, f.Bytes, a.crc[p.Name]
		p.Autobackup = p.ControlFile && strings.HasPrefix(p.Name, "c-"+strconv.FormatInt(a.facts.DBID, 10)+"-")
		a.settleLevels(p)
	}
	m := a.manifest(pieces)
	m.CompletedAt = o.end(a.folder.CompletedAt)
	m.Adopted, m.Tag = a.folder.ID, ""
	m.Datafiles = slices.DeleteFunc(m.Datafiles, func(d s3store.Datafile) bool { return d.CreationSCN > max(m.ToSCN, lastCheckpoint(pieces)) })
	m.Excluded = nil
	m.Kind, m.Level = adoptedKind(m)
	m.Notes = append(m.Notes, "made of "+a.folder.Key+", which was uploaded without a manifest")
	m.ID = run.SetID(run.NewID(m.Kind, a.started, nil), a.facts.Name)
	return m
}

// settleLevels says what each datafile builds on. A plain full backup restores
// as a level 0 does; RMAN never builds a level 1 on it, so no chain will.
func (a *adoption) settleLevels(p *s3store.Piece) {
	for j := range p.Files {
		f := &p.Files[j]
		f.Level = max(f.Level, 0)
		if f.Level == 1 {
			f.Base = a.held.setOf(*f)
		}
	}
}

func lastCheckpoint(pieces []s3store.Piece) int64 {
	var last int64
	for _, p := range pieces {
		for _, f := range p.Files {
			last = max(last, f.CheckpointSCN)
		}
	}
	return last
}

// adoptedKind is what a set of unknown origin is, by its contents.
func adoptedKind(m *s3store.Manifest) (kind string, level int) {
	levels := map[int]int{}
	for _, p := range m.Pieces {
		for _, f := range p.Files {
			levels[f.Number] = max(levels[f.Number], f.Level)
		}
	}
	if len(levels) == 0 {
		return s3store.KindArchivelog, -1
	}
	for _, l := range levels {
		if l == 1 {
			return s3store.KindIncremental, 1
		}
	}
	if slices.ContainsFunc(m.Datafiles, func(d s3store.Datafile) bool { _, ok := levels[d.Number]; return !ok }) {
		return s3store.KindIncremental, 0
	}
	return s3store.KindFull, 0
}

// begin is when the first piece was complete, or day where no time is known.
func (o owned) begin(day time.Time) time.Time {
	var first time.Time
	for _, r := range o.recs {
		if t := o.utc(r.Completed); !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if first.IsZero() {
		return day
	}
	return first
}

// end is when the last piece was complete, or day where no time is known.
func (o owned) end(day time.Time) time.Time {
	var last time.Time
	for _, r := range o.recs {
		if t := o.utc(r.Completed); t.After(last) {
			last = t
		}
	}
	if last.IsZero() {
		return day
	}
	return last
}
