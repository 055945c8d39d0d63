package rman

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
)

// How often the instance is asked how far the channels are: soon, so that short
// steps are seen at all, then every few seconds, each of which costs the
// instance a session. After some failures in a row nobody asks any more.
const (
	longopsFirst  = time.Second
	longopsEvery  = 5 * time.Second
	longopsTries  = 5
	longopsSlack  = 5 * time.Second // what clocks and the start of a channel may differ
	unknownColumn = "ORA-00904"
	unknownView   = "ORA-00942"
)

// Longopser is asked how far RMAN's sessions are; *oracle.Instance is one.
type Longopser interface {
	Longops(ctx context.Context) ([]oracle.Longop, error)
}

// Watch asks, beside RMAN, how far the channels are that the narrator has heard
// of, and emits events of type longops, until stop is called. It never fails
// and stop never waits: after it nothing is emitted any more. blockSize is that
// of the datafiles in bytes, 0 when it is not known.
//
// Who cannot be asked, because from is no Longopser, is not.
func (n *Narrator) Watch(ctx context.Context, from any, blockSize int64) (stop func()) {
	asked, ok := from.(Longopser)
	if !ok {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{n: n, from: asked, blockSize: blockSize, pause: pause}
	go w.run(ctx)
	return func() {
		cancel()
		n.mu.Lock() // what is being emitted is emitted
		defer n.mu.Unlock()
	}
}

// watch is one Watch under way.
type watch struct {
	n         *Narrator
	from      Longopser
	blockSize int64
	pause     func(context.Context, time.Duration) error
}

// pause waits, or returns why not.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// run asks until the context ends or asking turns out to be of no use.
func (w *watch) run(ctx context.Context) {
	failures := 0
	for wait := longopsFirst; w.pause(ctx, wait) == nil; wait = longopsEvery {
		if !w.n.connected() {
			continue // no channel, nothing to ask for
		}
		ops, err := w.from.Longops(ctx)
		switch {
		case err == nil:
			failures = 0
			w.n.longops(ctx, ops, w.blockSize)
		case hopeless(err):
			return
		default:
			if failures++; failures == longopsTries {
				return
			}
		}
	}
}

// hopeless tells that the instance has no such view, and will not have one.
func hopeless(err error) bool {
	var e *oracle.Error
	return errors.As(err, &e) && (e.Code == unknownView || e.Code == unknownColumn)
}

// talker is a channel's session, as far as the output told.
type talker struct {
	sid   int
	since time.Time
}

// connected tells whether any channel's session is known.
func (n *Narrator) connected() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.sessions) > 0
}

// longops emits the part of an answer that is about our channels. What began
// before a channel's session did belongs to a session that had its number
// before.
func (n *Narrator) longops(ctx context.Context, ops []oracle.Longop, blockSize int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	var all []run.Longop
	for _, name := range slices.Sorted(maps.Keys(n.sessions)) {
		s := n.sessions[name]
		if op, ok := newest(ops, s.sid, n.now().Sub(s.since)+longopsSlack); ok {
			all = append(all, run.Longop{Channel: name, SID: s.sid, Op: run.Clean(op.Op), Done: min(op.Done, op.Total), Total: op.Total,
				BlockSize: blockOf(op.Op, blockSize), Left: int64(op.Left / time.Second)})
		}
	}
	if len(all) > 0 {
		n.sink.Emit(run.Event{Type: run.TypeLongops, Longops: &run.Longops{Channels: all}})
	}
}

// blockOf is the size of the blocks that an operation counts: those of archived
// logs are not those of datafiles.
func blockOf(op string, datafiles int64) int64 {
	if strings.Contains(op, "datafile") {
		return datafiles
	}
	return 0
}

// newest is what a session began last, if it is not older than that.
func newest(ops []oracle.Longop, sid int, most time.Duration) (best oracle.Longop, ok bool) {
	for _, op := range ops {
		if op.SID == sid && op.Age <= most && (!ok || op.Age < best.Age) {
			best, ok = op, true
		}
	}
	return best, ok
}
