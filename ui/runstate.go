package ui

import (
	"slices"
	"time"

	"orabak-tui/internal/run"
)

// problemsMost bounds what is kept of a run's problems; all are in its journal.
const problemsMost = 100

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
	start        run.Start
	began        time.Time
	last         time.Time // time of the newest event
	phases       []phase
	channels     []run.Channel
	work         map[string]work // how far channels are with their sets, by name
	moving       []moving        // transfers under way, oldest first
	moved        int64           // bytes of finished transfers
	files        int             // finished transfers
	pieces       int             // pieces RMAN has finished
	bytesWritten int64           // of these pieces
	progress     run.Progress
	plan         *run.Plan
	problems     []run.Problem
	commit       *run.Commit
	release      *run.Release
	end          *run.End

	up      sampler // bytes moved to or from S3
	written sampler // bytes RMAN has finished writing
}

// feed takes the next event.
func (s *runState) feed(e *run.Event) {
	s.last = e.Time
	switch {
	case e.Start != nil:
		s.start, s.began = *e.Start, e.Time
	case e.Phase != nil:
		s.phase(e)
	case e.Channel != nil:
		s.channel(*e.Channel)
	case e.Longops != nil:
		s.longops(e)
	case e.Piece != nil:
		if e.Piece.State == run.Finished {
			s.pieces++
			s.bytesWritten += e.Piece.Bytes
			s.written.add(e.Time, e.Piece.Bytes)
		}
	case e.Transfer != nil:
		s.transfer(e)
	case e.Progress != nil:
		s.progress = *e.Progress
	case e.Plan != nil:
		s.plan = e.Plan
	case e.Problem != nil:
		if len(s.problems) < problemsMost {
			s.problems = append(s.problems, *e.Problem)
		}
	case e.Commit != nil:
		s.commit = e.Commit
	case e.Release != nil:
		s.release = e.Release
	case e.End != nil:
		s.end, s.moving = e.End, nil
	}
}

func (s *runState) phase(e *run.Event) {
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
	if c.State == run.Done || c.File == "" && c.Piece == 0 { // what was known is about the set before
		delete(s.work, c.Name)
	}
	i := slices.IndexFunc(s.channels, func(x run.Channel) bool { return x.Name == c.Name })
	if i < 0 {
		s.channels = append(s.channels, c)
		return
	}
	s.channels[i] = c
}

func (s *runState) transfer(e *run.Event) {
	t := *e.Transfer
	i := slices.IndexFunc(s.moving, func(m moving) bool { return m.Key == t.Key && m.Name == t.Name })
	switch {
	case t.State == run.Failed:
		if i >= 0 { // tried again later from its beginning, or never
			s.moving = slices.Delete(s.moving, i, i+1)
		}
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

// total is the size of the whole: that of the pieces once RMAN has written
// them all, before that what the engine expects; 0 is unknown.
func (s *runState) total() (bytes int64, estimated bool) {
	for _, p := range s.phases {
		if p.name == "rman" && p.state == run.Done && s.bytesWritten > 0 {
			return max(s.bytesWritten, s.bytes()), false
		}
	}
	return s.progress.Total, s.progress.Estimated
}

// doing is the phase under way that began last.
func (s *runState) doing() string {
	for _, p := range slices.Backward(s.phases) {
		if p.state == run.Begun {
			return p.name
		}
	}
	return ""
}

// share is how much is done, between 0 and 1, when the whole is known.
func (s *runState) share() (share float64, known bool) {
	total, _ := s.total()
	if total <= 0 {
		return 0, false
	}
	return min(1, float64(s.bytes())/float64(total)), true
}

// eta estimates the time to the end from what is left and the rate of late.
// While channels work and nothing moves, since no piece is finished, the rate
// is the mean of the run.
func (s *runState) eta(now time.Time) (left time.Duration, known bool) {
	total, _ := s.total()
	rest, rate := total-s.bytes(), s.up.rate(now)
	if rate <= 0 && s.working(now) {
		rate = float64(s.bytes()) / max(1, now.Sub(s.began).Seconds())
	}
	if rest <= 0 || rate <= 0 || s.end != nil {
		return 0, false
	}
	return time.Duration(float64(rest) / rate * float64(time.Second)), true
}
