package rmansim

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"slices"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
)

// fileSink writes datafiles out of a set: whole ones, or the changes of a level
// 1 when since is set.
type fileSink struct {
	db    *oradb.DB
	paths map[int]string    // wanted files and where they go
	since map[int]oradb.SCN // start SCNs of a level 1; nil for a restore

	image oradb.DatafileImage
	open  *oradb.DatafileWriter
	done  map[int]bool
}

func (f *fileSink) take(k piece.Kind, payload []byte) error {
	switch k {
	case piece.FileBegin:
		return f.begin(payload)
	case piece.Blocks:
		return f.blocks(payload)
	case piece.FileEnd:
		return f.end(payload)
	}
	return nil
}

// begin opens the target of a file that is wanted. A file in sections begins
// several times.
func (f *fileSink) begin(payload []byte) error {
	var img oradb.DatafileImage
	if err := json.Unmarshal(payload, &img); err != nil {
		return err
	}
	if f.open != nil && f.image.File == img.File {
		return nil
	}
	f.abort()
	path, wanted := f.paths[img.File]
	if !wanted {
		return nil
	}
	var err error
	f.image = img
	if f.since != nil {
		f.open, err = f.db.ApplyIncremental(img, f.since[img.File])
	} else {
		f.open, err = f.db.RestoreDatafile(img, path)
	}
	if err != nil {
		f.open = nil
	}
	return err
}

func (f *fileSink) blocks(payload []byte) error {
	const size = 4 + oradb.BlockSize
	for ; f.open != nil && len(payload) >= size; payload = payload[size:] {
		b := oradb.Block{Number: binary.BigEndian.Uint32(payload), Data: payload[4:size]}
		if err := f.open.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func (f *fileSink) end(payload []byte) error {
	if f.open == nil {
		return nil
	}
	var img oradb.DatafileImage
	if err := json.Unmarshal(payload, &img); err != nil {
		return err
	}
	w := f.open
	f.open = nil
	if f.done == nil {
		f.done = map[int]bool{}
	}
	f.done[img.File] = true
	return w.Commit(img)
}

// finish refuses a set in which a wanted file was not, or not to its end.
func (f *fileSink) finish() error {
	f.abort()
	for _, n := range sortedKeys(f.paths) {
		if !f.done[n] {
			return oradb.Ora(19612, "datafile %d not restored due to missing or corrupt data", n)
		}
	}
	return nil
}

func (f *fileSink) abort() {
	if f.open != nil {
		_ = f.open.Abort()
		f.open = nil
	}
}

func sortedKeys(m map[int]string) []int {
	out := make([]int, 0, len(m))
	for n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// logSink writes archived logs out of a set.
type logSink struct {
	s      *session
	wanted map[logKey]bool
	onDone func(h oradb.LogHeader, path string) error

	header oradb.LogHeader
	path   string
	f      *os.File
}

func (l *logSink) take(k piece.Kind, payload []byte) error {
	switch k {
	case piece.LogBegin:
		return l.begin(payload)
	case piece.LogData:
		if l.f != nil {
			_, err := l.f.Write(payload)
			return err
		}
	case piece.LogEnd:
		return l.end()
	}
	return nil
}

func (l *logSink) begin(payload []byte) error {
	if err := json.Unmarshal(payload, &l.header); err != nil {
		return err
	}
	h := l.header
	if !l.wanted[logKey{h.Thread, h.Sequence, h.Resetlogs.SCN}] {
		return nil
	}
	var err error
	if l.path, err = l.s.logDestination(h); err != nil {
		return err
	}
	l.f, err = os.OpenFile(l.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return createError(l.path, err)
	}
	return nil
}

func (l *logSink) end() error {
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	if err != nil {
		return err
	}
	delete(l.wanted, logKey{l.header.Thread, l.header.Sequence, l.header.Resetlogs.SCN})
	return l.onDone(l.header, l.path)
}

func (l *logSink) finish() error {
	l.abort()
	for k := range l.wanted {
		return oradb.Ora(19613, "archived log thread=%d sequence=%d not found in backup set", k.thread, k.sequence)
	}
	return nil
}

func (l *logSink) abort() {
	if l.f != nil {
		_ = l.f.Close()
		_ = os.Remove(l.path)
		l.f = nil
	}
}

// partSink picks a control file or a parameter file out of a set.
type partSink struct {
	kind piece.Kind
	data []byte
}

func (p *partSink) take(k piece.Kind, payload []byte) error {
	if k == p.kind {
		p.data = append([]byte{}, payload...)
	}
	return nil
}

func (p *partSink) finish() error { return nil }
func (p *partSink) abort()        {}
