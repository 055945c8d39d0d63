package rmansim

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// backupJob is what one BACKUP command works with.
type backupJob struct {
	s        *session
	cmd      *syntax.Backup
	control  *oradb.Control
	channels []*channel
	tag      string // the tag of sets that got none from the user
	began    time.Time
	sets     []*setPlan
	head     sync.Mutex // held by the channel that prints the head of a set
}

// setPlan is a backup set to be made.
type setPlan struct {
	level   int // -1 full, 0 or 1
	files   []fileInput
	logs    []oradb.ArchivedLog
	control bool
	spfile  bool
	options syntax.BackupOptions
	section int64 // SECTION SIZE in blocks, 0 none
}

// fileInput is a datafile of a set; since is the start SCN of a level 1.
type fileInput struct {
	file  oradb.Datafile
	since oradb.SCN
}

// backup is BACKUP, with its passes over the archived logs if it has any.
func (s *session) backup(cmd *syntax.Backup) error {
	if err := s.checkBackup(cmd); err != nil {
		return err
	}
	logs := &syntax.Backup{Compressed: cmd.Compressed, Options: logPassOptions(cmd),
		Objects: []syntax.BackupObject{{Kind: syntax.Archivelogs, Logs: &syntax.LogRange{All: true}}}}
	began := s.db.Now()
	if cmd.PlusLogs {
		if err := s.backupPass(logs); err != nil {
			return err
		}
	}
	if err := s.backupPass(cmd); err != nil {
		return err
	}
	if cmd.PlusLogs {
		logs.Options.NotBackedSince = "TO_DATE('" + began.In(s.nls.zone).Format("2006-01-02 15:04:05") + "','YYYY-MM-DD HH24:MI:SS')"
		if err := s.backupPass(logs); err != nil {
			return err
		}
	}
	s.autobackup = s.autobackupOn() && !cmd.ValidateIt
	return nil
}

// logPassOptions are the options of the passes over the logs: those behind PLUS
// ARCHIVELOG, and of those in front only the ones that are not tied to files.
func logPassOptions(cmd *syntax.Backup) syntax.BackupOptions {
	o := cmd.LogOptions
	if o.Format == "" {
		o.Format = cmd.Options.Format
	}
	if o.Tag == "" {
		o.Tag = cmd.Options.Tag
	}
	return o
}

// checkBackup refuses what RMAN refuses before it starts.
func (s *session) checkBackup(cmd *syntax.Backup) error {
	if cmd.Copy {
		return fail("RMAN-06917: the simulated rman makes no image copies")
	}
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	options := []syntax.BackupOptions{cmd.Options, cmd.LogOptions}
	for _, o := range cmd.Objects {
		options = append(options, o.Options)
	}
	for _, o := range options {
		if err := checkOptions(o); err != nil {
			return err
		}
	}
	return nil
}

func checkOptions(o syntax.BackupOptions) error {
	if len(o.Tag) > 30 {
		return fail("ORA-19705: tag value exceeds maximum length of 30 characters")
	}
	if err := checkSize(o.MaxSetSize); err != nil {
		return err
	}
	if o.Keep != nil && o.Keep.Forever {
		return fail("RMAN-06522: KEEP FOREVER option is not supported without the recovery catalog")
	}
	return nil
}

// checkSize applies the bounds of MAXPIECESIZE and MAXSETSIZE.
func checkSize(bytes int64) error {
	if bytes != 0 && (bytes < 1<<10 || bytes > 1<<41) {
		return fail("RMAN-06192: maximum value for MAXPIECESIZE or MAXSETSIZE must be between 1 KB and 2048 GB")
	}
	return nil
}

// backupPass is one "Starting backup … Finished backup".
func (s *session) backupPass(cmd *syntax.Backup) error {
	s.begin("backup")
	j := &backupJob{s: s, cmd: cmd, began: s.now()}
	j.tag = "TAG" + j.began.Format("20060102T150405")
	if err := j.archiveCurrent(); err != nil {
		return err
	}
	s.noteRepository()
	var err error
	if j.channels, err = s.channels(); err != nil {
		return err
	}
	if j.control, err = s.db.Control(); err != nil {
		return err
	}
	for _, o := range cmd.Objects {
		if err := j.plan(o); err != nil {
			return err
		}
	}
	if err := j.checkSections(); err != nil {
		return err
	}
	if err := j.runSets(); err != nil {
		return err
	}
	s.end("backup")
	return nil
}

