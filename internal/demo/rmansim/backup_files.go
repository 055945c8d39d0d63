package rmansim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// filesPerSet is the default of FILESPERSET for datafiles and logs.
const filesPerSet = 64

// planFiles adds the sets for datafiles: those at level 1 and those that get a
// new base are never mixed.
func (j *backupJob) planFiles(o syntax.BackupObject, opts syntax.BackupOptions) error {
	files, err := filesOf(j.control, o.Kind, o.Files, o.Tablespaces)
	if err != nil {
		return err
	}
	first := slices.ContainsFunc(files, func(f oradb.Datafile) bool { return f.Number == 1 })
	files = j.skip(files, o.Kind, opts)
	level := -1
	if j.cmd.Incremental {
		level = j.cmd.Level
	}
	byLevel := map[int][]fileInput{}
	for _, f := range files {
		in, l := j.base(f, level)
		byLevel[l] = append(byLevel[l], in)
	}
	for _, l := range []int{-1, 0, 1} {
		if err := j.group(byLevel[l], l, opts); err != nil {
			return err
		}
	}
	j.planControl(first && len(files) > 0, opts)
	return nil
}

// base finds what a level 1 of the file builds on. The repository alone decides
// that; without a base the file gets level 0.
func (j *backupJob) base(f oradb.Datafile, level int) (fileInput, int) {
	in := fileInput{file: f}
	if level != 1 {
		return in, level
	}
	parent, ok := j.control.Parent(f.Number, j.cmd.Cumulative)
	if !ok {
		j.s.out.say(6521, "no parent backup or copy of datafile %d found", f.Number)
		return in, 0
	}
	in.since = parent.CheckpointSCN
	return in, 1
}

// planControl adds the set with control file and SPFILE that follows a backup of
// datafile 1 when autobackup is off, or that INCLUDE asks for.
func (j *backupJob) planControl(file1 bool, opts syntax.BackupOptions) {
	auto := j.s.autobackupOn()
	if j.cmd.ValidateIt || !opts.IncludeControl && (auto || !file1) {
		return
	}
	p := &setPlan{level: -1, control: true, options: opts}
	if j.cmd.Incremental {
		p.level = j.cmd.Level
	}
	if j.s.hasSpfile() && !auto && file1 {
		p.spfile = true
	}
	j.sets = append(j.sets, p)
}

// skip leaves out files by SKIP, EXCLUDE, NOT BACKED UP and backup optimization.
func (j *backupJob) skip(files []oradb.Datafile, kind syntax.Object, opts syntax.BackupOptions) (kept []oradb.Datafile) {
	optimize := !opts.Force && j.s.configured("BACKUP OPTIMIZATION") == "ON"
	for _, f := range files {
		n := j.identical(f)
		switch {
		case kind == syntax.Database && !opts.NoExclude && j.excluded(f):
			j.s.out.say(8527, "file %d is excluded from whole database backup", f.Number)
		case slices.Contains(opts.Skip, "OFFLINE") && f.Status == "OFFLINE":
			j.s.out.say(6060, "skipping offline file %d", f.Number)
		case slices.Contains(opts.Skip, "READONLY") && f.Enabled == "READ ONLY":
			j.s.out.say(6061, "skipping read only file %d", f.Number)
		case slices.Contains(opts.Skip, "INACCESSIBLE") && !exists(f.Name):
			j.s.out.say(6063, "skipping inaccessible file %d", f.Number)
		case optimize && n > 0, opts.NotBackedUp != 0 && n >= max(1, int(opts.NotBackedUp)):
			j.s.out.say(6498, "skipping datafile %d; already backed up %d time(s)", f.Number, n)
		case j.backedUpSince(f, opts.NotBackedSince):
			j.s.out.say(6501, "skipping datafile %d; already backed up on %s", f.Number, j.lastBackup(f))
		default:
			kept = append(kept, f)
		}
	}
	return kept
}

func (j *backupJob) excluded(f oradb.Datafile) bool {
	_, ok := stored(j.control, "EXCLUDE FOR TABLESPACE '"+strings.ToUpper(f.Tablespace)+"'")
	return ok
}

