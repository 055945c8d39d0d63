package restore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// look asks bucket, instance and disk. It changes nothing.
func (s *session) look(ctx context.Context) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	if err := s.list(ctx); err != nil {
		return err
	}
	return s.lookAtDisk(ctx)
}

// list takes the rows of one database: the one asked for, that of the
// instance, or the only one in the bucket.
func (s *session) list(ctx context.Context) error {
	want := s.req.DBID
	if want == 0 && mounted(s.facts) {
		want = s.facts.DBID
	}
	all, err := s.d.Store.List(ctx, s3store.Filter{DBID: want, Fresh: true, Foreign: s.req.Target.Kind == TargetSet})
	if err != nil {
		return fmt.Errorf("list the sets: %w", err)
	}
	in := Input{Sets: all, DBID: cmp.Or(want, s.byName(all))}
	if err := s.foreign(all); err != nil {
		return err
	}
	rows, err := rowsOf(&in)
	if err != nil {
		return noSets(err)
	}
	s.sets = s.sets[:0]
	for _, row := range rows {
		s.sets = append(s.sets, *row)
	}
	s.load = once(func(row s3store.Set) (*s3store.Manifest, error) { return s.d.Store.Manifest(ctx, row) })
	return nil
}

// byName finds the database by the name that was typed, or by ORACLE_SID, where
// neither request nor instance say which one is meant. Two databases of one
// name stay ambiguous.
func (s *session) byName(all []s3store.Set) int64 {
	for _, name := range []string{strings.TrimSpace(s.req.Confirm), s.d.Config.OracleSID} {
		ids := map[int64]bool{}
		for _, row := range all {
			if name != "" && strings.EqualFold(row.DBName, name) && row.Status == s3store.StatusComplete {
				ids[row.DBID] = true
			}
		}
		for id := range ids {
			if len(ids) == 1 {
				return id
			}
		}
	}
	return 0
}

// noSets says where to look for the sets that are not there.
func noSets(err error) error {
	if errors.Is(err, ErrNoSets) {
		return fmt.Errorf("%w: check S3_BUCKET, S3_BACKUP_PREFIX and the database", err)
	}
	return err
}

// ErrForeign: the set is a folder of the old script, without a manifest.
var ErrForeign = errors.New("a folder without manifest cannot be planned")

// foreign refuses a folder of the old script with the way that is left: nothing
// says what its objects are, so nothing can be promised about them.
func (s *session) foreign(all []s3store.Set) error {
	for _, row := range all {
		if row.Status == s3store.StatusForeign && s.req.Target.Kind == TargetSet && row.ID == s.req.Target.Set {
			return fmt.Errorf("%w: %s holds %d objects (%d bytes) whose contents are not proven; where the database can be mounted, make a set of them: "+
				"orabak-tui --batch adopt %s. Where it cannot, copy them to a local folder with any S3 tool and begin in RMAN with "+
				"RESTORE CONTROLFILE FROM the piece c-DBID-DATE-NN and ALTER DATABASE MOUNT", ErrForeign, row.Key, row.Pieces, row.Bytes, row.ID)
		}
	}
	return nil
}

// lookAtDisk finds out which files of the database are there.
func (s *session) lookAtDisk(ctx context.Context) error {
	if err := s.localLogs(ctx); err != nil {
		return err
	}
	names := append(slices.Clone(s.facts.ControlFiles), s.facts.SpfilePath)
	for _, g := range s.facts.Redo {
		names = append(names, g.Members...)
	}
	for _, d := range s.facts.Datafiles {
		names = append(names, d.Name)
	}
	if m, err := newestManifest(&Input{Load: s.load}, pointers(s.sets)); err == nil {
		names = append(names, m.Spfile)
		names = append(names, m.ControlFiles...)
		for _, d := range m.Datafiles {
			names = append(names, d.Name)
		}
	}
	for _, name := range names {
		if filepath.IsAbs(name) {
			s.exists[name] = isFile(name)
		}
	}
	return nil
}

func pointers(sets []s3store.Set) []*s3store.Set {
	p := make([]*s3store.Set, len(sets))
	for i := range sets {
		p[i] = &sets[i]
	}
	return p
}

