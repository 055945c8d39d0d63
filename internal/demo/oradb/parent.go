package oradb

// Parent finds the backup a level 1 of the file builds on: the newest level 0 or
// 1 (cumulative: level 0) of the file's life and the current incarnation's
// history. Only the repository is asked, no file is opened: a piece that was
// removed with rm still counts. EXPIRED and DELETED pieces do not; UNAVAILABLE
// ones do, which is not documented for the real RMAN and is the reading that
// makes a tester's life harder. Not ok: no parent.
func (c *Control) Parent(file int, cumulative bool) (parent BackupDatafile, ok bool) {
	df := c.Datafile(file)
	if df == nil {
		return BackupDatafile{}, false
	}
	for _, r := range c.BackupFiles {
		if r.File != file || r.Keep || r.Level < 0 || r.Level > 1 || cumulative && r.Level != 0 {
			continue
		}
		if r.CreationSCN != df.CreationSCN || !c.InBranch(r.Resetlogs, r.CheckpointSCN) {
			continue
		}
		if s := c.SetStatus(r.Set); s != Available && s != Unavailable {
			continue
		}
		if !ok || r.CheckpointSCN > parent.CheckpointSCN ||
			r.CheckpointSCN == parent.CheckpointSCN && r.Recid > parent.Recid {
			parent, ok = r, true
		}
	}
	return parent, ok
}

// SetStatus of a backup set: Available when every piece number has an available
// copy, otherwise the worst of the pieces. A set without piece records is
// Deleted.
func (c *Control) SetStatus(k SetKey) Status {
	best := map[int]Status{}
	want := 0
	for _, s := range c.BackupSets {
		if s.Key == k {
			want = s.Pieces
		}
	}
	for _, p := range c.BackupPieces {
		if p.Set == k && (best[p.Number] == "" || badness(p.Status) < badness(best[p.Number])) {
			best[p.Number] = p.Status
		}
	}
	if len(best) == 0 || len(best) < want {
		return Deleted
	}
	worst := Available
	for _, s := range best {
		if badness(s) > badness(worst) {
			worst = s
		}
	}
	return worst
}

func badness(s Status) int {
	switch s {
	case Available:
		return 0
	case Unavailable:
		return 1
	case Expired:
		return 2
	}
	return 3
}
