package restore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// mount leads from any state of the instance to a mounted database with a
// control file that fits the plan.
func (s *session) mount(ctx context.Context) error {
	if s.facts.Status == oracle.Mounted && s.controlFits() {
		return nil
	}
	if err := s.phase(StepSpfile, func() error { return s.start(ctx) }); err != nil {
		return err
	}
	mountedNow, err := s.tryMount(ctx)
	if err != nil {
		return err
	}
	if !mountedNow {
		if err := s.phase(StepControlfile, func() error { return s.restoreControlfile(ctx) }); err != nil {
			return err
		}
	}
	if s.facts.DBID != s.plan.DBID {
		return fmt.Errorf("the mounted control file is that of DBID %d, not %d; nothing was restored", s.facts.DBID, s.plan.DBID)
	}
	s.mark("mounted")
	return nil
}

// controlFits tells whether the mounted control file serves the plan: the
// database's own where the plan keeps it, or one that an earlier run restored,
// of the same incarnation and datafiles.
func (s *session) controlFits() bool {
	if s.plan.ControlFile == nil {
		return true
	}
	if currentControl(s.facts) || s.facts.DBID != s.plan.DBID || s.facts.ResetlogsSCN != s.plan.ResetlogsSCN {
		return false
	}
	return sameFiles(filesOf(s.facts), s.plan.files)
}

// start brings the instance to NOMOUNT with its own parameters.
func (s *session) start(ctx context.Context) error {
	dummy, err := s.startNomount(ctx)
	if err != nil {
		return err
	}
	if dummy {
		if err := s.restoreSpfile(ctx); err != nil {
			return err
		}
	}
	return s.refresh(ctx)
}

// startNomount starts the instance. Without a parameter file RMAN starts one of
// its own making, which serves to restore the SPFILE only.
func (s *session) startNomount(ctx context.Context) (dummy bool, err error) {
	statements := []rman.Statement{rman.Startup{NoMount: true, Force: s.facts.Status != oracle.Down}}
	if s.plan.Spfile != nil {
		statements = append([]rman.Statement{rman.SetDBID{DBID: s.plan.DBID}}, statements...)
	}
	script, err := rman.NewScript("startup", statements...)
	_, events, err := s.script(ctx, script, err)
	for _, e := range events {
		dummy = dummy || e.Kind == rman.KindStarted && e.State == "dummy"
	}
	return dummy, err
}

// restoreSpfile restores the SPFILE and restarts the instance with it. Folders
// that its parameters name must exist before that.
func (s *session) restoreSpfile(ctx context.Context) error {
	use := s.plan.Spfile
	if use == nil {
		return errors.New("the instance has no parameter file, and no set that the restore reads holds an SPFILE; put one in place and start again")
	}
	if err := s.down.wait(WaveControl); err != nil {
		return err
	}
	script, err := rman.NewScript(StepSpfile, rman.SetDBID{DBID: s.plan.DBID}, rman.RestoreSpfile{From: use.Path})
	if _, _, err = s.script(ctx, script, err); err != nil {
		return err
	}
	s.mark("spfile")
	s.foldersOfSpfile()
	script, err = rman.NewScript("restart", rman.Startup{Force: true, NoMount: true})
	_, _, err = s.script(ctx, script, err)
	return err
}

// tryMount mounts with the control file that is there, if the instance's
// parameters name files that may exist. Only files that are there decide: a
// database that can be mounted may lose nothing at all.
func (s *session) tryMount(ctx context.Context) (bool, error) {
	here, missing := s.controlFiles()
	if len(here) == 0 {
		return false, nil
	}
	if i := slices.IndexFunc(here, filepath.IsAbs); len(missing) > 0 && i >= 0 {
		if err := s.copyControlfile(here[i], missing); err != nil {
			return false, err
		}
	}
	ok := false
	err := s.phase(StepMount, func() (err error) {
		ok, err = s.mountNow(ctx)
		return err
	})
	if err != nil || !ok {
		return false, err
	}
	return s.acceptControl(ctx)
}

