package rmansim

import (
	"path/filepath"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// takeAutobackup writes the control file and the SPFILE into a piece of their
// own. It comes last and knows of every set before it.
func (s *session) takeAutobackup() error {
	c, err := s.db.Control()
	if err != nil {
		return err
	}
	if c.Type != oradb.ControlCurrent {
		s.out.blank()
		s.out.raw("RMAN-06497: WARNING: control file is not current, control file AUTOBACKUP skipped")
		return nil
	}
	what := "Control File Autobackup"
	if s.hasSpfile() {
		what = "Control File and SPFILE Autobackup"
	}
	s.begin(what)
	handle, err := s.writeAutobackup(c)
	if err != nil {
		return err
	}
	s.out.say(8503, "piece handle=%s comment=NONE", handle)
	s.end(what)
	return nil
}

// writeAutobackup makes the piece and records its set.
func (s *session) writeAutobackup(c *oradb.Control) (handle string, err error) {
	key, err := s.db.ReserveSet()
	if err != nil {
		return "", err
	}
	sw := &setWriter{job: &backupJob{s: s, cmd: &syntax.Backup{}, control: c}, channel: s.anyChannel(), ctx: s.ctx, began: time.Now(),
		throttle: throttle{rate: s.faults.WriteRate}, plan: &setPlan{level: -1, control: true}}
	sw.plan.options.Tag = "TAG" + s.now().Format("20060102T150405")
	sw.records.Set = oradb.BackupSet{Key: key, Type: "D", Level: -1, Start: s.db.Now(), BlockSize: 16384, Autobackup: true}
	if err := s.autobackupPiece(sw, c); err != nil {
		sw.discard()
		return "", err
	}
	r := &sw.records.Set
	r.Completion, r.Elapsed, r.Pieces = s.db.Now(), time.Since(sw.began), 1
	if _, err := s.db.AddBackupSet(sw.records); err != nil {
		return "", err
	}
	return sw.path, nil
}

// hasSpfile tells whether the instance was started with an SPFILE, whether or
// not the file is still there.
func (s *session) hasSpfile() bool {
	in, err := s.db.Instance()
	return err == nil && in.Spfile
}

// anyChannel is the channel that the autobackup is written on.
func (s *session) anyChannel() *channel {
	switch {
	case s.run != nil && len(s.run.channels) > 0:
		return s.run.channels[0]
	case len(s.auto) > 0:
		return s.auto[0]
	}
	return &channel{name: "ORA_DISK_1"}
}

// autobackupPiece writes the one piece of the set.
func (s *session) autobackupPiece(sw *setWriter, c *oradb.Control) error {
	sw.fault = s.faults.piece(s.pieces.next(), false)
	path, err := s.autobackupName(c, sw.records.Set.Key)
	if err != nil {
		return err
	}
	sw.path = path
	sw.records.Pieces = []oradb.BackupPiece{{Set: sw.records.Set.Key, Number: 1, Copy: 1, Handle: path,
		Tag: sw.plan.options.Tag, Status: oradb.Available, Device: "DISK", Start: s.db.Now(), Comment: "NONE"}}
	if err := sw.checkPlace(path); err != nil {
		return err
	}
	if sw.w, err = piece.Create(path, 2, false, sw.beforeWrite); err != nil {
		return createError(path, err)
	}
	sw.paths = append(sw.paths, path)
	if err := sw.controlFile(); err != nil {
		return sw.ioError(err)
	}
	if s.hasSpfile() {
		if err := sw.spfile(); err != nil {
			return sw.ioError(err)
		}
	}
	return sw.finishAutobackup()
}

func (sw *setWriter) finishAutobackup() error {
	p := &sw.records.Pieces[0]
	p.Bytes, p.Completion = sw.w.Size(), sw.job.s.db.Now()
	h := sw.header(p, true)
	h.Records.Set.Completion = p.Completion
	if err := sw.w.Finish(h); err != nil {
		return sw.ioError(err)
	}
	sw.afterPiece()
	return nil
}

// autobackupFormat is the pattern in force: SET before CONFIGURE.
func (s *session) autobackupFormat() string {
	if f := s.scope().autobackupFormat; f != "" {
		return f
	}
	value := strings.TrimPrefix(s.configured(autobackupFormatName), "TO ")
	return strings.ReplaceAll(strings.Trim(value, "'"), "''", "'")
}

// autobackupName gives the name of the next autobackup. The number in %F is the
// lowest of the day that is not taken, on disk or in the repository.
func (s *session) autobackupName(c *oradb.Control, key oradb.SetKey) (string, error) {
	facts := s.nameFacts(c, key, 1)
	facts.isAuto = true
	format := s.autobackupFormat()
	if area, err := s.db.RecoveryArea(); err != nil || format == "%F" && area.Dir != "" {
		return s.defaultName(facts, "", "")
	}
	known := map[string]bool{}
	for _, p := range c.BackupPieces {
		known[filepath.Base(p.Handle)] = true
	}
	for facts.auto = 0; facts.auto < 256; facts.auto++ {
		name, err := facts.expand(format)
		if err != nil || !exists(name) && !known[filepath.Base(name)] {
			return name, err
		}
	}
	return "", fail("ORA-19715: invalid format F for generated name").and("all 256 control file autobackups of the day exist")
}
