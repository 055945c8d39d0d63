package rmansim

import (
	"context"
	"errors"
	"os"
	"os/exec"

	"orabak-tui/internal/demo/rmansim/syntax"
)

// execute runs one command of the prompt and prints its failure. It reports
// whether it succeeded.
func (s *session) execute(cmd syntax.Command) bool {
	s.out.blank()
	ctx, stop := s.cancellable()
	defer stop()
	s.ctx = ctx
	verb := cmd.Verb()
	var err error
	if r, ok := cmd.(*syntax.Run); ok {
		verb, err = s.runBlock(r)
	} else if err = s.perform(cmd); err == nil {
		verb, err = s.autobackupDue(cmd, nil, verb)
	}
	if err == nil {
		return true
	}
	s.failed = true
	s.stack(verb, s.cancelled(err))
	return false
}

// cancelled words the failure of a command that the user broke off.
func (s *session) cancelled(err error) *failure {
	if errors.Is(err, context.Canceled) || s.ctx.Err() != nil {
		return fail("RMAN-03099: job cancelled at user request")
	}
	return asFailure(err)
}

// runBlock runs the commands of RUN; it gives the verb of the one that failed.
func (s *session) runBlock(r *syntax.Run) (verb string, err error) {
	s.run = &runState{settings: s.settings, restored: map[int]string{}}
	s.run.settings.newNames = map[int]string{}
	defer func() {
		for _, c := range s.run.channels {
			s.out.blank()
			s.released(c.name)
		}
		s.run = nil
	}()
	for i, cmd := range r.Body {
		verb = cmd.Verb()
		if err = s.perform(cmd); err != nil {
			return verb, err
		}
		var next syntax.Command
		if i+1 < len(r.Body) {
			next = r.Body[i+1]
		}
		if verb, err = s.autobackupDue(cmd, next, verb); err != nil {
			return verb, err
		}
	}
	return verb, nil
}

// autobackupDue takes the automatic backup after a BACKUP unless the next
// command of the block is a BACKUP as well.
func (s *session) autobackupDue(cmd, next syntax.Command, verb string) (string, error) {
	if _, ok := cmd.(*syntax.Backup); !ok || !s.autobackup {
		return verb, nil
	}
	if _, ok := next.(*syntax.Backup); ok {
		return verb, nil
	}
	s.autobackup = false
	return "Control File and SPFILE Autobackup", s.takeAutobackup()
}

// perform runs one command.
func (s *session) perform(cmd syntax.Command) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	switch c := cmd.(type) {
	case *syntax.AllocateChannel:
		return s.allocate(c)
	case *syntax.ReleaseChannel:
		return s.release(c)
	case *syntax.Backup:
		return s.backup(c)
	case *syntax.Restore:
		return s.restore(c)
	case *syntax.Recover:
		return s.recover(c)
	case *syntax.Switch:
		return s.switchFiles(c)
	case *syntax.Validate:
		return s.validate(c)
	case *syntax.Set:
		return s.set(c)
	case *syntax.Exit:
		s.quit = true
		return nil
	case *syntax.Connect:
		return s.connectCommand(c)
	case *syntax.Include:
		s.runFile(c.File)
		s.out.blank()
		s.out.raw("**end-of-file**")
		return nil
	case *syntax.Host:
		return s.host(c)
	}
	return s.maintain(cmd)
}

// maintain runs the commands about the instance and the repository.
func (s *session) maintain(cmd syntax.Command) error {
	switch c := cmd.(type) {
	case *syntax.Startup:
		return s.startup(c)
	case *syntax.Shutdown:
		return s.shutdown(c)
	case *syntax.AlterDatabase:
		return s.alterDatabase(c)
	case *syntax.SQL:
		return s.sql(c)
	case *syntax.ResetDatabase:
		return s.resetDatabase(c)
	case *syntax.Catalog:
		return s.catalog(c)
	case *syntax.Change:
		return s.change(c)
	case *syntax.Crosscheck:
		return s.crosscheck(c)
	case *syntax.Delete:
		return s.delete(c)
	case *syntax.List:
		return s.list(c)
	case *syntax.Report:
		return s.report(c)
	case *syntax.Show:
		return s.showSettings(c)
	case *syntax.Configure:
		return s.configure(c)
	}
	return fail("RMAN-00600: internal error, arguments [%T]", cmd)
}

// host runs a command of the operating system.
func (s *session) host(h *syntax.Host) error {
	if h.Command == "" {
		return nil
	}
	cmd := exec.CommandContext(s.ctx, "/bin/sh", "-c", h.Command)
	cmd.Env, cmd.Stderr = s.prog.Env, os.Stderr
	out, err := cmd.Output()
	if len(out) > 0 {
		s.out.prompt(string(out))
	}
	s.out.raw("host command complete")
	if err != nil {
		return fail("RMAN-06135: error executing host command: Additional information: %d", cmd.ProcessState.ExitCode()).
			and("Additional information: 34")
	}
	return nil
}
