package rmansim

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// FaultsFile is the name of the file below the demo's base folder that holds
// [Faults]. The environment variable RMANSIM_FAULTS names another file, or is
// the JSON itself when it begins with a brace.
const FaultsFile = "faults.json"

// Faults are the knobs of the simulation: what goes wrong, and how fast the
// rest goes. The zero value is a healthy, unthrottled program.
type Faults struct {
	// WriteRate and ReadRate limit each channel in bytes per second while it
	// writes a piece or reads one; 0 is no limit.
	WriteRate int64 `json:"write_rate,omitempty"`
	ReadRate  int64 `json:"read_rate,omitempty"`
	// Buffered sends output through a buffer of 4 KiB that is written when it is
	// full and at exit, as a C library does with a pipe. Terminals are not
	// affected.
	Buffered bool `json:"buffered,omitempty"`
	// Pieces are faults of single pieces.
	Pieces []PieceFault `json:"pieces,omitempty"`
	// Exit replaces the exit status: "zero" is 0 after a failure, "one" is 1
	// after success.
	Exit string `json:"exit,omitempty"`
	// Denied refuses the connection with ORA-01031.
	Denied bool `json:"denied,omitempty"`
	// NeededLogs are archived logs that a standby still needs: DELETE keeps
	// them with the warning NeededCode (8137, or 8120).
	NeededFrom int `json:"needed_from,omitempty"` // sequence, of every thread
	NeededCode int `json:"needed_code,omitempty"`
}

// faults are the knobs of a running program. It is safe for concurrent use.
type faults struct {
	Faults
	mu   sync.Mutex // Guards Faults.Pieces.
	path string     // file to take a fault out of, if any
}

// PieceFault strikes when the At-th piece (from 1) of one rman process begins
// to be written, or to be read with Reading set.
type PieceFault struct {
	At      int  `json:"at"`
	Reading bool `json:"reading,omitempty"`
	// Kind is one of
	//  disk_full  ORA-19502, ORA-27072, error 28
	//  create     ORA-19504, ORA-27040
	//  channel    the session of the channel dies (ORA-03113)
	//  hang       nothing more happens until the process is interrupted
	//  kill       the process dies on the spot, as by kill -9
	//  area_full  ORA-19809, ORA-19804
	//  silent     the piece is finished and reported, and its file removed
	//  corrupt    the piece is finished and reported, and damaged on disk
	Kind string `json:"kind"`
	// After is the number of bytes of the piece that still succeed.
	After int64 `json:"after,omitempty"`
	// Once takes the fault out of the file when it strikes.
	Once bool `json:"once,omitempty"`
}

// loadFaults reads the knobs; base is the demo's folder.
func loadFaults(base string, env func(string) string) (*faults, error) {
	f := &faults{path: filepath.Join(base, FaultsFile)}
	text := []byte(env("RMANSIM_FAULTS"))
	if len(text) > 0 && text[0] != '{' {
		f.path, text = string(text), nil
	}
	if len(text) > 0 {
		f.path = ""
	} else {
		text, _ = os.ReadFile(f.path) // no file, no faults
	}
	if len(text) == 0 {
		return f, nil
	}
	if err := json.Unmarshal(text, &f.Faults); err != nil {
		return f, fmt.Errorf("reading the faults of the demo: %w", err)
	}
	return f, nil
}

// Save writes the knobs to FaultsFile below the demo's base folder. A program
// that is already running does not see them.
func (f Faults) Save(base string) error {
	return f.write(filepath.Join(base, FaultsFile))
}

func (f Faults) write(path string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// piece gives the fault of the n-th piece, and takes it out if it strikes once.
func (f *faults) piece(n int, reading bool) *PieceFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.Pieces {
		if p.At != n || p.Reading != reading {
			continue
		}
		if p.Once && f.path != "" {
			f.Pieces = slices.Delete(slices.Clone(f.Pieces), i, i+1)
			_ = f.write(f.path)
		}
		return &p
	}
	return nil
}
