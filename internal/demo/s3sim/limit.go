package s3sim

import (
	"context"
	"io"

	"golang.org/x/time/rate"
)

// limitStep is the most that a limited stream moves at once: small enough that
// a slow rate looks like a slow line and not like a stuttering one.
const limitStep = 64 << 10

func limiter(bytesPerSecond int64) *rate.Limiter {
	if bytesPerSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(bytesPerSecond), limitStep)
}

type limitedReader struct {
	ctx   context.Context
	r     io.Reader
	limit *rate.Limiter
}

// limited slows r down to limit, or returns it as it is where there is none.
func limited(ctx context.Context, r io.Reader, limit *rate.Limiter) io.Reader {
	if limit == nil {
		return r
	}
	return &limitedReader{ctx, r, limit}
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p[:min(len(p), limitStep)])
	if werr := l.limit.WaitN(l.ctx, n); werr != nil {
		return n, werr
	}
	return n, err
}
