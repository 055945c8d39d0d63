package s3store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/minio/crc64nvme"
	"golang.org/x/sync/errgroup"
)

// hashFile reads a whole file; sha is empty unless asked for.
func hashFile(f *os.File, withSHA bool) (crc uint64, sha string, err error) {
	h := sha256.New()
	buf := make([]byte, readStep)
	for off := int64(0); ; {
		n, err := f.ReadAt(buf, off)
		crc = crc64nvme.Update(crc, buf[:n])
		if withSHA {
			h.Write(buf[:n])
		}
		off += int64(n)
		switch {
		case err == io.EOF && withSHA:
			return crc, base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
		case err == io.EOF:
			return crc, "", nil
		case err != nil:
			return crc, "", err
		}
	}
}

// hashed is what reading an object back gave.
type hashed struct {
	crc    uint64
	sha256 string
}

// hashObject reads an object of that size from the bucket and hashes it. With
// SHA-256 it is read in order, otherwise in parallel ranges.
func (s *Store) hashObject(ctx context.Context, key string, size int64, withSHA bool, progress func(int64)) (hashed, error) {
	sha := sha256.New()
	step := s.opt.part
	count := int((size + step - 1) / step)
	crcs := make([]uint64, count)
	g, gctx := errgroup.WithContext(ctx)
	if withSHA {
		g.SetLimit(1)
	}
	var mu sync.Mutex
	sink := func(_ int64, b []byte) error {
		if withSHA {
			sha.Write(b)
		}
		if progress != nil {
			mu.Lock()
			defer mu.Unlock()
			progress(int64(len(b)))
		}
		return nil
	}
	for n := range count {
		if err := s.slots.acquire(gctx); err != nil {
			break
		}
		off := int64(n) * step
		g.Go(func() (err error) {
			defer s.slots.release()
			crcs[n], err = s.fetchRange(gctx, fetchSpec{key, size, off, min(step, size-off)}, sink)
			return err
		})
	}
	if err := errors.Join(g.Wait(), ctx.Err()); err != nil {
		return hashed{}, err
	}
	h := hashed{crc: joinRanges(crcs, size, step)}
	if withSHA {
		h.sha256 = base64.StdEncoding.EncodeToString(sha.Sum(nil))
	}
	return h, nil
}

// joinRanges joins the checksums of consecutive ranges of step bytes.
func joinRanges(crcs []uint64, size, step int64) uint64 {
	var whole uint64
	for n, crc := range crcs {
		whole = crcJoin(whole, crc, min(step, size-int64(n)*step))
	}
	return whole
}
