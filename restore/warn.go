package restore

import (
	"fmt"
	"slices"
	"time"

	"orabak-tui/internal/oracle"
)

// warn says what a person should know before confirming.
func (w *writer) warn() {
	add := func(format string, args ...any) {
		w.plan.Warnings = append(w.plan.Warnings, fmt.Sprintf(format, args...))
	}
	p, f := w.plan, &w.in.Facts
	if !p.Complete {
		add("RESETLOGS starts a new incarnation: take a level 0 right after.")
	}
	switch {
	case f.ControlfileLost:
		add("The instance is %s without its control file (%s). It will be ended (abort); online redo that is still on this host is applied after the archived logs.", f.Status, f.ControlfileCode)
	case f.Status == oracle.Open:
		add("The database is OPEN on this host. It will be shut down (abort).")
	}
	if p.keepsFiles() {
		add("Online redo is lost, but the database was closed cleanly and needs none: no datafile is restored, and RESETLOGS makes the redo anew.")
	}
	if p.Complete && p.whole {
		add("No datafile looks damaged: all of them are restored and recovered completely; nothing is lost.")
	}
	if !p.Complete && currentControl(f) && redoIntact(w.in) {
		add("Online redo on this host reaches further than the target; what comes after the target is left behind.")
	}
	if w.mayBeIntact() {
		add("The database is not mounted. If control file and online redo turn out to be intact, recovery is complete and nothing is lost.")
	}
	w.warnHistory(add)
	for _, n := range w.h.notes {
		add("%s", n)
	}
}

// mayBeIntact: nobody could ask the database, and its control file may be there.
func (w *writer) mayBeIntact() bool {
	latest := w.in.Target.Kind == TargetLatest || w.in.Target.Kind == ""
	if !latest || currentControl(&w.in.Facts) || w.in.Facts.ControlfileLost {
		return false
	}
	names := w.in.Facts.ControlFiles
	if len(names) == 0 && w.r.layout.set != nil {
		names = w.r.layout.set.ControlFiles
	}
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool {
		exists, looked := w.in.Exists[name]
		return exists || !looked
	})
}

// warnHistory tells where the way deviates from the straight one.
func (w *writer) warnHistory(add func(string, ...any)) {
	line := w.h.line
	if first := w.oldestIncarnation(); first < len(line)-1 {
		add("Recovery leads through RESETLOGS at SCN %d: there is no level 0 of every datafile after it.", line[first+1].scn)
	}
	if w.plan.ResetIncarnation {
		add("The target lies in an older incarnation (RESETLOGS at SCN %d), which becomes the current one.", line.current().scn)
	}
	if unused := w.newerLevel0(); unused != "" {
		add("Set %s is newer but cannot be used: the redo that it needs is not there.", unused)
	}
	for _, c := range w.r.chains {
		if c.level0 == nil {
			add("%s has no backup before the target: it is created empty and all of its redo since creation is applied.", c)
		}
	}
	for _, n := range w.plan.excluded {
		add("Datafile %d is left out of the backups on purpose: it stays offline.", n)
	}
}

// oldestIncarnation is the index of the incarnation in which recovery begins.
func (w *writer) oldestIncarnation() int {
	oldest := len(w.h.line) - 1
	for _, c := range w.r.chains {
		for _, f := range c.copies() {
			oldest = min(oldest, w.h.line.index(branchIn(f.bs.set, f.ResetlogsSCN, time.Time{})))
		}
	}
	return oldest
}

// newerLevel0 names a set with a newer level 0 than the one used, which the
// latest point does not pass.
func (w *writer) newerLevel0() string {
	if w.in.Target.Kind != TargetLatest && w.in.Target.Kind != "" || w.plan.Complete {
		return ""
	}
	for _, c := range w.r.chains {
		for _, f := range w.h.files[c.file.Number] {
			if f.Level == 0 && c.level0 != nil && f.CheckpointSCN > c.level0.CheckpointSCN {
				return f.bs.set.ID
			}
		}
	}
	return ""
}
