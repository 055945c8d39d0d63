package rmansim

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
)

// setWriter makes one backup set.
type setWriter struct {
	job      *backupJob
	channel  *channel
	plan     *setPlan
	ctx      context.Context
	throttle throttle
	began    time.Time

	records oradb.SetRecords
	inputs  []*oradb.DatafileReader
	w       *piece.Writer
	path    string
	fault   *PieceFault
	paths   []string // every piece file this set made
	longop  *longop

	announced func() // called when the head of the set is printed
}

// announce takes the turn to print the head of the set, so that heads of
// several channels do not mix.
func (sw *setWriter) announce(started func()) {
	sw.job.head.Lock()
	sw.announced = sync.OnceFunc(func() {
		sw.job.head.Unlock()
		started()
	})
}

// run makes the set and records it. Nothing is recorded unless all of it
// succeeded.
func (sw *setWriter) run() error {
	defer sw.closeInputs()
	sw.began = time.Now()
	key, err := sw.job.s.db.ReserveSet()
	if err != nil {
		return err
	}
	sw.start(key)
	if err := sw.openInputs(); err != nil || sw.job.cmd.ValidateIt {
		return sw.validated(err)
	}
	if err := sw.openPiece(); err != nil {
		return err
	}
	if err := sw.content(); err != nil {
		return err
	}
	if err := sw.closePiece(true); err != nil {
		return err
	}
	return sw.complete()
}

// start prints the first lines and begins the records.
func (sw *setWriter) start(key oradb.SetKey) {
	j, p := sw.job, sw.plan
	r := &sw.records.Set
	*r = oradb.BackupSet{Key: key, Level: p.level, Start: j.s.db.Now(), BlockSize: oradb.BlockSize,
		Compressed: j.compressed(p), Keep: p.options.Keep != nil}
	code, specifying := 8008, message{8010, "specifying datafile(s) in backup set"}
	switch {
	case len(p.logs) > 0:
		r.Type, r.BlockSize = "L", oradb.RedoBlockSize
		code, specifying = 8009, message{8014, "specifying archived log(s) in backup set"}
	case p.level >= 0:
		r.Type, code = "I", 8048
	default:
		r.Type = "D"
	}
	if r.Compressed {
		code = 8046
	}
	name := "channel " + sw.channel.name + ": "
	j.s.out.together(message{code, name + "starting " + p.kindWord(r.Compressed) + " backup set"},
		message{specifying.code, name + specifying.text})
	sw.longop = newLongop(j.s, sw.channel, p)
}

// openInputs opens every datafile and names all input.
func (sw *setWriter) openInputs() error {
	out := sw.job.s.out
	for _, f := range sw.plan.files {
		r, err := sw.job.s.db.ReadDatafile(sw.ctx, f.file.Number, f.since)
		if err != nil {
			return err
		}
		sw.inputs = append(sw.inputs, r)
		out.say(8522, "%s", fileLine(f.file))
	}
	for _, l := range sw.plan.logs {
		out.say(8504, "input archived log thread=%d sequence=%d RECID=%d STAMP=%d", l.Thread, l.Sequence, l.Recid, l.Stamp)
	}
	if sw.plan.control {
		out.say(8011, "including current control file in backup set")
	}
	if sw.plan.spfile {
		out.say(8113, "including current SPFILE in backup set")
	}
	return nil
}

func (sw *setWriter) closeInputs() {
	for _, r := range sw.inputs {
		_ = r.Close()
	}
	sw.longop.end()
}

// content writes everything that belongs into the set.
func (sw *setWriter) content() error {
	for i := range sw.plan.files {
		if err := sw.file(i); err != nil {
			return err
		}
	}
	for _, l := range sw.plan.logs {
		if err := sw.log(l); err != nil {
			return err
		}
	}
	if sw.plan.control {
		if err := sw.controlFile(); err != nil {
			return err
		}
	}
	if sw.plan.spfile {
		return sw.spfile()
	}
	return nil
}

// frame writes a frame, in the next piece if this one has no room for it.
func (sw *setWriter) frame(k piece.Kind, payload []byte) error {
	limit := sw.channel.options.MaxPieceSize
	if limit > 0 && sw.plan.section == 0 && sw.w.Size() > headerRegion(sw.plan) &&
		sw.w.Size()+int64(len(payload))+16 > limit {
		if err := sw.nextPiece(); err != nil {
			return err
		}
	}
	return sw.ioError(sw.w.Frame(k, payload))
}

// headerRegion is the size a piece of the set has while it holds nothing.
func headerRegion(p *setPlan) int64 { return int64(2+entries(p)/8) * oradb.BlockSize }

func entries(p *setPlan) int { return len(p.files) + len(p.logs) + 2 }

func (sw *setWriter) nextPiece() error {
	if err := sw.closePiece(false); err != nil {
		return err
	}
	return sw.openPiece()
}

func (sw *setWriter) frameJSON(k piece.Kind, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return sw.frame(k, b)
}

// complete records the set and says so.
func (sw *setWriter) complete() error {
	r := &sw.records.Set
	r.Completion, r.Elapsed = sw.job.s.db.Now(), time.Since(sw.began)
	r.Pieces = len(sw.records.Pieces)
	for i := range sw.records.Files {
		sw.records.Files[i].Completion = r.Completion
	}
	if sw.records.Spfile != nil {
		sw.records.Spfile.Completion = r.Completion
	}
	if _, err := sw.job.s.db.AddBackupSet(sw.records); err != nil {
		return err
	}
	sw.job.s.channelSay(sw.channel, 8540, "backup set complete, elapsed time: %s", elapsed(r.Elapsed))
	return nil
}

// validated ends BACKUP VALIDATE: the input is read and nothing is written.
func (sw *setWriter) validated(err error) error {
	if err != nil {
		return err
	}
	for _, r := range sw.inputs {
		if _, err := countBlocks(r); err != nil {
			return err
		}
	}
	sw.job.s.channelSay(sw.channel, 8540, "backup set complete, elapsed time: %s", elapsed(time.Since(sw.began)))
	return nil
}
