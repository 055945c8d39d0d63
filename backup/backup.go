package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// Errors to branch on. Everything else that Run returns means: failed, nothing
// committed, nothing left behind that the next run does not clean up.
var (
	// ErrResumable: the run stopped before its manifest, but what it had
	// reached is kept in staging; resume finishes it.
	ErrResumable = errors.New("interrupted; what was reached is kept and can be resumed")
	// ErrNothing: resume found no interrupted run.
	ErrNothing = errors.New("no interrupted run to resume")
)

// Instance is what the engine asks of the database; oracle.Instance is one.
type Instance interface {
	Facts(ctx context.Context) (*oracle.Facts, error)
	ArchivedLogs(ctx context.Context) ([]oracle.ArchivedLog, error)
	AllPieces(ctx context.Context) ([]oracle.PieceRecord, error)
	PiecesIn(ctx context.Context, dir string) ([]oracle.PieceRecord, error)
	DatafileRecords(ctx context.Context, tag string) ([]oracle.DatafileRecord, error)
	RedoRecords(ctx context.Context, tag string) ([]oracle.RedoRecord, error)
	SpfileRecords(ctx context.Context, tag string) ([]oracle.SpfileRecord, error)
}

// Driver runs RMAN scripts; rman.Runner is one.
type Driver interface {
	Run(ctx context.Context, job rman.Job) (rman.Result, error)
}

// Store is what the engine needs of the bucket; *s3store.Store is one.
type Store interface {
	putter
	List(ctx context.Context, f s3store.Filter) ([]s3store.Set, error)
	Manifest(ctx context.Context, s s3store.Set) (*s3store.Manifest, error)
	PieceKey(setID string, started time.Time, name string) string
	Commit(ctx context.Context, m *s3store.Manifest) (key string, err error)
	Find(ctx context.Context, setID string) (s3store.Set, error)
	RemovePieces(ctx context.Context, setID string, started time.Time) (int, error)
	RemoveOthers(ctx context.Context, setID string, started time.Time, stay []string) (int, error)
	DropObjects(ctx context.Context, keys []string) error
	AbortUploads(ctx context.Context, setID string, olderThan time.Duration) (int, error)
	AbortResume(ctx context.Context, resumeFile string) error
}

// Deps is what the engine works with. All fields are required.
type Deps struct {
	Config  *config.Config
	Oracle  Instance
	RMAN    Driver
	Store   Store
	Sink    run.Sink
	RunDir  string    // the run's folder: scripts are written and kept there
	Log     io.Writer // gets RMAN's full output
	Version string    // of this program, for the manifest
	Host    string
	Now     func() time.Time
	Free    func(path string) (int64, error) // bytes free on a path's file system
}

// Request names the run.
type Request struct {
	RunID string // run.NewID
	Kind  string // s3store.KindFull, KindIncremental or KindArchivelog
}

// Result is what a run achieved. SetID is set only when the manifest was read
// back from S3.
type Result struct {
	SetID    string
	Kind     string // of the set
	Key      string
	Bytes    int64
	Pieces   int
	Warnings []string
	// RecoverableTo is the moment up to which the set's logs reach, UTC.
	RecoverableTo time.Time
}

// Run makes one backup. It may be called once per database at a time: the
// caller holds the lock. A cancelled context interrupts RMAN and keeps what
// was reached. The error is nil exactly when the set is committed; then
// Warnings may still ask for a look.
//
// When RMAN turns out to have started a level 1 from a backup that is not ours,
// it is taken again at level 0: a base that no view showed must not keep the
// database without a backup.
func Run(ctx context.Context, d Deps, r Request) (Result, error) {
	res, err := runOnce(ctx, d, r, nil)
	var astray *baseError
	if errors.As(err, &astray) && ctx.Err() == nil {
		return runOnce(ctx, d, r, astray.doubted())
	}
	return res, err
}

func runOnce(ctx context.Context, d Deps, r Request, doubted map[int]int64) (Result, error) {
	s := newSession(d, r.RunID, r.Kind)
	s.doubted = doubted
	if err := s.phase("check", func() error { return s.check(ctx) }); err != nil {
		return Result{}, err
	}
	if err := s.phase("settle", func() error { return s.settle(ctx) }); err != nil {
		return Result{}, err
	}
	if err := s.phase("plan", func() error { return s.plan(ctx) }); err != nil {
		return Result{}, err
	}
	if err := s.begin(); err != nil {
		return Result{}, err
	}
	return s.finish(ctx)
}

// finish is everything after the state file exists: RMAN and upload, commit,
// release, clean. What it returns decides what happens to staging.
func (s *session) finish(ctx context.Context) (Result, error) {
	defer s.state.close()
	if err := s.produce(ctx); err != nil {
		return Result{}, s.giveUp(ctx, err)
	}
	var m *s3store.Manifest
	err := s.phase("commit", func() (err error) {
		m, err = s.commit(ctx)
		return err
	})
	if err != nil {
		return Result{}, s.giveUp(ctx, err)
	}
	s.after(ctx)
	return s.result(m), nil
}

// result is what a committed set amounts to.
func (s *session) result(m *s3store.Manifest) Result {
	return Result{SetID: m.ID, Kind: m.Kind, RecoverableTo: m.RecoverableTo, Key: s.manifestKey, Bytes: m.Bytes(), Pieces: len(m.Pieces), Warnings: s.warnings}
}

// after does what follows a commit. Nothing in it can undo the commit, so its
// failures are warnings.
func (s *session) after(ctx context.Context) {
	if err := s.phase("release", func() error { return s.release(ctx) }); err != nil {
		s.warn("", fmt.Sprintf("archived logs were not released: %v", err), "the set is committed; the next run tries again")
	}
	if err := s.phase("clean", func() error { return s.clean(ctx) }); err != nil {
		s.warn("", fmt.Sprintf("staging was not cleaned: %v", err), "the set is committed; the next run tries again")
	}
}

// phase runs f between the events that say so.
func (s *session) phase(name string, f func() error) error {
	s.d.Sink.Emit(run.Event{Type: run.TypePhase, Phase: &run.Phase{Name: name, State: run.Begun}})
	err := f()
	p := &run.Phase{Name: name, State: run.Done}
	if err != nil {
		p.State, p.Detail = run.Failed, run.Clean(err.Error())
	}
	s.d.Sink.Emit(run.Event{Type: run.TypePhase, Phase: p})
	return err
}

// warn records something that needs a look without failing the run.
func (s *session) warn(code, text, remedy string) {
	text = run.Clean(text)
	s.warnings = append(s.warnings, text)
	s.d.Sink.Emit(run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "warning", Code: code, Text: text, Remedy: remedy}})
}

// job is how every script of the run is started.
func (s *session) job(script *rman.Script, onEvent func(rman.Event)) rman.Job {
	return rman.Job{Name: script.Name, Script: script, Dir: s.d.RunDir, Log: s.d.Log, OnEvent: onEvent, Alive: s.growing()}
}

// notice tells what was to be expected and still must be known; unlike a
// warning it leaves the exit code alone.
func (s *session) notice(text, remedy string) {
	text = run.Clean(text)
	s.notices = append(s.notices, text)
	s.d.Sink.Emit(run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "notice", Text: text, Remedy: remedy}})
}

func (s *session) mark(name string, data map[string]string) {
	s.d.Sink.Emit(run.Event{Type: run.TypeMark, Mark: &run.Mark{Name: name, Data: data}})
}
