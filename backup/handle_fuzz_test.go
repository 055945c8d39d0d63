package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzHandle: whatever handle RMAN reports, only a regular file directly in the
// run's staging folder is taken.
func FuzzHandle(f *testing.F) {
	for _, s := range []string{"ORCL_1_1", "../outside", "/etc/passwd", "./ORCL_1_1", "a/../ORCL_1_1", "link", "ORCL_1_1\x00", "\x1b[2J", "uploads", "", "/", "state.jsonl/.."} {
		f.Add(s)
	}
	root := f.TempDir()
	dir := filepath.Join(root, "run")
	if err := os.MkdirAll(filepath.Join(dir, "uploads"), 0o700); err != nil {
		f.Fatal(err)
	}
	for _, path := range []string{filepath.Join(root, "outside"), filepath.Join(dir, "ORCL_1_1")} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(root, "outside"), filepath.Join(dir, "link")); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, handle := range []string{name, dir + "/" + name} {
			p, err := newTracker(dir).handle(handle, "TAG", false)
			if err == nil && (p.Name != "ORCL_1_1" || p.Bytes != 1 || handle != filepath.Join(dir, "ORCL_1_1") || strings.Contains(handle, "..")) {
				t.Fatalf("handle %q was taken as %+v", handle, p)
			}
		}
	})
}
