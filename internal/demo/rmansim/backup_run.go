package rmansim

import (
	"context"
	"sync"

	"orabak-tui/internal/demo/rmansim/syntax"
)

// runSets makes all sets. Each channel takes the next one as soon as it is
// free, so that their output interleaves; the first ones are handed out in the
// order of the channels. A set that fails does not stop the others; the command
// then ends with the last failure.
func (j *backupJob) runSets() error {
	q := &setQueue{sets: j.sets}
	var wg sync.WaitGroup
	for _, c := range j.channels {
		if !c.dead {
			q.alive++
		}
	}
	for _, c := range j.channels {
		if c.dead {
			continue
		}
		started := make(chan struct{})
		wg.Go(func() {
			j.work(c, q, sync.OnceFunc(func() { close(started) }))
		})
		<-started
	}
	wg.Wait()
	if err := j.s.ctx.Err(); err != nil {
		return err
	}
	return q.verdict()
}

// setQueue hands sets to channels and collects what failed.
type setQueue struct {
	mu    sync.Mutex // Guards the variables below.
	sets  []*setPlan
	busy  int // sets being made
	alive int // channels that can still work
	last  *failure
}

// take gives the next set, nil when there is none.
func (q *setQueue) take() *setPlan {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.sets) == 0 {
		return nil
	}
	p := q.sets[0]
	q.sets = q.sets[1:]
	q.busy++
	return p
}

// done notes the end of a set.
func (q *setQueue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
}

// verdict is the failure the command ends with.
func (q *setQueue) verdict() error {
	if q.last != nil {
		return q.last
	}
	if len(q.sets) > 0 {
		return fail("RMAN-06400: no channel is left to continue the job")
	}
	return nil
}

// work makes sets on one channel until there are none, or the channel is gone.
// started is called when its first set has been announced, or there is none.
func (j *backupJob) work(c *channel, q *setQueue, started func()) {
	defer started()
	for j.s.ctx.Err() == nil {
		p := q.take()
		if p == nil {
			return
		}
		err := j.makeSet(j.s.ctx, c, p, started)
		if err != nil && j.s.ctx.Err() == nil {
			j.setFailed(c, p, q, asFailure(err).on(c.name))
		}
		q.done()
		if c.dead {
			return
		}
	}
}

// setFailed reports a failed set. While other sets are under way or waiting the
// failure is only a line in the middle of the output; the failure of the last
// one ends the command and is left to its stack.
func (j *backupJob) setFailed(c *channel, p *setPlan, q *setQueue, f *failure) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if c.dead {
		q.alive--
	}
	lines := append([]string{j.s.carrier("backup", f)}, f.lines...)
	switch {
	case c.dead && q.alive > 0:
		j.s.out.raw(append(lines, "channel "+c.name+" disabled, job failed on it will be run on another channel")...)
		q.sets = append(q.sets, p)
		return
	case q.busy > 1 || len(q.sets) > 0 && !c.dead:
		j.s.out.raw(append(lines, "continuing other job steps, job failed will not be re-run")...)
	}
	q.last = f
}

// makeSet makes one set on a channel, or reads its input only.
func (j *backupJob) makeSet(ctx context.Context, c *channel, p *setPlan, started func()) error {
	w := &setWriter{job: j, channel: c, plan: p, ctx: ctx, throttle: throttle{rate: j.rate(c)}}
	w.announce(started)
	defer w.announced()
	err := w.run()
	if err != nil {
		w.discard()
		return err
	}
	if len(p.logs) > 0 && p.options.DeleteInput {
		return j.s.deleteLogs(c, j.inputCopies(p), 0)
	}
	return nil
}

// rate is the limit of a channel in bytes per second.
func (j *backupJob) rate(c *channel) int64 {
	rate := j.s.faults.WriteRate
	if o := c.options.Rate; o > 0 && (rate == 0 || o < rate) {
		rate = o
	}
	return rate
}

// compressed tells whether sets of the command are compressed.
func (j *backupJob) compressed(p *setPlan) bool {
	asked := j.cmd.Compressed || j.s.configuredCompression()
	return asked && (len(p.files) > 0 || len(p.logs) > 0)
}

func (s *session) configuredCompression() bool {
	return containsWord(s.configured("DEVICE TYPE DISK"), "COMPRESSED")
}

// formatFor chooses the name pattern of pieces; empty means Oracle's own names.
func formatFor(c *channel, o syntax.BackupOptions) string {
	return first(o.Format, c.options.Format)
}
