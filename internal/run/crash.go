package run

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Test hooks: a process with one of these in its environment kills itself with
// SIGKILL around the mark of that name, "name" or "name:n" for the n-th. With
// EnvCrashAt the mark is on disk, with EnvCrashBefore it is not.
const (
	EnvCrashAt     = "ORABAK_CRASH_AT"
	EnvCrashBefore = "ORABAK_CRASH_BEFORE"
)

type crashPoints struct{ at, ahead *crashPoint }

type crashPoint struct {
	mu   sync.Mutex
	name string
	left int
}

func crashPointsFromEnv() crashPoints {
	return crashPoints{at: parseCrashPoint(os.Getenv(EnvCrashAt)), ahead: parseCrashPoint(os.Getenv(EnvCrashBefore))}
}

func parseCrashPoint(s string) *crashPoint {
	if s == "" {
		return nil
	}
	p := &crashPoint{name: s, left: 1}
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		if n, err := strconv.Atoi(s[i+1:]); err == nil && n > 0 {
			p.name, p.left = s[:i], n
		}
	}
	return p
}

func (c crashPoints) before(e *Event) { c.ahead.pass(e) }
func (c crashPoints) after(e *Event)  { c.at.pass(e) }

func (p *crashPoint) pass(e *Event) {
	if p == nil || e.Mark == nil || e.Mark.Name != p.name {
		return
	}
	p.mu.Lock()
	p.left--
	now := p.left == 0
	p.mu.Unlock()
	if now {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}
