package s3sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// bucket is the folder of one bucket:
//
//	objects/    data and metadata, see keypath.go
//	uploads/    a folder for each multipart upload under way
//	temp/       what is being written, and what is being removed
//	bucket.json when it was made
//	lock        held while a change is made visible
//
// Data is written in temp/ without the lock, however long it takes; only the
// renames that make it visible happen under it.
type bucket struct {
	dir  string
	sync bool
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// tempAge is how old a file in temp/ must be before it may be swept: it covers
// the moment between a file's creation and its writer's taking the lock on it.
const tempAge = time.Minute

func (s *Server) bucketAt(name string) (bucket, error) {
	if !bucketName.MatchString(name) || strings.Contains(name, "..") {
		return bucket{}, errInvalidBucketName
	}
	return bucket{dir: filepath.Join(s.dir, name), sync: !s.opt.NoSync}, nil
}

// bucket finds a bucket that exists.
func (s *Server) bucket(name string) (bucket, error) {
	b, err := s.bucketAt(name)
	if err != nil {
		return b, err
	}
	switch _, err := os.Stat(b.objects()); {
	case errors.Is(err, fs.ErrNotExist):
		return b, errNoSuchBucket
	default:
		return b, err
	}
}

func (b bucket) objects() string { return filepath.Join(b.dir, "objects") }
func (b bucket) uploads() string { return filepath.Join(b.dir, "uploads") }
func (b bucket) temp() string    { return filepath.Join(b.dir, "temp") }

// create makes the bucket; its objects folder, made last, is what makes it
// exist.
func (b bucket) create(now time.Time) error {
	if _, err := os.Stat(b.objects()); err == nil {
		return fs.ErrExist
	}
	for _, folder := range []string{b.temp(), b.uploads()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	if err := b.writeJSON(b.description(), bucketDescription{now.UTC()}); err != nil {
		return err
	}
	if err := os.Mkdir(b.objects(), 0o700); err != nil {
		return err
	}
	return b.syncDirs(b.dir, filepath.Dir(b.dir))
}

type bucketDescription struct {
	Created time.Time `json:"created"`
}

func (b bucket) description() string { return filepath.Join(b.dir, "bucket.json") }

// created is when the bucket was made; zero if that is not known any more.
func (b bucket) created() time.Time {
	var d bucketDescription
	_ = readJSON(b.description(), &d)
	return d.Created
}

// remove takes away an empty bucket. Its lock stays, for those who wait for it.
func (b bucket) remove() error {
	unlock, err := b.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.Remove(b.uploads()); err != nil {
		return errBucketNotEmpty
	}
	if err := os.Remove(b.objects()); err != nil {
		return errors.Join(errBucketNotEmpty, os.Mkdir(b.uploads(), 0o700))
	}
	return os.RemoveAll(b.temp())
}

// lock waits for the right to change what is visible in the bucket, among all
// goroutines and processes. A process that dies gives it back; the byte that
// it leaves in the file tells the next holder to clean up first.
func (b bucket) lock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(b.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := b.enter(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		_ = f.Truncate(0)
		_ = f.Close()
	}, nil
}

func (b bucket) enter(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	if _, err := os.Stat(b.objects()); err != nil {
		return errNoSuchBucket
	}
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		b.sweepData()
	}
	_, err = f.WriteAt([]byte("x"), 0)
	return err
}

// tempFile creates a file in temp/ that no sweep touches while it is open.
func (b bucket) tempFile() (*os.File, error) {
	f, err := os.CreateTemp(b.temp(), "new-*")
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		discard(f)
		return nil, err
	}
	return f, nil
}

// discard drops a temporary file; one that has been renamed since stays.
func discard(f *os.File) {
	_ = f.Close()
	_ = os.Remove(f.Name())
}

// trash makes a folder disappear at once and removes it afterwards.
func (b bucket) trash(folder string) error {
	grave, err := os.MkdirTemp(b.temp(), "old-*")
	if err != nil {
		return err
	}
	if err := os.Rename(folder, filepath.Join(grave, "x")); err != nil {
		return errors.Join(err, os.Remove(grave))
	}
	return os.RemoveAll(grave)
}

// writeJSON replaces path by the JSON of v, whole or not at all.
func (b bucket) writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := b.tempFile()
	if err != nil {
		return err
	}
	defer discard(f)
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := b.syncFile(f); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return b.syncDirs(filepath.Dir(path))
}

func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func (b bucket) syncFile(f *os.File) error {
	if !b.sync {
		return nil
	}
	return f.Sync()
}

func (b bucket) syncDirs(folders ...string) error {
	if !b.sync {
		return nil
	}
	for _, folder := range folders {
		d, err := os.Open(folder)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}

// makeDirs makes a folder below objects/ and syncs what is new.
func (b bucket) makeDirs(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var parents []string
	for p := filepath.Dir(folder); len(p) >= len(b.objects()); p = filepath.Dir(p) {
		parents = append(parents, p)
	}
	return b.syncDirs(parents...)
}

// pruneDirs removes the folders above a removed object that became empty. The
// lock keeps others from filling them in between.
func (b bucket) pruneDirs(folder string) {
	for len(folder) > len(b.objects()) && os.Remove(folder) == nil {
		folder = filepath.Dir(folder)
	}
}
