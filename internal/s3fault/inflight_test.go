package s3fault_test

import (
	"context"
	"testing"
	"time"

	"orabak-tui/internal/s3fault"
)

func TestInFlight(t *testing.T) {
	f := setup(t, 1)
	until := func(n int) {
		t.Helper()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for f.InFlight() != n {
			<-tick.C
		}
	}
	until(0) // the request that made the bucket counts for a moment after its answer
	f.Add(s3fault.Rule{Op: s3fault.GetObject, Fault: s3fault.Stall()})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = get(ctx, f.c, "stalls")
	}()
	until(1)
	cancel()
	<-done
	until(0)
}
