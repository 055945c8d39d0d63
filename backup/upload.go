package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// pieceWorkers is how many pieces are uploaded at once. The parts of all of
// them share the store's limit of parts in flight; two pieces keep that limit
// used while one of them is being opened or confirmed.
const pieceWorkers = 4

// putter is what the uploaders need of the store.
type putter interface {
	PutPiece(ctx context.Context, r s3store.PutRequest) (s3store.PutResult, error)
}

// uploader sends pieces to S3 while RMAN writes the next ones. It owns its
// goroutines; drain waits for them.
type uploader struct {
	store   putter
	track   *tracker
	state   *state
	sink    run.Sink
	key     func(name string) string
	resume  string // folder of the journalled multipart uploads
	pressed func() bool
	nice    int // see standBack

	mu     sync.Mutex // guards queue, closed, err, gone
	cond   *sync.Cond
	queue  []*staged
	closed bool
	err    error
	gone   error // a piece left staging before it was read

	wg sync.WaitGroup
}

// start begins the workers; they end after drain.
func (u *uploader) start(ctx context.Context) {
	u.cond = sync.NewCond(&u.mu)
	for range pieceWorkers {
		u.wg.Go(func() { u.work(ctx) })
	}
}

// push queues a piece; it never blocks RMAN's reader.
func (u *uploader) push(p *staged) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.queue = append(u.queue, p)
	u.cond.Signal()
}

// drain waits until every queued piece is sent or failed, and returns the
// first error. No piece may be pushed after it.
func (u *uploader) drain() error {
	u.mu.Lock()
	u.closed = true
	u.cond.Broadcast()
	u.mu.Unlock()
	u.wg.Wait()
	return u.failure()
}

func (u *uploader) failure() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.err
}

func (u *uploader) next() *staged {
	u.mu.Lock()
	defer u.mu.Unlock()
	for len(u.queue) == 0 && !u.closed {
		u.cond.Wait()
	}
	if len(u.queue) == 0 {
		return nil
	}
	p := u.queue[0]
	u.queue = u.queue[1:]
	return p
}

func (u *uploader) work(ctx context.Context) {
	standBack(u.nice)
	for p := u.next(); p != nil; p = u.next() {
		if u.failure() != nil || ctx.Err() != nil {
			u.fail(context.Cause(ctx))
			continue
		}
		if err := u.send(ctx, p); err != nil {
			u.fail(err)
		}
	}
}

func (u *uploader) fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.err == nil {
		u.err = err
	}
}

// send uploads one piece, makes its confirmation durable, and only then lets
// it be removed from staging.
func (u *uploader) send(ctx context.Context, p *staged) error {
	key := u.key(p.Name)
	u.emitTransfer(p, key, run.Begun, 0, nil)
	res, err := u.store.PutPiece(ctx, s3store.PutRequest{
		Path:       filepath.Join(u.track.dir, p.Name),
		Key:        key,
		ExpectSize: p.Bytes,
		ResumeFile: filepath.Join(u.resume, p.Name+".json"),
		Progress:   func(done int64) { u.emitTransfer(p, key, run.Running, done, nil) },
	})
	if err != nil {
		u.emitTransfer(p, key, run.Failed, 0, err)
		if u.vanished(p, err) {
			return nil
		}
		return fmt.Errorf("upload %s: %w", p.Name, err)
	}
	u.track.confirm(p, key, res.Bytes, res.CRC64NVME, res.SHA256)
	rec := record{Rec: "confirmed", Name: p.Name, Key: key, Handle: p.Handle, Bytes: res.Bytes, CRC: res.CRC64NVME, SHA: res.SHA256}
	if err := u.state.append(rec); err != nil {
		return err
	}
	u.emitTransfer(p, key, run.Done, res.Bytes, nil)
	u.sink.Emit(run.Event{Type: run.TypeMark, Mark: &run.Mark{Name: "piece-confirmed", Data: map[string]string{"name": p.Name}}})
	u.emitPiece(p, run.Uploaded)
	return u.sweep(u.pressed())
}

// vanished notes a piece that is not there any more. RMAN removes the pieces of
// a set whose channel failed; whether that is what happened is known when RMAN
// has ended.
func (u *uploader) vanished(p *staged, err error) bool {
	if _, serr := os.Lstat(filepath.Join(u.track.dir, p.Name)); !errors.Is(serr, fs.ErrNotExist) {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.gone == nil {
		u.gone = fmt.Errorf("upload %s: %w", p.Name, err)
	}
	return true
}

// lost is the error of the first piece that vanished.
func (u *uploader) lost() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.gone
}

// sweep removes from staging what may go; pressure says that room is needed.
func (u *uploader) sweep(pressure bool) error {
	var errs []error
	for _, p := range u.track.removable(pressure) {
		if err := os.Remove(filepath.Join(u.track.dir, p.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("remove %s from staging: %w", p.Name, err))
			continue
		}
		u.track.markRemoved(p)
		u.emitPiece(p, run.Removed)
	}
	return errors.Join(errs...)
}

func (u *uploader) emitTransfer(p *staged, key string, st run.State, done int64, err error) {
	t := &run.Transfer{Dir: "up", Name: p.Name, Key: key, Done: done, Total: p.Bytes, State: st}
	if err != nil {
		t.Error = run.Clean(err.Error())
	}
	u.sink.Emit(run.Event{Type: run.TypeTransfer, Transfer: t})
}

func (u *uploader) emitPiece(p *staged, st run.State) {
	u.sink.Emit(run.Event{Type: run.TypePiece, Piece: &run.Piece{
		Name: p.Name, Handle: run.Clean(p.Handle), Channel: p.Channel, Tag: run.Clean(p.Tag), Bytes: p.Bytes, State: st,
	}})
}
