package harness

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// fingerprint is the content of every file below some folders of the world.
func (w *world) fingerprint(dirs ...string) string {
	h := sha256.New()
	for _, dir := range dirs {
		_ = filepath.WalkDir(w.path(dir), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.Contains(path, "/sim/") {
				b, _ := os.ReadFile(path)
				fmt.Fprintf(h, "%s %x\n", path, sha256.Sum256(b))
			}
			return nil
		})
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// TestUnreachable: a target that cannot be reached is refused with 5, says why,
// and nothing was touched; nor by a wrong name, a missing name, a dry run.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 870)
	w.batch("full")
	for range 3 {
		w.work(6)
		w.nextSecond() // the order of sets in a list is that of seconds
		w.batch("archivelog")
	}
	sets := w.sets()
	first := sets[len(sets)-1]
	w.refuses("before the first set", 5, "--until-scn", itoa(first.FromSCN-100))
	w.refuses("long ago", 5, "--until-time", "2001-01-01 00:00:00")
	w.refuses("a log that will never be", 5, "--until-sequence", "99999")
	w.refuses("an SCN that has not been", 5, "--until-scn", itoa(sets[0].ToSCN*10))
	w.refuses("another database's name", 2, "--confirm", "PROD")
	w.refuses("no name", 2)
	w.refuses("a dry run", 0, "--dry-run")

	// A set in the middle is lost: its logs are in no other.
	gap := sets[1]
	_, _ = w.lose(oradb.LoseEverything)
	key := w.manifestFile(gap.ID)
	moved := w.path("manifest.aside")
	must(t, os.Rename(key, moved))
	e := w.refuses("a gap in the logs", 5, "--until-scn", itoa(sets[0].ToSCN), "--confirm", sid)
	log := gap.Pieces[0]
	for _, p := range gap.Pieces {
		if len(p.Logs) > 0 {
			log = p
		}
	}
	if want := fmt.Sprint(log.Logs[0].Sequence); !strings.Contains(e.out+e.err, want) {
		t.Errorf("the refusal does not name sequence %s: %v", want, e)
	}
	must(t, os.Rename(moved, key))
	w.batch("restore --confirm "+sid, 0, 3)
}

// refuses asks for a restore that must not happen.
func (w *world) refuses(what string, code int, args ...string) ended {
	w.t.Helper()
	before := w.fingerprint("oracle", "s3", "restore", "staging")
	if code == 5 && !strings.Contains(strings.Join(args, " "), "--confirm") {
		args = append(args, "--confirm", sid)
	}
	e := w.run(nil, append([]string{"--batch", "restore"}, args...)...)
	var broken []string
	if e.code != code {
		broken = append(broken, fmt.Sprintf("%s: want exit code %d: %v\n%s", what, code, e, w.lastRun()))
	}
	if w.fingerprint("oracle", "s3", "restore", "staging") != before {
		broken = append(broken, what+": something was changed")
	}
	w.holds("a target that cannot be reached, a name that is wrong", broken, 7)
	return e
}

// manifestFile is the file that names a set's manifest in the embedded store.
func (w *world) manifestFile(id string) string {
	w.t.Helper()
	found, err := filepath.Glob(w.path("s3", bucket, "objects", prefix+"catalog", "*", id+"*", "*@meta.json"))
	if len(found) == 0 {
		found, err = filepath.Glob(w.path("s3", bucket, "objects", prefix+"catalog", "*", id+"*@meta.json"))
	}
	if err != nil || len(found) != 1 {
		w.t.Fatalf("%d manifests of %s: %v", len(found), id, err)
	}
	return found[0]
}

// TestPointsInTime: to an SCN, in both modes, the database is the truth of that
// point and of no other; once more in the incarnation that this began.
func TestPointsInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 880)
	w.batch("full")
	for _, mode := range []string{"full", "incremental"} {
		var points []oradb.SCN
		for n := range 3 {
			w.work(6)
			w.batch([]string{"incremental", "archivelog"}[n%2], 0, 3)
			ctl, err := w.db.Control()
			must(t, err)
			end, err := w.db.ArchivedUpTo(ctl.Resetlogs)
			must(t, err)
			points = append(points, end)
		}
		w.work(4)
		ctl, err := w.db.Control()
		must(t, err)
		to := points[1] - 3
		w.batch("restore --mode "+mode+" --confirm "+sid+" --until-scn "+itoa(int64(to)), 0, 3)
		w.proves("a point in time", ctl.Resetlogs, to)
		w.batch("full", 0, 3)
		w.check("a point in time")
	}
}

// TestTargetBehindTheEndOfRedo: recovery that meets the end of all redo before
// its target has lost nothing, but OPEN RESETLOGS was refused with ORA-01139 and
// the database stayed closed.
func TestTargetBehindTheEndOfRedo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 890)
	w.batch("full")
	w.work(6)
	before, end := w.lose(oradb.LoseDatafile(4))
	must(t, w.db.Crash())
	_, err := w.db.Startup(t.Context(), oradb.StartupOptions{To: oradb.Mounted})
	must(t, err)
	e := w.batch("restore --confirm "+sid+" --until-scn "+itoa(int64(end)+1_000_000), 3, 5)
	t.Logf("exit code %d", e.code)
	if e.code == 5 {
		w.batch("restore --confirm "+sid, 0, 3)
	}
	w.proves("a target behind the end of redo", before, 0)
	w.batch("incremental", 0, 3)
	w.check("a target behind the end of redo")
}
