package s3store

import (
	"context"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// walk visits the date folders level by level: exact, and the only way on
// stores that roll up at "/" alone, but a request for each day.
func (s *Store) walk(ctx context.Context, after, border string) (*folders, error) {
	days, err := s.dayFolders(ctx, after, border)
	if err != nil {
		return nil, err
	}
	type found struct {
		files   []object
		folders []string
	}
	all := make([]found, len(days))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i, day := range days {
		g.Go(func() (err error) {
			all[i].files, all[i].folders, err = s.level(gctx, day)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	f := &folders{foreign: map[string]Set{}}
	for _, day := range all {
		for _, o := range day.files {
			f.file(s.opt.Prefix, o)
		}
		for _, folder := range day.folders {
			if _, id := s.setOf(folder + "x"); id != "" {
				f.stamps = append(f.stamps, folder)
			} else {
				f.unsized = append(f.unsized, folder)
			}
		}
	}
	return f, nil
}

// dayFolders lists <prefix>YYYY/MM/DD/ folders from after up to border.
func (s *Store) dayFolders(ctx context.Context, after, border string) ([]string, error) {
	folders := []string{s.opt.Prefix}
	for _, form := range []string{"2006/", "2006/01/", dayDir} {
		var next []string
		for _, folder := range folders {
			_, below, err := s.level(ctx, folder)
			if err != nil {
				return nil, err
			}
			for _, f := range below {
				_, err := time.Parse(form, strings.TrimPrefix(f, s.opt.Prefix))
				early := f < after && !strings.HasPrefix(after, f)
				if err == nil && !early && (border == "" || f < border) {
					next = append(next, f)
				}
			}
		}
		folders = next
	}
	return folders, nil
}
