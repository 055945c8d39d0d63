package restore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// harmless are codes that RMAN prints on the way of a restore that works.
var harmless = []string{
	"ORA-15028", // an ASM file of the old database could not be dropped
}

// judgeRestore finds out whether a restore that RMAN calls finished brought the
// datafiles back. When a piece cannot be read RMAN prints the error, tries
// another backup, and if there is none creates the datafile empty, meaning to
// apply all redo since its creation; it prints "Finished restore" after that.
func (p *Plan) judgeRestore(sum *rman.Summary) error {
	for _, d := range sum.Dangers {
		switch {
		case slices.Contains(harmless, d.Code):
		case d.Kind == rman.KindCreatingDatafile && p.creates(d.File):
		case d.Kind == rman.KindChannelDisabled:
		case d.Kind == rman.KindCreatingDatafile:
			return fmt.Errorf("RMAN created datafile %d empty instead of restoring it (%s): no backup of it could be used; see the errors before that line", d.File, d.Text)
		case d.Kind == rman.KindFailover:
			return fmt.Errorf("RMAN could not use a backup that was here and intact, and fell back to another one (%s); see the errors before that line", d.Text)
		default:
			return fmt.Errorf("RMAN finished the restore after an error: %s", d.Text)
		}
	}
	if sum.Finished("restore") == 0 {
		return errors.New("RMAN did not say that the restore finished; see the run's log")
	}
	return nil
}

// creates tells whether a datafile is expected to be created empty.
func (p *Plan) creates(file int) bool {
	return slices.ContainsFunc(p.Files, func(f FileUse) bool { return f.Number == file && f.Level0 == "" })
}

// untouched are the datafiles of which RMAN said nothing.
func untouched(events []rman.Event, files []FileUse) []int {
	said := map[int]bool{}
	for _, e := range events {
		switch e.Kind {
		case rman.KindRestoreDatafile, rman.KindAlreadyRestored, rman.KindCreatingDatafile:
			said[e.File] = true
		}
	}
	var missing []int
	for _, f := range files {
		if !said[f.Number] {
			missing = append(missing, f.Number)
		}
	}
	return missing
}

// judgeHeaders compares the datafiles on disk with the plan.
func (p *Plan) judgeHeaders(f *oracle.Facts) error {
	for _, d := range f.Datafiles {
		i := slices.IndexFunc(p.Files, func(u FileUse) bool { return u.Number == d.Number })
		if i < 0 {
			continue
		}
		if d.HeaderError != "" && d.HeaderError != "OFFLINE NORMAL" {
			return fmt.Errorf("datafile %d (%s) is not readable after the restore: %s", d.Number, d.Name, d.HeaderError)
		}
		if want := p.Files[i].level0; want > 0 && d.HeaderSCN > 0 && d.HeaderSCN < want {
			return fmt.Errorf("datafile %d (%s) stands at SCN %d after the restore, not at %d", d.Number, d.Name, d.HeaderSCN, want)
		}
	}
	return nil
}

// judgeFiles looks at the datafiles themselves where the instance does not show
// their headers.
func (p *Plan) judgeFiles(f *oracle.Facts) error {
	for _, u := range p.Files {
		if !f.HeadersKnown && !f.Knows("V$DATAFILE_HEADER") && filepath.IsAbs(u.Name) && !isFile(u.Name) {
			return fmt.Errorf("datafile %d (%s) is not there after the restore", u.Number, u.Name)
		}
	}
	return nil
}

// recoverFiles applies level 1s and redo.
func (s *session) recoverFiles(ctx context.Context) error {
	if err := s.down.wait(WaveLogs); err != nil {
		return err
	}
	stale, err := s.catalog(ctx, s.later())
	if err != nil {
		return err
	}
	script, err := s.plan.recoverScript(stale...)
	s.mark("recover")
	sum, _, err := s.script(ctx, script, err)
	if err != nil {
		return s.recoverAdvice(err)
	}
	if err := s.plan.judgeRecover(sum); err != nil {
		return err
	}
	if err := s.recoverFurther(ctx); err != nil {
		return err
	}
	s.mark("recovered")
	return s.refresh(ctx)
}

// judgeRecover: recovery may create datafiles, when redo tells of their
// addition; nothing else may go wrong on the way.
func (p *Plan) judgeRecover(sum *rman.Summary) error {
	for _, d := range sum.Dangers {
		switch {
		case slices.Contains(harmless, d.Code), d.Kind == rman.KindChannelDisabled:
		case d.Kind == rman.KindCreatingDatafile && !p.hasLevel0(d.File):
		default:
			return fmt.Errorf("RMAN finished the recovery after an error: %s", d.Text)
		}
	}
	if sum.Finished("recover") == 0 {
		return errors.New("RMAN did not say that the recovery finished; see the run's log")
	}
	return nil
}

func (p *Plan) hasLevel0(file int) bool {
	return slices.ContainsFunc(p.Files, func(f FileUse) bool { return f.Number == file && f.Level0 != "" })
}

// recoverAdvice explains the errors that a plan should have kept away.
func (s *session) recoverAdvice(err error) error {
	var e *rman.Error
	if !errors.As(err, &e) || e.Stack == nil {
		return err
	}
	switch {
	case e.Stack.Has("RMAN-06054"):
		return fmt.Errorf("%w; the plan ends %s and should not need that log: the database is not opened, run the restore again or choose an earlier target", err, s.plan.untilText())
	case s.plan.Complete && (e.Stack.Has("ORA-00313") || e.Stack.Has("ORA-00312")):
		return fmt.Errorf("%w; online redo is lost: run the restore again, it ends at the last archived log then", err)
	}
	return err
}

// makeFolders makes the folders that restored files go to: of datafiles, online
// redo, control files, archived logs.
func (s *session) makeFolders() {
	for _, f := range s.plan.Files {
		if filepath.IsAbs(f.Name) {
			s.makeFolder(filepath.Dir(f.Name))
		}
	}
	for _, g := range s.facts.Redo {
		for _, m := range g.Members {
			if filepath.IsAbs(m) {
				s.makeFolder(filepath.Dir(m))
			}
		}
	}
	for _, dir := range append(s.archiveFolders(), s.facts.RecoveryDest) {
		if filepath.IsAbs(dir) && !strings.HasSuffix(dir, "archivelog") {
			s.makeFolder(dir)
		}
	}
}

func joinInts(numbers []int) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, ", ")
}
