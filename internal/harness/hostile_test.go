package harness

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/s3sim"
)

const hostile = "hostile input"

// poison is what a terminal, a shell, RMAN or SQL*Plus would obey.
const poison = "\x1b[2J\x1b]0;owned\x07\u202e'; HOST 'touch /tmp/owned';\r\n\" $(id) %d \u2028"

// tame fails unless a process ended by itself, without a panic, and printed
// nothing that a terminal obeys.
func (w *world) tame(what string, e ended, codes ...int) {
	w.t.Helper()
	var broken []string
	if e.signal != 0 || e.code < 0 || strings.Contains(e.err, "goroutine ") || strings.Contains(e.err, "panic:") {
		broken = append(broken, fmt.Sprintf("it ended with %v", e))
	}
	ok := len(codes) == 0
	for _, c := range codes {
		ok = ok || c == e.code
	}
	if !ok {
		broken = append(broken, fmt.Sprintf("exit code %d, want one of %v: %v", e.code, codes, e))
	}
	for _, r := range e.out + e.err {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029') {
			broken = append(broken, fmt.Sprintf("it printed %U: %.400q", r, e.out+e.err))
			break
		}
	}
	if len(broken) > 0 {
		broken = append([]string{what}, broken...)
	}
	w.holds(hostile, broken, 8)
}

// put writes any object into the bucket.
func (w *world) put(key string, body []byte) {
	w.t.Helper()
	c := s3.New(s3.Options{Region: s3sim.DefaultRegion, BaseEndpoint: aws.String(w.url), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, "")})
	_, err := c.PutObject(w.t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(body)})
	must(w.t, err)
}

// catalogFolder is where the manifests of the world's database are.
func (w *world) catalogFolder() string {
	w.t.Helper()
	ctl, err := w.db.Control()
	must(w.t, err)
	return fmt.Sprintf("%scatalog/%s-%d/", prefix, sid, ctl.DBID)
}

// evilManifests are bodies of manifests, by what is wrong with them.
func evilManifests(id string) map[string][]byte {
	head := `{"format":1,"id":"` + id + `","kind":"full","level":0,"db_name":"HARN","dbid":1,"pieces":[`
	piece := func(name, key string) []byte {
		return []byte(head + `{"name":` + name + `,"key":` + key + `,"bytes":10,"crc64nvme":"AAAAAAAAAAA=","number":1,"of":1}]}`)
	}
	return map[string][]byte{
		"a name that leads out": piece(`"../../../../tmp/owned"`, `"backups/2026/01/01/`+id+`/x"`),
		"an absolute key":       piece(`"x"`, `"/etc/passwd"`),
		"control characters":    piece(`"x\u001b[2J"`, `"backups/2026/01/01/`+id+`/\u001b[2Jx"`),
		"a later format":        []byte(`{"format":99,"id":"` + id + `"}`),
		"wrong types":           []byte(`{"format":"one","id":7,"pieces":{"a":1}}`),
		"huge numbers":          []byte(`{"format":1,"dbid":1e999,"pieces":[{"bytes":99999999999999999999999}]}`),
		"deep":                  bytes.Repeat([]byte("["), 200_000),
		"no JSON":               []byte("\x00\xff" + poison),
		"empty":                 nil,
	}
}

// TestHostileBucket: whatever lies in the catalog, lists and plans go on, good
// sets stay usable, nothing is obeyed.
func TestHostileBucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 860)
	w.batch("full")
	good := w.sets()[0].ID
	folder := w.catalogFolder()
	n := 0
	for what, body := range evilManifests("20260101T000000Z-full-HARN-aaaa") {
		n++
		key := fmt.Sprintf("%s20260101T0000%02dZ-full-HARN-aaaa~kf.e1.u1.b1.p1.l0.s1.zzz~", folder, n)
		w.put(key+".json", body)
		w.put(strings.Split(key, "~")[0]+"~.json", body)
		w.tame(what+": list", w.run(nil, "--batch", "list"), 0, 1)
		w.tame(what+": verify", w.run(nil, "--batch", "verify", "--json"), 0, 1, 3)
	}
	for _, key := range []string{"catalog/\x1b[2J", "catalog/" + strings.Repeat("x", 800), "catalog/HARN-1/x~y.json", "2026/01/01/" + poison, "2026/13/45/a/b", "catalog//.."} {
		if strings.ContainsAny(key, "\r\n") || strings.HasSuffix(key, "..") {
			key = strings.NewReplacer("\r", "", "\n", "", "..", "...").Replace(key)
		}
		w.put(prefix+key, []byte(poison))
	}
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"show", good}, {"verify", good, "--deep"}, {"check"}, {"restore", "--dry-run"}} {
		e := w.run(nil, append([]string{"--batch"}, args...)...)
		w.tame(strings.Join(args, " "), e, 0, 3)
		if args[0] == "list" && !strings.Contains(e.out, good) {
			t.Errorf("the good set is not listed: %v", e)
		}
	}
	w.work(4)
	w.tame("a backup beside all that", w.run(nil, "--batch", "incremental"), 0, 3)
	w.nothingOwned()
}

