package ui

import (
	"fmt"
	"path"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// work is how far a channel is with the set it writes or reads.
type work struct {
	run.Longop
	at   time.Time
	rate float64 // bytes a second between the last two answers; 0 = unknown
}

// longops takes what the instance told of the channels.
func (s *runState) longops(e *run.Event) {
	if s.work == nil {
		s.work = map[string]work{}
	}
	for _, l := range e.Longops.Channels {
		w, was := work{Longop: l, at: e.Time}, s.work[l.Channel]
		if took := e.Time.Sub(was.at).Seconds(); was.Total == l.Total && l.Done >= was.Done && took > 0 {
			w.rate = float64((l.Done-was.Done)*l.BlockSize) / took
		}
		s.work[l.Channel] = w
	}
}

// share is how much of the set is done, between 0 and 1.
func (w work) share() float64 { return max(0, min(1, float64(w.Done)/float64(max(1, w.Total)))) }

// workFresh is how long an answer about a channel counts; the next one comes
// after five seconds.
const workFresh = 20 * time.Second

// working says whether the instance has just told of a channel at work.
func (s *runState) working(now time.Time) bool {
	for _, w := range s.work {
		if now.Sub(w.at) < workFresh && w.Done < w.Total {
			return true
		}
	}
	return false
}

// left is the instance's own estimate, less what has passed since.
func (w work) left(now time.Time) time.Duration {
	if w.Left <= 0 {
		return 0
	}
	return max(0, time.Duration(w.Left)*time.Second-now.Sub(w.at))
}

// Columns at the right of the bars: rates, and the time that is left.
const (
	rateWidth = 13
	leftWidth = 8
	leftFrom  = 84 // the width from which there is room for the time left
)

// channelLine is what a channel does, and how far it is where that is known.
func (v *runView) channelLine(a *app, c run.Channel, w int) string {
	right := ""
	if c.Piece > 0 {
		right = a.th.Muted.Render(fmt.Sprintf("piece %d ", c.Piece))
	}
	switch x, ok := v.state.work[c.Name]; {
	case ok:
		right += a.measured(w, x.share(), x.rate, x.left(a.now()))
	case len(v.state.work) > 0: // the columns of the others
		right += strings.Repeat(" ", lipgloss.Width(a.measured(w, 0, 0, 0)))
	}
	left := " " + pad(clean(c.Name), 5) + pad(clean(c.Doing), 14)
	return spread(left+shortName(clean(c.File), max(10, w-1-lipgloss.Width(left+right))), right, w)
}

// shortName is a path where it fits in n columns, else its last part: of a path,
// the name matters.
func shortName(p string, n int) string {
	if lipgloss.Width(p) > n {
		p = path.Base(p)
	}
	return tail(p, n)
}

// percent writes a share; 100 % is all of it, nothing less.
func percent(share float64) string { return fmt.Sprintf("%d %%", int(share*100)) }

// measured is progress in columns: bar and share, then rate and time left as
// far as there is room; zero is not known.
func (a *app) measured(w int, share, rate float64, left time.Duration) string {
	text := a.th.bar(share, barWidth(w)) + padLeft(percent(share), 6)
	speed, rest := "", ""
	if rate > 0 {
		speed = config.Bytes(rate).String() + "/s"
	}
	if left > 0 {
		rest = clockTime(left)
	}
	if w >= 80 {
		text += padLeft(speed, rateWidth)
	}
	if w >= leftFrom {
		text += padLeft(rest, leftWidth)
	}
	return text + " "
}
