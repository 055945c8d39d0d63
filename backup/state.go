package backup

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"orabak-tui/internal/run"
)

// stateName is the file in a run's staging folder that says what the run had
// reached. It is append only; a torn last line is what a crash leaves.
const stateName = "state.jsonl"

// stateFormat is the version of the state file's records.
const stateFormat = 1

// record is one line of the state file; Rec says which fields are set.
type record struct {
	// Rec is begin, plan, confirmed, rman-done, committed; rman-again (what was
	// done is not there any more), boot (what is in staging is whole as of this
	// boot), discard (the run is being undone).
	Rec string `json:"rec"`

	Format  int       `json:"format,omitempty"`
	Run     string    `json:"run,omitempty"`
	Set     string    `json:"set,omitempty"`
	Tag     string    `json:"tag,omitempty"`
	Kind    string    `json:"kind,omitempty"`
	DBID    int64     `json:"dbid,omitempty"`
	DBName  string    `json:"db_name,omitempty"`
	Started time.Time `json:"started,omitzero"`
	Boot    string    `json:"boot,omitempty"` // of the host, where it can be told

	Levels []levelRecord `json:"levels,omitempty"`

	Name   string `json:"name,omitempty"`
	Key    string `json:"key,omitempty"`
	Handle string `json:"handle,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	CRC    string `json:"crc64nvme,omitempty"`
	SHA    string `json:"sha256,omitempty"`
}

// levelRecord keeps the decision about one datafile.
type levelRecord struct {
	File   int    `json:"file"`
	Level  int    `json:"level"`
	Base   string `json:"base,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// state is the durable memory of a run. Its methods are safe for use by
// several goroutines.
type state struct {
	dir string

	mu   sync.Mutex // guards f
	f    *os.File
	head record // the begin record
}

// leftover is what an earlier run's state file tells.
type leftover struct {
	Dir       string
	Begin     record
	Boot      string // in which staging was last known to be whole
	Levels    []levelRecord
	Confirmed map[string]record // by piece name
	// RMANDone: every piece that is not confirmed was synced to the disk.
	RMANDone   bool
	Committed  bool
	Discarding bool
}

// beginState makes the staging folder's state file, durable before anything
// else is written there.
func beginState(dir string, head record) (*state, error) {
	f, err := os.OpenFile(filepath.Join(dir, stateName), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("state file: %w", err)
	}
	s := &state{dir: dir, f: f, head: head}
	head.Rec, head.Format, head.Boot = "begin", stateFormat, bootID()
	if err := errors.Join(claim(f), s.append(head)); err != nil {
		f.Close()
		return nil, err
	}
	// The folder's own name must survive a power loss as well as its content.
	return s, errors.Join(run.SyncDir(dir), run.SyncDir(filepath.Dir(dir)))
}

// reopenState goes on with an interrupted run's state file. A torn last line
// is ended first, so that it cannot swallow the next record.
func reopenState(l leftover) (*state, error) {
	f, err := os.OpenFile(filepath.Join(l.Dir, stateName), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("state file: %w", err)
	}
	s := &state{dir: l.Dir, f: f, head: l.Begin}
	if err := claim(f); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := f.WriteString("\n"); err != nil {
		f.Close()
		return nil, fmt.Errorf("state file: %w", err)
	}
	return s, nil
}

// append writes one record and waits until it is on disk.
func (s *state) append(r record) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.f.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("state file %s: %w; free room on the staging disk", s.f.Name(), err)
	}
	if err := s.f.Sync(); err != nil {
		return fmt.Errorf("state file %s: %w", s.f.Name(), err)
	}
	return nil
}

func (s *state) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.f.Close()
}

// readState reads an earlier run's state file. Lines that do not parse are
// skipped: only a torn line can be one, and it was never relied on.
func readState(dir string) (leftover, error) {
	l := leftover{Dir: dir, Confirmed: map[string]record{}}
	b, err := readBounded(filepath.Join(dir, stateName))
	if err != nil {
		return l, err
	}
	l.parse(b)
	if l.Begin.Rec == "" {
		return l, fmt.Errorf("%s: %w", filepath.Join(dir, stateName), errNoBegin)
	}
	if l.Begin.Format > stateFormat {
		return l, fmt.Errorf("%s was written by a newer version (format %d): finish that run with it", filepath.Join(dir, stateName), l.Begin.Format)
	}
	if err := l.Begin.valid(filepath.Base(dir)); err != nil {
		return l, fmt.Errorf("%s: %w", filepath.Join(dir, stateName), err)
	}
	return l, nil
}

// maxState bounds a state file, in bytes: the plan of 100,000 datafiles and a
// record for each of a million pieces are less.
const maxState = 512 << 20

// readBounded reads a state file, which is nothing but a regular file.
func readBounded(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > maxState {
		return nil, fmt.Errorf("%s is not a state file of ours (%s, %d bytes)", path, fi.Mode().Type(), fi.Size())
	}
	return io.ReadAll(f)
}

// valid refuses a begin record that no run of ours wrote into that folder: what
// it names ends in S3 keys, scripts and paths.
func (r record) valid(folder string) error {
	set, err := run.ParseID(r.Set)
	id, rerr := run.ParseID(r.Run)
	switch {
	case rerr != nil || err != nil, r.Run != folder, id.DBName != "" || set.DBName == "":
		return fmt.Errorf("it is not that of a run in %s", folder)
	case !set.Time.Equal(id.Time), set.Suffix != id.Suffix, r.Tag != run.Tag(r.Run), r.Kind != id.Kind:
		return fmt.Errorf("what it says does not belong to run %s", folder)
	}
	return nil
}

// errNoBegin says that a run died before its first record was on disk: it
// wrote nothing else either.
var errNoBegin = errors.New("the state file holds no complete record")

func (l *leftover) parse(b []byte) {
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, 64<<20) // the plan of a database with 100,000 datafiles takes a few MiB
	for sc.Scan() {
		var r record
		if json.Unmarshal(sc.Bytes(), &r) == nil {
			l.take(r)
		}
	}
}

func (l *leftover) take(r record) {
	switch r.Rec {
	case "begin":
		l.Begin, l.Boot = r, r.Boot
	case "plan":
		l.Levels = r.Levels
	case "confirmed":
		l.Confirmed[r.Name] = r
	case "rman-done":
		l.RMANDone = true
	case "rman-again":
		l.RMANDone = false
	case "boot":
		l.Boot = r.Boot
	case "discard":
		l.Discarding = true
	case "committed":
		l.Committed = true
	}
}

// syncFile makes a file durable that another process wrote. One that left
// staging meanwhile is on S3.
func syncFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
