package s3store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	firstWait = 500 * time.Millisecond
	longWait  = 30 * time.Second
	fewTries  = 5
)

// retry makes a request until it succeeds, cannot succeed, or the budget is
// used up. The error is ours; the context's own stays recognisable.
func (s *Store) retry(ctx context.Context, what subject, attempt func(context.Context) error) error {
	return s.retryFor(ctx, what, s.opt.RetryBudget, nil, attempt)
}

// retryFor is retry with its own budget. onRetry is called before each
// further attempt.
func (s *Store) retryFor(ctx context.Context, what subject, budget time.Duration,
	onRetry func(), attempt func(context.Context) error,
) error {
	begin := s.opt.Now()
	for n := 1; ; n++ {
		err := attempt(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s s3://%s/%s: %w", what.op, s.opt.Bucket, what.key, context.Cause(ctx))
		}
		v := s.classify(what, err)
		wait := s.backoff(n, v)
		spent := s.opt.Now().Sub(begin)
		if v.again == never || v.again == few && n >= fewTries || spent+wait > budget {
			return exhausted(v, n, spent)
		}
		s.prepare(v)
		if err := s.opt.Sleep(ctx, wait); err != nil {
			return fmt.Errorf("%s s3://%s/%s: %w", what.op, s.opt.Bucket, what.key, context.Cause(ctx))
		}
		if onRetry != nil {
			onRetry()
		}
	}
}

// exhausted adds to the error how long it was tried.
func exhausted(v verdict, tries int, spent time.Duration) error {
	var e *Error
	if tries > 1 && errors.As(v.err, &e) {
		e.Err = fmt.Errorf("%w; %d tries in %s", e.Err, tries, spent.Round(time.Second))
	}
	return v.err
}

// prepare does what makes the next try better.
func (s *Store) prepare(v verdict) {
	switch {
	case errors.Is(v.err, ErrThrottled):
		s.slots.throttled()
	case errors.Is(v.err, ErrExpiredToken):
		if c, ok := s.creds.(*aws.CredentialsCache); ok {
			c.Invalidate()
		}
	}
}

// backoff is how long to wait before try n+1: doubling, with jitter over the
// upper half, and never less than the store asked for.
func (s *Store) backoff(n int, v verdict) time.Duration {
	d := longWait
	if n < 7 {
		d = min(longWait, firstWait<<(n-1))
	}
	d = d/2 + time.Duration(s.opt.Jitter()*float64(d/2))
	return max(d, v.after)
}

// call makes a small request: each attempt must answer within the stall
// timeout.
func (s *Store) call(ctx context.Context, what subject, request func(context.Context) error) error {
	return s.retry(ctx, what, s.brief(s.opt.StallTimeout, request))
}

// brief bounds one attempt. Its timeout reads as a stall, not as the caller's.
func (s *Store) brief(d time.Duration, request func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeoutCause(ctx, d, errStalled)
		defer cancel()
		err := request(ctx)
		return stalled(ctx, err)
	}
}

// stalled replaces the error of an attempt that was cut for standing still.
func stalled(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	return err
}
