package restore

import (
	"context"
	"errors"

	"orabak-tui/internal/run"
)

// Request is what a person asked for.
type Request struct {
	Target  Target
	Mode    Mode
	DBID    int64  // 0: that of the instance, or the only one in the bucket
	Confirm string // must equal the database's name
}

// Deps is what the engine works with.
type Deps struct {
	Sink run.Sink
}

// ErrNotConfirmed: the name that was typed is missing or not the database's.
// Nothing was changed.
var ErrNotConfirmed = errors.New("not confirmed")

// Preview looks at bucket, instance and disk and gives the plan that Run would
// begin with. It changes nothing.
func Preview(ctx context.Context, d Deps, r Request) (*Plan, error) {
	return nil, errors.New("restore: planning is not there yet")
}

// Run restores the database. The error wraps ErrNotConfirmed, ErrUnreachable
// or says what failed and what to do; the run can be started again.
func Run(ctx context.Context, d Deps, r Request) error {
	return errors.New("restore: the engine is not there yet")
}
