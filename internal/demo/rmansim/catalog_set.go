package rmansim

import (
	"os"
	"slices"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
)

// addPiece enters a piece in the repository. Its set is entered with the first
// of its pieces; a set of several pieces becomes usable when all are there.
func (s *session) addPiece(h piece.Header, path string) (oradb.BackupPiece, error) {
	if !h.Incarnation.Time.IsZero() {
		if err := s.db.LearnIncarnation(h.Incarnation, h.Prior); err != nil {
			return oradb.BackupPiece{}, err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return oradb.BackupPiece{}, err
	}
	set := h.Records.Set
	rec := oradb.BackupPiece{Set: set.Key, Number: h.Number, Copy: 1, Handle: path, Tag: h.Tag, Bytes: info.Size(),
		Status: oradb.Available, Device: "DISK", Compressed: set.Compressed, Start: set.Start,
		Completion: set.Completion, Comment: "NONE"}
	c, err := s.db.Control()
	if err != nil {
		return rec, err
	}
	known, had := setOf(c, set.Key)
	if err := s.forgetPiece(path); err != nil {
		return rec, err
	}
	add := oradb.SetRecords{Set: set, Pieces: []oradb.BackupPiece{rec}}
	if had {
		return s.addToSet(known, h, rec)
	}
	add.Set.Pieces = h.Number
	if !h.Last {
		add.Set.Pieces++
	}
	add.Files, add.Logs, add.Spfile = h.Records.Files, h.Records.Logs, h.Records.Spfile
	count := add.Set.Pieces
	out, err := s.db.AddBackupSet(add)
	if err != nil {
		return rec, err
	}
	return out.Pieces[0], s.setPieceCount(set.Key, count)
}

// setPieceCount tells the repository how many pieces a set has, as far as its
// pieces seen so far tell.
func (s *session) setPieceCount(k oradb.SetKey, count int) error {
	return s.db.UpdateControl(func(c *oradb.Control) error {
		for i := range c.BackupSets {
			if c.BackupSets[i].Key == k {
				c.BackupSets[i].Pieces = count
			}
		}
		return nil
	})
}

// forgetPiece marks older records of the same file as deleted.
func (s *session) forgetPiece(path string) error {
	return s.db.UpdateControl(func(c *oradb.Control) error {
		for i := range c.BackupPieces {
			if c.BackupPieces[i].Handle == path {
				c.BackupPieces[i].Status = oradb.Deleted
			}
		}
		return nil
	})
}

// addToSet adds a piece to a set that is known. A later piece knows more of the
// set than an earlier one did.
func (s *session) addToSet(known oradb.BackupSet, h piece.Header, rec oradb.BackupPiece) (oradb.BackupPiece, error) {
	err := s.db.UpdateControl(func(c *oradb.Control) error {
		for _, p := range c.BackupPieces {
			if p.Set == rec.Set && p.Number == rec.Number {
				rec.Copy = max(rec.Copy, p.Copy+1)
			}
		}
		rec.Recid = nextRecid(c, "BACKUP PIECE")
		rec.Stamp = oradb.Stamp(s.db.Now())
		c.BackupPieces = append(c.BackupPieces, rec)
		for i := range c.BackupSets {
			if c.BackupSets[i].Key == known.Key {
				c.BackupSets[i].Pieces = pieceCount(known.Pieces, h)
			}
		}
		learnContents(c, h)
		return nil
	})
	return rec, err
}

func pieceCount(known int, h piece.Header) int {
	if h.Last {
		return h.Number
	}
	return max(known, h.Number+1)
}

// learnContents adds the records of files and logs that an earlier piece of the
// set did not know yet.
func learnContents(c *oradb.Control, h piece.Header) {
	for _, f := range h.Records.Files {
		i := slices.IndexFunc(c.BackupFiles, func(b oradb.BackupDatafile) bool { return b.Set == f.Set && b.File == f.File })
		if i < 0 {
			f.Recid = nextRecid(c, "BACKUP DATAFILE")
			c.BackupFiles = append(c.BackupFiles, f)
		} else if f.AbsFuzzySCN > c.BackupFiles[i].AbsFuzzySCN || f.Blocks > c.BackupFiles[i].Blocks {
			c.BackupFiles[i].AbsFuzzySCN, c.BackupFiles[i].Blocks = f.AbsFuzzySCN, f.Blocks
		}
	}
	for _, l := range h.Records.Logs {
		if !slices.ContainsFunc(c.BackupLogs, func(b oradb.BackupRedolog) bool {
			return b.Set == l.Set && b.Thread == l.Thread && b.Sequence == l.Sequence
		}) {
			l.Recid = nextRecid(c, "BACKUP REDOLOG")
			c.BackupLogs = append(c.BackupLogs, l)
		}
	}
}

// nextRecid gives the next RECID of a section of the control file.
func nextRecid(c *oradb.Control, section string) int {
	if c.LastRecid == nil {
		c.LastRecid = map[string]int{}
	}
	c.LastRecid[section]++
	return c.LastRecid[section]
}
