package s3store

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// GetRequest asks for one piece to be downloaded.
type GetRequest struct {
	Piece Piece
	Path  string // where it shall be; <Path>.part and <Path>.part.ranges while it comes
	// Progress is called with the bytes that are on disk, from several
	// goroutines, some times a second.
	Progress func(doneBytes int64)
}

// getRounds is how often a piece is downloaded before it is given up.
const getRounds = 3

// GetPiece downloads a piece and returns when Path holds bytes that agree with
// the manifest in size and checksum. An intact file at Path is accepted
// without a download; an interrupted download goes on. *CorruptError when the
// object itself is not what the manifest says.
func (s *Store) GetPiece(ctx context.Context, r GetRequest) error {
	if err := r.Piece.validate(); err != nil {
		return err
	}
	if _, ok := dayOf(s.opt.Prefix, r.Piece.Key); !ok {
		return s.refuse("get piece", r.Piece.Key)
	}
	if intact(r.Path, r.Piece) {
		r.tell(r.Piece.Bytes)
		return nil
	}
	d, err := s.openDownload(r)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.fetch(ctx); err != nil {
		return err
	}
	return d.keep()
}

// keep gives the file its name: it is whole.
func (d *download) keep() error {
	if err := os.Rename(d.f.Name(), d.r.Path); err != nil {
		return err
	}
	return os.Remove(d.ranges.path)
}

func (r GetRequest) tell(done int64) {
	if r.Progress != nil {
		r.Progress(done)
	}
}

// intact reports whether a regular file at path is the piece.
func intact(path string, p Piece) bool {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != p.Bytes {
		return false
	}
	crc, sha, err := hashFile(f, p.SHA256 != "")
	return err == nil && crcText(crc) == p.CRC64NVME && sha == p.SHA256
}

// download is one GetPiece under way.
type download struct {
	s      *Store
	r      GetRequest
	want   uint64
	f      *os.File // <Path>.part
	ranges *rangeLog
	done   atomic.Int64
	told   atomic.Int64
}

// openDownload opens the file that grows, and takes up what an earlier
// download left in it.
func (s *Store) openDownload(r GetRequest) (*download, error) {
	want, _ := parseCRC(r.Piece.CRC64NVME)
	d := &download{s: s, r: r, want: want}
	var err error
	d.f, err = os.OpenFile(r.Path+".part", os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	if err = d.f.Truncate(r.Piece.Bytes); err == nil {
		d.ranges, err = openRanges(r.Path+".part.ranges", rangeHead{
			Version: rangesVersion, Key: r.Piece.Key, Size: r.Piece.Bytes, CRC: r.Piece.CRC64NVME, Step: s.opt.part,
		}, d.f)
	}
	if err != nil {
		d.f.Close()
		return nil, err
	}
	return d, nil
}

func (d *download) close() {
	d.f.Close()
	d.ranges.close()
}

// fetch downloads until what is on disk has the checksum of the manifest. The
// same wrong checksum twice is the object's own.
func (d *download) fetch(ctx context.Context) error {
	var last uint64
	for round := 1; ; round++ {
		got, err := d.fetchMissing(ctx)
		if err != nil {
			return err
		}
		if got == d.want {
			return d.checkSHA()
		}
		if round > 1 && got == last || round == getRounds || d.storeAgrees(ctx, got) {
			d.forgetAll()
			return d.corrupt("CRC64NVME "+d.r.Piece.CRC64NVME, "CRC64NVME "+crcText(got))
		}
		last = got
		if err := d.ranges.reset(); err != nil {
			return err
		}
	}
}

// storeAgrees reports whether the store's own checksum of the object is the
// wrong one that was found, so that a second download would tell nothing new.
func (d *download) storeAgrees(ctx context.Context, got uint64) bool {
	h, err := d.s.head(ctx, "get piece", d.r.Piece.Key)
	return err == nil && h.crc == crcText(got)
}

func (d *download) checkSHA() error {
	if d.r.Piece.SHA256 == "" {
		return nil
	}
	_, sha, err := hashFile(d.f, true)
	if err == nil && sha != d.r.Piece.SHA256 {
		d.forgetAll()
		return d.corrupt("SHA-256 "+d.r.Piece.SHA256, "SHA-256 "+sha)
	}
	return err
}

// forgetAll drops what was downloaded: it is not worth resuming.
func (d *download) forgetAll() {
	_ = os.Remove(d.f.Name())
	_ = os.Remove(d.ranges.path)
}

func (d *download) corrupt(want, have string) error {
	return &CorruptError{Key: d.r.Piece.Key, Want: want, Have: have}
}

// fetchMissing downloads the ranges that are not on disk, several at a time,
// and returns the checksum of the whole.
func (d *download) fetchMissing(ctx context.Context) (uint64, error) {
	size := d.r.Piece.Bytes
	d.done.Store(d.ranges.bytes())
	g, gctx := errgroup.WithContext(ctx)
	for n := int64(0); n*d.s.opt.part < size; n++ {
		if d.ranges.has(int(n)) {
			continue
		}
		if err := d.s.slots.acquire(gctx); err != nil {
			break // gctx tells why
		}
		g.Go(func() error {
			defer d.s.slots.release()
			return d.fetchRange(gctx, n)
		})
	}
	err := g.Wait()
	switch {
	case ctx.Err() != nil:
		return 0, context.Cause(ctx)
	case err == nil:
		d.r.tell(size)
		return d.ranges.whole(), nil
	}
	return 0, err
}

func (d *download) fetchRange(ctx context.Context, n int64) error {
	step := d.s.opt.part
	off := n * step
	size := min(step, d.r.Piece.Bytes-off)
	write := func(at int64, b []byte) error {
		_, err := d.f.WriteAt(b, at)
		d.progress(int64(len(b)))
		return err
	}
	crc, err := d.s.fetchRange(ctx, fetchSpec{d.r.Piece.Key, d.r.Piece.Bytes, off, size}, write)
	if err != nil {
		return err
	}
	return d.ranges.add(int(n), crc)
}

func (d *download) progress(n int64) {
	done := d.done.Add(n)
	now, last := time.Now().UnixNano(), d.told.Load()
	if now-last > int64(100*time.Millisecond) && d.told.CompareAndSwap(last, now) {
		d.r.tell(done)
	}
}

// sizeError is the size of an object that is not the expected one.
func sizeError(key string, want, have int64) error {
	return &CorruptError{Key: key, Want: fmt.Sprintf("size %d", want), Have: fmt.Sprintf("size %d", have)}
}
