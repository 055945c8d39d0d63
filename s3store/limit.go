package s3store

import (
	"context"
	"sync"
	"time"
)

// limiter is a token bucket over all uploads. Its rate may change while
// uploads wait. A nil limiter does not limit.
type limiter struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu   sync.Mutex // guards the variables below
	rate int64      // bytes per second; 0: no limit
	free time.Time  // when all that was granted so far will have been sent
}

func newLimiter(o Options) *limiter {
	return &limiter{now: o.Now, sleep: o.Sleep, rate: o.UploadLimit}
}

func (l *limiter) set(rate int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate, l.free = max(rate, 0), time.Time{}
}

// wait returns when n more bytes may be sent. Each caller pays for what was
// granted before, so that the sum over all uploads keeps the rate.
func (l *limiter) wait(ctx context.Context, n int) error {
	if d := l.reserve(n); d > 0 {
		return l.sleep(ctx, d)
	}
	return nil
}

func (l *limiter) reserve(n int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate == 0 {
		return 0
	}
	now := l.now()
	if l.free.Before(now) {
		l.free = now
	}
	d := l.free.Sub(now)
	l.free = l.free.Add(time.Duration(float64(n) / float64(l.rate) * float64(time.Second)))
	return d
}

// chunk is the largest number of bytes worth asking for at once: about a tenth
// of a second, so that a changed rate takes effect soon.
func (l *limiter) chunk(most int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate == 0 {
		return most
	}
	return min(most, int(max(l.rate/10, 4<<10)))
}
