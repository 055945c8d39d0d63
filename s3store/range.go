package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/minio/crc64nvme"
)

// fetchSpec is a range of an object whose size is known.
type fetchSpec struct {
	key   string
	whole int64 // bytes of the object
	off   int64
	size  int64
}

// fetchRange downloads a range in steps, hands each to sink and returns the
// checksum of the range. A try that breaks off is continued where it stopped.
func (s *Store) fetchRange(ctx context.Context, f fetchSpec, sink func(off int64, b []byte) error) (uint64, error) {
	r := &rangeReader{s: s, fetchSpec: f, sink: sink, buf: s.chunks.get()}
	defer s.chunks.put(r.buf)
	err := s.retryFor(ctx, subject{"get piece", f.key}, s.opt.RetryBudget, nil, r.attempt)
	switch {
	case errors.Is(err, errRange):
		return 0, sizeError(f.key, f.whole, s.sizeNow(ctx, f))
	case err == nil:
		s.slots.went()
	}
	return r.crc, err
}

// sizeNow asks for the size of an object that turned out shorter.
func (s *Store) sizeNow(ctx context.Context, f fetchSpec) int64 {
	h, err := s.head(ctx, "get piece", f.key)
	if err != nil {
		return f.off
	}
	return h.size
}

// rangeReader is a range being downloaded.
type rangeReader struct {
	s *Store
	fetchSpec
	sink func(off int64, b []byte) error
	buf  []byte
	got  int64
	crc  uint64
}

// attempt asks for what is missing and reads it until it is there or breaks
// off.
func (r *rangeReader) attempt(ctx context.Context) error {
	ctx, dog := watch(ctx, r.s.opt.StallTimeout)
	defer dog.stop()
	from, to := r.off+r.got, r.off+r.size-1
	out, err := r.s.api.GetObject(ctx, &s3.GetObjectInput{
		Bucket: r.s.bucket(), Key: &r.key, Range: new(fmt.Sprintf("bytes=%d-%d", from, to)),
	})
	if err != nil {
		return stalled(ctx, err)
	}
	defer out.Body.Close()
	if err := r.check(out, from, to); err != nil {
		return err
	}
	return stalled(ctx, r.read(out.Body, dog))
}

// check compares what the store is about to send with what was asked for.
func (r *rangeReader) check(out *s3.GetObjectOutput, from, to int64) error {
	text := aws.ToString(out.ContentRange)
	if text == "" { // the whole object, from a store that ignores ranges
		if n := aws.ToInt64(out.ContentLength); n != r.whole {
			return sizeError(r.key, r.whole, n)
		}
		if from == 0 && to == r.whole-1 {
			return nil
		}
		return r.unusable("it ignores ranges")
	}
	span, total, _ := strings.Cut(strings.TrimPrefix(text, "bytes "), "/")
	if n, err := strconv.ParseInt(total, 10, 64); err == nil && n != r.whole {
		return sizeError(r.key, r.whole, n)
	}
	if span != fmt.Sprintf("%d-%d", from, to) {
		return r.unusable("it sent another range: " + text)
	}
	return nil
}

func (r *rangeReader) unusable(why string) error {
	return &Error{Op: "get piece", Bucket: r.s.opt.Bucket, Key: r.key, Kind: ErrInvalid, Err: errors.New(r.s.scrub(why))}
}

func (r *rangeReader) read(body io.Reader, dog *watchdog) error {
	for r.got < r.size {
		want := min(int64(len(r.buf)), r.size-r.got)
		n, err := io.ReadAtLeast(body, r.buf[:want], int(min(want, readStep/2)))
		if n > 0 {
			r.crc = crc64nvme.Update(r.crc, r.buf[:n])
			if err := r.sink(r.off+r.got, r.buf[:n]); err != nil {
				return err
			}
			r.got += int64(n)
			dog.trickle(n)
		}
		if err != nil && r.got < r.size {
			return err
		}
	}
	return nil
}