// nothingOwned: nothing that poison wants was done.
func (w *world) nothingOwned() {
	w.t.Helper()
	if _, err := os.Lstat("/tmp/owned"); err == nil {
		w.t.Error("/tmp/owned exists")
	}
}

// TestHostileRMAN: what RMAN prints is read, not believed.
func TestHostileRMAN(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 861)
	w.batch("full")
	canary := w.path("canary")
	must(t, os.WriteFile(canary, []byte("mine"), 0o600))
	for what, lines := range map[string][]string{
		"a handle outside":      {"channel c1: finished piece 1 at 2026-11-24 20:00:00", "piece handle=" + canary + " tag=X comment=NONE"},
		"a handle that leads":   {"channel c1: finished piece 1 at 2026-11-24 20:00:00", "piece handle=" + w.path("staging") + "/../canary tag=X comment=NONE"},
		"a handle with poison":  {"channel c1: finished piece 1 at 2026-11-24 20:00:00", "piece handle=" + strings.NewReplacer("\r", "", "\n", "").Replace(poison) + " tag=X comment=NONE"},
		"a handle of a device":  {"channel c1: finished piece 1 at 2026-11-24 20:00:00", "piece handle=/dev/zero tag=X comment=NONE"},
		"poison":                {poison},
		"a set of nothing":      {"channel c9: backup set complete, elapsed time: 99999999999:99:99"},
		"numbers beyond bounds": {"connected to target database: HARN (DBID=99999999999999999999999999)", "channel c1: starting piece 99999999999999999999 at " + poison},
	} {
		w.work(3)
		w.inject(injection{On: "logs", Mode: "after", Lines: lines})
		w.tame(what, w.run(nil, "--batch", "archivelog"), 0, 1, 3)
		w.batch("archivelog", 0, 3)
		w.check(hostile)
		if b, err := os.ReadFile(canary); err != nil || string(b) != "mine" {
			t.Fatalf("%s: the file outside is %q, %v", what, b, err)
		}
	}
	w.nothingOwned()
}

// TestHostilePaths: a staging folder whose name RMAN or a format would read
// otherwise is refused or works; it never leads elsewhere.
func TestHostilePaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 863)
	w.batch("full")
	for _, name := range w.some([]string{"with space", "quo'te", `dou"ble`, "semi;colon", "100%d", "%U", "dollar$HOME", "back\\slash", "ümlaut", "-dash", "new\nline", "amp&ersand", "star*", "{brace"}, 3) {
		dir := w.path("odd", name)
		w.work(3)
		w.tell("staging in %q", dir)
		e := w.run([]string{"TEMP_BACKUP_DIR=" + dir}, "--batch", "archivelog")
		w.tame("staging in "+name, e, 0, 1, 2, 3)
		w.batch("archivelog", 0, 3)
		w.check(hostile)
		left, _ := filepath.Glob(w.path("odd", "*", "*"))
		if len(left) > 0 {
			t.Errorf("staging in %q left %v", name, left)
		}
	}
}

// TestHostileLinks: links in the folders of a restore and in staging are never
// followed.
func TestHostileLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 864)
	w.batch("full")
	canary := w.path("canary")
	must(t, os.WriteFile(canary, []byte("mine"), 0o600))
	must(t, os.MkdirAll(w.path("staging"), 0o700))
	elsewhere := w.path("elsewhere")
	must(t, os.MkdirAll(elsewhere, 0o700))
	must(t, os.Symlink(elsewhere, w.path("staging", "20260101T000000Z-full-aaaa")))
	w.work(3)
	w.batch("archivelog", 0, 3)
	w.trap("restore", canary)
	before, end := w.lose(oradb.LoseEverything)
	w.tame("links in the restore folder", w.run(nil, "--batch", "restore", "--confirm", sid), 0, 1, 3)
	if b, err := os.ReadFile(canary); err != nil || string(b) != "mine" {
		t.Fatalf("the file outside is %q, %v", b, err)
	}
	must(t, os.RemoveAll(w.path("restore")))
	must(t, os.Remove(w.path("staging", "20260101T000000Z-full-aaaa")))
	w.batch("restore --confirm "+sid, 0, 3)
	w.proves(hostile, before, end)
}

