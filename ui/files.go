package ui

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"orabak-tui/internal/run"
)

// copyFile copies a file that may be large; to appears whole, of mode 0600.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+".*.tmp") // 0600
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Close())
	if err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", to, errors.Join(err, os.Remove(out.Name())))
	}
	return run.SyncDir(filepath.Dir(to))
}
