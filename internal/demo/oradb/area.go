package oradb

import (
	"io/fs"
	"path/filepath"
)

// FRA is the fast recovery area: V$RECOVERY_FILE_DEST.
type FRA struct {
	Dir         string // db_recovery_file_dest, empty: none
	Limit       int64  // bytes
	Used        int64  // bytes
	Reclaimable int64  // bytes of archived logs that are backed up
	Files       int
}

// RecoveryArea measures the FRA on disk. Codes: 01034. While the database is
// not mounted nothing is known to be reclaimable.
func (db *DB) RecoveryArea() (a FRA, err error) {
	err = db.shared(func() error {
		in, c, err := db.mounted()
		if HasCode(err, 1507) {
			c, err = &Control{UniqueName: in.Params["db_unique_name"]}, nil
		}
		if err == nil {
			a = db.area(in, c)
		}
		return err
	})
	return a, err
}

func (db *DB) area(in Instance, c *Control) FRA {
	a := FRA{Dir: in.Params["db_recovery_file_dest"], Limit: in.Params.Int("db_recovery_file_dest_size", 0)}
	if a.Dir == "" {
		return a
	}
	backed := map[string]bool{}
	for _, l := range c.ArchivedLogs {
		if l.Name != "" && c.TimesBackedUp(l) > 0 {
			backed[l.Name] = true
		}
	}
	_ = filepath.WalkDir(filepath.Join(a.Dir, c.UniqueName), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil //nolint:nilerr // files come and go while they are counted
		}
		fi, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // likewise
		}
		a.Used, a.Files = a.Used+fi.Size(), a.Files+1
		if backed[path] {
			a.Reclaimable += fi.Size()
		}
		return nil
	})
	return a
}

// TimesBackedUp counts the available backup sets that hold the log.
func (c *Control) TimesBackedUp(l ArchivedLog) (n int) {
	for _, b := range c.BackupLogs {
		if b.Thread == l.Thread && b.Sequence == l.Sequence && b.Resetlogs.Equal(l.Resetlogs) && c.SetStatus(b.Set) == Available {
			n++
		}
	}
	return n
}

// CheckRecoveryArea refuses bytes that do not fit into the FRA: 19809 + 19804.
func (db *DB) CheckRecoveryArea(bytes int64) error {
	return db.shared(func() error {
		in, c, err := db.mounted()
		if err != nil {
			return err
		}
		return db.checkArea(in, c, bytes)
	})
}

func (db *DB) checkArea(in Instance, c *Control, bytes int64) error {
	if a := db.area(in, &Control{UniqueName: c.UniqueName}); a.Limit > 0 && a.Used+bytes > a.Limit {
		return Ora(19809, "limit exceeded for recovery files").
			And(19804, "cannot reclaim %d bytes disk space from %d bytes limit", bytes, a.Limit)
	}
	return nil
}

// Crosscheck is what the implicit crosscheck found after a restored control
// file was mounted.
type Crosscheck struct {
	Pieces  int      // pieces looked at
	Expired []string // handles that became EXPIRED
	Unknown []string // files in the FRA without a record: the caller catalogs them
}

// ImplicitCrosscheck runs once after a restored control file was mounted, and
// only with an FRA; ran is false otherwise. Codes: 01034, 01507.
func (db *DB) ImplicitCrosscheck() (x Crosscheck, ran bool, err error) {
	err = db.exclusive(func() error {
		in, c, err := db.mounted()
		if err != nil || !c.NeedCrosscheck {
			return err
		}
		dir := in.Params["db_recovery_file_dest"]
		return db.update(func(c *Control) error {
			c.NeedCrosscheck = false
			if dir == "" {
				return nil
			}
			ran, x = true, c.crosscheck()
			x.Unknown = c.unknownFiles(filepath.Join(dir, c.UniqueName))
			return nil
		})
	})
	return x, ran, err
}

// crosscheck looks for the files of AVAILABLE pieces. Archived logs are left
// alone: real logs of restores show none crosschecked.
func (c *Control) crosscheck() (x Crosscheck) {
	for i := range c.BackupPieces {
		p := &c.BackupPieces[i]
		if p.Status != Available && p.Status != Expired {
			continue
		}
		x.Pieces++
		if p.Status == Available && !exists(p.Handle) {
			p.Status = Expired
			x.Expired = append(x.Expired, p.Handle)
		}
	}
	return x
}

// unknownFiles lists backups and archived logs without a record.
func (c *Control) unknownFiles(dir string) (out []string) {
	known := map[string]bool{}
	for _, p := range c.BackupPieces {
		known[p.Handle] = p.Status != Deleted
	}
	for _, l := range c.ArchivedLogs {
		if l.Name != "" {
			known[l.Name] = true
		}
	}
	for _, sub := range []string{"archivelog", "autobackup", "backupset"} {
		for _, path := range under(filepath.Join(dir, sub), "") {
			if !known[path] && filepath.Base(path)[0] != '.' {
				out = append(out, path)
			}
		}
	}
	return out
}

// AddArchivedLog records an archived log that was restored or cataloged; the
// header of the file supplies the record. An incarnation that is not known yet
// is recorded too. Codes: 01034, 01507; 19625 + 27037 (missing), 19563 (not a log
// of this database).
func (db *DB) AddArchivedLog(path, creator string) (ArchivedLog, error) {
	h, err := ReadLogHeader(path)
	if err != nil && !exists(path) {
		return ArchivedLog{}, Ora(19625, "error identifying file %s", path).osError(27037, "unable to obtain file status")
	}
	var rec ArchivedLog
	uerr := db.UpdateControl(func(c *Control) error {
		if err != nil || h.DBID != c.DBID || h.NextSCN == 0 {
			return Ora(19563, "archived log header validation failed for file %s", path)
		}
		c.learn(h.Resetlogs, h.Prior)
		rec = archivedRecord(h, path, db.second())
		rec.Creator = creator
		rec = c.addArchivedLog(rec)
		return nil
	})
	return rec, uerr
}
