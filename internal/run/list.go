package run

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// States of a run in a list, beside Running and Done.
const (
	Warnings    State = "warnings"    // done; something else needs a look
	Interrupted State = "interrupted" // ended by a signal, or its process is gone
	Cancelled   State = "cancelled"
	Unreachable State = "unreachable" // the target of a restore cannot be reached
	Unknown     State = "unknown"     // nothing tells whether it lives: another host's, or unreadable
)

// Info is a row of the list of runs on this host.
type Info struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	State     State     `json:"state"` // running | done | warnings | failed | interrupted | cancelled | unreachable | unknown
	Exit      int       `json:"exit"`  // -1 until the run has ended, and when it never did
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended,omitzero"` // last sign of life of an interrupted run
	SetID     string    `json:"set_id,omitempty"`
	DBName    string    `json:"db_name,omitempty"`
	Host      string    `json:"host,omitempty"`
	PID       int       `json:"pid,omitempty"`
	StartedBy string    `json:"started_by,omitempty"`
	Bytes     int64     `json:"bytes"` // moved to or from S3, so far
	Error     string    `json:"error,omitempty"`
	Code      string    `json:"code,omitempty"` // root cause: ORA-/RMAN- code
	Resumable bool      `json:"resumable"`      // interrupted, and what it left has not been dealt with
	Dir       string    `json:"dir"`
	owner     Holder
	unread    bool // the journal is there but could not be read
}

// ended tells whether nothing more can come.
func (i Info) ended() bool { return i.State != Running && i.State != Unknown }

// headSize and tailSize bound what is read of each journal for a list.
const (
	headSize = 16 << 10
	tailSize = 16 << 10
)

// List tells of all runs in LOG_DIR, newest first, from the head and the tail
// of each journal. A LOG_DIR that does not exist has no runs.
func List(logDir string) ([]Info, error) {
	entries, err := os.ReadDir(logDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	var list []Info
	for _, entry := range entries {
		if info, err := Stat(logDir, entry.Name()); err == nil && entry.IsDir() {
			list = append(list, info)
		}
	}
	slices.SortFunc(list, func(a, b Info) int { return cmp.Compare(b.ID, a.ID) })
	return list, nil
}

// Stat tells of one run; ErrNoRun if there is none of that id.
func Stat(logDir, id string) (Info, error) {
	p, err := ParseID(id)
	if err != nil || p.DBName != "" {
		return Info{}, fmt.Errorf("%w: %s", ErrNoRun, Clean(id))
	}
	i := Info{ID: id, Kind: p.Kind, Exit: -1, Started: p.Time, Dir: filepath.Join(logDir, id)}
	if fi, err := os.Lstat(i.Dir); err != nil || !fi.IsDir() {
		return Info{}, fmt.Errorf("%w: %s", ErrNoRun, id)
	}
	i.readJournal()
	if i.State == "" {
		i.judge()
	}
	_, err = os.Stat(filepath.Join(i.Dir, settledFile))
	i.Resumable = err != nil && leavesSomething(i)
	return i, nil
}

// leavesSomething: staged pieces, multipart uploads or a half restored
// database may be there. Only the engine knows; until it has Settled the run,
// the answer is yes.
func leavesSomething(i Info) bool {
	switch i.Kind {
	case "full", "incremental", "archivelog", "restore", "resume":
		return i.Exit == exitResumable || i.State == Interrupted || i.State == Cancelled
	}
	return false
}

// exitResumable is the exit code of a run that can be resumed.
const exitResumable = 6

// Settle writes down that what an interrupted run left has been finished or
// cleaned up by another one: it is not resumable any more.
func Settle(dir, byRunID string) error {
	return WriteFile(filepath.Join(dir, settledFile), []byte(byRunID+"\n"))
}

func (i *Info) readJournal() {
	f, err := os.Open(filepath.Join(i.Dir, EventsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		i.unread, i.Error = true, err.Error()
		return
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil {
		i.Ended = fi.ModTime().UTC()
	}
	head := make([]byte, headSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		i.unread, i.Error = true, err.Error()
		return
	}
	i.apply(head[:n])
	if n < headSize {
		return
	}
	if tail, _, err := readTail(f); err == nil {
		i.apply(tail)
	}
}

// apply takes what it needs from a part of a journal. Lines that the part cuts
// in two are no events and are passed over.
func (i *Info) apply(part []byte) {
	r := reader{fn: func(e Event) error { i.event(e); return nil }}
	_ = r.feed(part) // fn does not fail
}

func (i *Info) event(e Event) {
	switch {
	case e.Start != nil:
		i.start(e)
	case e.Progress != nil:
		i.Bytes = e.Progress.Done
	case e.Commit != nil:
		i.SetID, i.Bytes = e.Commit.SetID, e.Commit.Bytes
	case e.Problem != nil && e.Problem.Severity == "error":
		i.Error, i.Code = e.Problem.Text, e.Problem.Code
	case e.End != nil:
		i.end(e)
	}
}

func (i *Info) start(e Event) {
	s := e.Start
	i.Started, i.Host, i.PID, i.StartedBy = e.Time, s.Host, s.PID, s.StartedBy
	i.Kind = cmp.Or(s.Kind, i.Kind)
	i.DBName = cmp.Or(s.DBName, i.DBName)
	i.SetID = cmp.Or(s.SetID, i.SetID)
	i.owner = Holder{RunID: i.ID, Host: s.Host, PID: s.PID, Proc: s.Proc, Started: e.Time}
}

func (i *Info) end(e Event) {
	x := e.End
	i.Exit, i.Ended = x.Exit, e.Time
	i.SetID = cmp.Or(x.SetID, i.SetID)
	i.Bytes = cmp.Or(x.Bytes, i.Bytes)
	i.Error, i.Code = x.Error, x.Code
	i.State = outcome(x)
}

// outcome is the state that an end event tells, by its exit code where the
// words are of another version.
func outcome(x *End) State {
	switch s := State(x.Outcome); s {
	case Done, Warnings, Failed, Unreachable, Interrupted, Cancelled:
		return s
	}
	switch x.Exit {
	case 0:
		return Done
	case 3:
		return Warnings
	case 5:
		return Unreachable
	case exitResumable, 130, 143:
		return Interrupted
	}
	return Failed
}

// judge finds the state of a run without an end event.
func (i *Info) judge() {
	if i.unread {
		i.State = Unknown // it may have ended, and well
		return
	}
	owner, l := lifeOf(i.Dir)
	if owner.PID != 0 {
		i.owner, i.Host, i.PID = owner, owner.Host, owner.PID
	} else if i.owner.PID != 0 && l == unknown {
		l = i.owner.life()
	}
	switch l {
	case alive:
		i.State, i.Ended = Running, time.Time{}
	case dead:
		i.State = Interrupted
	default:
		i.State = Unknown
	}
}
