package rmansim

import (
	"slices"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// sameTag compares tags; they are stored in upper case.
func sameTag(a, b string) bool { return strings.EqualFold(a, b) }

// selector chooses records of the repository for maintenance and LIST.
type selector struct {
	c      *oradb.Control
	m      syntax.Maint
	before time.Time
	after  time.Time
	s      *session
	status func(oradb.Status) bool
}

// selector prepares a choice; ok tells the states of records that count.
func (s *session) selector(c *oradb.Control, m syntax.Maint, ok func(oradb.Status) bool) (*selector, error) {
	x := &selector{c: c, m: m, s: s, status: ok}
	var err error
	if x.before, err = s.optionalDate(m.Before); err != nil {
		return nil, err
	}
	x.after, err = s.optionalDate(m.After)
	return x, err
}

// inTime applies COMPLETED.
func (x *selector) inTime(t time.Time) bool {
	return (x.before.IsZero() || t.Before(x.before)) && (x.after.IsZero() || t.After(x.after))
}

// pieces gives the backup pieces the specification names, in the order of their
// records. A key or handle that is not there is an error.
func (x *selector) pieces() ([]oradb.BackupPiece, error) {
	if err := x.checkNames(); err != nil {
		return nil, err
	}
	var out []oradb.BackupPiece
	for _, p := range x.c.BackupPieces {
		if p.Status != oradb.Deleted && x.status(p.Status) && x.wants(p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// wants applies every restriction to a piece.
func (x *selector) wants(p oradb.BackupPiece) bool {
	set, ok := setOf(x.c, p.Set)
	done := p.Completion
	if ok {
		done = set.Completion
	}
	return x.named(p, set) && (x.m.Tag == "" || sameTag(p.Tag, x.m.Tag)) && x.inTime(done) &&
		(x.m.LikeName == "" || like(x.m.LikeName, p.Handle)) && x.holds(p.Set)
}

// named applies keys and handles.
func (x *selector) named(p oradb.BackupPiece, set oradb.BackupSet) bool {
	if len(x.m.Keys) == 0 && len(x.m.Names) == 0 {
		return true
	}
	key := int64(p.Recid)
	if x.m.Kind == syntax.BackupSets {
		key = int64(set.Recid)
	}
	return slices.Contains(x.m.Keys, key) || slices.Contains(x.m.Names, p.Handle)
}

// checkNames refuses keys and handles that no record has.
func (x *selector) checkNames() error {
	for _, n := range x.m.Names {
		if !slices.ContainsFunc(x.c.BackupPieces, func(p oradb.BackupPiece) bool {
			return p.Handle == n && p.Status != oradb.Deleted
		}) {
			return fail("RMAN-20260: backup piece not found in the recovery catalog").
				and("RMAN-06092: error while looking up backup piece %s", n)
		}
	}
	for _, k := range x.m.Keys {
		if x.m.Kind == syntax.BackupSets && !slices.ContainsFunc(x.c.BackupSets, func(b oradb.BackupSet) bool {
			return int64(b.Recid) == k
		}) {
			return fail("RMAN-20215: backup set is missing").and("RMAN-06159: error while looking up backup set")
		}
		if x.m.Kind == syntax.BackupPieces && !slices.ContainsFunc(x.c.BackupPieces, func(p oradb.BackupPiece) bool {
			return int64(p.Recid) == k && p.Status != oradb.Deleted
		}) {
			return fail("RMAN-20260: backup piece not found in the recovery catalog").
				and("RMAN-06092: error while looking up backup piece %d", k)
		}
	}
	return nil
}

// holds applies OF: the set must hold one of the objects.
func (x *selector) holds(k oradb.SetKey) bool {
	if len(x.m.Of) == 0 {
		return true
	}
	for _, o := range x.m.Of {
		if x.holdsOne(k, o) {
			return true
		}
	}
	return false
}

func (x *selector) holdsOne(k oradb.SetKey, o syntax.BackupObject) bool {
	set, _ := setOf(x.c, k)
	switch o.Kind {
	case syntax.Controlfile:
		return set.Controlfile
	case syntax.SPFile:
		return set.Spfile
	case syntax.Archivelogs:
		return x.holdsLog(k, o.Logs)
	}
	files, err := filesOf(x.c, o.Kind, o.Files, o.Tablespaces)
	return err == nil && slices.ContainsFunc(x.c.BackupFiles, func(b oradb.BackupDatafile) bool {
		return b.Set == k && slices.ContainsFunc(files, func(f oradb.Datafile) bool { return f.Number == b.File })
	})
}

func (x *selector) holdsLog(k oradb.SetKey, r *syntax.LogRange) bool {
	match, err := x.s.logMatcher(x.c, r)
	return err == nil && slices.ContainsFunc(x.c.BackupLogs, func(b oradb.BackupRedolog) bool {
		return b.Set == k && match(oradb.ArchivedLog{Thread: b.Thread, Sequence: b.Sequence, Resetlogs: b.Resetlogs, FirstSCN: b.FirstSCN,
			NextSCN: b.NextSCN, FirstTime: b.FirstTime, NextTime: b.NextTime})
	})
}

// logs gives the archived logs the specification names.
func (x *selector) logs() ([]oradb.ArchivedLog, error) {
	match := func(l oradb.ArchivedLog) bool { return slices.Contains(x.m.Names, l.Name) }
	if x.m.Logs != nil {
		var err error
		if match, err = x.s.logMatcher(x.c, x.m.Logs); err != nil {
			return nil, err
		}
	}
	var out []oradb.ArchivedLog
	for _, l := range x.c.ArchivedLogs {
		if l.Name != "" && l.Status != oradb.Deleted && x.status(l.Status) && match(l) && x.inTime(l.Completion) &&
			(x.m.LikeName == "" || like(x.m.LikeName, l.Name)) {
			out = append(out, l)
		}
	}
	sortLogs(out)
	return out, nil
}

// anyStatus counts every record.
func anyStatus(oradb.Status) bool { return true }

// checkable counts the records CROSSCHECK looks at: UNAVAILABLE ones are left
// alone.
func checkable(s oradb.Status) bool { return s == oradb.Available || s == oradb.Expired }

func onlyExpired(s oradb.Status) bool { return s == oradb.Expired }

// noMatch is what RMAN prints when a specification names nothing.
func (s *session) noMatch(kind syntax.Object) {
	what := "backup"
	switch kind {
	case syntax.Archivelogs:
		what = "archived log"
	case syntax.Copies:
		what = "datafile copy"
	}
	s.out.raw("specification does not match any " + what + " in the repository")
}
