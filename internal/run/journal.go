package run

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Names in the folder of a run.
const (
	EventsFile  = "events.jsonl" // one Event a line, the truth about the run
	TextFile    = "run.log"      // the same for people
	RMANFile    = "rman.log"     // RMAN's whole output
	ScriptsDir  = "scripts"      // what was given to RMAN
	LaunchFile  = "launch.log"   // output of a detached process; empty in good times
	ownerFile   = "owner.json"   // the Holder that the run belongs to
	settledFile = "settled"      // what an interrupted run left has been dealt with
	cancelFile  = "cancel"       // somebody asked the run to stop
)

// Options of a Journal. The zero value is right outside of tests.
type Options struct {
	Now func() time.Time // nil is time.Now
	// Tee gets each event as it was written down, in order. It must not call
	// the journal. Nil is nobody.
	Tee func(Event)
}

// Journal writes the run's events, its logs and its scripts into the run's
// folder. It is a Sink; all methods may be called from any goroutine. Once it
// is made, no failure of its disk stops the run: Err tells of the first one.
type Journal struct {
	dir, id string
	now     func() time.Time
	tee     func(Event)

	mu     sync.Mutex
	events *os.File
	text   *lazyFile
	rman   *lazyFile
	wait   burst
	enc    encoder
	notes  textLog
	thin   thinner
	crash  crashPoints
	seq    int64
	torn   bool // the last write stopped in the middle of a line
	closed bool
	err    error
}

var _ Sink = (*Journal)(nil)

// errClosed is the failure of an event that comes after Close.
var errClosed = errors.New("event after the journal was closed")

// Create makes the folder LOG_DIR/<id>/ and the journal in it. The folder may
// exist (StartDetached makes it), the journal must not. The error says what to
// do about a LOG_DIR that is full or cannot be written.
func Create(logDir, id string, o Options) (*Journal, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if p, err := ParseID(id); err != nil || p.DBName != "" {
		return nil, fmt.Errorf("%q is not the id of a run", id)
	}
	j := &Journal{dir: filepath.Join(logDir, id), id: id, now: o.Now, tee: o.Tee, crash: crashPointsFromEnv()}
	j.wait = newBurst(j.flushLate)
	if err := j.open(); err != nil {
		j.closeFiles()
		return nil, fmt.Errorf("journal of run %s: %w: give LOG_DIR a folder that can be written and has room", id, err)
	}
	return j, nil
}

func (j *Journal) open() (err error) {
	if err := makeRunDir(j.dir, Self(j.id, j.now())); err != nil {
		return err
	}
	if err := MkdirAll(filepath.Join(j.dir, ScriptsDir)); err != nil {
		return err
	}
	if j.events, err = os.OpenFile(filepath.Join(j.dir, EventsFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600); err != nil {
		return err
	}
	// Tells other hosts and containers that the run lives; a file system
	// without locks only loses that.
	_ = flock(j.events, syscall.LOCK_EX)
	if j.text, err = openLazy(filepath.Join(j.dir, TextFile)); err != nil {
		return err
	}
	if j.rman, err = openLazy(filepath.Join(j.dir, RMANFile)); err != nil {
		return err
	}
	return errors.Join(SyncDir(j.dir), SyncDir(filepath.Dir(j.dir)))
}

// makeRunDir makes the folder of a run and writes down whose it is.
func makeRunDir(dir string, owner Holder) error {
	if err := MkdirAll(dir); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, ownerFile), owner)
}

// Dir is the folder of the run, ID its id.
func (j *Journal) Dir() string { return j.dir }

// ID is the id of the run.
func (j *Journal) ID() string { return j.id }

// ScriptPath is where a script for RMAN is kept. Letters of name that are not
// safe in a file name become "_".
func (j *Journal) ScriptPath(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' {
			return r
		}
		return safeInName(r)
	}, name)
	if safe == "" || safe[0] == '.' {
		safe = "_" + safe // neither hidden nor a folder
	}
	return filepath.Join(j.dir, ScriptsDir, safe)
}

// RMANLog takes RMAN's output as it comes. Its Write never fails; see Err.
func (j *Journal) RMANLog() io.Writer { return j.rman }

// Emit writes one event, and waits for the disk where the event must not be
// lost. Events of type transfer and progress are thinned. Lines and channels
// that come in a burst are written together, at most
// 5 ms later; every other event is in the file, whole, when Emit returns.
func (j *Journal) Emit(e Event) {
	j.mu.Lock()
	now := j.now()
	if !j.thin.passes(&e, now) {
		j.mu.Unlock()
		return
	}
	j.crash.before(&e)
	if held := j.thin.takeBefore(&e); held != nil {
		j.write(held, now)
	}
	j.write(&e, now)
	durable := mustNotBeLost(e.Type)
	if durable {
		j.text.Flush()
	}
	j.mu.Unlock()
	if durable {
		j.sync()
	}
	j.crash.after(&e)
}

// mustNotBeLost: recovery and history rely on these after a power loss.
func mustNotBeLost(t Type) bool {
	switch t {
	case TypeStart, TypeProblem, TypeCommit, TypeMark, TypeEnd:
		return true
	}
	return false
}

func (j *Journal) write(e *Event, now time.Time) {
	if j.closed {
		j.fail(errClosed)
		return
	}
	j.seq++
	e.V, e.Seq, e.Time = FormatVersion, j.seq, now.UTC()
	if e.Start != nil {
		e.Start = j.completeStart(*e.Start)
	}
	line, err := j.enc.encode(e, j.torn && len(j.wait.buf) == 0)
	if err != nil {
		j.fail(err)
		return
	}
	if j.wait.add(line, mayWait(e.Type)) {
		j.flush()
	}
	_, _ = j.text.Write(j.notes.render(e))
	if j.tee != nil {
		j.tee(*e)
	}
}

// completeStart fills in what the journal knows better than the engine.
func (j *Journal) completeStart(s Start) *Start {
	self := Self(j.id, j.now())
	s.ID, s.Host, s.PID, s.Proc = j.id, self.Host, self.PID, self.Proc
	return &s
}

func (j *Journal) sync() {
	if err := j.events.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.fail(err)
	}
}

func (j *Journal) fail(err error) {
	if j.err == nil {
		j.err = fmt.Errorf("journal of run %s: %w", j.id, err)
	}
}

// Err is the first failure to write anything down, or nil.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.err, j.text.Err(), j.rman.Err())
}

// Close writes everything out and ends the journal. It returns Err.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return j.Err()
	}
	j.flush()
	j.closed = true
	j.mu.Unlock()
	j.wait.timer.Stop()
	j.sync()
	j.closeFiles()
	return j.Err()
}

func (j *Journal) closeFiles() {
	if j.events != nil {
		_ = j.events.Close() // synced before; nothing is left to fail
	}
	for _, l := range []*lazyFile{j.text, j.rman} {
		if l != nil {
			_ = l.Close() // its failures are in Err
		}
	}
}
