package rmansim

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"orabak-tui/internal/demo/oradb"
)

// runUntilDone restores set by set; files of sets that failed come from older
// backups.
func (j *restoreJob) runUntilDone(choices []fileChoice) error {
	for len(choices) > 0 {
		j.failed = nil
		j.runSets(bySet(choices))
		if err := j.s.ctx.Err(); err != nil {
			return err
		}
		if j.halt != nil {
			return j.halt
		}
		if len(j.failed) == 0 {
			return nil
		}
		j.s.out.blank()
		j.s.out.say(6027, "failover to previous backup")
		j.s.out.blank()
		var missing []oradb.Datafile
		choices, missing = j.chooseAll(j.failed)
		if err := j.refuse(missing, true); err != nil {
			return err
		}
		if err := j.create(missing); err != nil {
			return err
		}
	}
	return nil
}

// bySet groups files by the set they come from, in the order of the sets.
func bySet(choices []fileChoice) [][]fileChoice {
	at := map[oradb.SetKey]int{}
	var out [][]fileChoice
	slices.SortStableFunc(choices, func(a, b fileChoice) int {
		return cmp.Or(cmp.Compare(a.backup.Set.Count, b.backup.Set.Count), cmp.Compare(a.file.Number, b.file.Number))
	})
	for _, c := range choices {
		i, ok := at[c.backup.Set]
		if !ok {
			i = len(out)
			at[c.backup.Set] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], c)
	}
	return out
}

// runSets reads the sets, each on the next free channel.
func (j *restoreJob) runSets(sets [][]fileChoice) {
	work := make(chan []fileChoice, len(sets))
	for _, set := range sets {
		work <- set
	}
	close(work)
	var wg sync.WaitGroup
	for _, c := range j.channels {
		wg.Go(func() {
			for set := range work {
				if j.s.ctx.Err() == nil {
					j.restoreSet(c, set)
				}
			}
		})
	}
	wg.Wait()
}

// restoreSet restores the chosen files out of one set.
func (j *restoreJob) restoreSet(c *channel, set []fileChoice) {
	began := time.Now()
	paths := map[int]string{}
	starting := "starting datafile backup set restore"
	if j.cmd.ValidateB {
		starting = "starting validation of datafile backup set"
	}
	j.s.channelSay(c, 8016, "%s", starting)
	if !j.cmd.ValidateB {
		j.s.channelSay(c, 8089, "specifying datafile(s) to restore from backup set")
	}
	for _, f := range set {
		paths[f.file.Number] = f.path
		if !j.cmd.ValidateB {
			j.s.channelSay(c, 8523, "restoring datafile %05d to %s", f.file.Number, f.path)
		}
	}
	var to sink = &fileSink{db: j.s.db, paths: paths}
	if j.cmd.ValidateB {
		to = nothing{}
	}
	key := set[0].backup.Set
	if err := j.s.reader(c, j.control.DBID, key).publish(j.control).read(piecesOf(j.control, key), to); err != nil {
		j.setFailed(c, key, set, err)
		return
	}
	for _, f := range set {
		j.noteRestored(f.file, f.path)
	}
	word := "restore"
	if j.cmd.ValidateB {
		word = "validation"
	}
	j.s.channelSay(c, 8180, "%s complete, elapsed time: %s", word, elapsed(time.Since(began)))
}

// setFailed prints the error in the middle of the output and remembers the
// files. A target that cannot be written is no reason to try other backups.
func (j *restoreJob) setFailed(c *channel, key oradb.SetKey, set []fileChoice, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.s.ctx.Err() != nil {
		return
	}
	if oradb.HasCode(err, 19573) || j.cmd.ValidateB {
		j.halt = err
		return
	}
	lines := messagesOf(err)
	lines[0] = "channel " + c.name + ": " + lines[0]
	j.s.out.blank()
	j.s.out.raw(lines...)
	j.s.out.blank()
	j.bad[key] = true
	for _, f := range set {
		j.failed = append(j.failed, f.file)
	}
}
