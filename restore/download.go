package restore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// atOnce is how many pieces are on their way at one time. Each is fetched in
// parts by the store, which bounds connections and memory itself; a few pieces
// keep the wire busy while one of them ends.
const atOnce = 4

// downloads fetches pieces in the order of waves while RMAN works. The first
// failure stops all of it and ends the context that it gives.
type downloads struct {
	get     func(ctx context.Context, r s3store.GetRequest) error
	sink    run.Sink
	dir     string // RESTORE_SOURCE_DIR
	ctx     context.Context
	cancel  context.CancelCauseFunc
	workers sync.WaitGroup
	begun   time.Time

	mu      sync.Mutex // guards what follows
	changed *sync.Cond
	queue   []*download
	all     map[string]*download
	closed  bool
	failed  error
	done    int64 // bytes of finished downloads
	total   int64
}

type download struct {
	use  PieceUse
	here bool // verified and in its place
}

// startDownloads starts the workers. The context that it returns ends with the
// first failed download: there is no point in going on.
func startDownloads(ctx context.Context, d Deps) (*downloads, context.Context) {
	q := &downloads{get: d.Store.GetPiece, sink: d.Sink, dir: d.Config.RestoreDir, all: map[string]*download{}, begun: time.Now()}
	q.changed = sync.NewCond(&q.mu)
	q.ctx, q.cancel = context.WithCancelCause(ctx)
	for range atOnce {
		q.workers.Go(q.work)
	}
	context.AfterFunc(q.ctx, q.wake)
	return q, q.ctx
}

func (q *downloads) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changed.Broadcast()
}

// add queues pieces that are not queued yet.
func (q *downloads) add(uses []PieceUse) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, u := range uses {
		if q.all[u.Piece.Key] == nil {
			item := &download{use: u}
			q.all[u.Piece.Key] = item
			q.queue = append(q.queue, item)
			q.total += u.Piece.Bytes
		}
	}
	slices.SortStableFunc(q.queue, func(a, b *download) int { return cmp.Compare(a.use.Wave, b.use.Wave) })
	q.changed.Broadcast()
}

// wait returns when every queued piece up to a wave is in its place, or with
// the first failure.
func (q *downloads) wait(wave Wave) error {
	return q.waitFor(func() bool { return q.ready(wave) })
}

// waitFor returns when done says so, which is asked again after each download
// and each wake, or with the first failure. The lock is held while it is asked.
func (q *downloads) waitFor(done func() bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.failed != nil {
			return q.failed
		}
		if err := q.ctx.Err(); err != nil {
			return context.Cause(q.ctx)
		}
		if done() {
			return nil
		}
		q.changed.Wait()
	}
}

// holds tells whether all of these objects are in their places; the lock is
// held by the caller.
func (q *downloads) holds(keys []string) bool {
	for _, k := range keys {
		if item := q.all[k]; item == nil || !item.here {
			return false
		}
	}
	return true
}

func (q *downloads) ready(wave Wave) bool {
	for _, item := range q.all {
		if item.use.Wave <= wave && !item.here {
			return false
		}
	}
	return true
}

// stop ends all downloads and waits for the workers.
func (q *downloads) stop() {
	q.mu.Lock()
	q.closed = true
	q.changed.Broadcast()
	q.mu.Unlock()
	q.cancel(nil)
	q.workers.Wait()
}

// work is one worker.
func (q *downloads) work() {
	for {
		item := q.next()
		if item == nil {
			return
		}
		err := q.fetch(item.use)
		q.finish(item, err)
		if err != nil {
			return
		}
	}
}

func (q *downloads) next() *download {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.queue) == 0 && !q.closed && q.ctx.Err() == nil {
		q.changed.Wait()
	}
	if q.closed || q.ctx.Err() != nil {
		return nil
	}
	item := q.queue[0]
	q.queue = q.queue[1:]
	return item
}

func (q *downloads) finish(item *download, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err == nil {
		item.here = true
		q.done += item.use.Piece.Bytes
		q.sink.Emit(run.Event{Type: run.TypeProgress, Progress: &run.Progress{Phase: StepDownload, Done: q.done, Total: q.total,
			Items: q.countHere(), ItemsTotal: len(q.all)}})
	} else if q.failed == nil && q.ctx.Err() == nil {
		q.failed = fmt.Errorf("download %s: %w", item.use.Piece.Key, err)
		q.cancel(q.failed)
	}
	q.changed.Broadcast()
}

func (q *downloads) countHere() int {
	n := 0
	for _, item := range q.all {
		if item.here {
			n++
		}
	}
	return n
}

// fetch brings one piece to its place. It comes in beside the folder that RMAN
// catalogs and moves there whole; a piece that is there already goes the same
// way, so that nothing RMAN sees was not compared with its manifest.
func (q *downloads) fetch(u PieceUse) error {
	in := filepath.Join(incomingDir(q.dir, u.Set), u.Piece.Name)
	for _, dir := range []string{filepath.Dir(in), filepath.Dir(u.Path)} {
		if err := run.MkdirAll(dir); err != nil {
			return err
		}
	}
	if err := os.Rename(u.Path, in); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	q.transfer(u, run.Begun, 0, nil)
	err := q.get(q.ctx, s3store.GetRequest{Piece: u.Piece, Path: in, Progress: func(done int64) { q.transfer(u, run.Running, done, nil) }})
	if err != nil {
		q.transfer(u, run.Failed, 0, err)
		return err
	}
	if err := os.Rename(in, u.Path); err != nil {
		return err
	}
	q.transfer(u, run.Done, u.Piece.Bytes, nil)
	return nil
}

func (q *downloads) transfer(u PieceUse, state run.State, done int64, err error) {
	t := &run.Transfer{Dir: "down", Name: u.Piece.Name, Key: u.Piece.Key, Done: done, Total: u.Piece.Bytes, State: state}
	if err != nil {
		t.Error = run.Clean(err.Error())
	}
	q.sink.Emit(run.Event{Type: run.TypeTransfer, Transfer: t})
}

// fetched is what was downloaded, pieces that were here already excluded.
func (q *downloads) fetched() (bytes int64, pieces int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, item := range q.all {
		if item.here && !item.use.Here {
			bytes += item.use.Piece.Bytes
			pieces++
		}
	}
	return bytes, pieces
}

// failure is the first error of a download.
func (q *downloads) failure() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.failed
}
