package backup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// staged is one backup piece that RMAN reported. Fields below mu's guard
// change only under the tracker's lock.
type staged struct {
	Name       string // file name in the staging folder
	Handle     string // as RMAN reported it
	Channel    string
	Tag        string
	Number     int // of the piece in its set, as reported; 0 for an autobackup
	Bytes      int64
	Autobackup bool

	Confirmed bool // S3 has it: size and checksum equal to what was read
	Complete  bool // its set is complete, as far as the output tells
	Removed   bool // no longer in staging
	Key       string
	CRC, SHA  string
}

// tracker follows the pieces of a run from RMAN's output to S3. Several
// goroutines use it: RMAN's reader and the uploaders.
type tracker struct {
	dir string

	mu       sync.Mutex // guards what follows
	pieces   map[string]*staged
	order    []*staged
	open     map[string][]*staged // per channel, pieces of the set being written
	finished string               // channel of the last "finished piece" line
	number   int
}

func newTracker(dir string) *tracker {
	return &tracker{dir: dir, pieces: map[string]*staged{}, open: map[string][]*staged{}}
}

// setBegun: a channel starts a backup set.
func (t *tracker) setBegun(channel string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[channel] = nil
}

// pieceFinished: a channel closed a piece; its handle follows on the next
// "piece handle=" line, which carries no channel of its own.
func (t *tracker) pieceFinished(channel string, number int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.finished, t.number = channel, number
}

// handle takes a piece that RMAN reported as written. It must be a regular
// file directly in the run's staging folder: anything else is not ours to
// read, upload or delete.
func (t *tracker) handle(handle, tag string, autobackup bool) (*staged, error) {
	name, size, err := t.inspect(handle)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if old, ok := t.pieces[name]; ok {
		if old.Removed || old.Bytes != size {
			return nil, fmt.Errorf("RMAN wrote %q a second time; what it holds now is not what was uploaded", handle)
		}
		return old, nil
	}
	p := &staged{Name: name, Handle: handle, Tag: tag, Bytes: size, Autobackup: autobackup, Complete: autobackup}
	if !autobackup {
		p.Channel, p.Number = t.finished, t.number
		t.open[p.Channel] = append(t.open[p.Channel], p)
	}
	t.pieces[name] = p
	t.order = append(t.order, p)
	return p, nil
}

// inspect checks that a handle names a regular file in the staging folder.
func (t *tracker) inspect(handle string) (name string, size int64, err error) {
	if !filepath.IsAbs(handle) || filepath.Clean(handle) != handle || strings.ContainsFunc(handle, isControl) {
		return "", 0, fmt.Errorf("RMAN reported a piece handle that is not a plain path: %q", handle)
	}
	if filepath.Dir(handle) != t.dir {
		return "", 0, fmt.Errorf("RMAN wrote %q outside the run's staging folder %s; look for CONFIGURE … FORMAT or a channel setting that overrides ours", handle, t.dir)
	}
	fi, err := os.Lstat(handle)
	if err != nil {
		return "", 0, fmt.Errorf("RMAN reported %q but it cannot be read: %w", handle, err)
	}
	if !fi.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%q in staging is not a regular file (%s); nothing is uploaded through links", handle, fi.Mode().Type())
	}
	return filepath.Base(handle), fi.Size(), nil
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) }

// setComplete: the set that a channel wrote is complete. The pieces returned
// may be removed once confirmed.
func (t *tracker) setComplete(channel string) []*staged {
	t.mu.Lock()
	defer t.mu.Unlock()
	done := t.open[channel]
	for _, p := range done {
		p.Complete = true
	}
	delete(t.open, channel)
	return done
}

// settleSets: a script of RMAN's ended well, so the sets it wrote are complete.
// Those of several channels, which setComplete cannot tell apart, are known
// only now.
func (t *tracker) settleSets() (done []*staged) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.order {
		if !p.Complete {
			p.Complete = true
			done = append(done, p)
		}
	}
	clear(t.open)
	return done
}

// forget drops a piece that belongs to no set.
func (t *tracker) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.pieces, name)
	t.order = slices.DeleteFunc(t.order, func(p *staged) bool { return p.Name == name })
}

// leaving says whether any reported piece is still to leave staging.
func (t *tracker) leaving() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.order, func(p *staged) bool { return !p.Removed })
}

// confirm records that S3 has a piece.
func (t *tracker) confirm(p *staged, key string, bytes int64, crc, sha string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.Confirmed, p.Key, p.Bytes, p.CRC, p.SHA = true, key, bytes, crc, sha
}

// removable lists confirmed pieces still in staging whose set is complete; with
// pressure also those of unfinished sets, since RMAN does not reopen a finished
// piece. Autobackups, which are small, stay too until there is pressure: RMAN
// numbers them by the day and might give a name again that it finds free.
func (t *tracker) removable(pressure bool) []*staged {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []*staged
	for _, p := range t.order {
		if p.Confirmed && !p.Removed && (p.Complete && !p.Autobackup || pressure) {
			out = append(out, p)
		}
	}
	return out
}

func (t *tracker) markRemoved(p *staged) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.Removed = true
}

// find returns the piece of that name, nil if RMAN did not report it.
func (t *tracker) find(name string) *staged {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pieces[name]
}

// all returns copies of every piece reported so far, in order.
func (t *tracker) all() []staged {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]staged, 0, len(t.order))
	for _, p := range t.order {
		out = append(out, *p)
	}
	return out
}

// adopt takes a piece of an interrupted run: complete in RMAN's repository,
// and confirmed or still in staging.
func (t *tracker) adopt(p staged) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pieces[p.Name] = &p
	t.order = append(t.order, &p)
}
