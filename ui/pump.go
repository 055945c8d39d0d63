package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
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
const pendingMost = 20_000

// clockEvery is how often the screen of a run that says nothing is drawn
// again: its clock goes on.
const clockEvery = time.Second

// pump follows a run's journal beside the program's loop and hands over what
// came in a frame as one message.
type pump struct {
	id   int // tells the messages of one pump from those of another
	wake chan struct{}
	stop context.CancelFunc

	mu      sync.Mutex // guards pending, room, err, launch, ended
	pending []run.Event
	spare   []run.Event // of the message before, to be filled again
	room    *sync.Cond
	err     error
	launch  string
	ended   bool
}

// eventsMsg carries every event of one frame.
type eventsMsg struct {
	pump   int
	events []run.Event
	ended  bool
	err    error
	launch string // what a process printed that died before it could tell its journal
}

var pumps int // only the program's loop makes pumps

// newPump begins to follow the run in dir from its start.
func newPump(ctx context.Context, dir string) *pump {
	pumps++
	ctx, stop := context.WithCancel(ctx)
	p := &pump{id: pumps, wake: make(chan struct{}, 1), stop: stop}
	p.room = sync.NewCond(&p.mu)
	context.AfterFunc(ctx, func() {
		p.mu.Lock() // put looks at ctx under the lock: no wake-up is lost
		defer p.mu.Unlock()
		p.room.Broadcast()
	})
	go p.follow(ctx, dir)
	return p
}

func (p *pump) follow(ctx context.Context, dir string) {
	var err error
	func() {
		defer func() { // a defect must not take the terminal with it
			if r := recover(); r != nil {
				err = fmt.Errorf("reading the journal: %v", r)
			}
		}()
		err = run.Follow(ctx, dir, true, func(e run.Event) error { return p.put(ctx, e) })
	}()
	launch := ""
	if errors.Is(err, run.ErrOwnerGone) {
		launch = lastWords(filepath.Join(dir, run.LaunchFile))
	}
	p.mu.Lock()
	p.ended, p.err, p.launch = true, err, launch
	p.mu.Unlock()
	p.poke()
}

// wordsMost bounds what is shown of launch.log.
const wordsMost = 4 << 10

// lastWords is the end of what a detached process printed.
func lastWords(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	if i, err := f.Stat(); err == nil && i.Size() > wordsMost {
		_, _ = f.Seek(-wordsMost, io.SeekEnd) // else from its start
	}
	b, _ := io.ReadAll(io.LimitReader(f, wordsMost))
	return run.CleanText(strings.TrimSpace(string(b)))
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
// view asks again after each message until one says ended; the events of a
// message are valid until then.
func (p *pump) next() tea.Cmd {
	return func() tea.Msg {
		select {
		case <-p.wake:
			time.Sleep(frameTime) // a frame's worth; nobody waits for it but the screen
		case <-time.After(clockEvery):
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		m := eventsMsg{pump: p.id, events: p.pending, ended: p.ended, err: p.err, launch: p.launch}
		p.pending, p.spare = p.spare[:0], p.pending
		p.room.Broadcast()
		return m
	}
}
