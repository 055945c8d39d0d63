package s3sim

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// meta describes an object. It lies beside the data, as JSON, and is what makes
// the object exist.
type meta struct {
	Key          string            `json:"key"`
	Data         string            `json:"data"` // id in the name of the data file
	Size         int64             `json:"size"`
	ETag         string            `json:"etag"` // without quotes
	LastModified time.Time         `json:"last_modified"`
	StorageClass string            `json:"storage_class"`
	Headers      map[string]string `json:"headers,omitempty"`  // Content-Type and the like
	UserMeta     map[string]string `json:"metadata,omitempty"` // lower-case names, without x-amz-meta-
	Checksum     checksum          `json:"checksum"`
}

// precondition decides about a change, given the object that is there now (nil
// for none).
type precondition func(now *meta) error

func newDataID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

func validDataID(id string) bool {
	raw, err := hex.DecodeString(id)
	return err == nil && len(raw) == 8
}

// stored is the place of something stored as data and metadata: an object, or
// a part of an upload.
type stored struct{ folder, name string }

func (b bucket) object(key string) stored {
	folder, name := keyPath(key)
	return stored{filepath.Join(b.objects(), folder), name}
}

// The name may be empty, so these are concatenations and not filepath.Join.
func (p stored) meta() string { return p.folder + string(filepath.Separator) + p.name + metaSuffix }
func (p stored) data(id string) string {
	return p.folder + string(filepath.Separator) + p.name + "@" + id + dataSuffix
}

// stat reads an object's metadata; errNoSuchKey where there is none.
func (b bucket) stat(key string) (*meta, error) {
	m := new(meta)
	err := readJSON(b.object(key).meta(), m)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNoSuchKey
	case err != nil:
		return nil, err
	case m.Key != key || !validDataID(m.Data):
		return nil, errInternal.because("The metadata of this object was tampered with.")
	}
	return m, nil
}

// open opens an object. What it returns belongs together even if the object is
// replaced at the same moment: then it looks again.
func (b bucket) open(key string) (*meta, *os.File, error) {
	for last := ""; ; {
		m, err := b.stat(key)
		if err != nil {
			return nil, nil, err
		}
		f, err := os.Open(b.object(key).data(m.Data))
		if err == nil {
			return m, f, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || m.Data == last {
			return nil, nil, err
		}
		last = m.Data
	}
}

// commit makes data the object's content and m its description, if allow has
// no objection. From here on m belongs to the bucket.
func (b bucket) commit(data *os.File, m *meta, allow precondition) error {
	unlock, err := b.lock()
	if err != nil {
		return err
	}
	defer unlock()
	now, err := b.stat(m.Key)
	if err != nil && !errors.Is(err, errNoSuchKey) {
		return err
	}
	if err := allow(now); err != nil {
		return err
	}
	m.Data = newDataID()
	if err := b.put(b.object(m.Key), data, m.Data, m); err != nil {
		return err
	}
	if now != nil {
		_ = os.Remove(b.object(m.Key).data(now.Data))
	}
	return nil
}

// put gives data, which has been synced, and description their names, data
// first. The caller holds the lock, and removes what this replaces.
func (b bucket) put(p stored, data *os.File, id string, description any) error {
	if err := b.makeDirs(p.folder); err != nil {
		return err
	}
	if err := os.Rename(data.Name(), p.data(id)); err != nil {
		return err
	}
	if err := b.writeJSON(p.meta(), description); err != nil {
		return errors.Join(err, os.Remove(p.data(id)))
	}
	return nil
}

// delete removes an object. One that is not there is as good as removed, unless
// allow objects.
func (b bucket) delete(key string, allow precondition) error {
	unlock, err := b.lock()
	if err != nil {
		return err
	}
	defer unlock()
	now, err := b.stat(key)
	if err != nil && !errors.Is(err, errNoSuchKey) {
		return err
	}
	if err := allow(now); err != nil || now == nil {
		return err
	}
	p := b.object(key)
	if err := os.Remove(p.meta()); err != nil {
		return err
	}
	_ = os.Remove(p.data(now.Data))
	if err := b.syncDirs(p.folder); err != nil {
		return err
	}
	b.pruneDirs(p.folder)
	return nil
}
