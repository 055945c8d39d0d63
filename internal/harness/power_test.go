package harness

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/run"
)

// powerLoss is the model of a power loss on the database host: of what lies in
// LOG_DIR, staging and the restore folder, only that is certain to be there
// afterwards which somebody synced: the bytes of a file as of its last fsync,
// the names in a folder as of the folder's last fsync. Everything else may be
// there or not, whole, torn, empty or as zeros; removed names may come back.
//
// The database's own files are Oracle's affair and stay; the instance goes
// down. S3 is another host. The disk itself keeps its promises.
type powerLoss struct {
	root   string // nothing outside of it is watched
	dice   *rand.Rand
	cruel  bool // whatever is not certain is lost
	failed error

	mu      sync.Mutex
	durable snapshot
	syncs   int
}

// snapshot is what is durable, by inode.
type snapshot struct {
	files map[uint64][]byte
	dirs  map[uint64]map[string]uint64
}

// note takes down a file's bytes or a folder's names. open is a path that
// leads to it, whatever its name is by now.
func (s *snapshot) note(open, path string) error {
	fi, err := os.Stat(open)
	if err != nil {
		return err
	}
	if fi.IsDir() {
		s.dirs[inode(fi)] = names(path)
		return nil
	}
	b, err := os.ReadFile(open)
	if err == nil {
		s.files[inode(fi)] = b
	}
	return err
}

func names(dir string) map[string]uint64 {
	list := map[string]uint64{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if fi, err := e.Info(); err == nil {
			list[e.Name()] = inode(fi)
		}
	}
	return list
}

// newPowerLoss begins with everything there is on the disk.
func (w *world) newPowerLoss(cruel bool) *powerLoss {
	p := &powerLoss{root: w.dir, dice: w.dice, cruel: cruel, durable: snapshot{map[uint64][]byte{}, map[uint64]map[string]uint64{}}}
	for _, dir := range w.ownFolders() {
		must(w.t, os.MkdirAll(dir, 0o700))
		_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_ = p.durable.note(path, path)
			}
			return nil
		})
	}
	return p
}

func (w *world) ownFolders() []string {
	return []string{w.path("logs"), w.path("staging"), w.path("restore")}
}

// strike makes the disk what a power loss leaves of it.
func (p *powerLoss) strike(dir string) error {
	fi, err := os.Stat(dir)
	if err != nil {
		return err
	}
	before, now := p.durable.dirs[inode(fi)], names(dir)
	for name, ino := range now {
		path := filepath.Join(dir, name)
		old, known := before[name]
		if !known && p.lost() {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			continue
		}
		if known && old != ino && p.lost() { // a rename over it is undone
			if err := p.bringBack(path, old); err != nil {
				return err
			}
			continue
		}
		if err := p.damage(path, ino); err != nil {
			return err
		}
	}
	for name, ino := range before {
		if _, there := now[name]; !there && p.lost() {
			if err := p.bringBack(filepath.Join(dir, name), ino); err != nil {
				return err
			}
		}
	}
	return nil
}

// lost throws the dice over what is not certain.
func (p *powerLoss) lost() bool { return p.cruel || p.dice.IntN(2) == 0 }

// damage does to a file what was not synced, and goes down into a folder.
func (p *powerLoss) damage(path string, ino uint64) error {
	fi, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if fi.IsDir() {
		return p.strike(path)
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	kept := p.durable.files[ino]
	if bytes.Equal(now, kept) {
		return nil
	}
	return os.WriteFile(path, p.torn(kept, now), 0o600)
}

// torn is what may be found of a file with these bytes synced and these written.
func (p *powerLoss) torn(kept, now []byte) []byte {
	if p.cruel {
		return kept
	}
	switch p.dice.IntN(4) {
	case 0:
		return kept
	case 1:
		return now
	case 2: // its size was written, its bytes were not
		if bytes.HasPrefix(now, kept) {
			return append(bytes.Clone(kept), make([]byte, len(now)-len(kept))...)
		}
		return kept
	default:
		if bytes.HasPrefix(now, kept) {
			return now[:len(kept)+p.dice.IntN(len(now)-len(kept)+1)]
		}
		return kept
	}
}

// bringBack undoes a removal that was not synced.
func (p *powerLoss) bringBack(path string, ino uint64) error {
	list, isDir := p.durable.dirs[ino]
	if !isDir {
		return os.WriteFile(path, p.durable.files[ino], 0o600)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for name, in := range list {
		if err := p.bringBack(filepath.Join(path, name), in); err != nil {
			return err
		}
	}
	return nil
}

// TestPowerLoss cuts the power at marks of runs of each kind.
func TestPowerLoss(t *testing.T) {
	for i, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 200+uint64(i))
			w.batch("full")
			w.work(10)
			w.ripen()
			w.batch(kind)
			for n, point := range w.some(w.points(), 3) {
				w.work(6)
				w.ripen()
				w.cutPower(kind, point, w.dice.IntN(2) == 0)
				w.recover(kind, n/2)
				w.check("power loss")
			}
			w.sometimes(kind == "incremental", "power loss")
		})
	}
}

// cutPower runs a backup until a point, and then takes the power away.
func (w *world) cutPower(kind, point string, cruel bool) {
	w.t.Helper()
	p := w.powerOff([]string{point}, cruel, kind)
	must(w.t, w.db.Crash())
	w.strike(p)
	_, err := w.db.Startup(w.t.Context(), oradb.StartupOptions{To: oradb.Opened})
	must(w.t, err)
}

// powerOff runs an action, which must die by what extra says, and returns what
// was durable then.
func (w *world) powerOff(extra []string, cruel bool, action ...string) *powerLoss {
	w.t.Helper()
	w.tell("power loss (cruel: %v) in %v at %v", cruel, action, extra)
	p := w.newPowerLoss(cruel)
	cmd := w.command(extra, append([]string{"--batch"}, action...)...)
	wait, err := p.underPower(cmd)
	if errors.Is(err, errors.ErrUnsupported) {
		w.t.Skip("this system cannot tell what a program syncs")
	}
	must(w.t, err)
	e := w.finish(cmd, nil)
	wait()
	if e.code == 99 {
		w.t.Skipf("this machine forbids a seccomp listener: %s", e.err)
	}
	must(w.t, p.failed)
	if e.signal != syscall.SIGKILL || p.syncs == 0 {
		w.t.Fatalf("%v did not die at %v, or synced nothing (%d): %v", action, extra, p.syncs, e)
	}
	return p
}

// strike makes the host's folders what the power loss leaves of them, and is the
// next boot.
func (w *world) strike(p *powerLoss) {
	w.t.Helper()
	for _, dir := range w.ownFolders() {
		must(w.t, p.strike(dir))
	}
	w.newBoot()
}

// newBoot makes what was written down so far that of an earlier boot.
func (w *world) newBoot() {
	w.t.Helper()
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return // then the program cannot tell boots apart either
	}
	for _, pattern := range []string{"staging/*/state.jsonl", "logs/*/owner.json", "logs/*/" + run.EventsFile, "logs/.lock-*"} {
		files, _ := filepath.Glob(w.path(pattern))
		for _, f := range files {
			b, err := os.ReadFile(f)
			must(w.t, err)
			b = bytes.ReplaceAll(b, bytes.TrimSpace(id), []byte("00000000-dead-beef-0000-000000000000"))
			must(w.t, os.WriteFile(f, b, 0o600))
		}
	}
}
