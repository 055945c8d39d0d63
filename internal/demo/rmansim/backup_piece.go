package rmansim

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
)

// openPiece begins the next piece of the set.
func (sw *setWriter) openPiece() error {
	s, number := sw.job.s, len(sw.records.Pieces)+1
	sw.fault = s.faults.piece(s.pieces.next(), false)
	if sw.plan.section > 0 {
		sw.saySection(number)
	}
	path, err := sw.pieceName(number)
	if err != nil {
		return err
	}
	s.channelSay(sw.channel, 8038, "starting piece %d at %s", number, s.date())
	sw.announced()
	sw.records.Pieces = append(sw.records.Pieces, oradb.BackupPiece{Set: sw.records.Set.Key, Number: number, Copy: 1,
		Handle: path, Tag: sw.plan.options.Tag, Status: oradb.Available, Device: "DISK",
		Compressed: sw.records.Set.Compressed, Start: s.db.Now(), Comment: "NONE"})
	if err := sw.checkPlace(path); err != nil {
		return err
	}
	if limit := sw.channel.options.MaxPieceSize; limit > 0 && limit < headerRegion(sw.plan)+2*oradb.BlockSize {
		return oradb.Ora(19586, "%d k-byte limit is too small to hold piece directory", limit>>10)
	}
	if sw.plan.options.Reuse {
		_ = os.Remove(path)
	}
	sw.path = path
	w, err := piece.Create(path, entries(sw.plan), sw.records.Set.Compressed, sw.beforeWrite)
	if exists(path) && !errors.Is(err, os.ErrExist) {
		sw.paths = append(sw.paths, path)
	}
	if err != nil {
		return createError(path, err)
	}
	sw.w = w
	return nil
}

// saySection tells the blocks of a section.
func (sw *setWriter) saySection(number int) {
	total, n := sw.plan.files[0].file.Bytes/oradb.BlockSize, sw.plan.section
	sw.job.s.out.say(8526, "backing up blocks %d through %d", int64(number-1)*n+1, min(int64(number)*n, total))
}

// pieceName makes the name of a piece.
func (sw *setWriter) pieceName(number int) (string, error) {
	facts := sw.job.s.nameFacts(sw.job.control, sw.records.Set.Key, number)
	if format := formatFor(sw.channel, sw.plan.options); format != "" {
		return facts.expand(format)
	}
	return sw.job.s.defaultName(facts, sw.contentLetters(), sw.plan.options.Tag)
}

// nameFacts collects what FORMAT may refer to.
func (s *session) nameFacts(c *oradb.Control, key oradb.SetKey, number int) nameFacts {
	return nameFacts{home: s.db.Home(), sid: s.db.SID(), db: c.Name, dbid: c.DBID, key: key, piece: number, now: s.now()}
}

// defaultName is a name in the recovery area, or in ORACLE_HOME/dbs without
// one.
func (s *session) defaultName(f nameFacts, letters, tag string) (string, error) {
	area, err := s.db.RecoveryArea()
	if err != nil {
		return "", err
	}
	if area.Dir == "" {
		if f.isAuto {
			return f.expand("%F")
		}
		return f.expand("%U")
	}
	c, err := s.db.Control()
	if err != nil {
		return "", err
	}
	name := f.managedName(area.Dir, c.UniqueName, letters, tag)
	return name, os.MkdirAll(filepath.Dir(name), 0o700)
}

// contentLetters are the letters of Oracle's own names that tell the content.
func (sw *setWriter) contentLetters() string {
	level := map[int]string{-1: "f", 0: "0", 1: "1"}[sw.plan.level]
	switch {
	case len(sw.plan.logs) > 0:
		return "annnn"
	case sw.plan.control && sw.plan.spfile:
		return "ncsn" + level
	case sw.plan.control:
		return "ncnn" + level
	case sw.plan.spfile:
		return "nnsn" + level
	}
	return "nnnd" + level
}

// checkPlace refuses what may not be in the recovery area, and applies faults
// that strike before the file is made.
func (sw *setWriter) checkPlace(path string) error {
	area, err := sw.job.s.db.RecoveryArea()
	if err != nil {
		return err
	}
	if area.Dir != "" && strings.HasPrefix(path, area.Dir+"/") {
		if sw.plan.options.Keep != nil {
			return fail("ORA-19811: cannot have files in DB_RECOVERY_FILE_DEST with keep attributes")
		}
		if err := sw.job.s.db.CheckRecoveryArea(sw.estimate()); err != nil {
			return err
		}
	}
	if sw.fault == nil {
		return nil
	}
	switch sw.fault.Kind {
	case "create":
		return createError(path, syscall.ENOENT)
	case "area_full":
		return oradb.Ora(19809, "limit exceeded for recovery files").
			And(19804, "cannot reclaim %d bytes disk space from %d bytes limit", sw.estimate(), area.Limit)
	}
	return nil
}

