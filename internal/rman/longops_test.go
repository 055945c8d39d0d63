package rman

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
)

// longopsFake answers what its function says and counts how often it was asked.
type longopsFake struct {
	answer func(n int) ([]oracle.Longop, error)
	asked  int
}

func (f *longopsFake) Longops(context.Context) ([]oracle.Longop, error) {
	f.asked++
	return f.answer(f.asked)
}

// watched plays lines to a narrator that is watched for a while.
func watched(t *testing.T, f *longopsFake, d time.Duration, lines ...Event) (seen []run.Longops) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := NewNarrator(run.SinkFunc(func(e run.Event) {
			if e.Longops != nil {
				seen = append(seen, *e.Longops)
			}
		}), "level0")
		stop := n.Watch(t.Context(), f, 8192)
		for _, e := range lines {
			n.Event(e)
		}
		time.Sleep(d)
		stop()
		synctest.Wait()
		had := len(seen)
		time.Sleep(time.Minute)
		if len(seen) != had {
			t.Error("something was emitted after the end")
		}
	})
	return seen
}

func opened(channel string, sid int) Event {
	return Event{Kind: KindChannelSession, Channel: channel, SID: sid, Text: "channel " + channel}
}

func TestWatchTellsHowFarChannelsAre(t *testing.T) {
	f := &longopsFake{answer: func(n int) ([]oracle.Longop, error) {
		return []oracle.Longop{
			{SID: 31, Op: "RMAN: full datafile backup", Done: int64(10 * n), Total: 100, Left: time.Minute, Age: time.Second},
			{SID: 31, Op: "RMAN: full datafile backup", Done: 99, Total: 100, Age: 3 * time.Hour}, // a session before ours
			{SID: 77, Op: "RMAN: full datafile backup", Done: 1, Total: 2},                        // another RMAN
			{SID: 32, Op: "RMAN: archived log backup", Done: 9, Total: 8},
		}, nil
	}}
	seen := watched(t, f, 7*time.Second, opened("c2", 32), opened("c1", 31))
	if len(seen) != 2 {
		t.Fatalf("told %d times", len(seen))
	}
	want := []run.Longop{
		{Channel: "c1", SID: 31, Op: "RMAN: full datafile backup", Done: 20, Total: 100, BlockSize: 8192, Left: 60},
		{Channel: "c2", SID: 32, Op: "RMAN: archived log backup", Done: 8, Total: 8},
	}
	if got := seen[1].Channels; len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestWatchDoesWithoutTheView(t *testing.T) {
	code := func(c string) func(int) ([]oracle.Longop, error) {
		return func(int) ([]oracle.Longop, error) { return nil, &oracle.Error{Code: c} }
	}
	mended := func(n int) ([]oracle.Longop, error) {
		if n%longopsTries != 0 {
			return nil, errors.New("the instance hangs")
		}
		return nil, nil
	}
	for name, c := range map[string]struct {
		answer func(int) ([]oracle.Longop, error)
		lines  []Event
		asked  int
	}{
		"no such view":         {code("ORA-00942"), []Event{opened("c1", 31)}, 1},
		"never an answer":      {code("ORA-01034"), []Event{opened("c1", 31)}, longopsTries},
		"an answer now and so": {mended, []Event{opened("c1", 31)}, 12},
		"no channel":           {mended, nil, 0},
		"channel released":     {mended, []Event{opened("c1", 31), {Kind: KindChannelReleased, Channel: "c1"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := &longopsFake{answer: c.answer}
			if seen := watched(t, f, time.Minute, c.lines...); len(seen) != 0 || f.asked != c.asked {
				t.Errorf("asked %d times, want %d; told %v", f.asked, c.asked, seen)
			}
		})
	}
}

func TestWatchNeedsSomebodyToAsk(t *testing.T) {
	n := NewNarrator(run.SinkFunc(func(run.Event) {}), "")
	n.Watch(t.Context(), struct{}{}, 0)()
}
