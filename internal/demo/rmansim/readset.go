package rmansim

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
)

// sink takes the frames of a backup set.
type sink interface {
	take(k piece.Kind, payload []byte) error
	// finish is called after the last frame of the set; it tells what is missing.
	finish() error
	// abort is called instead when the set could not be read.
	abort()
}

// setReader reads the pieces of a set on a channel.
type setReader struct {
	s        *session
	c        *channel
	ctx      context.Context
	dbid     uint32
	key      oradb.SetKey
	throttle throttle
	longop   *longop // nil: nothing is published
}

// reader prepares to read a set.
func (s *session) reader(c *channel, dbid uint32, key oradb.SetKey) *setReader {
	rate := s.faults.ReadRate
	if o := c.options.Rate; o > 0 && (rate == 0 || o < rate) {
		rate = o
	}
	return &setReader{s: s, c: c, ctx: s.ctx, dbid: dbid, key: key, throttle: throttle{rate: rate}}
}

// publish makes the reading be seen in V$SESSION_LONGOPS.
func (r *setReader) publish(c *oradb.Control) *setReader {
	r.longop = readLongop(r.s, r.c, c, r.key)
	return r
}

// read reads all pieces in their order into the sink.
func (r *setReader) read(pieces []oradb.BackupPiece, to sink) error {
	defer r.longop.end()
	for _, p := range pieces {
		if err := r.piece(p, to); err != nil {
			to.abort()
			return err
		}
	}
	return to.finish()
}

// piece reads one piece and reports it.
func (r *setReader) piece(p oradb.BackupPiece, to sink) error {
	r.s.channelSay(r.c, 8003, "reading from backup piece %s", p.Handle)
	if f := r.s.faults.piece(r.s.reads.next(), true); f != nil {
		if err := r.strike(f); err != nil {
			return restoreError(p.Handle, err)
		}
	}
	in, err := piece.Open(p.Handle)
	if err != nil {
		return restoreError(p.Handle, err)
	}
	defer func() { _ = in.Close() }()
	if err := r.belongs(in.Header, p.Handle); err != nil {
		return restoreError(p.Handle, err)
	}
	if err := r.frames(in, to); err != nil {
		return restoreError(p.Handle, err)
	}
	r.s.out.together(message{8511, "channel " + r.c.name + ": piece handle=" + p.Handle + " tag=" + p.Tag},
		message{8023, "channel " + r.c.name + ": restored backup piece " + itoa(p.Number)})
	return nil
}

// belongs refuses a piece of another database or set under the expected name.
func (r *setReader) belongs(h piece.Header, handle string) error {
	switch key := h.Records.Set.Key; {
	case h.DBID != r.dbid:
		return oradb.Ora(19691, "%s is from different database: id=%d, name=%s", handle, h.DBID, h.DBName)
	case key != r.key:
		return oradb.Ora(19609, "%s is from different backup set: stamp %d count %d", handle, key.Stamp, key.Count)
	}
	return nil
}

func (r *setReader) frames(in *piece.Reader, to sink) error {
	before := int64(0)
	for {
		k, payload, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.throttle.wait(r.ctx, int(in.Position()-before)); err != nil {
			return err
		}
		before = in.Position()
		if err := to.take(k, payload); err != nil {
			return err
		}
		r.longop.blocks(k, len(payload))
	}
}

// strike is a fault while reading.
func (r *setReader) strike(f *PieceFault) error {
	switch f.Kind {
	case "channel":
		r.c.dead = true
		return fail("RMAN-10038: database session for channel %s terminated unexpectedly", r.c.name)
	case "hang":
		<-r.ctx.Done()
		return r.ctx.Err()
	case "kill":
		p, err := os.FindProcess(os.Getpid())
		if err == nil {
			_ = p.Kill()
		}
		<-r.ctx.Done()
	case "disk_full":
		return oradb.Ora(19502, "write error on file \"%s\", block number 1 (block size=%d)", "datafile", oradb.BlockSize).
			And(27072, "File I/O error").Line("Linux-x86_64 Error: 28: No space left on device")
	}
	return nil
}

// restoreError words what went wrong while a piece was read.
func restoreError(handle string, err error) error {
	out := oradb.Ora(19870, "error while restoring backup piece %s", handle)
	var corrupt *piece.CorruptError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &corrupt):
		return out.And(19599, "block number %d is corrupt in backup piece %s", corrupt.Block, handle)
	case errors.Is(err, piece.ErrHeader):
		return out.And(19587, "error occurred reading %d bytes at block number 1", oradb.BlockSize)
	case errors.Is(err, os.ErrNotExist):
		return out.And(19505, "failed to identify file %q", handle).And(27037, "unable to obtain file status").
			Line("Linux-x86_64 Error: 2: No such file or directory").Line("Additional information: 3")
	case errors.Is(err, os.ErrPermission):
		return out.And(19505, "failed to identify file %q", handle).And(27041, "unable to open file").
			Line("Linux-x86_64 Error: 13: Permission denied").Line("Additional information: 2")
	}
	var ora *oradb.OraError
	if errors.As(err, &ora) {
		out.Lines = append(out.Lines, ora.Lines...)
		return out
	}
	return &failure{lines: append(messagesOf(out), messagesOf(err)...)}
}

// piecesOf gives one available copy of each piece of a set, in order.
func piecesOf(c *oradb.Control, k oradb.SetKey) []oradb.BackupPiece {
	best := map[int]oradb.BackupPiece{}
	for _, p := range c.BackupPieces {
		if p.Set == k && p.Status == oradb.Available {
			if old, ok := best[p.Number]; !ok || !exists(old.Handle) {
				best[p.Number] = p
			}
		}
	}
	var out []oradb.BackupPiece
	for _, p := range best {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b oradb.BackupPiece) int { return a.Number - b.Number })
	return out
}

// nothing is a sink that only checks: VALIDATE.
type nothing struct{}

func (nothing) take(piece.Kind, []byte) error { return nil }
func (nothing) finish() error                 { return nil }
func (nothing) abort()                        {}
