package s3store

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"orabak-tui/internal/s3fault"
)

// Many pieces at once while a fifth of all requests fails in every way there
// is: what is confirmed is what was in the file, what comes back is what was
// stored, nothing is left half done, and no file tells a secret.
func TestStorm(t *testing.T) {
	t.Parallel()
	s, proxy, _ := faulty(t, func(o *Options) {
		o.StallTimeout = time.Minute // nothing stalls here but the machine
		o.RetryBudget = 24 * time.Hour
	})
	end := proxy.Storm(0.2, s3fault.SlowDown(), s3fault.InternalError(), s3fault.TooManyRequests(), s3fault.Reset(),
		s3fault.LoseAnswer(), s3fault.CutUpload(s3fault.Anywhere), s3fault.CutDownload(s3fault.Anywhere),
		s3fault.TruncateDownload(s3fault.Anywhere))
	const count = 24
	content := make([][]byte, count)
	pieces := make([]Piece, count)
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i := range count {
		content[i] = randomBytes(uint64(i), i*testPart/6+1)
		wg.Go(func() {
			name := fmt.Sprint("piece", i)
			p := pieceOf(s, testSet, name, content[i])
			pieces[i] = p
			r, err := s.PutPiece(t.Context(), PutRequest{
				Path: writeFile(t, name, content[i]), Key: p.Key, ResumeFile: filepath.Join(dir, name+".resume"),
			})
			if err != nil || r.CRC64NVME != p.CRC64NVME {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	if _, err := s.Commit(t.Context(), manifestOf(testSet, pieces...)); err != nil {
		t.Fatal(err)
	}
	for i := range count {
		wg.Go(func() {
			path := filepath.Join(dir, pieces[i].Name)
			if err := s.GetPiece(t.Context(), GetRequest{Piece: pieces[i], Path: path}); err != nil {
				t.Error(err)
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, content[i]) {
				t.Errorf("%s came back different", pieces[i].Name)
			}
		})
	}
	wg.Wait()
	if len(proxy.Injected()) < 6 {
		t.Errorf("injected only %v", proxy.Injected())
	}
	end()
	if left, err := s.uploads(t.Context(), s.opt.Prefix); err != nil || len(left) != 0 {
		t.Errorf("uploads left: %d, %v", len(left), err)
	}
	for _, folder := range []string{dir, s.opt.CacheDir} {
		lookThrough(t, folder, count)
	}
}

// lookThrough checks modes and contents of what was written.
func lookThrough(t *testing.T, folder string, most int) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if info.Mode().Perm() != 0o600 || strings.Contains(string(b), testSecret) {
			t.Errorf("%s: mode %v, or it holds a secret", path, info.Mode())
		}
		return err
	})
	if err != nil || files > most {
		t.Errorf("%s: %d files, %v", folder, files, err)
	}
}
