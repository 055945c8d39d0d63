package backup

import (
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// hearer listens to one script's output: it passes lines on and hands finished
// pieces to the uploaders. RMAN's reader calls it, one event at a time.
type hearer struct {
	s       *session
	narrate *rman.Narrator
	err     error
}

func (h *hearer) event(e rman.Event) {
	h.narrate.Event(e)
	t := h.s.track
	switch e.Kind {
	case rman.KindSetBegin:
		t.setBegun(e.Channel)
	case rman.KindPieceEnd:
		t.pieceFinished(e.Channel, e.Number)
	case rman.KindPieceWritten:
		h.piece(e)
	case rman.KindSetEnd:
		h.setEnd(e.Channel)
	}
}

// setEnd releases the pieces of a finished set. With SECTION SIZE several
// channels write one set and each says that it is complete, so nothing is
// concluded from one of them.
func (h *hearer) setEnd(channel string) {
	if h.s.d.Config.SectionSize > 0 {
		return
	}
	if err := h.s.setsDone(h.s.track.setComplete(channel)); err != nil && h.err == nil {
		h.err = err
	}
}

// setsDone tells of pieces whose sets are complete and lets go what may.
func (s *session) setsDone(pieces []*staged) error {
	for _, p := range pieces {
		s.up.emitPiece(p, run.Complete)
	}
	return s.up.sweep(s.pressed())
}

func (h *hearer) piece(e rman.Event) {
	p, err := h.s.track.handle(e.Handle, e.Tag, e.Autobackup)
	if err != nil {
		if h.err == nil {
			h.err = err
		}
		return
	}
	h.s.up.emitPiece(p, run.Finished)
	h.s.up.push(p)
	h.s.emitProgress()
}
