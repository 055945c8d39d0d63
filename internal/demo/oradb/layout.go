package oradb

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// layout knows where things lie below the base folder.
type layout struct {
	base string
	sid  string
}

func (l layout) home() string     { return filepath.Join(l.base, "home") }
func (l layout) dbs() string      { return filepath.Join(l.home(), "dbs") }
func (l layout) sim() string      { return filepath.Join(l.base, "sim", l.sid) }
func (l layout) truth() string    { return filepath.Join(l.sim(), "truth") }
func (l layout) lockFile() string { return filepath.Join(l.sim(), "lock") }
func (l layout) instance() string { return filepath.Join(l.sim(), "instance.json") }
func (l layout) clock() string    { return filepath.Join(l.sim(), "clock.json") }
func (l layout) spec() string     { return filepath.Join(l.sim(), "spec.json") }
func (l layout) longops() string  { return filepath.Join(l.sim(), "longops.json") }
func (l layout) sessions() string { return filepath.Join(l.sim(), "sessions.json") }

func (l layout) spfile() string   { return filepath.Join(l.dbs(), "spfile"+l.sid+".ora") }
func (l layout) pfile() string    { return filepath.Join(l.dbs(), "init"+l.sid+".ora") }
func (l layout) password() string { return filepath.Join(l.dbs(), "orapw"+l.sid) }

func (l layout) oradata(name string) string { return filepath.Join(l.base, "oradata", name) }
func (l layout) fra() string                { return filepath.Join(l.base, "fra") }
func (l layout) arch() string               { return filepath.Join(l.base, "arch") }

// writeAtomic replaces a file in one step. With durable set it survives a power
// cut as well, which the control file and the SPFILE need and state that stands
// for memory does not.
func writeAtomic(path string, data []byte, durable bool) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(data)
	if err == nil && durable {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}

func writeJSON(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeAtomic(path, data, false)
}

// readJSON leaves v alone when the file does not exist.
func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
