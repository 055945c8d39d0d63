package restore

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/config"
)

// needs states the room that folders must have: for what is downloaded, and for
// datafiles that are not there any more. A datafile that is there is
// overwritten in place. ASM and other names that are no paths are not measured.
func (w *writer) needs() {
	p := w.plan
	if p.Bytes > 0 {
		p.Needs = append(p.Needs, Need{What: "staging", Dir: w.in.RestoreDir, Bytes: p.Bytes, Free: -1})
	}
	byDir := map[string]int64{}
	for _, f := range p.Files {
		if filepath.IsAbs(f.Name) && !w.in.Exists[f.Name] {
			byDir[filepath.Dir(f.Name)] += f.Bytes
		}
	}
	var dirs []Need
	for dir, bytes := range byDir {
		dirs = append(dirs, Need{What: "datafiles", Dir: dir, Bytes: bytes, Free: -1})
	}
	slices.SortFunc(dirs, func(a, b Need) int { return strings.Compare(a.Dir, b.Dir) })
	p.Needs = append(p.Needs, dirs...)
}

// Space is what a file system has for a folder on it.
type Space struct {
	Device string // the same for folders that share the room
	Free   int64  // bytes
}

// Measure fills in what is free for each need and marks those that do not fit,
// folders of one device together. The error names all that are short.
func (p *Plan) Measure(free func(dir string) (Space, error)) error {
	total, room := map[string]int64{}, map[string]int64{}
	devices := make([]string, len(p.Needs))
	for i := range p.Needs {
		s, err := free(p.Needs[i].Dir)
		if err != nil {
			continue
		}
		p.Needs[i].Free, devices[i] = s.Free, s.Device
		total[s.Device] += p.Needs[i].Bytes
		room[s.Device] = s.Free
	}
	var short []string
	for i := range p.Needs {
		n := &p.Needs[i]
		d := devices[i]
		if n.Short = d != "" && total[d] > room[d]; n.Short {
			short = append(short, fmt.Sprintf("%s (%s) needs %s", n.Dir, n.What, config.Bytes(n.Bytes)))
		}
	}
	if len(short) == 0 {
		return nil
	}
	return &NoRoomError{Folders: short, Free: p.Needs[slices.IndexFunc(p.Needs, func(n Need) bool { return n.Short })].Free}
}

// NoRoomError: disk space does not suffice; nothing was changed.
type NoRoomError struct {
	Folders []string
	Free    int64 // bytes, of the first one
}

// Error names the folders, what is free, and what to do.
func (e *NoRoomError) Error() string {
	return fmt.Sprintf("not enough disk space: %s; free there: %s; make room, or point RESTORE_SOURCE_DIR to a larger disk",
		strings.Join(e.Folders, ", "), config.Bytes(e.Free))
}
