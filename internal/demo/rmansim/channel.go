package rmansim

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// channel is a server session that moves data.
type channel struct {
	name    string
	sid     int
	serial  int
	options syntax.ChannelOptions
	dead    bool // the session is gone; only its own goroutine looks
}

// counter counts events of several channels.
type counter struct{ n atomic.Int64 }

func (c *counter) next() int { return int(c.n.Add(1)) }

// openChannel starts a session and tells so.
func (s *session) openChannel(name string, o syntax.ChannelOptions) (*channel, error) {
	sid, serial, err := s.db.NewSession()
	if err != nil {
		return nil, err
	}
	s.out.together(message{8030, "allocated channel: " + name},
		message{8500, fmt.Sprintf("channel %s: SID=%d device type=DISK", name, sid)})
	return &channel{name: name, sid: sid, serial: serial, options: o}, nil
}

// allocate is ALLOCATE CHANNEL. In a job the automatic channels go first.
func (s *session) allocate(a *syntax.AllocateChannel) error {
	s.noteRepository()
	if err := s.require(oradb.NoMount); err != nil {
		return err
	}
	name := a.Name
	if a.Maintenance {
		name = "ORA_MAINT_DISK_1"
	}
	if a.Device != "DISK" {
		return fail("ORA-19554: error allocating device, device type: SBT_TAPE, device name: ").
			and("ORA-27211: Failed to load Media Management Library").and("Additional information: 2").on(name)
	}
	if err := checkSize(a.Options.MaxPieceSize); err != nil {
		return err
	}
	a.Options.MaxPieceSize &^= 1<<10 - 1
	if s.run == nil {
		return s.allocateMaintenance(name, a.Options)
	}
	if s.channelNamed(name) != nil {
		return fail("RMAN-06011: channel %s is already allocated", name)
	}
	s.releaseAutomatic()
	c, err := s.openChannel(name, a.Options)
	if err == nil {
		s.run.channels = append(s.run.channels, c)
		s.out.blank()
	}
	return err
}

func (s *session) allocateMaintenance(name string, o syntax.ChannelOptions) error {
	s.releaseAutomatic()
	c, err := s.openChannel(name, o)
	if err == nil {
		s.auto = append(s.auto, c)
	}
	return err
}

// channelNamed finds a channel of the job.
func (s *session) channelNamed(name string) *channel {
	for _, c := range s.run.channels {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// release is RELEASE CHANNEL.
func (s *session) release(r *syntax.ReleaseChannel) error {
	if s.run == nil {
		s.releaseAutomatic()
		return nil
	}
	if s.channelNamed(r.Name) == nil {
		return fail("RMAN-06012: channel: %s not allocated", r.Name)
	}
	kept := s.run.channels[:0]
	for _, c := range s.run.channels {
		if !strings.EqualFold(c.name, r.Name) {
			kept = append(kept, c)
		}
	}
	s.run.channels = kept
	s.out.blank()
	s.released(r.Name)
	s.out.blank()
	return nil
}

func (s *session) released(name string) { s.out.say(8031, "released channel: %s", name) }

// releaseAutomatic lets the automatic channels go.
func (s *session) releaseAutomatic() {
	for _, c := range s.auto {
		s.released(c.name)
	}
	s.auto = nil
}

// channels gives the channels a command works with: those of the job, or the
// automatic ones, which are opened when they are missing.
func (s *session) channels() ([]*channel, error) {
	if s.run != nil && len(s.run.channels) > 0 {
		return s.run.channels, nil
	}
	if len(s.auto) > 0 {
		for _, c := range s.auto {
			s.out.say(12016, "using channel %s", c.name)
		}
		return s.auto, nil
	}
	for i := range s.parallelism() {
		name := fmt.Sprintf("ORA_DISK_%d", i+1)
		c, err := s.openChannel(name, s.configuredChannel(i+1))
		if err != nil {
			return nil, err
		}
		s.auto = append(s.auto, c)
	}
	return s.auto, nil
}

// parallelism is the configured number of automatic channels.
func (s *session) parallelism() int {
	fields := strings.Fields(s.configured("DEVICE TYPE DISK"))
	if len(fields) > 1 && fields[0] == "PARALLELISM" {
		if n, err := strconv.Atoi(fields[1]); err == nil && n > 0 {
			return n
		}
	}
	return 1
}

// configuredChannel gives the options of CONFIGURE CHANNEL for the n-th
// automatic channel.
func (s *session) configuredChannel(n int) syntax.ChannelOptions {
	text := s.configured(fmt.Sprintf("CHANNEL %d DEVICE TYPE DISK", n))
	if text == "" {
		text = s.configured("CHANNEL DEVICE TYPE DISK")
	}
	if text == "" {
		return syntax.ChannelOptions{}
	}
	o, err := syntax.ParseChannelOptions(text)
	if err != nil {
		return syntax.ChannelOptions{}
	}
	return o
}

// say prints a line of the channel.
func (s *session) channelSay(c *channel, code int, format string, args ...any) {
	s.out.say(code, "channel %s: %s", c.name, fmt.Sprintf(format, args...))
}

// throttle slows a stream of bytes down to a rate.
type throttle struct {
	rate  int64
	start time.Time
	bytes int64
}

// wait is called before n bytes move; it returns early with an error when the
// context ends.
func (t *throttle) wait(ctx context.Context, n int) error {
	if t.rate <= 0 {
		return ctx.Err()
	}
	if t.start.IsZero() {
		t.start = time.Now()
	}
	t.bytes += int64(n)
	due := t.start.Add(time.Duration(float64(t.bytes) / float64(t.rate) * float64(time.Second)))
	return sleep(ctx, time.Until(due))
}

// sleep waits for a while or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