// estimate is the size a set may reach, for the quota of the recovery area.
func (sw *setWriter) estimate() (bytes int64) {
	bytes = headerRegion(sw.plan)
	for _, r := range sw.inputs {
		bytes += int64(r.Image().Blocks) * oradb.BlockSize / 4
	}
	for _, l := range sw.plan.logs {
		bytes += l.Blocks * oradb.RedoBlockSize
	}
	return bytes
}

// createError words a file that could not be made.
func createError(path string, err error) error {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	out := oradb.Ora(19504, "failed to create file %q", path)
	var no syscall.Errno
	switch {
	case errors.Is(err, os.ErrExist):
		return out.And(27038, "created file already exists").Line("Additional information: 1")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return out.And(27044, "unable to write the header block of file").
			Line("Linux-x86_64 Error: 28: No space left on device").Line("Additional information: 4")
	case errors.As(err, &no):
		return out.And(27040, "file create error, unable to create file").
			Line("Linux-x86_64 Error: %d: %s", int(no), sentence(no.Error())).Line("Additional information: 1")
	}
	return err
}

// sentence gives an error text the capital that C's strerror has.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// ioError words an error of writing; refusals of our own pass through.
func (sw *setWriter) ioError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return diskFull(sw.path, sw.w.Size())
	}
	return err
}

// diskFull is a write that found no space.
func diskFull(path string, size int64) error {
	block := size/oradb.BlockSize + 1
	return oradb.Ora(19502, "write error on file %q, block number %d (block size=%d)", path, block, oradb.BlockSize).
		And(27072, "File I/O error").
		Line("Linux-x86_64 Error: 28: No space left on device").
		Line("Additional information: 4").Line("Additional information: %d", block).Line("Additional information: -1")
}

// beforeWrite is asked before bytes go to the piece: it keeps the rate and lets
// faults strike.
func (sw *setWriter) beforeWrite(n int) error {
	if err := sw.throttle.wait(sw.ctx, n); err != nil {
		return err
	}
	f := sw.fault
	if f == nil || f.After > 0 && (sw.w == nil || sw.w.Size()+int64(n) <= f.After) {
		return nil
	}
	switch f.Kind {
	case "disk_full":
		size := int64(0)
		if sw.w != nil {
			size = sw.w.Size()
		}
		return asFailure(diskFull(sw.path, size))
	case "channel":
		sw.channel.dead = true
		return fail("RMAN-10038: database session for channel %s terminated unexpectedly", sw.channel.name)
	case "hang":
		<-sw.ctx.Done()
		return sw.ctx.Err()
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		<-sw.ctx.Done()
	}
	return nil
}

// closePiece finishes the piece and reports it.
func (sw *setWriter) closePiece(last bool) error {
	p := &sw.records.Pieces[len(sw.records.Pieces)-1]
	h := sw.header(p, last)
	p.Bytes = sw.w.Size()
	p.Completion = sw.job.s.db.Now()
	h.Records.Set.Completion = p.Completion
	if err := sw.w.Finish(h); err != nil {
		return sw.ioError(err)
	}
	p.Elapsed = p.Completion.Sub(p.Start)
	sw.afterPiece()
	sw.job.s.out.together(
		message{8044, "channel " + sw.channel.name + ": finished piece " + itoa(p.Number) + " at " + sw.job.s.date()},
		message{8530, "piece handle=" + p.Handle + " tag=" + p.Tag + " comment=NONE"})
	return nil
}

// afterPiece lets the faults strike that RMAN does not notice.
func (sw *setWriter) afterPiece() {
	if sw.fault == nil {
		return
	}
	switch sw.fault.Kind {
	case "silent":
		_ = os.Remove(sw.path)
	case "corrupt":
		damage(sw.path, headerRegion(sw.plan)+100)
	}
}

// damage flips a byte of a file.
func damage(path string, at int64) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err == nil {
		b[0] ^= 0xff
		_, _ = f.WriteAt(b[:], at)
	}
}

// discard removes every piece of a set that failed, as RMAN does.
func (sw *setWriter) discard() {
	if sw.w != nil {
		sw.w.Abandon()
	}
	for _, p := range sw.paths {
		_ = os.Remove(p)
	}
}

// header describes the piece and what is known of its set.
func (sw *setWriter) header(p *oradb.BackupPiece, last bool) piece.Header {
	c := sw.job.control
	h := piece.Header{DBID: c.DBID, DBName: c.Name, Number: p.Number, Last: last, Tag: p.Tag,
		Incarnation: c.Resetlogs, Prior: c.PriorReset, Records: sw.records}
	h.Records.Pieces = nil
	return h
}
