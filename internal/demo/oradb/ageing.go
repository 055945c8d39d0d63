package oradb

import "time"

// Sections of reusable control file records, as V$CONTROLFILE_RECORD_SECTION
// names them.
const (
	secLogHistory = "LOG HISTORY"
	secArchived   = "ARCHIVED LOG"
	secSet        = "BACKUP SET"
	secPiece      = "BACKUP PIECE"
	secDatafile   = "BACKUP DATAFILE"
	secRedolog    = "BACKUP REDOLOG"
	secSpfile     = "BACKUP SPFILE"
)

// defaultSlots is the capacity of a section at first. A section grows only when
// its oldest record is still to be kept.
const defaultSlots = 600

// nextRecid gives the next RECID of a section.
func (c *Control) nextRecid(section string) int {
	if c.LastRecid == nil {
		c.LastRecid = map[string]int{}
	}
	c.LastRecid[section]++
	return c.LastRecid[section]
}

func (c *Control) addLogHistory(r LogHistory) {
	r.Recid = c.nextRecid(secLogHistory)
	c.LogHistory = append(c.LogHistory, r)
}

func (c *Control) addArchivedLog(r ArchivedLog) ArchivedLog {
	r.Recid = c.nextRecid(secArchived)
	c.ArchivedLogs = append(c.ArchivedLogs, r)
	return r
}

// add records a set; RECIDs and STAMPs are given here.
func (c *Control) add(r SetRecords, now time.Time) SetRecords {
	stamp := Stamp(now)
	r.Set.Recid, r.Set.Stamp, r.Set.Pieces = c.nextRecid(secSet), stamp, len(r.Pieces)
	c.BackupSets = append(c.BackupSets, r.Set)
	for i := range r.Pieces {
		p := &r.Pieces[i]
		p.Recid, p.Stamp, p.Set = c.nextRecid(secPiece), stamp, r.Set.Key
		c.BackupPieces = append(c.BackupPieces, *p)
	}
	for i := range r.Files {
		f := &r.Files[i]
		f.Recid, f.Stamp, f.Set = c.nextRecid(secDatafile), stamp, r.Set.Key
		c.BackupFiles = append(c.BackupFiles, *f)
	}
	for i := range r.Logs {
		l := &r.Logs[i]
		l.Recid, l.Stamp, l.Set = c.nextRecid(secRedolog), stamp, r.Set.Key
		c.BackupLogs = append(c.BackupLogs, *l)
	}
	if r.Spfile != nil {
		s := *r.Spfile
		s.Recid, s.Stamp, s.Set = c.nextRecid(secSpfile), stamp, r.Set.Key
		r.Spfile = &s
		c.BackupSpfiles = append(c.BackupSpfiles, s)
	}
	return r
}

// age lets records go that are older than control_file_record_keep_time (days)
// in sections that are full; other full sections grow.
func (db *DB) age(in Instance, c *Control) {
	days := in.Params.Int("control_file_record_keep_time", 7)
	before := db.Now().AddDate(0, 0, -int(days))
	old := func(stamp int64) bool { return days == 0 || stamp < Stamp(before) }
	if c.Capacities == nil {
		c.Capacities = map[string]int{}
	}
	c.LogHistory = reuse(c, secLogHistory, c.LogHistory, func(r LogHistory) bool { return old(r.Stamp) })
	c.ArchivedLogs = reuse(c, secArchived, c.ArchivedLogs, func(r ArchivedLog) bool { return old(r.Stamp) })
	c.BackupSets = reuse(c, secSet, c.BackupSets, func(r BackupSet) bool { return old(r.Stamp) })
	c.BackupPieces = reuse(c, secPiece, c.BackupPieces, func(r BackupPiece) bool { return old(r.Stamp) })
	c.BackupFiles = reuse(c, secDatafile, c.BackupFiles, func(r BackupDatafile) bool { return old(r.Stamp) })
	c.BackupLogs = reuse(c, secRedolog, c.BackupLogs, func(r BackupRedolog) bool { return old(r.Stamp) })
	c.BackupSpfiles = reuse(c, secSpfile, c.BackupSpfiles, func(r BackupSpfile) bool { return old(r.Stamp) })
}

func reuse[T any](c *Control, section string, records []T, old func(T) bool) []T {
	room := c.Capacities[section]
	if room == 0 {
		room = defaultSlots
	}
	for len(records) > room && old(records[0]) {
		records = records[1:]
	}
	c.Capacities[section] = max(room, len(records))
	return records
}

// AddBackupSet records a completed set, all records at once, and lets old
// reusable records go. It returns the records with RECID and STAMP.
func (db *DB) AddBackupSet(r SetRecords) (SetRecords, error) {
	var out SetRecords
	err := db.exclusive(func() error {
		in, shared, err := db.mounted()
		if err != nil {
			return err
		}
		c := shared.Clone()
		out = c.add(r, db.Now())
		db.age(in, c)
		return db.writeControl(in.Params.ControlFiles(), c)
	})
	return out, err
}

// ReserveSet gives the next SET_STAMP and SET_COUNT. No two sets of one
// control file have the same key.
func (db *DB) ReserveSet() (key SetKey, err error) {
	err = db.UpdateControl(func(c *Control) error {
		c.SetCount++
		key = SetKey{Stamp: Stamp(db.Now()), Count: c.SetCount}
		return nil
	})
	return key, err
}
