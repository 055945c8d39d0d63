package harness

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/s3fault"
	"orabak-tui/restore"
)

// TestOutage: S3 is gone in the middle of a run, long enough for the run to give
// up; and for some minutes, which it sits out.
func TestOutage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 320)
	w.batch("full")
	for n, op := range []s3fault.Operation{s3fault.PutObject, s3fault.UploadPart, s3fault.CompleteMultipartUpload}[:1+2*oneIf(*long)] {
		w.work(6)
		if err := w.outage(w.engine("full"), op); err != nil {
			w.clear(gust{storm: storm{name: "outage"}}, err)
		}
		w.recover("full", n)
		w.check("S3: outage in mid run")
		w.work(6)
		e, _ := w.patient("full", 7*time.Minute)
		if err := w.outage(e, op); err != nil {
			t.Errorf("an outage of minutes was not sat out: %v\n%s", err, w.lastRun())
		}
		w.check("S3: outage of minutes in mid run")
	}
	w.work(6)
	w.batch("archivelog", 0, 3)
	before, end := w.lose(oradb.LoseEverything)
	e, waited := w.patient("restore", 7*time.Minute)
	e.heard = atMark("downloading", w.proxy.Down)
	if _, err := e.restore(t.Context(), restore.Request{Mode: restore.ModeIncremental, Confirm: sid}); err != nil {
		t.Errorf("a restore did not sit an outage of minutes out: %v\n%s", err, w.lastRun())
	}
	if waited.Load() < int64(7*time.Minute) {
		t.Errorf("there was no outage: %v", time.Duration(waited.Load()))
	}
	w.proves("S3: outage of minutes in mid restore", before, end)
	w.batch("full", 0, 3)
	w.check("S3: outage of minutes in mid restore")
}

// outage takes the store away at the second request of a kind.
func (w *world) outage(e *engine, op s3fault.Operation) error {
	w.t.Helper()
	asked := w.proxy.Count(op)
	done := make(chan error, 1)
	go func() {
		_, err := e.run(w.t.Context())
		done <- err
	}()
	w.eventually("the run to reach "+string(op), func() bool { return w.proxy.Count(op) > asked })
	w.proxy.Down()
	err := <-done
	w.proxy.Up()
	return err
}

// patient is an engine as it is outside of tests, but for its clock: a wait of a
// minute passes at once. When that much of waiting has passed during an outage,
// the outage ends.
func (w *world) patient(kind string, outage time.Duration) (e *engine, waited *atomic.Int64) {
	e, waited = w.engine(kind), new(atomic.Int64)
	e.store.RetryBudget = 0 // as it comes
	e.store.Now = func() time.Time { return time.Now().Add(time.Duration(waited.Load())) }
	e.store.Sleep = func(ctx context.Context, d time.Duration) error {
		if waited.Add(int64(d)) >= int64(outage) {
			w.proxy.Up()
		}
		return ctx.Err()
	}
	return e, waited
}

// TestStoreClockSkew: the store's clock and this host's part in mid run, beyond
// what S3 bears. The run corrects itself or says that the clock is wrong.
func TestStoreClockSkew(t *testing.T) {
	t.Parallel()
	const fault = "S3: the store's clock is another"
	w := newWorld(t, 330)
	w.batch("full")
	for n, skew := range w.some([]string{"20m", "-20m", "26h"}, 1) {
		w.work(6)
		d, err := time.ParseDuration(skew)
		must(t, err)
		e := w.engine(kinds[n%3])
		e.heard = atMark("rman-begin:1", func() { w.skew.Store(int64(d)) })
		_, err = e.run(t.Context())
		w.tell("skew of %s in mid run: %v", skew, err)
		w.skew.Store(0)
		if err != nil {
			w.clear(gust{storm: storm{name: fault}}, err)
			if !strings.Contains(err.Error(), "clock") {
				t.Errorf("the error does not speak of the clock: %v", err)
			}
			w.recover(kinds[n%3], n)
		}
		w.check(fault)
		w.skew.Store(int64(d))
		if e := w.batch("check", 0, 1, 3); !strings.Contains(e.out+e.err, "clock") {
			t.Errorf("check does not tell of the clock: %v", e)
		}
		w.skew.Store(0)
	}
}

// TestDuplicateComplete: the answer to a commit or a complete is lost each time
// it is asked for again, or comes as a refusal although the store did it.
func TestDuplicateComplete(t *testing.T) {
	t.Parallel()
	const fault = "S3: done, and done again"
	w := newWorld(t, 335)
	w.batch("full")
	for n, r := range []s3fault.Rule{
		{Op: s3fault.CompleteMultipartUpload, Times: 3, Fault: s3fault.LoseAnswer()},
		{Op: s3fault.PutObject, Path: "/catalog/", Times: 3, Fault: s3fault.LoseAnswer()},
		{Op: s3fault.PutObject, Path: "HARN_", Times: 3, Fault: s3fault.LoseAnswer()},
	} {
		w.work(4)
		calm := w.proxy.Add(r)
		_, err := w.engine("full").run(t.Context())
		calm()
		if err != nil {
			t.Errorf("%v %s: %v\n%s", r.Op, r.Path, err, w.lastRun())
			w.recover("full", n)
		}
		w.check(fault)
	}
}
