package ui

import (
	"slices"
	"time"

	"orabak-tui/internal/run"
)

// sampleEvery is the width of one sample of the sparklines.
const sampleEvery = 2 * time.Second

// samplesMost bounds what is kept of throughput: four minutes.
const samplesMost = 120

// phase is one phase of a run as it is shown.
type phase struct {
	name   string
	state  run.State
	detail string
	began  time.Time
	ended  time.Time
}

// moving is one transfer on its way.
type moving struct {
	run.Transfer
	began time.Time
	last  time.Time
}

// runState is what the events of a run add up to. Live and replayed runs are
// the same: a state is only ever made by feeding events in order.
type runState struct {
	start    run.Start
	began    time.Time
	last     time.Time // time of the newest event
	phases   []phase
	channels []run.Channel
	moving   []moving // transfers under way, oldest first
	moved    int64    // bytes of finished transfers
	files    int      // finished transfers
	pieces   int      // pieces RMAN has finished
	progress run.Progress
	plan     *run.Plan
	problems []run.Problem
	commit   *run.Commit
	release  *run.Release
	end      *run.End

	up      sampler // bytes moved to or from S3
	written sampler // bytes RMAN has finished writing
}

// feed takes the next event.
func (s *runState) feed(e run.Event) {
	s.last = e.Time
	switch {
	case e.Start != nil:
		s.start, s.began = *e.Start, e.Time
	case e.Phase != nil:
		s.phase(e)
	case e.Channel != nil:
		s.channel(*e.Channel)
	case e.Piece != nil:
		if e.Piece.State == run.Finished {
			s.pieces++
			s.written.add(e.Time, e.Piece.Bytes)
		}
	case e.Transfer != nil:
		s.transfer(e)
	case e.Progress != nil:
		s.progress = *e.Progress
	case e.Plan != nil:
		s.plan = e.Plan
	case e.Problem != nil:
		s.problems = append(s.problems, *e.Problem)
	case e.Commit != nil:
		s.commit = e.Commit
	case e.Release != nil:
		s.release = e.Release
	case e.End != nil:
		s.end, s.moving = e.End, nil
	}
}

func (s *runState) phase(e run.Event) {
	i := slices.IndexFunc(s.phases, func(p phase) bool { return p.name == e.Phase.Name })
	if i < 0 {
		s.phases = append(s.phases, phase{name: e.Phase.Name, began: e.Time})
		i = len(s.phases) - 1
	}
	p := &s.phases[i]
	p.state, p.detail = e.Phase.State, e.Phase.Detail
	if e.Phase.State != run.Begun {
		p.ended = e.Time
	}
}

func (s *runState) channel(c run.Channel) {
	i := slices.IndexFunc(s.channels, func(x run.Channel) bool { return x.Name == c.Name })
	if i < 0 {
		s.channels = append(s.channels, c)
		return
	}
	s.channels[i] = c
}

func (s *runState) transfer(e run.Event) {
	t := *e.Transfer
	i := slices.IndexFunc(s.moving, func(m moving) bool { return m.Key == t.Key && m.Name == t.Name })
	switch {
	case t.State == run.Done:
		had := int64(0)
		if i >= 0 {
			had = s.moving[i].Done
			s.moving = slices.Delete(s.moving, i, i+1)
		}
		s.moved += t.Done
		s.files++
		s.up.add(e.Time, t.Done-had)
	case i < 0:
		s.moving = append(s.moving, moving{Transfer: t, began: e.Time, last: e.Time})
	default:
		s.up.add(e.Time, max(0, t.Done-s.moving[i].Done))
		m := &s.moving[i]
		m.Transfer, m.last = t, e.Time
	}
}

// bytes are those moved so far, transfers under way included.
func (s *runState) bytes() int64 {
	n := s.moved
	for _, m := range s.moving {
		n += m.Done
	}
	return n
}

// eta estimates the end from what is left and the rate of the last minute.
func (s *runState) eta() (left time.Duration, known bool) {
	rate := s.up.rate(s.last)
	if s.progress.Total <= 0 || rate <= 0 || s.end != nil {
		return 0, false
	}
	return time.Duration(float64(max(0, s.progress.Total-s.bytes())) / rate * float64(time.Second)), true
}

// sampler adds bytes up in equal slices of time.
type sampler struct {
	from   time.Time
	values []float64 // bytes a second
}

func (s *sampler) add(at time.Time, bytes int64) {
	if s.from.IsZero() {
		s.from = at.Truncate(sampleEvery)
	}
	i := int(at.Sub(s.from) / sampleEvery)
	if i < 0 {
		return
	}
	if skip := i - samplesMost + 1; skip > 0 {
		s.values = s.values[min(skip, len(s.values)):]
		s.from = s.from.Add(time.Duration(skip) * sampleEvery)
		i -= skip
	}
	for len(s.values) <= i {
		s.values = append(s.values, 0)
	}
	s.values[i] += float64(bytes) / sampleEvery.Seconds()
}

// rate is the mean of the last 30 seconds, in bytes a second.
func (s *sampler) rate(now time.Time) float64 {
	n := min(len(s.values), int(30*time.Second/sampleEvery))
	if n == 0 || now.Sub(s.from) > time.Duration(len(s.values))*sampleEvery+30*time.Second {
		return 0
	}
	sum := 0.0
	for _, v := range s.values[len(s.values)-n:] {
		sum += v
	}
	return sum / float64(n)
}
