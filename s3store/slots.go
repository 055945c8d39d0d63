package s3store

import (
	"context"
	"sync"
	"time"
)

// slots bounds the parts in flight over all transfers of a Store. Waiters are
// served in order, so that the parts of several pieces interleave. When the
// store asks to slow down the bound is halved; it grows back by one after a
// row of parts without complaint.
type slots struct {
	now func() time.Time
	max int

	mu      sync.Mutex // guards the variables below
	bound   int
	used    int
	calm    int       // parts done since the bound last changed
	halved  time.Time // last time
	waiters []chan struct{}
}

const (
	calmParts     = 16              // parts in a row that earn one more slot
	throttleEvery = 2 * time.Second // complaints of parts sent together count once
)

func newSlots(n int, now func() time.Time) *slots {
	return &slots{now: now, max: n, bound: n}
}

// acquire waits for a slot. A released slot goes to the longest waiter.
func (s *slots) acquire(ctx context.Context) error {
	s.mu.Lock()
	if s.used < s.bound && len(s.waiters) == 0 && ctx.Err() == nil {
		s.used++
		s.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	s.waiters = append(s.waiters, turn)
	s.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		s.leave(turn)
		return ctx.Err()
	}
}

// leave takes a waiter out of the queue, or gives back the slot that it was
// handed in the same moment.
func (s *slots) leave(turn chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range s.waiters {
		if w == turn {
			s.waiters = append(s.waiters[:i], s.waiters[i+1:]...)
			return
		}
	}
	s.used--
	s.admit()
}

func (s *slots) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.admit()
}

// admit hands free slots to waiters; mu is held.
func (s *slots) admit() {
	for s.used < s.bound && len(s.waiters) > 0 {
		close(s.waiters[0])
		s.waiters = s.waiters[1:]
		s.used++
	}
}

// throttled halves the bound.
func (s *slots) throttled() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calm = 0
	if now := s.now(); now.Sub(s.halved) >= throttleEvery {
		s.halved = now
		s.bound = max(1, s.bound/2)
	}
}

// went counts a part that the store took without complaint.
func (s *slots) went() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calm++; s.calm >= calmParts && s.bound < s.max {
		s.calm = 0
		s.bound++
		s.admit()
	}
}

// pool lends buffers of one size, at most as many as there are slots: who
// holds a slot may borrow one, so that borrowing never waits.
type pool struct {
	size int
	mu   sync.Mutex
	free [][]byte
}

func (p *pool) get() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b
	}
	return make([]byte, p.size)
}

func (p *pool) put(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, b[:p.size])
}
