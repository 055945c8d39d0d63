package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// ErrAdopt says why a folder of the old script cannot become a set. Nothing of
// it is committed then, and RMAN's repository is as it was.
var ErrAdopt = errors.New("the folder cannot be adopted")

// ForeignStore is what an adoption needs of the bucket besides Store;
// *s3store.Store is one.
type ForeignStore interface {
	ForeignFiles(ctx context.Context, set s3store.Set) (files []s3store.Object, others int, err error)
	GetForeign(ctx context.Context, o s3store.Object, path string, progress func(doneBytes int64)) (crc string, err error)
}

// AdoptRequest names the run and the folder: the id of a foreign set, or its
// day as 2025-11-23 or 2025/11/23.
type AdoptRequest struct {
	RunID  string
	Folder string
}

// adoption is a folder on its way to become a set.
type adoption struct {
	*session
	st     ForeignStore
	folder s3store.Set
	files  []s3store.Object

	mu  sync.Mutex // guards crc
	crc map[string]string
}

// downloadsAtOnce is how many files of a folder are fetched beside each other;
// within one the store fetches ranges beside each other.
const downloadsAtOnce = 4

// Adopt makes a set of a folder that was uploaded without a manifest. Its
// objects stay where they are: they are read once for their checksums and to
// have RMAN say what they are, which it can do only when the database is
// mounted or open. The manifest then names those that belong to whole backup
// sets of this database; what else lies there is told and left alone. It may
// be called once per database at a time: the caller holds the lock.
func Adopt(ctx context.Context, d Deps, st ForeignStore, r AdoptRequest) (Result, error) {
	a := &adoption{session: newSession(d, r.RunID, "adopt"), st: st, crc: map[string]string{}}
	var m *s3store.Manifest
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"check", func(ctx context.Context) error { return a.look(ctx, r.Folder) }},
		{"download", a.download},
		{"catalog", a.catalog},
		{"commit", func(ctx context.Context) (err error) { m, err = a.commitAdopted(ctx); return err }},
	}
	for _, s := range steps {
		if err := a.phase(s.name, func() error { return s.do(ctx) }); err != nil {
			return Result{}, a.undo(ctx, err)
		}
	}
	if err := a.phase("clean", func() error { return os.RemoveAll(a.dir) }); err != nil {
		a.warn("", fmt.Sprintf("the downloaded files were not removed: %v", err), "remove "+a.dir)
	}
	return a.result(m), nil
}

// undo takes what was cataloged out of RMAN's repository again: no level 1 may
// build on what no set holds. The files go too; they are on S3.
func (a *adoption) undo(ctx context.Context, cause error) error {
	if a.dir == "" {
		return cause
	}
	if err := a.forget(context.WithoutCancel(ctx)); err != nil {
		a.warn("", fmt.Sprintf("RMAN's repository still knows pieces in %s: %v", a.dir, err), "adopt the folder again, or CHANGE BACKUPPIECE … UNCATALOG")
		return cause
	}
	if err := os.RemoveAll(a.dir); err != nil {
		a.warn("", err.Error(), "remove "+a.dir)
	}
	return cause
}

// look finds the folder and sees whether it can be read here.
func (a *adoption) look(ctx context.Context, folder string) (err error) {
	if a.facts, err = a.d.Oracle.Facts(ctx); err != nil {
		return err
	}
	if a.facts.Status != oracle.Mounted && a.facts.Status != oracle.Open {
		return fmt.Errorf("%w: the instance is %s; RMAN reads pieces into the control file of a database that is mounted or open", ErrAdopt, a.facts.Status)
	}
	if err := a.find(ctx, folder); err != nil {
		return err
	}
	var others int
	if a.files, others, err = a.st.ForeignFiles(ctx, a.folder); err != nil {
		return err
	}
	if others > 0 {
		a.notice(fmt.Sprintf("%d objects lie deeper or have names that no piece has; they are left alone", others), "")
	}
	if err := a.room(); err != nil {
		return err
	}
	return a.showAdoption()
}

