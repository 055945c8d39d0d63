package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// Request is what a person asked for.
type Request struct {
	Target  Target
	Mode    Mode
	DBID    int64  // 0: that of the instance, or the only one in the bucket
	Confirm string // must equal the database's name; case does not matter
}

// Instance is what the engine asks of the database; oracle.Instance is one.
type Instance interface {
	Facts(ctx context.Context) (*oracle.Facts, error)
	ArchivedLogs(ctx context.Context) ([]oracle.ArchivedLog, error)
	AllPieces(ctx context.Context) ([]oracle.PieceRecord, error)
	DatafileRecords(ctx context.Context, tag string) ([]oracle.DatafileRecord, error)
	RedoRecords(ctx context.Context, tag string) ([]oracle.RedoRecord, error)
}

// Driver runs RMAN scripts; rman.Runner is one.
type Driver interface {
	Run(ctx context.Context, job rman.Job) (rman.Result, error)
}

// Store is what the engine needs of the bucket; s3store.Store is one.
type Store interface {
	List(ctx context.Context, f s3store.Filter) ([]s3store.Set, error)
	Manifest(ctx context.Context, set s3store.Set) (*s3store.Manifest, error)
	GetPiece(ctx context.Context, r s3store.GetRequest) error
}

// Deps is what the engine works with. All fields but Keep are required for Run;
// Preview needs neither RMAN nor Sink, RunDir and Log.
type Deps struct {
	Config *config.Config
	Oracle Instance
	RMAN   Driver
	Store  Store
	Sink   run.Sink
	RunDir string    // the run's folder: scripts are written and kept there
	Log    io.Writer // gets RMAN's full output
	Now    func() time.Time
	Free   func(path string) (int64, error) // bytes free on a path's file system
	Keep   bool                             // leave downloaded pieces after success
}

// Result is what a restore achieved.
type Result struct {
	Plan     *Plan // the one that was carried out
	Bytes    int64 // downloaded
	Pieces   int   // downloaded
	Warnings []string
}

// ErrNotConfirmed: the name that was typed is missing or not the database's.
// Nothing was changed.
var ErrNotConfirmed = errors.New("not confirmed")

// Preview looks at bucket, instance and disk and gives the plan that Run would
// begin with, room on disk measured. It changes nothing. A target that cannot
// be reached gives a plan together with an *UnreachableError, too little room a
// plan together with a *NoRoomError.
func Preview(ctx context.Context, d Deps, r Request) (*Plan, error) {
	s := newSession(d, r)
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	return s.firstPlan()
}

// Run restores the database. The error wraps ErrNotConfirmed, ErrUnreachable,
// a *NoRoomError (all three: nothing was changed), s3store.ErrCorrupt with the
// object's key, or says what failed and what to do. After any other error, or
// a crash, the same request can be made again: what is here is not downloaded
// twice. One restore of a database at a time: the caller holds the lock.
func Run(ctx context.Context, d Deps, r Request) (Result, error) {
	s := newSession(d, r)
	if err := s.phase("check", func() error { return s.begin(ctx) }); err != nil {
		return s.result, err
	}
	if s.resumeOpened() {
		err := s.phase(StepClean, func() error { return s.clean(ctx) })
		return s.result, err
	}
	if err := s.phase("plan", func() error { return s.showPlan() }); err != nil {
		return s.result, err
	}
	err := s.carryOut(ctx)
	return s.result, err
}

// begin looks at everything and checks the confirmation.
func (s *session) begin(ctx context.Context) error {
	if strings.TrimSpace(s.req.Confirm) == "" {
		return fmt.Errorf("%w: give the database's name (--confirm NAME); nothing was changed", ErrNotConfirmed)
	}
	if err := s.look(ctx); err != nil {
		return err
	}
	if name := s.dbName(); !strings.EqualFold(strings.TrimSpace(s.req.Confirm), name) {
		return fmt.Errorf("%w: the database is %s, not %s; nothing was changed", ErrNotConfirmed, name, run.Clean(s.req.Confirm))
	}
	return nil
}
