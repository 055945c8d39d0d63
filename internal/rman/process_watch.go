package rman

import (
	"strings"
	"time"
)

// watchdog fires when it was not reset for a while; one of 0 never fires.
type watchdog struct {
	limit time.Duration
	timer *time.Timer
}

func newWatchdog(limit time.Duration) *watchdog {
	if limit <= 0 {
		return &watchdog{}
	}
	return &watchdog{limit: limit, timer: time.NewTimer(limit)}
}

func (w *watchdog) fired() <-chan time.Time {
	if w.timer == nil {
		return nil
	}
	return w.timer.C
}

func (w *watchdog) reset() {
	if w.timer != nil {
		w.timer.Reset(w.limit)
	}
}

func (w *watchdog) stop() {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

// hider replaces the credentials of a connect string in output: RMAN masks
// them in its echo, a message of the net layer might not.
func hider(target string) *strings.Replacer {
	target = strings.TrimSpace(target)
	user, rest, ok := strings.Cut(target, "/")
	if !ok || user == "" {
		return strings.NewReplacer()
	}
	password := rest
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		password = rest[:i]
	} else if i := strings.Index(strings.ToUpper(rest), " AS "); i >= 0 {
		password = rest[:i]
	}
	pairs := []string{target, "***", user + "/" + password, user + "/***"}
	if bare := strings.Trim(password, `"`); len(bare) >= 4 {
		pairs = append(pairs, password, "***", bare, "***")
	}
	return strings.NewReplacer(pairs...)
}
