package oradb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// State of the instance.
type State int

// Instance states in the order of start-up.
const (
	Down State = iota
	NoMount
	Mounted
	Opened
)

// String is the state as V$INSTANCE.STATUS has it.
func (s State) String() string {
	return [...]string{"DOWN", "STARTED", "MOUNTED", "OPEN"}[s]
}

// Instance is what runs.
type Instance struct {
	State     State
	SID       string
	Dummy     bool   // started by RMAN without a parameter file
	Params    Params // in effect; empty while down
	ParamFile string // SPFILE or PFILE it was started with, empty for the dummy
	Spfile    bool   // ParamFile is an SPFILE
	Started   time.Time
	Epoch     uint64 // differs for every start
	SCN       SCN    // current SCN, 0 unless open
}

// readInstance reads the state without SCN. Needs the lock.
func (db *DB) readInstance() (Instance, error) {
	in := Instance{SID: db.sid}
	err := readJSON(db.instance(), &in)
	if in.State == Down {
		in = Instance{SID: db.sid}
	}
	return in, err
}

func (db *DB) writeInstance(in Instance) error {
	in.SCN = 0
	return writeJSON(db.instance(), in)
}

// Instance tells the state; a missing instance is Down.
func (db *DB) Instance() (in Instance, err error) {
	err = db.exclusive(func() error {
		in, err = db.readInstance()
		if err != nil || in.State != Opened {
			return err
		}
		_, c, err := db.mounted()
		if err != nil {
			return nil //nolint:nilerr // the control file is lost; the instance still runs
		}
		if err := db.refresh(in, c); err == nil {
			in.SCN = db.cache.next
		}
		return nil
	})
	return in, err
}

// StartupOptions say how STARTUP is done.
type StartupOptions struct {
	To    State  // NoMount, Mounted or Opened
	PFile string // STARTUP PFILE='…'
	Force bool   // abort first
	// AllowDummy is RMAN's STARTUP NOMOUNT without a parameter file: the
	// instance starts as DUMMY and StartupResult.Missing says what is printed.
	AllowDummy bool
}

// StartupResult tells what a successful start-up has to report.
type StartupResult struct {
	Dummy   bool
	Missing *OraError // ORA-01078 and LRM-00109 of a dummy start
}

// Startup starts the instance and goes on to mount and open. An error after
// the instance has started leaves it in the state it reached. Codes: 01081
// (already running), 01078 + LRM-00109, and those of Mount and OpenDatabase.
func (db *DB) Startup(ctx context.Context, o StartupOptions) (res StartupResult, err error) {
	err = db.exclusive(func() error {
		res, err = db.start(o)
		return err
	})
	if err == nil && o.To >= Mounted && !res.Dummy {
		err = db.Mount()
	}
	if err == nil && o.To >= Opened && !res.Dummy {
		err = db.OpenDatabase(ctx)
	}
	return res, err
}

func (db *DB) start(o StartupOptions) (StartupResult, error) {
	in, err := db.readInstance()
	if err != nil {
		return StartupResult{}, err
	}
	if in.State != Down && !o.Force {
		return StartupResult{}, Ora(1081, "cannot start already-running ORACLE - shut it down first")
	}
	if err := db.stop(); err != nil {
		return StartupResult{}, err
	}
	path, spfile, missing := db.paramFile(o.PFile)
	in = Instance{State: NoMount, SID: db.sid, Started: db.second(), Epoch: rand.Uint64()}
	if missing != nil {
		if !o.AllowDummy || o.PFile != "" {
			return StartupResult{}, missing
		}
		in.Dummy = true
		in.Params = Params{"db_name": "DUMMY"}
		return StartupResult{Dummy: true, Missing: missing}, db.writeInstance(in)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return StartupResult{}, err
	}
	in.Params, in.ParamFile, in.Spfile = ParseParams(text), path, spfile
	if in.Params["db_name"] == "" {
		return StartupResult{}, Ora(1506, "missing or illegal database name")
	}
	return StartupResult{}, db.writeInstance(in)
}

// paramFile finds what the instance starts with. Needs the lock.
func (db *DB) paramFile(pfile string) (path string, spfile bool, missing *OraError) {
	try := []string{db.spfile(), filepath.Join(db.dbs(), "spfile.ora"), db.pfile()}
	if pfile != "" {
		try = []string{pfile}
	}
	for _, path = range try {
		if fi, err := os.Stat(path); err == nil && fi.Mode().IsRegular() {
			return db.followSpfile(path, path != db.pfile() && pfile == "")
		}
	}
	return "", false, paramFileMissing(try[len(try)-1])
}

func paramFileMissing(path string) *OraError {
	return Ora(1078, "failure in processing system parameters").
		Line("LRM-00109: could not open parameter file '%s'", path)
}

// followSpfile reads SPFILE='…' of a parameter file.
func (db *DB) followSpfile(path string, spfile bool) (string, bool, *OraError) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", false, paramFileMissing(path)
	}
	to := ParseParams(text)["spfile"]
	if spfile || to == "" {
		return path, spfile, nil
	}
	if !exists(to) {
		return "", false, Ora(1078, "failure in processing system parameters").
			And(1565, "error in identifying file '%s'", to).
			osError(27037, "unable to obtain file status")
	}
	return to, true, nil
}

// stop is the death of the instance: all that was in memory is gone.
func (db *DB) stop() error {
	db.cache = buffers{}
	if err := os.MkdirAll(db.sim(), 0o700); err != nil {
		return err
	}
	for _, path := range []string{db.longops(), db.instance()} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("stopping the instance: %w", err)
		}
	}
	return nil
}

// Crash kills the instance as a power cut does: changes that were not written
// to the datafiles are in the online redo only.
func (db *DB) Crash() error { return db.exclusive(db.stop) }

// Shutdown stops the instance: cleanly with a checkpoint, or by abort. The
// notes are what SQL*Plus prints and goes on: 01109 when the database was not
// open, 01507 when it was not mounted. Codes: 01034.
func (db *DB) Shutdown(_ context.Context, abort bool) (notes []OraLine, err error) {
	err = db.exclusive(func() error {
		in, err := db.readInstance()
		switch {
		case err != nil:
			return err
		case in.State == Down:
			return NotAvailable()
		case abort:
			return db.stop()
		case in.State == NoMount:
			notes = Ora(1507, "database not mounted").Lines
		case in.State == Mounted:
			notes = Ora(1109, "database not open").Lines
		default:
			err = db.cleanClose()
		}
		if err != nil {
			return err
		}
		return db.stop()
	})
	return notes, err
}
