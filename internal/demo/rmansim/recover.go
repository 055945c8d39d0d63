package rmansim

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// recovery is one RECOVER command.
type recovery struct {
	s        *session
	cmd      *syntax.Recover
	channels []*channel
	control  *oradb.Control
	limit    limit
	files    []oradb.Datafile
	applied  []oradb.ArchivedLog // restored for this recovery
}

// recover is RECOVER.
func (s *session) recover(cmd *syntax.Recover) error {
	s.begin("recover")
	if err := s.require(oradb.Mounted); err != nil {
		return err
	}
	if err := s.implicitCrosscheck(); err != nil {
		return err
	}
	s.noteRepository()
	r := &recovery{s: s, cmd: cmd}
	var err error
	if r.channels, err = s.channels(); err != nil {
		return err
	}
	if err := r.prepare(); err != nil {
		return err
	}
	if err := r.incrementals(); err != nil {
		return err
	}
	if !cmd.NoRedo {
		if err := r.media(); err != nil {
			return err
		}
	}
	s.end("recover")
	return nil
}

// prepare finds the files and checks that each is there.
func (r *recovery) prepare() (err error) {
	if r.control, err = r.s.db.Control(); err != nil {
		return err
	}
	if r.cmd.Kind != syntax.Database && r.control.Type != oradb.ControlCurrent {
		return fail("RMAN-06067: RECOVER DATABASE required with a backup or created control file")
	}
	if r.limit, err = r.s.limitOf(r.cmd.Until, r.control); err != nil {
		return err
	}
	if r.files, err = filesOf(r.control, r.cmd.Kind, r.cmd.Files, r.cmd.Tablespaces); err != nil {
		return err
	}
	if err := r.skip(); err != nil {
		return err
	}
	for _, f := range r.files {
		h, err := oradb.DatafileHeader(f.Name)
		if err != nil || h.DBID != r.control.DBID || h.File != f.Number || h.CreationSCN != f.CreationSCN {
			return fail("RMAN-06094: datafile %d must be restored", f.Number)
		}
	}
	return nil
}

// skip takes the files of SKIP TABLESPACE offline and leaves out all that are.
func (r *recovery) skip() error {
	for _, name := range r.cmd.Skip {
		for _, f := range inTablespace(r.control, name) {
			r.s.out.raw(fmt.Sprintf("Executing: alter database datafile %d offline", f.Number))
			if err := r.s.db.SetDatafileOnline(f.Number, false); err != nil {
				return err
			}
			r.files = slices.DeleteFunc(r.files, func(o oradb.Datafile) bool { return o.Number == f.Number })
		}
	}
	if r.cmd.Kind == syntax.Database {
		r.files = slices.DeleteFunc(r.files, func(f oradb.Datafile) bool {
			return f.Status == "OFFLINE" || f.Status == "RECOVER"
		})
	}
	return nil
}

// incrementals applies level 1 backups, as long as some file can be moved
// forward by one. Sets that cannot be read are left out: redo serves as well.
func (r *recovery) incrementals() error {
	bad := map[oradb.SetKey]bool{}
	first := true
	for {
		sets := r.nextIncrementals(bad)
		if len(sets) == 0 {
			return nil
		}
		if first {
			r.s.out.blank()
			first = false
		}
		for i, set := range sets {
			if err := r.applySet(r.channels[i%len(r.channels)], set, bad); err != nil {
				return err
			}
		}
	}
}

// nextIncrementals chooses for every file the level 1 that takes it furthest.
func (r *recovery) nextIncrementals(bad map[oradb.SetKey]bool) [][]fileChoice {
	var choices []fileChoice
	for _, f := range r.files {
		h, err := oradb.DatafileHeader(f.Name)
		if err != nil {
			continue
		}
		if b, ok := r.chooseIncremental(f, h, bad); ok {
			choices = append(choices, fileChoice{f, b, f.Name})
		}
	}
	return bySet(choices)
}

