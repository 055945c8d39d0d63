package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// MkdirAll makes a folder and those above it, readable by the owner only.
// Folders that exist keep their mode.
func MkdirAll(path string) error { return os.MkdirAll(path, 0o700) }

// WriteFile writes a file of mode 0600 so that after any crash, power loss
// included, path holds either all of data or what it held before. The folder
// must exist. A crash may leave a file ".<name>.<random>.tmp" beside it.
func WriteFile(path string, data []byte) error { return writeFile(path, data, 0o600) }

// WriteReadable is WriteFile for what every user of the host may read (mode
// 0644), as the text file of a monitoring agent.
func WriteReadable(path string, data []byte) error { return writeFile(path, data, 0o644) }

func writeFile(path string, data []byte, mode os.FileMode) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp") // 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = errors.Join(f.Chmod(mode), writeAndSync(f, data), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return SyncDir(dir)
}

func writeJSON(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return WriteFile(path, append(data, '\n'))
}

func writeAndSync(f *os.File, data []byte) error {
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// SyncDir makes the names in a folder durable: files created, renamed and
// removed. A file system that cannot do this for folders (some network ones)
// does it by itself or not at all; that is no error.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