// find looks the folder up among the foreign sets.
func (a *adoption) find(ctx context.Context, folder string) error {
	id := s3store.ForeignID(folder)
	sets, err := a.d.Store.List(ctx, s3store.Filter{Foreign: true, Fresh: true})
	if err != nil {
		return err
	}
	var there []string
	for _, set := range sets {
		switch {
		case set.Status == s3store.StatusForeign && set.ID == id:
			a.folder = set
			return nil
		case set.Status == s3store.StatusForeign:
			there = append(there, set.ID)
		case set.Adopted == id:
			return fmt.Errorf("%w: %s was adopted already, as set %s", ErrAdopt, id, set.ID)
		}
	}
	if len(there) == 0 {
		return fmt.Errorf("%w: there is no %s, and no other folder without a manifest", ErrAdopt, run.Clean(folder))
	}
	slices.Sort(there)
	return fmt.Errorf("%w: there is no %s; there are %s", ErrAdopt, run.Clean(folder), strings.Join(there, ", "))
}

// room makes the folder for the download, whose path RMAN is going to keep.
func (a *adoption) room() error {
	root := a.d.Config.RestoreDir
	if err := run.MkdirAll(root); err != nil {
		return fmt.Errorf("restore folder: %w; set RESTORE_SOURCE_DIR", err)
	}
	real, err := a.outsideFRA("restore", root, "RESTORE_SOURCE_DIR")
	if err != nil {
		return err
	}
	free, err := a.d.Free(real)
	if err != nil {
		return fmt.Errorf("free room in the restore folder: %w", err)
	}
	var need int64
	for _, f := range a.files {
		need += f.Bytes
	}
	if need > free {
		return fmt.Errorf("%w: %d bytes are to be read and %d are free in %s; free room or point RESTORE_SOURCE_DIR elsewhere", ErrAdopt, need, free, real)
	}
	a.dir = filepath.Join(real, "adopt-"+a.folder.ID)
	return run.MkdirAll(a.dir)
}

func (a *adoption) showAdoption() error {
	script, err := a.catalogScript()
	if err != nil {
		return err
	}
	p := &run.Plan{Summary: fmt.Sprintf("adopt %s: %d files", a.folder.Key, len(a.files)), Pieces: len(a.files), Warnings: slices.Concat(a.warnings, a.notices)}
	for _, f := range a.files {
		p.Bytes += f.Bytes
	}
	p.Steps = []run.PlanStep{{Name: "download", Detail: a.dir}, {Name: script.Name, Detail: "what they are", Script: script.String()}, {Name: "commit", Detail: "a manifest; the objects stay where they are"}}
	a.d.Sink.Emit(run.Event{Type: run.TypePlan, Plan: p})
	return nil
}

// download fetches the files and their checksums.
func (a *adoption) download(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(downloadsAtOnce)
	for _, f := range a.files {
		g.Go(func() error {
			t := run.Transfer{Dir: "down", Name: f.Name, Key: f.Key, Total: f.Bytes}
			tell := func(state run.State, done int64) {
				t := t
				t.State, t.Done = state, done
				a.d.Sink.Emit(run.Event{Type: run.TypeTransfer, Transfer: &t})
			}
			tell(run.Begun, 0)
			crc, err := a.st.GetForeign(ctx, f, filepath.Join(a.dir, f.Name), func(n int64) { tell(run.Running, n) })
			if err != nil {
				return err
			}
			tell(run.Done, f.Bytes)
			a.mu.Lock()
			defer a.mu.Unlock()
			a.crc[f.Name] = crc
			return nil
		})
	}
	return g.Wait()
}

func (a *adoption) catalogScript() (*rman.Script, error) {
	return rman.NewScript("catalog", rman.CatalogStartWith{Dir: a.dir})
}

// catalog has RMAN read the headers. Files that are no pieces of this database
// are refused by it one by one, which is no failure.
func (a *adoption) catalog(ctx context.Context) error {
	script, err := a.catalogScript()
	if err != nil {
		return err
	}
	a.mark("catalog-begin", nil)
	narrate := rman.NewNarrator(a.d.Sink, script.Name)
	_, err = a.d.RMAN.Run(ctx, a.job(script, narrate.Event))
	a.mark("cataloged", nil)
	return err
}