// lostControl are the codes of ALTER DATABASE MOUNT that mean that a control
// file is missing or damaged. Anything else is for a person to look at: the
// control file may be good.
var lostControl = []string{"ORA-00205", "ORA-00202", "ORA-00210", "ORA-00227", "ORA-00201", "ORA-00206"}

// mountNow mounts; not ok means that the control file is of no use.
func (s *session) mountNow(ctx context.Context) (ok bool, err error) {
	script, err := rman.NewScript(StepMount, rman.MountDatabase)
	if _, _, err = s.script(ctx, script, err); err == nil {
		return true, s.lookMounted(ctx)
	}
	var e *rman.Error
	if !errors.As(err, &e) || e.Stack == nil || !slices.ContainsFunc(lostControl, e.Stack.Has) {
		return false, err
	}
	s.controlLost = true
	return false, s.refresh(ctx)
}

// controlFiles splits the parameter CONTROL_FILES into what is there and what
// is not. ASM names count as there.
func (s *session) controlFiles() (here, missing []string) {
	for _, name := range s.facts.ControlFiles {
		if filepath.IsAbs(name) && !isFile(name) {
			missing = append(missing, name)
		} else {
			here = append(here, name)
		}
	}
	return here, missing
}

// copyControlfile makes the missing copies of the control file from one that
// is there, byte by byte, as the instance is not mounted: the copy is current,
// which no backup is.
func (s *session) copyControlfile(from string, missing []string) error {
	for _, name := range missing {
		s.makeFolder(filepath.Dir(name))
		if err := copyFile(from, name); err != nil {
			return fmt.Errorf("control file %s is missing and could not be copied from %s: %w; copy it by hand, or remove it from CONTROL_FILES", name, from, err)
		}
		s.notice(fmt.Sprintf("control file %s was missing: it is a copy of %s now", name, from), "")
	}
	return nil
}

// lookMounted asks everything again after the database was mounted.
func (s *session) lookMounted(ctx context.Context) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	return s.lookAtDisk(ctx)
}

// acceptControl decides whether the control file that could be mounted stays.
func (s *session) acceptControl(ctx context.Context) (bool, error) {
	if s.facts.DBID != s.plan.DBID {
		return true, nil // refused by the caller
	}
	if currentControl(s.facts) {
		if err := s.replan(); err != nil {
			return false, err
		}
	}
	if s.controlFits() {
		return true, nil
	}
	script, err := rman.NewScript("restart", rman.Startup{Force: true, NoMount: true})
	if _, _, err = s.script(ctx, script, err); err != nil {
		return false, err
	}
	return false, s.refresh(ctx)
}

// restoreControlfile restores the control file from its piece and mounts it.
func (s *session) restoreControlfile(ctx context.Context) error {
	use := s.plan.ControlFile
	if use == nil {
		s.controlLost = true
		if err := s.replan(); err != nil {
			return err
		}
		s.down.add(s.early())
		use = s.plan.ControlFile
	}
	if err := s.down.wait(WaveControl); err != nil {
		return err
	}
	for _, name := range s.facts.ControlFiles {
		if filepath.IsAbs(name) {
			s.makeFolder(filepath.Dir(name))
		}
	}
	script, err := controlfileScript(use.Path)
	sum, _, err := s.script(ctx, script, err)
	if err != nil {
		return err
	}
	if sum.Finished("restore") == 0 {
		return errors.New("RMAN did not say that the restore of the control file finished; see the run's log")
	}
	s.mark("controlfile")
	script, err = rman.NewScript(StepMount, rman.MountDatabase)
	if _, _, err = s.script(ctx, script, err); err != nil {
		return err
	}
	s.controlLost = false
	s.emit(run.Event{Type: run.TypeLine, Line: &run.Line{Step: StepControlfile, Text: "control file of set " + use.Set + " is mounted"}})
	return s.lookMounted(ctx)
}
