package rmansim

import (
	"bufio"
	"context"
	"os"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// defaultVersion is the release the simulation imitates.
const defaultVersion = "19.23.0.0.0"

// session is the state of one run of the program.
type session struct {
	base    context.Context // ends with the program
	ctx     context.Context // ends with the command that runs, by Ctrl-C
	prog    Program
	args    cmdline
	db      *oradb.DB
	version string
	nls     nls
	faults  *faults
	out     *console
	in      *bufio.Reader

	connected bool
	quit      bool // EXIT was read
	failed    bool // some command failed
	echo      bool // SET ECHO ON
	stopped   bool // SHUTDOWN was the last that happened to the instance
	repoNoted bool // the line about the control file as repository was printed

	dbid     uint32 // SET DBID
	settings settings
	run      *runState  // inside RUN
	auto     []*channel // automatic channels of the session
	pieces   counter    // pieces begun to be written
	reads    counter    // pieces begun to be read

	// autobackup is set by a BACKUP that an autobackup must follow.
	autobackup bool
}

// settings are the values of SET that live in a session or in a RUN block.
type settings struct {
	autobackupFormat string
	autobackup       *bool
	until            *syntax.Until
	newNames         map[int]string
	newNameFormat    string // SET NEWNAME FOR DATABASE
	archiveDest      string
	commandID        string
}

// runState is what a RUN block adds to the session.
type runState struct {
	channels []*channel // allocated by hand
	settings settings
	restored map[int]string // datafiles restored to a new name in this block
}

// newSession prepares a session of the program with the database of its home.
func newSession(ctx context.Context, p Program, db *oradb.DB) *session {
	s := &session{base: ctx, ctx: ctx, prog: p, db: db, version: defaultVersion,
		nls: newNLS(p.lookup), in: newReader(p), out: newConsole(p.Stdout, false, false)}
	if v := p.lookup("RMANSIM_VERSION"); v != "" {
		s.version = v
	}
	var err error
	if s.faults, err = loadFaults(db.Base(), p.lookup); err != nil && p.Stderr != nil {
		_, _ = p.Stderr.Write([]byte(err.Error() + "\n"))
	}
	return s
}

// now is the database's clock in the zone of the session.
func (s *session) now() time.Time { return s.db.Now().In(s.nls.zone) }

// date is the present moment as NLS_DATE_FORMAT shows it.
func (s *session) date() string { return s.nls.date(s.now()) }

// finish writes out what a buffer still holds.
func (s *session) finish() { _ = s.out.flush() }

// setting gives the value of a SET that may have been made in the RUN block or
// before.
func (s *session) scope() *settings {
	if s.run != nil {
		return &s.run.settings
	}
	return &s.settings
}

// noteRepository prints, once, where the repository is.
func (s *session) noteRepository() {
	if s.repoNoted {
		return
	}
	s.repoNoted = true
	s.out.say(6009, "using target database control file instead of recovery catalog")
}

// begin and end frame a command that works on the database.
func (s *session) begin(what string) {
	s.out.blank()
	s.out.say(3090, "Starting %s at %s", what, s.date())
}

func (s *session) end(what string) { s.out.say(3091, "Finished %s at %s", what, s.date()) }

// cancellable gives a context that ends when Ctrl-C arrives while a command
// runs. The second interrupt ends the program on the spot.
func (s *session) cancellable() (context.Context, func()) {
	ctx, cancel := context.WithCancel(s.base)
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
			return
		case <-s.prog.Interrupts:
			s.out.say(0, "user interrupt received")
			cancel()
		}
		select {
		case <-done:
		case <-s.prog.Interrupts:
			os.Exit(1)
		}
	}()
	return ctx, func() { close(done); cancel() }
}
