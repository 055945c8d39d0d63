package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// adoptFiles takes every file in the run's folder as the run's own.
func (s *session) adoptFiles() error {
	for _, name := range s.strays() {
		fi, err := os.Lstat(filepath.Join(s.dir, name))
		if err != nil {
			return err
		}
		if !fi.Mode().IsRegular() {
			return fmt.Errorf("%s in staging is not a regular file; remove it by hand", filepath.Join(s.dir, name))
		}
		s.track.adopt(staged{Name: name, Handle: filepath.Join(s.dir, name), Bytes: fi.Size()})
	}
	return nil
}

// adoptPieces takes over the pieces of backup sets that are complete in RMAN's
// repository and whose every piece is in staging or confirmed by S3. Records
// of other sets are returned: they must be taken out of the repository.
func (s *session) adoptPieces(ctx context.Context, l leftover) (lost []string, err error) {
	o, err := s.own(ctx)
	if err != nil {
		return nil, err
	}
	whole := map[setKey]bool{}
	for _, r := range o.recs {
		k := setKey{r.SetStamp, r.SetCount}
		if _, seen := whole[k]; !seen {
			whole[k] = o.complete(k)
		}
		if r.Status != "A" || !s.reachable(filepath.Base(r.Handle), l) {
			whole[k] = false
		}
	}
	for _, r := range o.recs {
		if !whole[setKey{r.SetStamp, r.SetCount}] {
			lost = append(lost, r.Handle)
			continue
		}
		s.adoptPiece(filepath.Base(r.Handle), r.Handle, r.Tag, r.Piece, l)
	}
	s.finished(o, whole)
	return lost, nil
}

// reachable says whether a piece's bytes still exist: on S3, or in staging. What
// was written before the host went down may be there in name only, unless it
// was synced: that is done when RMAN is through.
func (s *session) reachable(name string, l leftover) bool {
	if _, ok := l.Confirmed[name]; ok {
		return true
	}
	if !l.RMANDone && !sameBoot(l.Boot) {
		return false
	}
	fi, err := os.Lstat(filepath.Join(s.dir, name))
	return err == nil && fi.Mode().IsRegular()
}

func (s *session) adoptPiece(name, handle, tag string, number int, l leftover) {
	p := staged{Name: name, Handle: handle, Tag: tag, Number: number, Complete: true, Autobackup: tag != s.tag}
	fi, err := os.Lstat(filepath.Join(s.dir, name))
	p.Removed = err != nil
	if err == nil {
		p.Bytes = fi.Size()
	}
	if c, ok := l.Confirmed[name]; ok {
		p.Confirmed, p.Key, p.Bytes, p.CRC, p.SHA = true, c.Key, c.Bytes, c.CRC, c.SHA
	}
	s.track.adopt(p)
}

// finished notes which datafiles the adopted sets hold.
func (s *session) finished(o owned, whole map[setKey]bool) {
	for k, ok := range whole {
		if !ok {
			continue
		}
		for _, f := range o.files[k] {
			if f.File != 0 {
				s.done[f.File] = true
			}
		}
	}
}
