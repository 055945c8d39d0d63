package rmansim

import (
	"time"

	"orabak-tui/internal/demo/oradb"
)

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
	err := s.reader(c, r.control.DBID, key).publish(r.control).read(piecesOf(r.control, key), to)
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
