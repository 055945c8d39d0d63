package backup

import (
	"os"
	"path/filepath"
	"testing"
)

func stagedFile(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("piece"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTrackerRefusesWhatIsNotInStaging(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	outside := stagedFile(t, other, "x")
	link := filepath.Join(dir, "link")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, h := range []string{
		outside, link, filepath.Join(dir, "sub"), filepath.Join(dir, "missing"), "relative", "",
		dir + "/../" + filepath.Base(other) + "/x", dir + "/a\x1b[2Jb", dir + "//x",
	} {
		if p, err := newTracker(dir).handle(h, "T", false); err == nil {
			t.Errorf("%q was taken as %+v", h, p)
		}
	}
}

// Pieces may go once confirmed and their set complete; under pressure those of
// unfinished sets too; never one that is not confirmed.
func TestTrackerRemovable(t *testing.T) {
	dir := t.TempDir()
	tr := newTracker(dir)
	take := func(channel, name string) *staged {
		tr.pieceFinished(channel, 1)
		p, err := tr.handle(stagedFile(t, dir, name), "T", false)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	tr.setBegun("c1")
	tr.setBegun("c2")
	a, b, c := take("c1", "a"), take("c2", "b"), take("c1", "c")
	tr.confirm(a, "k", 5, "", "")
	tr.confirm(b, "k", 5, "", "")
	if got := tr.removable(false); len(got) != 0 {
		t.Fatalf("no set is complete, yet %v may go", got)
	}
	if got := tr.removable(true); len(got) != 2 {
		t.Fatalf("under pressure %v may go, want a and b", got)
	}
	tr.setComplete("c1")
	if got := tr.removable(false); len(got) != 1 || got[0] != a {
		t.Fatalf("c1's set is complete: %v may go, want a alone (c is not confirmed)", got)
	}
	tr.confirm(c, "k", 5, "", "")
	tr.markRemoved(a)
	if got := tr.removable(false); len(got) != 1 || got[0] != c {
		t.Fatalf("%v may go, want c", got)
	}
}

// A name of an autobackup that is free might be given again.
func TestAutobackupsStayInStaging(t *testing.T) {
	dir := t.TempDir()
	tr := newTracker(dir)
	p, err := tr.handle(stagedFile(t, dir, "c-1-20261124-00"), "", true)
	if err != nil {
		t.Fatal(err)
	}
	tr.confirm(p, "k", 5, "", "")
	if got := tr.removable(false); len(got) != 0 {
		t.Fatalf("%v may go without pressure", got)
	}
	if got := tr.removable(true); len(got) != 1 {
		t.Fatal("it may go when room is needed")
	}
	tr.markRemoved(p)
	if q, err := tr.handle(p.Handle, "", true); err == nil {
		t.Errorf("another piece under the name of one that was uploaded is taken for it: %+v", q)
	}
}

// Sets that several channels write are complete when RMAN has ended.
func TestSettledSetsMayGo(t *testing.T) {
	dir := t.TempDir()
	tr := newTracker(dir)
	tr.pieceFinished("c1", 1)
	p, err := tr.handle(stagedFile(t, dir, "a"), "T", false)
	if err != nil {
		t.Fatal(err)
	}
	tr.confirm(p, "k", 5, "", "")
	if got := tr.settleSets(); len(got) != 1 || len(tr.settleSets()) != 0 {
		t.Fatalf("settled %v", got)
	}
	if got := tr.removable(false); len(got) != 1 || !tr.leaving() {
		t.Fatalf("%v may go", got)
	}
	tr.markRemoved(p)
	if tr.leaving() {
		t.Error("nothing is left to leave")
	}
	tr.forget("a")
	if tr.find("a") != nil || len(tr.all()) != 0 {
		t.Error("it is forgotten")
	}
}
