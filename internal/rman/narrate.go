package rman

import (
	"fmt"
	"sync"
	"time"

	"orabak-tui/internal/run"
)

// Narrator turns what RMAN says into the events of a run: each line as it
// came, and what every channel is doing. It is for people; engines judge by
// the events of this package and by the repository.
type Narrator struct {
	sink     run.Sink
	step     string
	speaking string // channel of the last prefixed line, for display only
	doing    map[string]run.Channel
	now      func() time.Time

	mu       sync.Mutex        // guards what follows: Watch reads it
	sessions map[string]talker // of channels that are open
}

// NewNarrator makes a narrator for one step (one script) of a run. Its Event
// method may be called from one goroutine at a time.
func NewNarrator(sink run.Sink, step string) *Narrator {
	return &Narrator{sink: sink, step: step, doing: map[string]run.Channel{}, now: time.Now, sessions: map[string]talker{}}
}

// Event passes on one event of RMAN's output.
func (n *Narrator) Event(e Event) {
	if e.Kind == KindStackEnd {
		return // its lines were passed on one by one
	}
	line := &run.Line{Step: n.step, Text: run.Clean(e.Text), Code: e.Code}
	switch e.Kind {
	case KindWarning:
		line.Severity = "warning"
	case KindError, KindStackBegin, KindStackLine, KindPieceError, KindDetail, KindLogMissing, KindCreatingDatafile, KindRecoveryFailed:
		line.Severity = "error"
	}
	n.sink.Emit(run.Event{Type: run.TypeLine, Line: line})
	n.channel(e)
}

// channel follows what channels do. Lines about input carry no channel; the
// one that spoke last is shown, which may be wrong while channels interleave.
func (n *Narrator) channel(e Event) {
	if e.Channel != "" {
		n.speaking = e.Channel
	}
	c := n.doing[n.speaking]
	c.Name, c.State = run.Clean(n.speaking), run.Running
	switch e.Kind {
	case KindChannelSession:
		c.SID = e.SID
		n.session(c.Name, e.SID)
		n.doing[n.speaking] = c // told with what it does first
		return
	case KindSetBegin:
		c.Doing, c.File, c.Piece = describeSet(e), "", 0
	case KindInputDatafile, KindRestoreDatafile:
		c.File = run.Clean(e.Name)
	case KindInputLog, KindRestoreLog:
		c.File = fmt.Sprintf("thread %d sequence %d", e.Thread, e.Sequence)
	case KindInputControl:
		c.File = "control file"
	case KindInputSPFile:
		c.File = "SPFILE"
	case KindPieceBegin:
		c.Piece = e.Number
	case KindReadBegin:
		c.Doing, c.File = "restore", run.Clean(e.Handle)
	case KindSetEnd, KindRestoreEnd, KindChannelReleased:
		c.State = run.Done
	default:
		return
	}
	if n.speaking == "" {
		return
	}
	if e.Kind == KindChannelReleased {
		n.session(c.Name, 0)
	}
	n.doing[n.speaking] = c
	n.sink.Emit(run.Event{Type: run.TypeChannel, Channel: &c})
}

// session notes the session of a channel; 0 is none any more.
func (n *Narrator) session(name string, sid int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.sessions, name)
	if sid > 0 {
		n.sessions[name] = talker{sid, n.now()}
	}
}

func describeSet(e Event) string {
	switch e.Set {
	case SetIncremental:
		return fmt.Sprintf("level %d", e.Level)
	case SetLogs:
		return "archived logs"
	default:
		return e.Set
	}
}
