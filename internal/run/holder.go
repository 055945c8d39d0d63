package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// Holder is the process that owns a run or a lock. PID, Proc and Host together
// name one process for ever: a pid that was given out again, or one of another
// host, is not taken for it.
type Holder struct {
	RunID   string    `json:"run"`
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Proc    string    `json:"proc,omitempty"` // when it started: boot and clock ticks
	Started time.Time `json:"started"`        // of the run, UTC
}

// Self is this process as the holder of a run.
func Self(runID string, now time.Time) Holder {
	return holderOf(os.Getpid(), runID, now)
}

func holderOf(pid int, runID string, now time.Time) Holder {
	start, known := processStart(pid)
	if known && start == "" {
		start = "ended" // already, so whoever gets its pid is another one
	}
	return Holder{RunID: runID, Host: hostname(), PID: pid, Proc: start, Started: now.UTC()}
}

// String names the holder for people.
func (h Holder) String() string {
	if h.PID == 0 {
		return "another process"
	}
	s := fmt.Sprintf("process %d on %s", h.PID, Clean(h.Host))
	if h.RunID != "" {
		s = "run " + Clean(h.RunID) + ", " + s
	}
	if !h.Started.IsZero() {
		s += ", since " + h.Started.Format("2006-01-02 15:04:05 MST")
	}
	return s
}

func hostname() string {
	h, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return h
}

// life says what can be known of a process.
type life int

const (
	unknown life = iota // on another host, or nobody wrote down who it is
	alive
	dead
)

func (h Holder) life() life {
	if h.PID <= 0 || h.Host != hostname() {
		return unknown
	}
	start, known := processStart(h.PID)
	if known {
		if start == "" || h.Proc != "" && start != h.Proc {
			return dead
		}
		return alive
	}
	err := syscall.Kill(h.PID, 0)
	if err == nil || errors.Is(err, syscall.EPERM) {
		return alive
	}
	return dead
}

// readHolder reads a file that holds a Holder; what it finds there is only
// used when it is whole.
func readHolder(path string) (Holder, bool) {
	f, err := os.Open(path)
	if err != nil {
		return Holder{}, false
	}
	defer f.Close()
	return decodeHolder(f)
}

func decodeHolder(r io.Reader) (Holder, bool) {
	const longest = 16 << 10
	data, err := io.ReadAll(io.LimitReader(r, longest))
	var h Holder
	if err != nil || json.Unmarshal(data, &h) != nil || h.PID <= 0 || h.Host == "" {
		return Holder{}, false
	}
	return h, true
}
