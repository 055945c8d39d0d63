package restore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"orabak-tui/internal/run"
)

// state is what the next run must know if this one is killed. It lies beside
// the downloaded pieces and goes when the restore is done.
type state struct {
	path string

	Format int    `json:"format"`
	Target Target `json:"target"`
	Mode   Mode   `json:"mode"`
	// Opening is set before the database is opened, with the incarnation that
	// was current then; nothing is left to do but to clean up once it is open.
	Opening      bool  `json:"opening,omitempty"`
	ResetlogsSCN int64 `json:"resetlogs_scn,omitempty"`
	Complete     bool  `json:"complete,omitempty"`
	// NoOnline tells that online redo on this host stopped recovery behind the
	// planned end: the next run leaves it out.
	NoOnline bool `json:"no_online,omitempty"`
	// Hidden are handles that were made UNAVAILABLE for the duration.
	Hidden []string `json:"hidden,omitempty"`
}

// readState reads what an earlier run left; a fresh one if it left nothing, or
// nothing that can be read.
func readState(path string) *state {
	s := &state{}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, s) != nil || s.Format != 1 {
		s = &state{}
	}
	s.path, s.Format = path, 1
	return s
}

func (s *state) write() error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return run.WriteFile(s.path, append(data, '\n'))
}

func (s *state) remove() error {
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the state of the restore: %w", err)
	}
	return nil
}
