package rman

import "errors"

// RunBlock is RUN { … }: its statements share channels and SET commands, and
// the first failure ends it.
type RunBlock []Statement

func (b RunBlock) place() place { return promptOnly }

func (b RunBlock) render(r *render) {
	if err := b.check(); err != nil {
		r.errs = append(r.errs, err)
		return
	}
	r.put("RUN {")
	for _, s := range b {
		text, err := Text(s)
		if err != nil {
			r.errs = append(r.errs, err)
			continue
		}
		r.b.WriteString("\n" + indent(text))
	}
	r.b.WriteString("\n}")
}

// check refuses what RMAN would refuse only after it has begun to work.
func (b RunBlock) check() error {
	if len(b) == 0 {
		return errors.New("rman script: a RUN block without statements; leave it out")
	}
	channels := map[string]bool{}
	limited, sectioned := false, false
	for _, s := range b {
		if s.place() == promptOnly {
			return errMisplaced(s, "may not stand inside RUN")
		}
		switch s := s.(type) {
		case AllocateChannel:
			if channels[s.Name] {
				return &Refused{What: "channel name", Value: s.Name, Why: "it is allocated twice", Remedy: "number the channels"}
			}
			channels[s.Name] = true
			limited = limited || s.MaxPieceSize > 0
		case ReleaseChannel:
			if !channels[s.Name] {
				return &Refused{What: "channel name", Value: s.Name, Why: "it was not allocated", Remedy: "allocate it in the same block"}
			}
			delete(channels, s.Name)
		case BackupDatafiles:
			sectioned = sectioned || s.SectionSize > 0
		}
	}
	if limited && sectioned {
		return ErrSectionedPieces
	}
	return nil
}

// ErrSectionedPieces refuses a block with both a piece size and a section
// size, which RMAN does not combine.
var ErrSectionedPieces = errors.New("rman script: MAXPIECESIZE and SECTION SIZE exclude each other: " +
	"set either RMAN_MAX_PIECE_SIZE or RMAN_SECTION_SIZE, not both")

// AllocateChannel allocates one disk channel for the RUN block.
type AllocateChannel struct {
	Name         string // identifier: d1, d2, …
	Format       string // absolute path with %U, or %s and %p; empty for a restore
	MaxPieceSize int64  // bytes, 0 = unlimited; rounded down to whole M (K below 1M)
	Rate         int64  // bytes read a second, 0 = unlimited; rounded like MaxPieceSize
}

func (AllocateChannel) place() place { return runOnly }

func (s AllocateChannel) render(r *render) {
	r.put("ALLOCATE CHANNEL")
	r.value(identifier("channel name", s.Name))
	r.put("DEVICE TYPE DISK")
	if s.Format != "" {
		r.put("FORMAT")
		r.value(quoteFormat(s.Format))
	}
	if s.MaxPieceSize != 0 {
		r.put("MAXPIECESIZE")
		r.size("maximum piece size", s.MaxPieceSize)
	}
	if s.Rate != 0 {
		r.put("RATE")
		r.size("read rate", s.Rate)
	}
	r.end()
}

// ReleaseChannel releases a channel of the same block.
type ReleaseChannel struct{ Name string }

func (ReleaseChannel) place() place { return runOnly }

func (s ReleaseChannel) render(r *render) {
	r.put("RELEASE CHANNEL")
	r.value(identifier("channel name", s.Name))
	r.end()
}

// SetControlfileAutobackupFormat directs autobackups of the session or block.
type SetControlfileAutobackupFormat struct {
	Format string // absolute path that contains %F once: /stage/run/%F
}

func (SetControlfileAutobackupFormat) place() place { return anywhere }

func (s SetControlfileAutobackupFormat) render(r *render) {
	r.put("SET CONTROLFILE AUTOBACKUP FORMAT FOR DEVICE TYPE DISK TO")
	r.value(quoteAutobackup(s.Format))
	r.end()
}

// SetBackupCopies makes the block's backups write each piece once, whatever
// CONFIGURE … BACKUP COPIES says. Autobackups are never duplexed.
type SetBackupCopies struct{}

func (SetBackupCopies) place() place { return runOnly }

func (SetBackupCopies) render(r *render) {
	r.put("SET BACKUP COPIES 1")
	r.end()
}

// SetCommandID marks the sessions of a block in V$SESSION.CLIENT_INFO.
type SetCommandID struct{ ID string }

func (SetCommandID) place() place { return runOnly }

func (s SetCommandID) render(r *render) {
	r.put("SET COMMAND ID TO")
	r.value(Quote("command id", s.ID))
	r.end()
}
