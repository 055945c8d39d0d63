package restore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// session is one restore on its way.
type session struct {
	d   Deps
	req Request

	sets   []s3store.Set
	load   func(s3store.Set) (*s3store.Manifest, error)
	facts  *oracle.Facts
	logs   []oracle.ArchivedLog // on this host's disk
	exists map[string]bool
	plan   *Plan
	state  *state
	down   *downloads
	result Result

	// mounting failed, so the control file that is there is of no use.
	controlLost bool
}

func newSession(d Deps, r Request) *session {
	return &session{d: d, req: r, exists: map[string]bool{}}
}

// phase runs f between the events that say so.
func (s *session) phase(name string, f func() error) error {
	s.emit(run.Event{Type: run.TypePhase, Phase: &run.Phase{Name: name, State: run.Begun}})
	err := f()
	p := &run.Phase{Name: name, State: run.Done}
	if err != nil {
		p.State, p.Detail = run.Failed, run.Clean(err.Error())
	}
	s.emit(run.Event{Type: run.TypePhase, Phase: p})
	return err
}

func (s *session) emit(e run.Event) {
	if s.d.Sink != nil {
		s.d.Sink.Emit(e)
	}
}

// mark names a point that a crash may fall behind.
func (s *session) mark(name string) {
	s.emit(run.Event{Type: run.TypeMark, Mark: &run.Mark{Name: name}})
}

// warn tells a person something that does not stop the restore.
func (s *session) warn(code, text, remedy string) {
	s.result.Warnings = append(s.result.Warnings, text)
	s.emit(run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "warning", Code: code, Text: run.Clean(text), Remedy: remedy}})
}

// notice tells what was to be expected and still must be known; unlike a
// warning it leaves the exit code alone.
func (s *session) notice(text, remedy string) {
	s.emit(run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "notice", Text: run.Clean(text), Remedy: remedy}})
}

// script runs one RMAN script and passes its output on.
func (s *session) script(ctx context.Context, script *rman.Script, err error) (*rman.Summary, []rman.Event, error) {
	sum, events, err := s.tryScript(ctx, script, err)
	if err != nil {
		s.tellStack(err)
	}
	return sum, events, err
}

// tryScript is script for what may fail without anybody having to know.
func (s *session) tryScript(ctx context.Context, script *rman.Script, err error) (*rman.Summary, []rman.Event, error) {
	if err != nil {
		return nil, nil, err
	}
	var events []rman.Event
	n := rman.NewNarrator(s.d.Sink, script.Name)
	defer n.Watch(ctx, s.d.Oracle, s.facts.BlockSize())()
	res, err := s.d.RMAN.Run(ctx, rman.Job{Name: script.Name, Script: script, Dir: s.d.RunDir, Log: s.d.Log, Alive: s.working(), OnEvent: func(e rman.Event) {
		n.Event(e)
		events = append(events, e)
	}})
	return res.Summary, events, err
}

// tellStack puts the error stack of a failed script into the journal.
func (s *session) tellStack(err error) {
	var e *rman.Error
	if !errors.As(err, &e) {
		return
	}
	p := &run.Problem{Severity: "error", Code: e.Root, Text: run.Clean(e.Error()), Remedy: e.Remedy}
	if e.Stack != nil {
		for _, l := range e.Stack.Lines {
			p.Stack = append(p.Stack, run.Clean(l.Code+": "+l.Text))
		}
	}
	s.emit(run.Event{Type: run.TypeProblem, Problem: p})
}

// refresh asks the instance again.
func (s *session) refresh(ctx context.Context) error {
	f, err := s.d.Oracle.Facts(ctx)
	if err != nil {
		return fmt.Errorf("ask the instance: %w", err)
	}
	s.facts = f
	return nil
}

func (s *session) dbName() string {
	if len(s.sets) > 0 {
		return s.sets[0].DBName
	}
	return s.facts.Name
}

func (s *session) statePath() string {
	return filepath.Join(s.d.Config.RestoreDir, fmt.Sprintf("restore-%s-%d.json", s.dbName(), s.sets[0].DBID))
}
