package ui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// frameTime is how long events gather before they are shown: 15 frames a
// second, which the eye takes for live.
const frameTime = 66 * time.Millisecond

// pendingMost is how many events may wait for the screen. The reader of the
// journal waits beyond it; the run itself writes to the file and never waits.
const pendingMost = 50_000

// pump follows a run's journal beside the program's loop and hands over what
// came in a frame as one message.
type pump struct {
	id   int // tells the messages of one pump from those of another
	wake chan struct{}
	stop context.CancelFunc

	mu      sync.Mutex // guards pending, room, err, ended
	pending []run.Event
	room    *sync.Cond
	err     error
	ended   bool
}

// eventsMsg carries every event of one frame.
type eventsMsg struct {
	pump   int
	events []run.Event
	ended  bool
	err    error
}

var pumps int // only the program's loop makes pumps

// newPump begins to follow the run in dir from its start.
func newPump(ctx context.Context, dir string) *pump {
	pumps++
	ctx, stop := context.WithCancel(ctx)
	p := &pump{id: pumps, wake: make(chan struct{}, 1), stop: stop}
	p.room = sync.NewCond(&p.mu)
	context.AfterFunc(ctx, p.room.Broadcast)
	go p.follow(ctx, dir)
	return p
}

func (p *pump) follow(ctx context.Context, dir string) {
	err := run.Follow(ctx, dir, true, func(e run.Event) error { return p.put(ctx, e) })
	p.mu.Lock()
	p.ended, p.err = true, err
	p.mu.Unlock()
	p.poke()
}

func (p *pump) put(ctx context.Context, e run.Event) error {
	p.mu.Lock()
	for len(p.pending) >= pendingMost && ctx.Err() == nil {
		p.room.Wait()
	}
	p.pending = append(p.pending, e)
	p.mu.Unlock()
	p.poke()
	return ctx.Err()
}

func (p *pump) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// next waits for events, lets a frame's worth gather, and hands them over. The
// screen asks again after each message until one says ended.
func (p *pump) next() tea.Cmd {
	return func() tea.Msg {
		<-p.wake
		time.Sleep(frameTime)
		p.mu.Lock()
		defer p.mu.Unlock()
		m := eventsMsg{pump: p.id, events: p.pending, ended: p.ended, err: p.err}
		p.pending = nil
		p.room.Broadcast()
		return m
	}
}
