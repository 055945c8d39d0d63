package ui

import (
	"context"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
	"orabak-tui/s3store"
)

// Store is what the console asks of the bucket.
type Store interface {
	// Cached are the rows of the last listing, from local disk alone; as of
	// when. It never touches the network.
	Cached() (sets []s3store.Set, asOf time.Time)
	List(ctx context.Context, f s3store.Filter) ([]s3store.Set, error)
	Manifest(ctx context.Context, s s3store.Set) (*s3store.Manifest, error)
	Verify(ctx context.Context, m *s3store.Manifest, o s3store.VerifyOptions) (s3store.Report, error)
	// Verified is the last verification of a set from this host, from local
	// disk; Lock asks the bucket how long a set is held.
	Verified(setID string) (s3store.Verified, bool)
	Lock(ctx context.Context, m *s3store.Manifest) (s3store.Lock, error)
}

// Finding is one line of the preflight.
type Finding struct {
	Area, State, Text, Remedy string // State: ok | warn | fail
}

// Advice is what the error catalogue knows of a code.
type Advice struct{ Cause, Remedy string }

// Deps is all that the console works with. Its functions are called from
// commands, never from Update or View, and may block.
type Deps struct {
	Config    *config.Config
	Store     Store
	Facts     func(context.Context) (*oracle.Facts, error)
	Preflight func(context.Context) []Finding
	// PlanBackup says what a backup of a kind would do; PlanRestore what a
	// restore would do. Neither changes anything.
	PlanBackup  func(ctx context.Context, kind string) (*run.Plan, error)
	PlanRestore func(ctx context.Context, r restore.Request) (*restore.Plan, error)
	// Start begins a run as a detached process: args are those of --batch.
	Start  func(kind string, args ...string) (run.Started, error)
	Advice func(code string) (Advice, bool) // a table in memory: may be called anywhere

	Host    string
	Version string
	Now     func() time.Time

	ReadOnly bool
	Plain    bool // for screen readers: what is shown, and what changes, is appended as lines
	ASCII    bool
	NoColor  bool
}
