package batch

import (
	"fmt"
	"strings"
	"time"

	"orabak-tui/internal/run"
)

// calm is how often a transfer or a total is printed as text: often enough to
// see that it moves, rare enough for a cron mail.
const calm = 30 * time.Second

// printer writes a run's events: JSON lines, or text at a calm rate.
type printer struct {
	app      *App
	lastMove time.Time
}

// event prints one event.
func (p *printer) event(e run.Event) {
	if p.app.Options.JSON {
		_ = p.app.printJSON(e)
		return
	}
	text := p.text(e)
	if text == "" {
		return
	}
	w := p.app.Stdout
	if e.Type == run.TypeProblem {
		w = p.app.Stderr
	}
	fmt.Fprintf(w, "%s  %s\n", e.Time.Local().Format("15:04:05"), strings.ReplaceAll(text, "\n", "\n          "))
}

// text is what is printed of an event; most of the engine's inner marks are
// only for programs, and moving bytes are thinned out.
func (p *printer) text(e run.Event) string {
	switch e.Type {
	case run.TypeMark, run.TypeChannel, run.TypePiece:
		return ""
	case run.TypeTransfer:
		if e.Transfer.State == run.Running || e.Transfer.State == run.Begun {
			return ""
		}
	case run.TypeProgress:
		if e.Time.Sub(p.lastMove) < calm {
			return ""
		}
		p.lastMove = e.Time
	}
	return run.Describe(e)
}
