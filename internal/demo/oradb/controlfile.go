package oradb

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
)

// A control file is a head (magic, checksum, length) and a JSON document.
const (
	controlMagic = "ORADBCTL"
	controlHead  = 16
)

// Encode serialises the control file, as a copy on disk or in a backup piece.
func (c *Control) Encode() ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	out := make([]byte, controlHead, controlHead+len(text))
	copy(out, controlMagic)
	binary.LittleEndian.PutUint32(out[8:], crc32.Checksum(text, castagnoli))
	binary.LittleEndian.PutUint32(out[12:], uint32(len(text)))
	return append(out, text...), nil
}

// DecodeControl reads a serialised control file; bytes after its end are
// padding.
func DecodeControl(data []byte) (*Control, error) {
	if len(data) < controlHead || !bytes.HasPrefix(data, []byte(controlMagic)) {
		return nil, fmt.Errorf("not a control file")
	}
	n := int(binary.LittleEndian.Uint32(data[12:]))
	if n > len(data)-controlHead {
		return nil, fmt.Errorf("control file of %d bytes ends after %d", n, len(data)-controlHead)
	}
	text := data[controlHead : controlHead+n]
	if binary.LittleEndian.Uint32(data[8:]) != crc32.Checksum(text, castagnoli) {
		return nil, fmt.Errorf("control file with a wrong checksum")
	}
	c := &Control{}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("control file: %w", err)
	}
	return c, nil
}

// controlCache keeps the last control file read, known by the file's identity:
// every write makes a new file.
type controlCache struct {
	info os.FileInfo
	ctl  *Control
}

func (cc *controlCache) fresh(fi os.FileInfo) bool {
	return cc.ctl != nil && os.SameFile(cc.info, fi) &&
		cc.info.ModTime().Equal(fi.ModTime()) && cc.info.Size() == fi.Size()
}

// readControl gives the control file that the copies agree on. The result is
// shared: readers only. Needs the lock.
func (db *DB) readControl(names []string) (*Control, error) {
	for _, name := range names {
		if !exists(name) {
			return nil, Ora(210, "cannot open the specified control file").
				And(202, "control file: '%s'", name).
				osError(27041, "unable to open file")
		}
	}
	if len(names) == 0 {
		return nil, Ora(205, "error in identifying control file, check alert log for more info")
	}
	db.ctlMu.Lock()
	defer db.ctlMu.Unlock()
	fi, err := os.Stat(names[0])
	if err != nil {
		return nil, err
	}
	if db.ctl.fresh(fi) {
		return db.ctl.ctl, nil
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		return nil, err
	}
	c, err := DecodeControl(data)
	if err != nil {
		return nil, Ora(227, "corrupt block detected in control file: (block 1, # blocks 1)").
			And(202, "control file: '%s'", names[0])
	}
	db.ctl = controlCache{info: fi, ctl: c}
	return c, nil
}

// writeControl replaces every copy. The first copy is written last: it is the
// one that counts when a kill falls in between. Needs the exclusive lock.
func (db *DB) writeControl(names []string, c *Control) error {
	data, err := c.Encode()
	if err != nil {
		return err
	}
	for i, name := range slices.Backward(names) {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		if err := writeAtomic(name, data, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// Clone copies the control file in depth.
func (c *Control) Clone() *Control {
	n := *c
	n.Datafiles = slices.Clone(c.Datafiles)
	n.Tempfiles = slices.Clone(c.Tempfiles)
	n.Threads = slices.Clone(c.Threads)
	for i := range n.Threads {
		n.Threads[i].Groups = slices.Clone(n.Threads[i].Groups)
		for j := range n.Threads[i].Groups {
			n.Threads[i].Groups[j].Members = slices.Clone(n.Threads[i].Groups[j].Members)
		}
	}
	n.Incarnations = slices.Clone(c.Incarnations)
	n.LogHistory = slices.Clone(c.LogHistory)
	n.ArchivedLogs = slices.Clone(c.ArchivedLogs)
	n.BackupSets = slices.Clone(c.BackupSets)
	n.BackupPieces = slices.Clone(c.BackupPieces)
	n.BackupFiles = slices.Clone(c.BackupFiles)
	n.BackupLogs = slices.Clone(c.BackupLogs)
	n.BackupSpfiles = slices.Clone(c.BackupSpfiles)
	n.Configurations = slices.Clone(c.Configurations)
	n.LastRecid = cloneMap(c.LastRecid)
	n.Capacities = cloneMap(c.Capacities)
	return &n
}

func cloneMap(m map[string]int) map[string]int {
	n := make(map[string]int, len(m))
	for k, v := range m {
		n[k] = v
	}
	return n
}

// Datafile finds a record by number, nil when there is none.
func (c *Control) Datafile(number int) *Datafile {
	for i := range c.Datafiles {
		if c.Datafiles[i].Number == number {
			return &c.Datafiles[i]
		}
	}
	return nil
}

// Thread finds a redo thread by number, nil when there is none.
func (c *Control) Thread(number int) *Thread {
	for i := range c.Threads {
		if c.Threads[i].Number == number {
			return &c.Threads[i]
		}
	}
	return nil
}
