package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// uploadsName is the folder in staging that holds the journals of multipart
// uploads; RMAN writes nothing there.
const uploadsName = "uploads"

// session is one backup on its way.
type session struct {
	d       Deps
	runID   string
	setID   string
	tag     string
	kind    string
	started time.Time

	facts     *oracle.Facts
	dir       string // staging folder of the run, without links
	state     *state
	track     *tracker
	up        *uploader
	listed    listing
	held      *committed
	local     []oracle.ArchivedLog // on disk, as RMAN's repository has it, when held was loaded
	manifests []*s3store.Manifest  // data sets of this incarnation, newest first
	est       estimator
	levels    []fileLevel
	groups    []group
	done      map[int]bool // datafiles that an interrupted run had finished
	rmanDone  bool
	limit     int64         // bytes that staging may hold; 0 = all of this fits the disk
	failover  bool          // RMAN did a failed channel's work again on another one
	doubted   map[int]int64 // datafiles whose level 1 started, at an SCN, where nothing of ours ends

	manifestKey string
	warnings    []string
	notices     []string
}

func newSession(d Deps, runID, kind string) *session {
	return &session{d: d, runID: runID, kind: strings.ToLower(kind), started: d.Now().UTC(), done: map[int]bool{}}
}

// check asks the database and the disk whether a backup can work at all.
func (s *session) check(ctx context.Context) error {
	facts, err := s.d.Oracle.Facts(ctx)
	if err != nil {
		return err
	}
	s.facts = facts
	for _, f := range Check(s.d.Config, facts) {
		if f.Fatal {
			return &CheckError{Finding: f}
		}
		s.warn(f.Code, f.Text, f.Remedy)
	}
	s.setID = run.SetID(s.runID, facts.Name)
	s.tag = run.Tag(s.runID)
	return s.prepareStaging()
}

// prepareStaging makes the staging root and resolves links in its path, since
// RMAN reports handles as it was told to write them and they are compared.
func (s *session) prepareStaging() error {
	root := s.d.Config.StagingDir
	if err := os.MkdirAll(root, 0o700); err != nil {
		return fmt.Errorf("staging folder: %w; create it for the OS user that runs this program, or set TEMP_BACKUP_DIR", err)
	}
	real, err := s.outsideFRA("staging", root, "TEMP_BACKUP_DIR")
	if err != nil {
		return err
	}
	s.dir = filepath.Join(real, s.runID)
	return nil
}

// outsideFRA resolves the links in a folder's path and refuses one that lies in
// the recovery area; key is the setting that names another.
func (s *session) outsideFRA(what, dir, key string) (string, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", fmt.Errorf("%s folder: %w", what, err)
	}
	if in, err := insideFRA(real, s.facts.RecoveryDest); err != nil || in {
		return "", &CheckError{Finding: fraFinding(what, real, s.facts.RecoveryDest, key)}
	}
	return real, nil
}

// plan decides the level of each datafile, the groups, and shows them.
func (s *session) plan(ctx context.Context) error {
	if err := s.loadCommitted(ctx); err != nil {
		return err
	}
	if err := s.planLevels(ctx); err != nil {
		return err
	}
	if err := s.planGroups(); err != nil {
		return err
	}
	return s.showPlan()
}

func (s *session) planLevels(ctx context.Context) error {
	if s.kind == s3store.KindArchivelog {
		return nil
	}
	var rows []oracle.DatafileRecord
	var pieces []oracle.PieceRecord
	err := atOnce(ctx,
		func(ctx context.Context) (err error) { rows, err = s.d.Oracle.DatafileRecords(ctx, ""); return err },
		func(ctx context.Context) (err error) { pieces, err = s.d.Oracle.AllPieces(ctx); return err },
	)
	if err != nil {
		return err
	}
	repo := newRepository(rows, pieces)
	s.levels = doubt(chooseLevels(s.kind, s.included(), s.facts.ResetlogsSCN, s.d.Config.Cumulative, repo, s.held), s.doubted)
	if s.kind == s3store.KindIncremental {
		s.explainLevels()
	}
	return nil
}

// explainLevels says why an incremental takes level 0 of some files. When it
// is all of them, the set is a full one and is called so. What was to be
// expected is a notice; a base that somebody took away is a warning.
func (s *session) explainLevels() {
	var zero []fileLevel
	for _, l := range s.levels {
		if l.Level == 0 && !s.done[l.File.Number] {
			zero = append(zero, l)
		}
	}
	if len(zero) > 0 && len(zero) == len(s.levels) {
		s.explain(zero[0], "there is no level 0 of ours on S3 to build on, so a level 0 is taken: "+zero[0].Reason)
		return
	}
	for _, l := range zero {
		s.explain(l, fmt.Sprintf("level 0 of datafile %d (%s): %s", l.File.Number, l.File.Name, l.Reason))
	}
}

