package oradb

import "os"

// appendRedo writes a record to the thread's current log: the commit. The
// record's SCN is given here. Needs the exclusive lock and a fresh cache. full
// is true when the log has no room for it.
func (db *DB) appendRedo(t *Thread, r redoRecord, reserve int64) (full bool, err error) {
	g := t.Current()
	if g == nil {
		return false, Ora(1109, "database not open")
	}
	h, err := ReadLogHeader(g.Members[0])
	if err != nil {
		return false, logMissing(t, g)
	}
	if h.NextSCN != 0 { // a kill interrupted a log switch before it counted
		if err := reopenLog(g); err != nil {
			return false, err
		}
	}
	data, err := r.encode(h.tag())
	if err != nil {
		return false, err
	}
	pos := db.cache.threads[t.Number]
	if pos.end+int64(len(data)) > g.Bytes-reserve {
		return true, nil
	}
	for _, m := range g.Members {
		if err := writeAt(m, data, pos.end); err != nil {
			return false, logMissing(t, g)
		}
	}
	pos.end += int64(len(data))
	db.cache.threads[t.Number] = pos
	db.cache.next = r.SCN + 1
	return false, nil
}

// catchUp comes before every change: refresh, and the ledger's uncommitted
// transaction is taken back before another change gets its SCN.
func (db *DB) catchUp(in Instance, c *Control) error {
	if err := db.refresh(in, c); err != nil {
		return err
	}
	return db.ledger().reconcile(c.Resetlogs, db.cache.next)
}

func writeAt(path string, data []byte, at int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, at)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// checkpoint writes all changed blocks to the datafiles, stamps headers and
// control file, and lets the SCN move on. A datafile that is gone takes the
// instance down, as it does since 11.2.0.2. Needs the exclusive lock.
func (db *DB) checkpoint(in Instance, c *Control) (*Control, error) {
	if err := db.catchUp(in, c); err != nil {
		return nil, err
	}
	for i := range c.Threads {
		marker := redoRecord{Kind: redoMarker, SCN: db.cache.next, Time: db.Now()}
		if full, err := db.appendRedo(&c.Threads[i], marker, 0); err != nil {
			return nil, err
		} else if !full {
			break // one marker is enough, in whichever thread has room
		}
	}
	if err := db.writeImages(c); err != nil {
		return nil, err
	}
	n := c.Clone()
	if err := db.stampFiles(n, db.cache.next, true); err != nil {
		return nil, err
	}
	n.CheckpointSCN = db.cache.next
	if err := db.writeControl(in.Params.ControlFiles(), n); err != nil {
		return nil, err
	}
	db.cache.ckpt, db.cache.images = n.CheckpointSCN, map[blockKey][]byte{}
	return n, nil
}

// writeImages writes the changed blocks.
func (db *DB) writeImages(c *Control) error {
	for k, img := range db.cache.images {
		if df := c.Datafile(k.file); df == nil || df.offline() {
			continue // its redo waits for media recovery
		}
		if err := db.writeImage(c, k, img); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) writeImage(c *Control, k blockKey, img []byte) error {
	df := c.Datafile(k.file)
	f, err := os.OpenFile(df.Name, os.O_WRONLY, 0)
	if err != nil {
		return db.mediaFailure(df)
	}
	err = writeBlock(f, k.number, img)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// mediaFailure takes the instance down because of a datafile.
func (db *DB) mediaFailure(df *Datafile) error {
	if err := db.stop(); err != nil {
		return err
	}
	return Ora(63999, "data file suffered media failure").
		dataFile(df.Number, df.Name).
		osError(27041, "unable to open file")
}

// stampFiles puts a checkpoint into the headers of all online files that can
// change, and into their records in c.
func (db *DB) stampFiles(c *Control, scn SCN, fuzzy bool) error {
	now := db.second()
	for i := range c.Datafiles {
		df := &c.Datafiles[i]
		if df.offline() || df.Enabled == "READ ONLY" {
			continue
		}
		err := updateHeader(df.Name, func(h *DatafileImage) {
			h.CheckpointSCN, h.CheckpointTime, h.Fuzzy = scn, now, fuzzy
			h.AbsFuzzySCN = 0
		})
		if err != nil {
			return db.mediaFailure(df)
		}
		df.CheckpointSCN, df.StopSCN = scn, 0
		if !fuzzy {
			df.StopSCN = scn
		}
	}
	return nil
}

// cleanClose is what SHUTDOWN IMMEDIATE does to the files.
func (db *DB) cleanClose() error {
	in, c, err := db.mounted()
	if err != nil {
		return err
	}
	if c, err = db.checkpoint(in, c); err != nil {
		return err
	}
	n := c.Clone()
	if err := db.stampFiles(n, n.CheckpointSCN, false); err != nil {
		return err
	}
	for i := range n.Threads {
		n.Threads[i].Status = "CLOSED"
	}
	return db.writeControl(in.Params.ControlFiles(), n)
}
