package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/restore"
	"orabak-tui/s3store"
)

// restore has the engine bring the database back; the pieces stay.
func (l *lab) restore() (restore.Result, time.Duration) {
	l.tb.Helper()
	l.events = recorder{}
	log, err := os.Create(l.path("restore.log"))
	if err != nil {
		l.tb.Fatal(err)
	}
	defer log.Close()
	begin := time.Now()
	r, err := restore.Run(l.tb.Context(), restore.Deps{Config: l.config, Oracle: l.oracle(), RMAN: l.rman(), Store: l.store, Sink: &l.events,
		RunDir: l.path("restore-run"), Log: log, Now: time.Now, Free: freeRoom, Keep: true},
		restore.Request{Mode: restore.ModeIncremental, Confirm: labSID})
	if err != nil {
		l.tb.Fatal(err)
	}
	return r, time.Since(begin)
}

// lose destroys files and ends the instance, as a broken disk does. Where its
// control file is left it is mounted again, as a DBA would.
func (l *lab) lose(what oradb.Loss) {
	l.tb.Helper()
	if _, err := l.db.Lose(what); err != nil {
		l.tb.Fatal(err)
	}
	if what == oradb.LoseEverything {
		return
	}
	if _, err := l.db.Shutdown(l.tb.Context(), true); err != nil {
		l.tb.Fatal(err)
	}
	l.byHand("mount", "STARTUP MOUNT;")
}

// downloadAlone fetches the pieces of a plan, as many at a time as the engine.
func (l *lab) downloadAlone(uses []restore.PieceUse) time.Duration {
	l.tb.Helper()
	to, pieces := l.path("alone"), map[string]s3store.Piece{}
	if err := os.MkdirAll(to, 0o700); err != nil {
		l.tb.Fatal(err)
	}
	var names []string
	for _, u := range uses {
		names = append(names, u.Piece.Name)
		pieces[u.Piece.Name] = u.Piece
	}
	begin := time.Now()
	err := every(names, func(name string) error {
		return l.store.GetPiece(l.tb.Context(), s3store.GetRequest{Piece: pieces[name], Path: filepath.Join(to, name)})
	})
	if err != nil {
		l.tb.Fatal(err)
	}
	return time.Since(begin)
}

// BenchmarkRestore compares a restore with the slower of its two halves, each
// alone: the download of the same pieces, and the scripts of the plan by hand
// with all pieces in their places. The slower half takes 40 s: a restore calls
// RMAN some twenty times, which is much of a shorter one.
func BenchmarkRestore(b *testing.B) {
	const rate = labRate / 2
	for _, c := range []struct {
		name       string
		read, down int64
		loss       oradb.Loss
	}{
		{"rates equal", rate, rate, oradb.LoseDatafiles},
		{"rates equal, all lost", rate, rate, oradb.LoseEverything},
		{"RMAN twice as fast", 2 * rate, rate, oradb.LoseDatafiles},
		{"download twice as fast", rate, 2 * rate, oradb.LoseDatafiles},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := newLab(b, 0, c.read, 0, c.down)
			l.backup()
			l.lose(c.loss)
			r, total := l.restore()
			b.Logf("phases %v, %d scripts of RMAN", l.events.phases, l.restoreScripts())
			download := l.downloadAlone(r.Plan.Pieces)
			l.lose(c.loss)
			alone := l.rmanAlone()
			report("restore, "+c.name+": total ÷ max(download, RMAN)", "≤ 1.15", fmt.Sprintf("%.2f", total.Seconds()/max(download, alone).Seconds()),
				fmt.Sprintf("download alone %s, RMAN alone %s, total %s", seconds(download), seconds(alone), seconds(total)))
		})
	}
}

// restoreScripts counts the calls of RMAN that the last restore took.
func (l *lab) restoreScripts() int {
	made, _ := filepath.Glob(l.path("restore-run/*.rman"))
	return len(made)
}
