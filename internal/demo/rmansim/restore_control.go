package rmansim

import (
	"errors"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
	"orabak-tui/internal/demo/rmansim/syntax"
)

const noAutobackup = "RMAN-06172: no AUTOBACKUP found or specified handle is not a valid copy or piece"

// part reads a control file or SPFILE out of a piece on disk.
func (s *session) part(path string, kind piece.Kind) ([]byte, piece.Header, error) {
	in, err := piece.Open(path)
	if err != nil {
		return nil, piece.Header{}, fail(noAutobackup)
	}
	defer func() { _ = in.Close() }()
	if s.dbid != 0 && in.Header.DBID != s.dbid {
		return nil, in.Header, fail(noAutobackup)
	}
	to := &partSink{kind: kind}
	r := &setReader{s: s, ctx: s.ctx, throttle: throttle{rate: s.faults.ReadRate}}
	if err := r.frames(in, to); err != nil {
		return nil, in.Header, restoreError(path, err)
	}
	if to.data == nil {
		return nil, in.Header, fail(noAutobackup)
	}
	return to.data, in.Header, nil
}

// restoreControl is RESTORE CONTROLFILE.
func (s *session) restoreControl(cmd *syntax.Restore, o syntax.RestoreObject, c *channel) error {
	in, err := s.db.Instance()
	if err != nil {
		return err
	}
	if in.State >= oradb.Mounted && o.To == "" {
		return fail("RMAN-06496: must use the TO clause when the database is mounted or open")
	}
	path, found, err := s.partSource(cmd, in, c, piece.ControlFile)
	if err != nil {
		return err
	}
	if cmd.Preview || cmd.ValidateB {
		return s.validatePart(path, piece.ControlFile, c)
	}
	return s.writeControl(path, found, o, c)
}

// writeControl copies the control file out of the piece.
func (s *session) writeControl(path string, found bool, o syntax.RestoreObject, c *channel) error {
	began := time.Now()
	if found {
		s.channelSay(c, 8021, "restoring control file from AUTOBACKUP %s", path)
	} else {
		s.channelSay(c, 8021, "restoring control file")
	}
	data, _, err := s.part(path, piece.ControlFile)
	if err != nil {
		return err
	}
	var names []string
	if o.To != "" {
		names = []string{o.To}
	}
	if names, err = s.db.RestoreControl(data, names...); err != nil {
		return err
	}
	if found {
		s.channelSay(c, 8505, "control file restore from AUTOBACKUP complete")
	} else {
		s.channelSay(c, 8180, "restore complete, elapsed time: %s", elapsed(time.Since(began)))
	}
	for _, n := range names {
		s.out.say(8505, "output file name=%s", n)
	}
	return nil
}

// restoreSpfile is RESTORE SPFILE.
func (s *session) restoreSpfile(cmd *syntax.Restore, o syntax.RestoreObject, c *channel) error {
	in, err := s.db.Instance()
	if err != nil {
		return err
	}
	if in.Spfile && o.To == "" {
		return fail("RMAN-06564: must use the TO clause when the instance is started with SPFILE")
	}
	path, _, err := s.partSource(cmd, in, c, piece.SPFile)
	if err != nil {
		return err
	}
	if cmd.Preview || cmd.ValidateB {
		return s.validatePart(path, piece.SPFile, c)
	}
	s.channelSay(c, 8022, "restoring spfile from AUTOBACKUP %s", path)
	data, _, err := s.part(path, piece.SPFile)
	if err != nil {
		return err
	}
	if _, err := s.db.RestoreSpfile(data, o.To); err != nil {
		return err
	}
	s.channelSay(c, 8024, "SPFILE restore from AUTOBACKUP complete")
	return nil
}

func (s *session) validatePart(path string, kind piece.Kind, c *channel) error {
	s.channelSay(c, 8016, "starting validation of datafile backup set")
	s.channelSay(c, 8003, "reading from backup piece %s", path)
	_, h, err := s.part(path, kind)
	if err != nil {
		return err
	}
	s.channelSay(c, 8511, "piece handle=%s tag=%s", path, h.Tag)
	s.channelSay(c, 8023, "restored backup piece 1")
	s.channelSay(c, 8180, "validation complete, elapsed time: 00:00:01")
	return nil
}

// partSource finds the piece to restore from; found tells that it was searched
// for as an autobackup.
func (s *session) partSource(cmd *syntax.Restore, in oradb.Instance, c *channel, kind piece.Kind) (path string, found bool, err error) {
	switch {
	case cmd.From != "":
		return cmd.From, false, nil
	case cmd.Auto:
		path, err = s.findAutobackup(cmd, in, c)
		return path, true, err
	case in.State < oradb.Mounted:
		return "", false, fail("RMAN-06563: control file or SPFILE must be restored using FROM AUTOBACKUP")
	}
	path, err = s.repositoryPart(cmd, kind)
	return path, false, err
}

// repositoryPart finds the newest available piece with the part that the
// repository knows.
func (s *session) repositoryPart(cmd *syntax.Restore, kind piece.Kind) (string, error) {
	c, err := s.db.Control()
	if err != nil {
		return "", err
	}
	l, err := s.limitOf(cmd.Until, c)
	if err != nil {
		return "", err
	}
	best := oradb.BackupSet{}
	for _, b := range c.BackupSets {
		has := b.Controlfile
		if kind == piece.SPFile {
			has = b.Spfile
		}
		if has && b.Key.Count >= best.Key.Count && l.admits(b.ControlSCN, b.Completion) && c.SetStatus(b.Key) == oradb.Available {
			best = b
		}
	}
	if pieces := piecesOf(c, best.Key); len(pieces) > 0 {
		return pieces[0].Handle, nil
	}
	what := "RMAN-06024: no backup or copy of the control file found to restore"
	if kind == piece.SPFile {
		what = "RMAN-06729: no backup of the SPFILE found to restore"
	}
	return "", errors.Join(fail("RMAN-06026: some targets not found - aborting restore").and("%s", what))
}
