package ui

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

// runsLook lists the runs on this host again and again: runs that have ended
// do not change, so only the others are read anew.
type runsLook struct {
	mu    sync.Mutex // guards known; looks come one after another
	known map[string]run.Info
}

func newRunsLook() *runsLook { return &runsLook{known: map[string]run.Info{}} }

// list is run.List at the price of what is new.
func (l *runsLook) list(logDir string) ([]run.Info, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries, err := os.ReadDir(logDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := make(map[string]run.Info, len(entries))
	out := make([]run.Info, 0, len(entries))
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		i, ok := l.known[e.Name()]
		if !ok || !settled(i) {
			if i, err = run.Stat(logDir, e.Name()); err != nil {
				continue // not a run, or gone meanwhile
			}
		}
		now[i.ID] = i
		out = append(out, i)
	}
	l.known = now
	slices.SortFunc(out, func(a, b run.Info) int { return cmp.Compare(b.ID, a.ID) })
	return out, nil
}

// settled says that nothing about a run can change any more.
func settled(i run.Info) bool {
	return i.State != run.Running && i.State != run.Unknown && !i.Resumable
}

// tookRuns compares with what was known: a run that ended asks for fresh sets
// and facts and is told; one that began is followed.
func (x *data) tookRuns(a *app, msg runsMsg) tea.Cmd {
	x.looking, x.runsErr = false, msg.err
	if msg.err != nil {
		return nil
	}
	before, known := x.runs, x.runsKnown
	x.runs, x.runsKnown = msg.runs, true
	var cmds []tea.Cmd
	if known {
		for _, i := range ended(before, msg.runs) {
			cmds = append(cmds, x.loadSets(a), x.loadFacts(a), a.runEnded(i))
		}
	}
	return tea.Batch(append(cmds, a.followLive())...)
}

// ended are the runs that were under way and are not any more.
func ended(before, now []run.Info) []run.Info {
	var out []run.Info
	for _, b := range before {
		if b.State != run.Running {
			continue
		}
		for _, n := range now {
			if n.ID == b.ID && n.State != run.Running {
				out = append(out, n)
			}
		}
	}
	return out
}

// running is the newest run that is under way, if one is.
func (x *data) running() (run.Info, bool) {
	for _, i := range x.runs {
		if i.State == run.Running {
			return i, true
		}
	}
	return run.Info{}, false
}

// followLive follows the newest run under way in the background, so that the
// first line tells how far it is and opening it shows all of it at once.
func (a *app) followLive() tea.Cmd {
	i, ok := a.data.running()
	if a.live != nil && (!ok || a.live.id != i.ID) && !a.live.running() {
		a.live = nil
	}
	if !ok || a.live != nil {
		return nil
	}
	a.live = newRunView(a, i.ID, i.Dir)
	return a.live.follow()
}
