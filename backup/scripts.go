package backup

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"orabak-tui/internal/rman"
)

// writing is how RMAN is told to write: channels and their limits.
type writing struct {
	Dir         string // staging folder of the run
	Tag         string
	Channels    int
	MaxPiece    int64 // bytes; 0 = unlimited
	SectionSize int64 // bytes; 0 = whole files; excludes MaxPiece
	Rate        int64 // bytes a second and channel
	FilesPerSet int
	Compression string // none, basic, low, medium, high
	Cumulative  bool
	WholeLevel1 bool // the release cannot take a level 1 in sections
	OneCopy     bool // somebody has configured several copies of each piece
}

func (w writing) compressed() bool { return w.Compression != "" && w.Compression != "none" }

// beforeRelease12 judges a version such as 11.2.0.4.0; an unknown one is new.
func beforeRelease12(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n < 12
}

// severalCopies finds CONFIGURE DATAFILE or ARCHIVELOG BACKUP COPIES … TO 2 or
// more: each piece would be written, and uploaded, that many times.
var severalCopies = regexp.MustCompile(`(?i)DISK'?\s+TO\s+[2-9]`)

func duplexed(config map[string]string) bool {
	for name, value := range config {
		if text := name + " " + value; strings.Contains(strings.ToUpper(text), "BACKUP COPIES") && severalCopies.MatchString(text) {
			return true
		}
	}
	return false
}

// sections is the section size for a level.
func (w writing) sections(level int) int64 {
	if level == 1 && w.WholeLevel1 {
		return 0
	}
	return w.SectionSize
}

// block wraps backup statements in a RUN block with our channels and the
// autobackup directed into staging, where it must be to reach S3.
func (w writing) block(sections bool, body ...rman.Statement) rman.RunBlock {
	out := rman.RunBlock{rman.SetControlfileAutobackupFormat{Format: filepath.Join(w.Dir, "%F")}}
	if w.compressed() && w.Compression != "basic" {
		out = append(out, rman.SetCompressionAlgorithm{Name: w.Compression})
	}
	if w.OneCopy {
		out = append(out, rman.SetBackupCopies{})
	}
	maxPiece := w.MaxPiece
	if sections && w.SectionSize > 0 {
		maxPiece = 0
	}
	for i := range w.Channels {
		out = append(out, rman.AllocateChannel{
			Name:         "c" + strconv.Itoa(i+1),
			Format:       filepath.Join(w.Dir, "%d_%U"),
			MaxPieceSize: maxPiece,
			Rate:         w.Rate,
		})
	}
	out = append(out, body...)
	for i := range w.Channels {
		out = append(out, rman.ReleaseChannel{Name: "c" + strconv.Itoa(i+1)})
	}
	return out
}

// datafiles is the script of one group. When the group is the whole database
// at one level it says DATABASE, which also takes in what V$DATAFILE cannot
// name; otherwise it names the files.
func (w writing) datafiles(name string, g group, everything bool) (*rman.Script, error) {
	var body []rman.Statement
	for _, level := range []int{0, 1} {
		files := g.byLevel(level)
		if len(files) == 0 {
			continue
		}
		if everything && len(files) == len(g.Files) {
			files = nil
		}
		body = append(body, rman.BackupDatafiles{
			Level: level, Cumulative: level == 1 && w.Cumulative, Compressed: w.compressed(), Force: true,
			Tag: w.Tag, FilesPerSet: w.FilesPerSet, SectionSize: w.sections(level), Files: files,
		})
	}
	return rman.NewScript(name, w.block(true, body...))
}

// logs is the script that ends a backup: the current log is archived, then
// every archived log that no set holds, the SPFILE and the control file.
// Backing up the control file last lets it know the sets before it.
func (w writing) logs(name string, switchLog, spfile bool) (*rman.Script, error) {
	var body []rman.Statement
	if switchLog {
		body = append(body, rman.ArchiveLogCurrent{})
	}
	body = append(body, rman.BackupArchivelogs{Compressed: w.compressed(), Tag: w.Tag, NotBackedUp: true})
	if spfile {
		body = append(body, rman.BackupSpfile{Tag: w.Tag})
	}
	body = append(body, rman.BackupControlfile{Tag: w.Tag})
	return rman.NewScript(name, w.block(false, body...))
}

// extraLogs backs up exactly these logs, and the control file again so that it
// knows them: RMAN believed them to be backed up, but no set of ours on S3
// holds them.
func (w writing) extraLogs(name string, logs []rman.LogRange) (*rman.Script, error) {
	return rman.NewScript(name, w.block(false,
		rman.BackupArchivelogs{Compressed: w.compressed(), Tag: w.Tag, Ranges: logs},
		rman.BackupControlfile{Tag: w.Tag}))
}

// release deletes archived logs that the plan proved to be on S3. When every
// log on disk is on S3, RMAN's own age form with its own count of backups is
// used, so that two judges must agree; otherwise the logs are named. The
// cutoff is a fixed time, so that no log can come of age in between.
func release(name string, named []rman.LogRange, cutoff string) (*rman.Script, error) {
	if len(named) == 0 {
		return rman.NewScript(name, rman.DeleteArchivelogs{CompletedBefore: cutoff, BackedUp: 1})
	}
	return rman.NewScript(name, rman.DeleteArchivelogs{Ranges: named, BackedUp: 1})
}

// uncatalog takes pieces out of RMAN's repository.
func uncatalog(name string, handles []string) (*rman.Script, error) {
	return rman.NewScript(name, rman.ChangeBackupPieces{Handles: handles, To: rman.Uncatalog})
}
