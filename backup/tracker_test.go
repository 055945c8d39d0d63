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
