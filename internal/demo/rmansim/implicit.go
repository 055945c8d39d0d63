package rmansim

import "orabak-tui/internal/demo/oradb"

// implicitCrosscheck does what the first repository command after the mount of
// a restored control file does: it looks for the files of all records and
// catalogs what else lies in the recovery area. Without a recovery area nothing
// happens.
func (s *session) implicitCrosscheck() error {
	x, ran, err := s.db.ImplicitCrosscheck()
	if err != nil || !ran {
		return err
	}
	if err := s.sayCrosscheck(x); err != nil {
		return err
	}
	s.out.raw("searching for all files in the recovery area")
	if len(x.Unknown) == 0 {
		s.out.raw("cataloging files...", "no files cataloged")
		s.out.blank()
		return nil
	}
	s.catalogFiles(x.Unknown)
	s.out.blank()
	return nil
}

// sayCrosscheck prints both halves of the crosscheck.
func (s *session) sayCrosscheck(x oradb.Crosscheck) error {
	s.out.say(6014, "Starting implicit crosscheck backup at %s", s.date())
	if _, err := s.channels(); err != nil {
		return err
	}
	if x.Pieces > 0 {
		s.out.say(6481, "Crosschecked %d objects", x.Pieces)
	}
	s.out.say(6015, "Finished implicit crosscheck backup at %s", s.date())
	s.out.blank()
	s.out.say(6014, "Starting implicit crosscheck copy at %s", s.date())
	if _, err := s.channels(); err != nil {
		return err
	}
	s.out.say(6015, "Finished implicit crosscheck copy at %s", s.date())
	s.out.blank()
	return nil
}
