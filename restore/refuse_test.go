package restore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// snapshot is every file below the lab's database with its size and time.
func (l *lab) snapshot() []string {
	var files []string
	_ = filepath.WalkDir(filepath.Join(l.dir, "oracle"), func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && !strings.Contains(path, "/sim/") {
			fi, _ := e.Info()
			files = append(files, path+" "+fi.ModTime().String())
		}
		return nil
	})
	return files
}

// TestRefusalsChangeNothing: a missing or wrong name, a target that cannot be
// reached, too little room, a corrupt level 0: the database runs on.
func TestRefusalsChangeNothing(t *testing.T) {
	l := newLab(t)
	first := l.backup(s3store.KindFull)
	l.work(20)
	gone := l.backup(s3store.KindArchivelog)
	l.work(20)
	after := l.backup(s3store.KindArchivelog)
	l.bucket.sets = slices.DeleteFunc(l.bucket.sets, func(m *s3store.Manifest) bool { return m == gone })
	l.lose(oradb.LoseArchived)
	before := l.snapshot()
	none := func(string) (int64, error) { return 10, nil }
	for name, c := range map[string]struct {
		request Request
		free    func(string) (int64, error)
		spoil   string
		want    error
	}{
		"no name":     {request: Request{Confirm: " "}, want: ErrNotConfirmed},
		"wrong name":  {request: Request{Confirm: "PROD"}, want: ErrNotConfirmed},
		"gap":         {request: Request{Target: Target{Kind: TargetSCN, SCN: after.ToSCN}, Confirm: "LAB"}, want: ErrUnreachable},
		"no room":     {request: Request{Confirm: "LAB", Target: Target{Kind: TargetSet, Set: first.ID}}, free: none, want: nil},
		"corrupt":     {request: Request{Confirm: "LAB", Target: Target{Kind: TargetSet, Set: first.ID}}, spoil: first.Pieces[0].Key, want: s3store.ErrCorrupt},
		"unknown set": {request: Request{Confirm: "LAB", Target: Target{Kind: TargetSet, Set: gone.ID}}, want: nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := l.deps()
			if c.free != nil {
				d.Free = c.free
			}
			if c.spoil != "" {
				good := l.bucket.objects[c.spoil]
				l.bucket.objects[c.spoil] = append(slices.Clone(good), 'x')
				defer func() { l.bucket.objects[c.spoil] = good }()
			}
			_, err := Run(t.Context(), d, c.request)
			var room *NoRoomError
			switch {
			case err == nil:
				t.Fatal("no error")
			case c.free != nil && !errors.As(err, &room), c.want != nil && !errors.Is(err, c.want):
				t.Fatalf("error %v, want %v", err, c.want)
			case c.spoil != "" && !strings.Contains(err.Error(), c.spoil):
				t.Fatalf("error %v does not name %s", err, c.spoil)
			}
			if now := l.snapshot(); !slices.Equal(now, before) {
				t.Error("files of the database changed")
			}
			if in, err := l.db.Instance(); err != nil || in.State != oradb.Opened {
				t.Errorf("the database is not open any more: %v %v", in.State, err)
			}
		})
	}
	if p, err := Preview(t.Context(), l.deps(), Request{Target: Target{Kind: TargetSet, Set: first.ID}}); err != nil || !p.Reachable {
		t.Errorf("preview: %v", err)
	}
	if now := l.snapshot(); !slices.Equal(now, before) {
		t.Error("a preview changed files of the database")
	}
}

// TestForeignInstanceIsRefused: the instance of another database is left alone.
func TestForeignInstanceIsRefused(t *testing.T) {
	l := newLab(t)
	m := l.backup(s3store.KindFull)
	other := *m
	other.DBID, other.DBName = 99, "OTHER"
	l.bucket.sets = []*s3store.Manifest{&other}
	before := l.snapshot()
	if _, err := Run(t.Context(), l.deps(), Request{DBID: 99, Confirm: "OTHER"}); err == nil || !strings.Contains(err.Error(), "99") {
		t.Errorf("error %v", err)
	}
	if now := l.snapshot(); !slices.Equal(now, before) {
		t.Error("files changed")
	}
	if f, err := l.orcl.Facts(t.Context()); err != nil || f.Status != oracle.Open {
		t.Errorf("%v %v", f.Status, err)
	}
}