func (s *session) explain(l fileLevel, text string) {
	if l.New {
		s.notice(text, "")
		return
	}
	s.warn("", text, "find out who takes backups or crosschecks them beside this program; nothing is lost")
}

// setKind is what the set is, which can differ from what was asked for.
func (s *session) setKind() string {
	if s.kind == s3store.KindIncremental && len(s.levels) > 0 && !slices.ContainsFunc(s.levels, func(l fileLevel) bool { return l.Level == 1 }) {
		return s3store.KindFull
	}
	return s.kind
}

// included lists the datafiles to back up: all but those of tablespaces that
// are excluded on purpose.
func (s *session) included() []oracle.Datafile {
	return slices.DeleteFunc(slices.Clone(s.facts.Datafiles), func(f oracle.Datafile) bool {
		return slices.Contains(s.d.Config.ExcludeTablespaces, strings.ToUpper(f.Tablespace))
	})
}

func (s *session) planGroups() error {
	s.est = newEstimator(s.manifests)
	todo := slices.DeleteFunc(slices.Clone(s.levels), func(l fileLevel) bool { return s.done[l.File.Number] })
	free, err := s.d.Free(filepath.Dir(s.dir))
	if err != nil {
		return fmt.Errorf("free room in staging: %w", err)
	}
	s.limit = int64(s.d.Config.StagingLimit)
	if s.limit == 0 {
		s.limit = diskLimit(todo, free, s.est)
	}
	if s.groups, err = split(todo, s.limit, s.est, s.d.Config.StagingLimit > 0); err != nil {
		return err
	}
	return s.checkRoom(free)
}

// checkRoom compares the largest group with the free disk, which must hold it
// whether or not a limit is set.
func (s *session) checkRoom(free int64) error {
	var need int64
	for _, g := range s.groups {
		var n int64
		for _, f := range g.Files {
			n = max(n, s.est.expected(f))
		}
		need = max(need, n)
	}
	if need > free {
		return fmt.Errorf("%w: %d bytes are free in %s and one datafile's backup may need %d; free room or point TEMP_BACKUP_DIR elsewhere",
			ErrStaging, free, filepath.Dir(s.dir), need)
	}
	return nil
}

// showPlan emits what is going to happen, with the exact scripts.
func (s *session) showPlan() error {
	p := &run.Plan{Summary: fmt.Sprintf("%s backup of %s", s.setKind(), s.facts.Name), Warnings: slices.Concat(s.warnings, s.notices)}
	w := s.writing()
	for i, g := range s.groups {
		script, err := w.datafiles(groupName(i), g, s.everything())
		if err != nil {
			return err
		}
		p.Bytes += s.expected(g)
		p.Steps = append(p.Steps, run.PlanStep{Name: script.Name, Detail: describeGroup(g), Script: script.String()})
	}
	logs, err := w.logs("logs", s.switchable(), s.facts.SpfilePath != "")
	if err != nil {
		return err
	}
	p.Steps = append(p.Steps, run.PlanStep{Name: logs.Name, Detail: "archived logs, SPFILE, control file", Script: logs.String()})
	s.d.Sink.Emit(run.Event{Type: run.TypePlan, Plan: p})
	return nil
}

func (s *session) expected(g group) int64 {
	var n int64
	for _, f := range g.Files {
		n += s.est.expected(f)
	}
	return n
}

func describeGroup(g group) string {
	return fmt.Sprintf("%d datafiles: %d at level 0, %d at level 1", len(g.Files), len(g.byLevel(0)), len(g.byLevel(1)))
}

// datafilesName begins the names of the scripts that back up datafiles.
const datafilesName = "datafiles-"

func groupName(i int) string { return datafilesName + strconv.Itoa(i+1) }

// everything says whether a script may say DATABASE: one group that leaves
// nothing out. Where CONFIGURE EXCLUDE would leave a tablespace out of the whole
// database, the files are named: what is excluded is for our settings to say.
func (s *session) everything() bool {
	for name := range s.facts.Config {
		if strings.HasPrefix(name, "EXCLUDE") {
			return false
		}
	}
	return len(s.groups) == 1 && len(s.groups[0].Files) == len(s.facts.Datafiles)
}

// switchable says whether the current log can be archived: a standby or a
// database that is only mounted has none of its own to switch.
func (s *session) switchable() bool {
	return s.facts.Status == oracle.Open && s.facts.Role == "PRIMARY"
}

func (s *session) writing() writing {
	c := s.d.Config
	return writing{
		Dir: s.dir, Tag: s.tag, Channels: c.Channels, MaxPiece: int64(c.MaxPieceSize), SectionSize: int64(c.SectionSize),
		Rate: int64(c.Rate), FilesPerSet: c.FilesPerSet, Compression: c.Compression, Cumulative: c.Cumulative,
		WholeLevel1: beforeRelease12(s.facts.Version), OneCopy: duplexed(s.facts.Config),
	}
}