func (r *recovery) chooseIncremental(f oradb.Datafile, h oradb.DatafileImage, bad map[oradb.SetKey]bool) (best oradb.BackupDatafile, ok bool) {
	for _, b := range r.control.BackupFiles {
		if b.File != f.Number || b.Level != 1 || b.CreationSCN != f.CreationSCN || bad[b.Set] ||
			b.IncrementalSCN > h.CheckpointSCN || b.CheckpointSCN <= h.CheckpointSCN ||
			!r.limit.admits(max(b.CheckpointSCN, b.AbsFuzzySCN), b.CheckpointTime) ||
			!r.control.InBranch(b.Resetlogs, b.CheckpointSCN) || r.control.SetStatus(b.Set) != oradb.Available {
			continue
		}
		if !ok || b.CheckpointSCN > best.CheckpointSCN {
			best, ok = b, true
		}
	}
	return best, ok
}

// applySet applies one level 1 set.
func (r *recovery) applySet(c *channel, set []fileChoice, bad map[oradb.SetKey]bool) error {
	s, began := r.s, time.Now()
	to := &fileSink{db: s.db, paths: map[int]string{}, since: map[int]oradb.SCN{}}
	s.channelSay(c, 8039, "starting incremental datafile backup set restore")
	s.channelSay(c, 8089, "specifying datafile(s) to restore from backup set")
	for _, f := range set {
		to.paths[f.file.Number], to.since[f.file.Number] = f.path, f.backup.IncrementalSCN
		s.out.say(8509, "destination for restore of datafile %05d: %s", f.file.Number, f.path)
	}
	key := set[0].backup.Set
	err := s.reader(c, r.control.DBID, key).read(piecesOf(r.control, key), to)
	if err == nil {
		s.channelSay(c, 8180, "restore complete, elapsed time: %s", elapsed(time.Since(began)))
		return nil
	}
	if s.ctx.Err() != nil || oradb.HasCode(err, 19573) {
		return err
	}
	bad[key] = true
	lines := messagesOf(err)
	lines[0] = "channel " + c.name + ": " + lines[0]
	s.out.blank()
	s.out.raw(lines...)
	s.out.blank()
	s.out.say(6027, "failover to previous backup")
	s.out.blank()
	return nil
}

// media applies redo.
func (r *recovery) media() error {
	began := time.Now()
	r.s.out.blank()
	r.s.out.say(8054, "starting media recovery")
	var numbers []int
	if r.cmd.Kind != syntax.Database {
		for _, f := range r.files {
			numbers = append(numbers, f.Number)
		}
	}
	rec, err := r.s.db.BeginRecovery(r.s.ctx, numbers, r.limit.until)
	if err != nil {
		r.s.out.say(8182, "media recovery failed")
		return err
	}
	r.s.out.blank()
	r.sayOnDisk(rec.Start())
	if err := r.applyAll(rec); err != nil {
		_ = rec.Finish()
		return err
	}
	if err := rec.Finish(); err != nil {
		return err
	}
	r.s.out.say(8181, "media recovery complete, elapsed time: %s", elapsed(time.Since(began)))
	return nil
}

// sayOnDisk names the logs that need no restore.
func (r *recovery) sayOnDisk(from oradb.SCN) {
	logs := append([]oradb.ArchivedLog{}, r.control.ArchivedLogs...)
	sortLogs(logs)
	seen := map[logKey]bool{}
	for _, l := range logs {
		if l.NextSCN <= from || r.limit.scn > 0 && l.FirstSCN >= r.limit.scn || seen[keyOf(l)] ||
			!r.control.InBranch(l.Resetlogs, l.FirstSCN) {
			continue
		}
		seen[keyOf(l)] = true
		if path := onDisk(r.control, keyOf(l)); path != "" {
			r.s.out.say(6050, "archived log for thread %d with sequence %d is already on disk as file %s", l.Thread, l.Sequence, path)
		}
	}
}

// applyAll feeds recovery with logs until it needs no more.
func (r *recovery) applyAll(rec *oradb.Recovery) error {
	for {
		need, more := rec.Next()
		if !more {
			return nil
		}
		if err := r.s.ctx.Err(); err != nil {
			return err
		}
		path, err := r.find(need)
		if err != nil {
			return err
		}
		if err := rec.Apply(path); err != nil {
			return &failure{lines: append([]string{
				"RMAN-11003: failure during parse/execution of SQL statement: alter database recover logfile '" + path + "'"},
				messagesOf(err)...)}
		}
		if err := r.deleteApplied(path); err != nil {
			return err
		}
	}
}

