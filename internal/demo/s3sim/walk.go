package s3sim

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// walk visits the keys of a bucket in the order of their bytes, reading only
// folders that can hold a key that starts with prefix and comes after after.
// Objects that come and go meanwhile may or may not be seen.
type walk struct {
	prefix string
	after  string
	// visit is called for each key. It may raise after to skip keys, and
	// returns false to end.
	visit func(key string) bool
}

// pastAll is above every key that starts with prefix: no valid key contains the
// byte 0xff.
func pastAll(prefix string) string { return prefix + "\xff" }

func (w *walk) run(b bucket) error {
	_, err := w.folder(b.objects(), "")
	return err
}

type keyEntry struct {
	part, name string
	folder     bool
}

// folder visits the keys below path, all of which start with begin.
func (w *walk) folder(path, begin string) (goOn bool, err error) {
	entries, err := readKeyEntries(path)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		key := begin + e.part
		if !w.wanted(key, e.folder) {
			continue
		}
		if !e.folder {
			goOn = w.visit(key)
		} else if goOn, err = w.folder(filepath.Join(path, e.name), key); err != nil {
			return false, err
		}
		if !goOn {
			return false, nil
		}
	}
	return true, nil
}

// wanted reports whether a key, or any key that starts with it, is of interest.
func (w *walk) wanted(key string, folder bool) bool {
	if !folder {
		return key > w.after && strings.HasPrefix(key, w.prefix)
	}
	inPrefix := strings.HasPrefix(key, w.prefix) || strings.HasPrefix(w.prefix, key)
	return inPrefix && (key > w.after || strings.HasPrefix(w.after, key))
}

// readKeyEntries lists a folder in the order of the keys that it holds. A
// folder that was removed in the meantime is empty.
func readKeyEntries(path string) ([]keyEntry, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []keyEntry
	for _, e := range entries {
		if part, ok := decodeEntry(e.Name(), e.IsDir()); ok {
			out = append(out, keyEntry{part, e.Name(), e.IsDir()})
		}
	}
	slices.SortFunc(out, func(a, b keyEntry) int { return strings.Compare(a.part, b.part) })
	return out, nil
}
