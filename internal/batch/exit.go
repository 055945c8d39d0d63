package batch

import (
	"context"
	"errors"
	"os"
	"syscall"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
)

// The exit codes of the command line contract. A code that is not listed means
// failure.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitWarnings    = 3
	ExitLocked      = 4
	ExitUnreachable = 5
	ExitResumable   = 6
	ExitInterrupt   = 130 // 128 + SIGINT
	ExitTerminate   = 143 // 128 + SIGTERM
)

// exitCode maps what an action returned to the process's exit code. sig is the
// signal that ended the run, if one did: it wins, since the caller sent it.
func exitCode(err error, warnings int, sig os.Signal) int {
	var usage *UsageError
	var conf *config.Error
	var held *run.HeldError
	switch {
	case err == nil && warnings > 0:
		return ExitWarnings
	case err == nil:
		return ExitDone
	case sig == syscall.SIGINT:
		return ExitInterrupt
	case sig != nil:
		return ExitTerminate
	case errors.As(err, &usage), errors.As(err, &conf), errors.Is(err, restore.ErrNotConfirmed), misconfigured(err):
		return ExitUsage
	case errors.As(err, &held):
		return ExitLocked
	case errors.Is(err, restore.ErrUnreachable):
		return ExitUnreachable
	case errors.Is(err, backup.ErrResumable), errors.Is(err, context.Canceled):
		return ExitResumable
	default:
		return ExitFailed
	}
}

// misconfigured: the database's tools cannot be used as configured.
func misconfigured(err error) bool {
	return errors.Is(err, oracle.ErrNoHome) || errors.Is(err, oracle.ErrNoSID) || errors.Is(err, oracle.ErrNoTool) || errors.Is(err, oracle.ErrToolDenied)
}

// outcome is the word for an exit code in a run's last event.
func outcome(code int) string {
	switch code {
	case ExitDone:
		return "done"
	case ExitWarnings:
		return "warnings"
	case ExitUnreachable:
		return "unreachable"
	case ExitResumable:
		return "interrupted"
	case ExitInterrupt, ExitTerminate:
		return "cancelled"
	default:
		return "failed"
	}
}