// find gives the file of the log that recovery asks for: on disk, restored, or
// still online.
func (r *recovery) find(need oradb.LogNeed) (string, error) {
	path := need.Archived
	if path == "" {
		restored, err := r.restoreLog(need)
		if err != nil {
			return "", err
		}
		path = restored
	}
	if path == "" && need.Online != "" {
		if r.control.Type != oradb.ControlCurrent {
			r.sayApplied(need.Online, need)
		}
		return need.Online, nil
	}
	if path == "" {
		return "", r.notFound(need)
	}
	r.sayApplied(path, need)
	return path, nil
}

func (r *recovery) sayApplied(path string, need oradb.LogNeed) {
	r.s.out.say(8515, "archived log file name=%s thread=%d sequence=%d", path, need.Thread, need.Sequence)
}

// restoreLog restores a log from a backup, together with the later ones of the
// same set. It gives an empty path when there is no backup.
func (r *recovery) restoreLog(need oradb.LogNeed) (path string, err error) {
	want := logKey{need.Thread, need.Sequence, need.Resetlogs.SCN}
	key, ok := newestSetWith(r.control, want)
	if !ok {
		return "", nil
	}
	g := logGroup{key: key}
	for _, b := range r.control.BackupLogs {
		k := logKey{b.Thread, b.Sequence, b.Resetlogs.SCN}
		inside := r.limit.scn == 0 || b.FirstSCN < r.limit.scn
		if b.Set == key && b.FirstSCN >= need.SCN && inside && onDisk(r.control, k) == "" || b.Set == key && k == want {
			g.logs = append(g.logs, oradb.ArchivedLog{Thread: b.Thread, Sequence: b.Sequence, Resetlogs: b.Resetlogs, FirstSCN: b.FirstSCN})
		}
	}
	sortLogs(g.logs)
	err = r.s.restoreLogSet(r.channels[0], r.control, g, func(l oradb.ArchivedLog) {
		r.applied = append(r.applied, l)
		if keyOf(l) == want {
			path = l.Name
		}
	})
	return path, err
}

// notFound tells a log that the repository does not know, where a backup
// control file simply has no end, from one that it knows and that is lost.
func (r *recovery) notFound(need oradb.LogNeed) error {
	r.s.out.raw("unable to find archived log", fmt.Sprintf("archived log thread=%d sequence=%d", need.Thread, need.Sequence))
	for _, l := range r.control.ArchivedLogs {
		if (keyOf(l) == logKey{need.Thread, need.Sequence, need.Resetlogs.SCN}) {
			return fail("RMAN-06053: unable to perform media recovery because of missing log").
				and("RMAN-06025: no backup of archived log for thread %d with sequence %d and starting SCN of %d found to restore",
					need.Thread, need.Sequence, need.SCN)
		}
	}
	return fail("RMAN-06054: media recovery requesting unknown archived log for thread %d with sequence %d and starting SCN of %d",
		need.Thread, need.Sequence, need.SCN)
}

// deleteApplied removes a log that was restored for this recovery once it is
// applied: in the recovery area always, elsewhere by DELETE ARCHIVELOG.
func (r *recovery) deleteApplied(path string) error {
	i := slices.IndexFunc(r.applied, func(l oradb.ArchivedLog) bool { return l.Name == path })
	if i < 0 {
		return nil
	}
	area, err := r.s.db.RecoveryArea()
	if err != nil {
		return err
	}
	inArea := area.Dir != "" && strings.HasPrefix(path, filepath.Clean(area.Dir)+"/")
	if !inArea && !r.cmd.DeleteLogs {
		return nil
	}
	l := r.applied[i]
	r.applied = slices.Delete(r.applied, i, i+1)
	r.s.out.say(8071, "channel default: deleting archived log(s)")
	return r.s.removeLog(l)
}