// isFile: a device (raw, udev) is a file for Oracle.
func isFile(name string) bool {
	fi, err := os.Stat(name)
	return err == nil && !fi.IsDir()
}

// localLogs keeps the archived logs whose files are there. ASM names cannot be
// looked at; the database's own control file is believed, a restored one not.
func (s *session) localLogs(ctx context.Context) error {
	s.logs = nil
	if !mounted(s.facts) {
		return nil
	}
	logs, err := s.d.Oracle.ArchivedLogs(ctx)
	if err != nil {
		return fmt.Errorf("ask for archived logs: %w", err)
	}
	for _, l := range logs {
		if filepath.IsAbs(l.Name) && isFile(l.Name) || !filepath.IsAbs(l.Name) && currentControl(s.facts) {
			s.logs = append(s.logs, l)
		}
	}
	return nil
}

// input is what the planner gets to know now.
func (s *session) input() Input {
	facts := *s.facts
	if s.controlLost {
		facts = oracle.Facts{Status: oracle.NoMount, Instance: facts.Instance, ParamName: facts.ParamName}
	}
	return Input{Sets: s.sets, Load: s.load, DBID: s.sets[0].DBID, Target: s.req.Target, Mode: s.req.Mode, Facts: facts, LocalLogs: s.logs,
		Exists: s.exists, Present: s.present(), RestoreDir: s.d.Config.RestoreDir, Channels: s.d.Config.Channels}
}

// present finds the pieces of an earlier download by name and size. Their
// checksums are compared before RMAN may see them.
func (s *session) present() map[string]string {
	found, folders := map[string]string{}, map[string]bool{}
	top := CatalogDir(s.d.Config.RestoreDir, s.sets[0].DBName, s.sets[0].DBID)
	entries, _ := os.ReadDir(top) // nothing is there before the first restore
	for _, e := range entries {
		folders[e.Name()] = e.IsDir()
	}
	for _, row := range s.sets {
		if !folders[row.ID] {
			continue
		}
		m, err := s.load(row)
		if err != nil {
			continue
		}
		for _, p := range m.Pieces {
			path := filepath.Join(top, row.ID, p.Name)
			if fi, err := os.Lstat(path); err == nil && fi.Mode().IsRegular() && fi.Size() == p.Bytes {
				found[p.Key] = path
			}
		}
	}
	return found
}

// firstPlan plans and measures.
func (s *session) firstPlan() (*Plan, error) {
	if err := future(s.req.Target, s.facts); err != nil {
		return nil, err
	}
	p, err := NewPlan(s.input())
	if err != nil {
		return p, err
	}
	return p, p.Measure(s.space)
}

// space is the room for a folder that may not exist yet.
func (s *session) space(dir string) (Space, error) {
	for {
		fi, err := os.Stat(dir)
		if err == nil {
			free, err := s.d.Free(dir)
			return Space{Device: device(fi), Free: free}, err
		}
		up := filepath.Dir(dir)
		if up == dir {
			return Space{}, err
		}
		dir = up
	}
}

// showPlan makes the plan the run begins with and puts it into the journal.
func (s *session) showPlan() error {
	p, err := s.firstPlan()
	if p != nil {
		s.plan, s.result.Plan = p, p
		s.emit(run.Event{Type: run.TypePlan, Plan: p.event()})
	}
	if err != nil {
		return err
	}
	for _, w := range p.Warnings {
		s.emit(run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "warning", Text: run.Clean(w)}})
	}
	s.mark("planned")
	return nil
}

// event is the plan as the journal carries it.
func (p *Plan) event() *run.Plan {
	e := &run.Plan{Summary: run.Clean(p.Lines()[0]), Bytes: p.Bytes, Warnings: p.Warnings}
	for _, u := range p.Pieces {
		if !u.Here {
			e.Pieces++
		}
	}
	for _, set := range p.Sets {
		e.Sets = append(e.Sets, set.ID)
	}
	for _, step := range p.Steps {
		e.Steps = append(e.Steps, run.PlanStep(step))
	}
	return e
}
