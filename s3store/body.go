package s3store

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// chunkSource hands out the bytes [off, off+n) of a part. The result is valid
// until the next call.
type chunkSource func(off int64, n int) ([]byte, error)

// bytesSource serves a part that lies in memory.
func bytesSource(b []byte) chunkSource {
	return func(off int64, n int) ([]byte, error) { return b[off : off+int64(n)], nil }
}

// sectionSource serves a part that is too large for memory from the file, in
// steps of one buffer.
func sectionSource(f io.ReaderAt, start int64, buf []byte) chunkSource {
	return func(off int64, n int) ([]byte, error) {
		b := buf[:min(n, len(buf))]
		_, err := f.ReadAt(b, start+off)
		if err == io.EOF {
			err = ErrChanged
		}
		return b, err
	}
}

// sendBody is the body of one attempt to upload a part. It grants bytes under
// the upload limit and tells the watchdog that something moves. Only one
// goroutine, net/http's writer, reads it.
type sendBody struct {
	ctx   context.Context
	from  chunkSource
	size  int64
	limit *limiter
	moved func(n int) // bytes handed to the connection

	pos    int64
	failed error
	begun  atomic.Bool
	once   sync.Once
	closed chan struct{}
}

func newSendBody(ctx context.Context, from chunkSource, size int64, l *limiter, moved func(int)) *sendBody {
	return &sendBody{ctx: ctx, from: from, size: size, limit: l, moved: moved, closed: make(chan struct{})}
}

// next returns up to n more bytes, io.EOF at the end.
func (b *sendBody) next(n int) ([]byte, error) {
	n = int(min(int64(b.limit.chunk(n)), b.size-b.pos))
	if n <= 0 {
		return nil, io.EOF
	}
	if err := b.limit.wait(b.ctx, n); err != nil {
		return nil, err
	}
	chunk, err := b.from(b.pos, n)
	if err != nil {
		b.failed = err
		return nil, err
	}
	b.pos += int64(len(chunk))
	b.moved(len(chunk))
	return chunk, nil
}

// Read serves the first bytes, which net/http sends along with the header, and
// connections that are not ours, through a proxy.
func (b *sendBody) Read(p []byte) (int, error) {
	chunk, err := b.next(len(p))
	return copy(p, chunk), err
}

// Close is called by net/http when it will read no more.
func (b *sendBody) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

func (b *sendBody) begin() { b.begun.Store(true) }

// settle waits until the connection has let go of the bytes, so that their
// buffer may be used again, and returns a failure to read them. The attempt's
// context must be done.
func (b *sendBody) settle() error {
	if !b.begun.Load() {
		return nil
	}
	<-b.closed
	if errors.Is(b.failed, ErrChanged) || isFileError(b.failed) {
		return b.failed
	}
	return nil
}

func isFileError(err error) bool {
	var p *os.PathError
	return errors.As(err, &p)
}

// errStalled is the cause of an attempt that was cut because nothing moved.
var errStalled = errors.New("no byte moved for too long")

// watchdog cancels an attempt in which nothing moves.
type watchdog struct {
	patience time.Duration
	timer    *time.Timer
	cancel   context.CancelCauseFunc
	small    int
}

// enough is the number of bytes that count as movement on the way down; a
// trickle below it in a whole stall timeout is a stall.
const enough = 64 << 10

// watch returns a context that ends when beat was not called for that long.
func watch(ctx context.Context, patience time.Duration) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watchdog{patience: patience, cancel: cancel}
	w.timer = time.AfterFunc(patience, func() { cancel(errStalled) })
	return ctx, w
}

func (w *watchdog) beat() { w.timer.Reset(w.patience) }

// trickle counts n bytes and beats when they are enough.
func (w *watchdog) trickle(n int) {
	if w.small += n; w.small >= enough {
		w.small = 0
		w.beat()
	}
}

// reader is r, watched.
func (w *watchdog) reader(r io.Reader) io.Reader { return watched{r, w} }

type watched struct {
	r   io.Reader
	dog *watchdog
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.dog.trickle(n)
	return n, err
}

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(nil)
}
