package s3fault_test

import (
	"context"
	"testing"
	"time"

	"orabak-tui/internal/s3fault"
)

func TestInFlight(t *testing.T) {
	f := setup(t, 1)
	if n := f.InFlight(); n != 0 {
		t.Fatalf("%d requests before any", n)
	}
	f.Add(s3fault.Rule{Op: s3fault.GetObject, Fault: s3fault.Stall()})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = get(ctx, f.c, "stalls")
	}()
	until := func(n int) {
		t.Helper()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for f.InFlight() != n {
			<-tick.C
		}
	}
	until(1)
	cancel()
	<-done
	until(0)
}
