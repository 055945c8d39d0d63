package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// SignalError is the cause (context.Cause) of a context that a signal ended.
type SignalError struct{ Signal os.Signal }

// Error names the signal.
func (e *SignalError) Error() string { return fmt.Sprintf("stopped by signal: %s", e.Signal) }

// WithSignals ends the context at the first SIGINT, SIGTERM or SIGHUP, so that
// the run can end cleanly. A second signal is taken as impatience and changes
// nothing; with the third the program dies as if it had never asked. SIGHUP
// stays ignored where it is (nohup). cause is nil until a signal came. stop
// gives the signals back; call it before the program ends.
func WithSignals(parent context.Context) (ctx context.Context, stop func(), cause func() os.Signal) {
	ctx, cancel := context.WithCancelCause(parent)
	got := make(chan os.Signal, 2)
	signal.Notify(got, wanted()...)
	finished := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for range 2 {
			select {
			case s := <-got:
				cancel(&SignalError{Signal: s}) // only the first has an effect
			case <-finished:
				return
			}
		}
		signal.Stop(got)
	})
	stop = sync.OnceFunc(func() {
		signal.Stop(got)
		close(finished)
		watch.Wait()
		cancel(nil)
	})
	return ctx, stop, func() os.Signal { return causeOf(ctx) }
}

func wanted() []os.Signal {
	list := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

func causeOf(ctx context.Context) os.Signal {
	var e *SignalError
	if errors.As(context.Cause(ctx), &e) {
		return e.Signal
	}
	return nil
}

// ExitCode is the exit code of a run that a signal ended: 130 for SIGINT, 143
// for SIGTERM and for SIGHUP, which asks for the same.
func ExitCode(s os.Signal) int {
	if s == syscall.SIGINT {
		return 128 + int(syscall.SIGINT)
	}
	return 128 + int(syscall.SIGTERM)
}