// identical counts the available backups of a file that no longer changes: that
// hold the same checkpoint of the same life of the file.
func (j *backupJob) identical(f oradb.Datafile) (n int) {
	if f.Enabled != "READ ONLY" && f.Status != "OFFLINE" && f.StopSCN == 0 {
		return 0
	}
	for _, b := range j.control.BackupFiles {
		if b.File == f.Number && b.CheckpointSCN == f.CheckpointSCN && b.CreationSCN == f.CreationSCN &&
			b.Level <= 0 && j.control.SetStatus(b.Set) == oradb.Available {
			n++
		}
	}
	return n
}

// backedUpSince tells whether the file has an available backup that was
// completed at or after a time.
func (j *backupJob) backedUpSince(f oradb.Datafile, since string) bool {
	if since == "" {
		return false
	}
	t, err := j.s.nls.evalDate(since, j.s.now())
	return err == nil && slices.ContainsFunc(j.control.BackupFiles, func(b oradb.BackupDatafile) bool {
		return b.File == f.Number && !b.Completion.Before(t) && j.control.SetStatus(b.Set) == oradb.Available
	})
}

func (j *backupJob) lastBackup(f oradb.Datafile) (date string) {
	for _, b := range j.control.BackupFiles {
		if b.File == f.Number {
			date = j.s.nls.date(b.Completion)
		}
	}
	return date
}

// group spreads files over sets: as many sets as channels where there are
// enough files, none with more files than FILESPERSET or more bytes than
// MAXSETSIZE.
func (j *backupJob) group(in []fileInput, level int, opts syntax.BackupOptions) error {
	if len(in) == 0 {
		return nil
	}
	limit := first(opts.FilesPerSet, filesPerSet)
	if opts.SectionSize > 0 {
		limit = 1
	}
	for _, f := range in {
		if opts.MaxSetSize > 0 && f.file.Bytes > opts.MaxSetSize {
			return fail("RMAN-06183: datafile or datafilecopy %s (file number %d) larger than MAXSETSIZE",
				f.file.Name, f.file.Number)
		}
	}
	slices.SortStableFunc(in, func(a, b fileInput) int { return cmp.Compare(b.file.Bytes, a.file.Bytes) })
	count := max((len(in)+int(limit)-1)/int(limit), min(len(j.channels), len(in)))
	bins := make([]*bin, count)
	for i := range bins {
		bins[i] = &bin{}
	}
	for _, f := range in {
		bins = place(bins, f, int(limit), opts.MaxSetSize)
	}
	for _, b := range bins {
		if len(b.files) > 0 {
			j.sets = append(j.sets, &setPlan{level: level, files: b.files, options: opts,
				section: sectionBlocks(b.files[0].file, opts.SectionSize)})
		}
	}
	return nil
}

// bin is a set that is being filled.
type bin struct {
	files []fileInput
	bytes int64
}

// place puts a file into the lightest set with room, or a new one.
func place(bins []*bin, f fileInput, limit int, maxBytes int64) []*bin {
	var best *bin
	for _, b := range bins {
		fits := len(b.files) < limit && (maxBytes == 0 || b.bytes+f.file.Bytes <= maxBytes)
		if fits && (best == nil || b.bytes < best.bytes) {
			best = b
		}
	}
	if best == nil {
		best = &bin{}
		bins = append(bins, best)
	}
	best.files = append(best.files, f)
	best.bytes += f.file.Bytes
	return bins
}

// sectionBlocks gives the blocks of a section, 0 where the file is no larger
// than one.
func sectionBlocks(f oradb.Datafile, size int64) int64 {
	if size <= 0 || size >= f.Bytes {
		return 0
	}
	return max(1, size/oradb.BlockSize)
}

// fileLine is how the output names a datafile that is read.
func fileLine(f oradb.Datafile) string {
	return fmt.Sprintf("input datafile file number=%05d name=%s", f.Number, f.Name)
}
