package batch

import (
	"context"
	"fmt"
	"os"

	"orabak-tui/internal/notify"
	"orabak-tui/internal/run"
)

// notifyStart tells the outside that the run begins; it does not wait.
func (j *job) notifyStart(ctx context.Context, kind string) *notify.Notifier {
	host, _ := os.Hostname()
	j.facts = notify.Facts{Run: j.id, Kind: kind, DB: j.app.lockKey(), Host: host, Version: j.app.Version, StartedAt: j.app.Now().UTC()}
	n := notify.New(j.app.Config)
	n.Begin(ctx, j.facts)
	return n
}

// notifyEnd tells how the run ended. It comes after the run's last event, which
// must not wait for a slow address; what fails is a notice on standard error
// and changes nothing.
func (j *job) notifyEnd(ctx context.Context, n *notify.Notifier, code int, e *run.End, got achieved) {
	f := j.facts
	f.EndedAt = j.app.Now().UTC()
	f.Duration = f.EndedAt.Sub(f.StartedAt).Seconds()
	f.Exit, f.Outcome = code, outcome(code)
	f.SetID, f.SetKind, f.RecoverableTo = got.setID, got.setKind, got.recoverableTo
	f.Bytes, f.Pieces, f.Warnings = got.bytes, got.pieces, got.warnings
	f.Error, f.Code, f.Remedy = e.Error, e.Code, e.Remedy
	if err := n.End(ctx, f); err != nil {
		fmt.Fprintln(j.app.Stderr, "orabak-tui: notice:", run.Clean(err.Error()))
	}
}