// trap puts links with the names of all pieces where a restore keeps them.
func (w *world) trap(dir, canary string) {
	w.t.Helper()
	ctl, err := w.db.Control()
	must(w.t, err)
	for _, m := range w.sets() {
		for _, sub := range []string{"", fmt.Sprintf("%s-%d/%s", sid, ctl.DBID, m.ID), "incoming/" + m.ID, ".incoming/" + m.ID} {
			must(w.t, os.MkdirAll(w.path(dir, sub), 0o700))
			for _, p := range m.Pieces {
				_ = os.Symlink(canary, w.path(dir, sub, p.Name))
				_ = os.Symlink(canary, w.path(dir, sub, p.Name+".part"))
			}
		}
	}
}

// TestHostileFiles: what lies in LOG_DIR, in staging and in .env.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 865)
	w.batch("full")
	ctl, err := w.db.Control()
	must(t, err)
	begin := fmt.Sprintf(`{"rec":"begin","format":1,"run":"../../x","set":"../../../y","tag":"'; HOST","kind":"\u001b[2J","dbid":%d,"started":"2026-01-01T00:00:00Z"}`, ctl.DBID)
	states := map[string]string{
		"leads out":      begin + "\n" + `{"rec":"confirmed","name":"../../../../tmp/owned","key":"/etc/passwd"}`,
		"a later format": strings.Replace(begin, `"format":1`, `"format":99`, 1),
		"no JSON":        poison,
		"deep":           strings.Repeat("[", 100_000),
		"a long line":    `{"rec":"begin","tag":"` + strings.Repeat("x", 70<<20),
	}
	n := 0
	for what, text := range states {
		n++
		id := fmt.Sprintf("20260101T0000%02dZ-full-aaaa", n)
		must(t, os.MkdirAll(w.path("staging", id), 0o700))
		must(t, os.WriteFile(w.path("staging", id, "state.jsonl"), []byte(text+"\n"), 0o600))
		must(t, os.MkdirAll(w.path("logs", id), 0o700))
		must(t, os.WriteFile(w.path("logs", id, "events.jsonl"), []byte(`{"v":1,"seq":1,"type":"start","start":{"id":"`+"\x1b"+`"}}`+"\n"+text+"\n"), 0o600))
		must(t, os.WriteFile(w.path("logs", id, "owner.json"), []byte(text), 0o600))
		w.work(2)
		w.tame("state, "+what, w.run(nil, "--batch", "archivelog"), 0, 3)
		w.tame("state, "+what+": resume", w.run(nil, "--batch", "resume"), 0, 1, 3)
		w.tame("journal, "+what, w.run(nil, "--batch", "runs"), 0)
		w.tame("journal, "+what+": json", w.run(nil, "--batch", "runs", "--json"), 0)
		w.tame("journal, "+what+": follow", w.run(nil, "--batch", "follow", id), 0, 1, 6)
		w.tame("a log, "+what+": explain", w.run(nil, "--batch", "explain", w.path("logs", id, "events.jsonl")), 0, 1)
		must(t, os.RemoveAll(w.path("staging", id)))
		must(t, os.RemoveAll(w.path("logs", id)))
	}
	w.check(hostile)
	w.nothingOwned()
	for _, text := range []string{"S3_BUCKET=" + poison, "\x00\x00", strings.Repeat("A", 32<<20), "RMAN_CHANNELS=99999999999999999999", "S3_BACKUP_PREFIX=../..", "LOG_DIR=\x1b[2J", "ORACLE_SID=../../x", "=", "'"} {
		must(t, os.WriteFile(w.path("evil.env"), []byte(text+"\n"), 0o600))
		cmd := w.command(nil, "--batch", "list")
		cmd.Args[2] = w.path("evil.env")
		w.tame(fmt.Sprintf(".env of %.20q", text), w.finish(cmd, nil), 1, 2)
	}
}

// TestHostileArguments: values on the command line.
func TestHostileArguments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 866)
	w.batch("full")
	evil := []string{poison, "../../../etc/passwd", "/etc/passwd", "-1", "99999999999999999999999", "'; DROP", strings.Repeat("x", 100_000), "\xff\xfe"}
	for _, v := range w.some(evil, 2) {
		for _, args := range [][]string{
			{"--batch", "show", v}, {"--batch", "follow", v}, {"--batch", "cancel", v}, {"--batch", "verify", v}, {"--batch", v},
			{"--batch", "restore", "--dry-run", "--set", v}, {"--batch", "restore", "--dry-run", "--until-time", v},
			{"--batch", "restore", "--dry-run", "--until-scn", v}, {"--batch", "restore", "--dry-run", "--until-sequence", v},
			{"--batch", "restore", "--confirm", v}, {"--batch", "list", "--db", v}, {"--batch", "iam", v},
		} {
			e := w.run(nil, args...)
			w.tame(fmt.Sprintf("%.60q", args), e)
			if e.code == 0 && args[1] != "list" {
				t.Errorf("%.60q was obeyed: %v", args, e)
			}
		}
	}
	w.check(hostile)
	w.nothingOwned()
}
