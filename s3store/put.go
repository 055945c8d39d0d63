package s3store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// PutRequest asks for one piece to be uploaded.
type PutRequest struct {
	Path       string // a regular file that nobody writes any more
	Key        string // from PieceKey
	ExpectSize int64  // bytes; 0: whatever the file has
	// ResumeFile, when not empty, is where a multipart upload is journalled;
	// with it a later PutPiece of the same file goes on where this one
	// stopped, even after kill -9. Removed on success.
	ResumeFile string
	// Progress is called with the bytes handed to the network so far, from
	// several goroutines, some times a second. It goes back when a part must
	// be sent again.
	Progress func(doneBytes int64)
}

// PutResult says what was stored and confirmed.
type PutResult struct {
	Bytes       int64
	CRC64NVME   string // base64, as manifests have it
	SHA256      string // base64; only with Options.Checksum sha256
	ETag        string
	Parts       int
	Retries     int
	ResentBytes int64 // sent again by this call because an attempt failed
	Accepted    bool  // the object was there already with this content
}

// putRounds is how often a piece is uploaded anew when what arrived is not
// what was sent, on stores that do not check it themselves.
const putRounds = 3

// PutPiece uploads a file and returns after the store has confirmed size and
// checksum. It never overwrites: ErrExists when the key holds other content.
// ErrChanged when the file changed meanwhile. After any other error the same
// call may be made again.
func (s *Store) PutPiece(ctx context.Context, r PutRequest) (PutResult, error) {
	if !s.isPieceKey(r.Key) {
		return PutResult{}, s.refuse("put piece", r.Key)
	}
	caps, err := s.capabilities(ctx)
	if err != nil {
		return PutResult{}, err
	}
	u, err := s.openUpload(r, caps)
	if err != nil {
		return PutResult{}, err
	}
	defer u.f.Close()
	for round := 1; ; round++ {
		err = u.put(ctx)
		if !errors.Is(err, errDiffers) {
			return u.result(), err
		}
		// It was this call that stored it, under a key that no manifest names.
		if dropErr := s.deleteKeys(ctx, "drop corrupt piece", []string{r.Key}); dropErr != nil || round == putRounds {
			return u.result(), u.failed(ErrCorrupt, err)
		}
	}
}

// refuse is the error for a key that is not one of ours.
func (s *Store) refuse(op, key string) error {
	return &Error{
		Op: op, Bucket: s.opt.Bucket, Key: s.scrub(key), Kind: ErrInvalid,
		Err: errors.New("not the key of a piece under the prefix"),
	}
}

// upload is one PutPiece under way.
type upload struct {
	s     *Store
	r     PutRequest
	f     *os.File
	begin fs.FileInfo
	caps  Capabilities

	whole    content
	etag     string
	parts    int
	accepted bool
	retries  atomic.Int64
	resent   atomic.Int64
	done     atomic.Int64 // bytes handed to the network
	told     atomic.Int64 // when Progress was last called, in nanoseconds
}

// openUpload opens the file, refusing what is no regular file: a symbolic link
// in staging could send anything away.
func (s *Store) openUpload(r PutRequest, caps Capabilities) (*upload, error) {
	f, err := os.OpenFile(r.Path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	u := &upload{s: s, r: r, f: f, caps: caps}
	u.begin, err = f.Stat()
	switch {
	case err == nil && !u.begin.Mode().IsRegular():
		err = &fs.PathError{Op: "upload", Path: r.Path, Err: errors.New("not a regular file")}
	case err == nil && r.ExpectSize > 0 && u.begin.Size() != r.ExpectSize:
		err = fmt.Errorf("%w: %s has %d bytes, not %d as reported", ErrChanged, r.Path, u.begin.Size(), r.ExpectSize)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	sequential(f)
	return u, nil
}

func (u *upload) put(ctx context.Context) error {
	u.done.Store(0)
	u.whole = content{size: u.begin.Size()}
	if u.whole.size <= u.s.opt.part {
		return u.single(ctx)
	}
	return u.multipart(ctx)
}

func (u *upload) result() PutResult {
	return PutResult{
		Bytes: u.whole.size, CRC64NVME: crcText(u.whole.crc), SHA256: u.whole.sha256, ETag: u.etag,
		Parts: u.parts, Retries: int(u.retries.Load()), ResentBytes: u.resent.Load(), Accepted: u.accepted,
	}
}

func (u *upload) failed(kind, reason error) error {
	return &Error{
		Op: "put piece", Bucket: u.s.opt.Bucket, Key: u.r.Key, Kind: kind,
		Err: errors.New(reason.Error()), Remedy: remedies[kind],
	}
}

// present looks whether the object is there before anything is sent: where it
// is, the file is only read, in parts of partSize.
func (u *upload) present(ctx context.Context, partSize int64) (bool, error) {
	h, err := u.s.head(ctx, "put piece", u.r.Key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if h.size != u.whole.size {
		return false, u.failed(ErrExists, fmt.Errorf("it has %d bytes, the file %d", h.size, u.whole.size))
	}
	if err := u.readAll(ctx, partSize); err != nil {
		return false, err
	}
	u.accepted, err = u.compare(ctx)
	return u.accepted, err
}

// readAll hashes the file without sending it.
func (u *upload) readAll(ctx context.Context, partSize int64) error {
	buf := u.s.chunks.get()
	defer u.s.chunks.put(buf)
	h := u.newHashes()
	for n, off := 1, int64(0); off < u.whole.size; n, off = n+1, off+partSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, err := u.readPart(n, off, min(partSize, u.whole.size-off), buf, h); err != nil {
			return err
		}
	}
	u.whole = h.content(u.whole.size, u.whole.size > u.s.opt.part)
	return u.unchanged()
}

// compare looks whether the key is taken: there is true and err nil when it
// holds this content, and an error of kind ErrExists tells that it holds
// another.
func (u *upload) compare(ctx context.Context) (there bool, err error) {
	h, err := u.s.confirm(ctx, u.r.Key, u.whole)
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case errors.Is(err, errDiffers):
		return false, u.failed(ErrExists, err)
	case err != nil:
		return false, err
	}
	u.etag = h.etag
	return true, nil
}

// unchanged compares the file with what it was when it was opened.
func (u *upload) unchanged() error {
	now, err := u.f.Stat()
	if err != nil {
		return err
	}
	if now.Size() != u.begin.Size() || !now.ModTime().Equal(u.begin.ModTime()) {
		return fmt.Errorf("%w: %s; upload it when RMAN has closed it", ErrChanged, u.r.Path)
	}
	return nil
}

// progress counts bytes and tells now and then.
func (u *upload) progress(n int64) {
	done := u.done.Add(n)
	if u.r.Progress == nil {
		return
	}
	now, last := time.Now().UnixNano(), u.told.Load()
	if (now-last > int64(100*time.Millisecond) || done == u.whole.size) && u.told.CompareAndSwap(last, now) {
		u.r.Progress(done)
	}
}