// checkSections refuses SECTION SIZE together with MAXPIECESIZE.
func (j *backupJob) checkSections() error {
	for _, p := range j.sets {
		for _, c := range j.channels {
			if p.section > 0 && c.options.MaxPieceSize > 0 {
				return fail("RMAN-06808: SECTION SIZE cannot be used when piece limit is in effect")
			}
		}
	}
	return nil
}

// archiveCurrent switches logs for a backup of archived logs that is not bound
// to an end.
func (j *backupJob) archiveCurrent() error {
	in, err := j.s.db.Instance()
	if err != nil || in.State != oradb.Opened {
		return err
	}
	for _, o := range j.cmd.Objects {
		if o.Kind == syntax.Archivelogs && openEnded(o.Logs) {
			if err := j.s.db.ArchiveLogCurrent(j.s.ctx); err != nil {
				return err
			}
			j.s.out.say(8609, "current log archived")
			return nil
		}
	}
	return nil
}

// openEnded tells a range that the current log would fall into.
func openEnded(r *syntax.LogRange) bool {
	return r.Sequence == nil && r.UntilTime == "" && (r.SCN == nil || !r.SCN.HasUntil)
}

// plan adds the sets of one object.
func (j *backupJob) plan(o syntax.BackupObject) error {
	opts := merge(j.cmd.Options, o.Options)
	if opts.Tag == "" {
		opts.Tag = j.tag
	}
	opts.Tag = strings.ToUpper(opts.Tag)
	j.sayKeep(opts.Keep)
	switch o.Kind {
	case syntax.Archivelogs:
		return j.planLogs(o.Logs, opts)
	case syntax.Controlfile:
		j.sets = append(j.sets, &setPlan{level: -1, control: true, options: opts})
		return nil
	case syntax.SPFile:
		if !j.s.hasSpfile() {
			return fail("RMAN-06062: can not backup SPFILE because the instance was not started with SPFILE")
		}
		j.sets = append(j.sets, &setPlan{level: -1, spfile: true, options: opts})
		return nil
	}
	return j.planFiles(o, opts)
}

func (j *backupJob) sayKeep(k *syntax.Keep) {
	if k == nil {
		return
	}
	if t, err := j.s.nls.evalDate(k.Until, j.s.now()); err == nil {
		j.s.out.say(8525, "backup will be obsolete on date %s", j.s.nls.date(t))
	}
	kept := "archived logs required to recover from this backup will be backed up"
	if k.NoLogs {
		kept = "archived logs will not be kept or backed up"
	}
	j.s.out.say(8526, "%s", kept)
}

// merge lays the options of an object over those of the command.
func merge(cmd, obj syntax.BackupOptions) syntax.BackupOptions {
	o := obj
	o.Tag = first(obj.Tag, cmd.Tag)
	o.Format = first(obj.Format, cmd.Format)
	o.NotBackedSince = first(obj.NotBackedSince, cmd.NotBackedSince)
	o.FilesPerSet = first(obj.FilesPerSet, cmd.FilesPerSet)
	o.MaxSetSize = first(obj.MaxSetSize, cmd.MaxSetSize)
	o.SectionSize = first(obj.SectionSize, cmd.SectionSize)
	o.NotBackedUp = first(obj.NotBackedUp, cmd.NotBackedUp)
	o.Force = obj.Force || cmd.Force
	o.DeleteInput = obj.DeleteInput || cmd.DeleteInput
	o.IncludeControl = obj.IncludeControl || cmd.IncludeControl
	o.Reuse = obj.Reuse || cmd.Reuse
	o.NoExclude = obj.NoExclude || cmd.NoExclude
	o.Skip = append(append([]string{}, cmd.Skip...), obj.Skip...)
	if o.Keep == nil {
		o.Keep = cmd.Keep
	}
	return o
}

// first gives the first of two values that is not zero.
func first[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

// autobackupOn tells whether backups are followed by an autobackup.
func (s *session) autobackupOn() bool {
	if on := s.scope().autobackup; on != nil {
		return *on
	}
	return s.configured("CONTROLFILE AUTOBACKUP") == "ON"
}

// kindWord is the middle of "starting … backup set".
func (p *setPlan) kindWord(compressed bool) string {
	word := "full datafile"
	switch {
	case len(p.logs) > 0:
		word = "archived log"
	case p.level >= 0:
		word = fmt.Sprintf("incremental level %d datafile", p.level)
	}
	if compressed {
		return "compressed " + word
	}
	return word
}
