package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/s3sim"
	"orabak-tui/internal/run"
	"orabak-tui/internal/s3fault"
	"orabak-tui/internal/s3servers"
	"orabak-tui/s3store"
)

const (
	sid    = "HARN"
	bucket = "harness"
	prefix = "backups/"
)

// The secrets of a world are canaries: no file, argument or environment of a
// child may ever show them.
const (
	accessKey = "AKCANARY7ACCESS"
	secretKey = "canary-9f3e-secret-key-never-to-be-seen"
)

// patience bounds every wait for a process: far beyond what any takes, so that
// only a hang meets it.
const patience = 4 * time.Minute

// world is one database host with its bucket: all of a try.
type world struct {
	t     testing.TB
	dir   string
	db    *oradb.DB
	at    s3servers.Endpoint // the store
	proxy *s3fault.Proxy     // before it
	url   string             // of the proxy
	env   map[string]string
	dice  *rand.Rand
	spent uint64          // seeds of workloads
	ids   map[string]bool // sets whose bytes were read
	stall time.Duration   // of an engine in the test, after which it asks the store again
	lean  bool            // look at each set once only
	skew  atomic.Int64    // the store's clock minus the host's, a time.Duration
	story []string
}

// newWorld makes a database with one datafile that is uploaded in parts, and a
// bucket of the embedded server.
func newWorld(t testing.TB, salt uint64) *world {
	t.Helper()
	w := newHost(t, salt)
	w.embedded()
	w.configure()
	return w
}

// newHost is a world that has no bucket yet.
func newHost(t testing.TB, salt uint64) *world {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	w := &world{t: t, dir: dir, dice: rand.New(rand.NewPCG(*seed, salt)), spent: *seed<<32 + salt<<16, ids: map[string]bool{}, stall: 1500 * time.Millisecond}
	w.db, err = oradb.Create(t.Context(), oradb.Spec{Base: w.path("oracle"), SID: sid, RedoSize: 256 << 10, Fill: 85, Seed: *seed, Files: []oradb.FileSpec{
		{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 512 << 10}, {Tablespace: "UNDOTBS1", Name: "undotbs01.dbf", Bytes: 256 << 10},
		{Tablespace: "USERS", Name: "users01.dbf", Bytes: 256 << 10}, {Tablespace: "DATA", Name: "data01.dbf", Bytes: 11 << 20}},
		Params: oradb.Params{"control_file_record_keep_time": "30"}})
	must(t, err)
	for _, tool := range []string{"rman", "sqlplus"} {
		must(t, os.Symlink(tools, filepath.Join(w.db.Home(), "bin", tool)))
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d, salt %d:\n%s", *seed, salt, strings.Join(w.story, "\n"))
		}
	})
	return w
}

// embedded starts the bucket and the proxy before it.
func (w *world) embedded() {
	s3 := s3sim.New(w.path("s3"), s3sim.Options{AccessKey: accessKey, Secret: secretKey, NoSync: true,
		SignatureNow: func() time.Time { return time.Now().Add(time.Duration(w.skew.Load())) }})
	must(w.t, s3.CreateBucket(bucket))
	endpoint, err := s3.ListenLoopback(w.t.Context())
	must(w.t, err)
	w.t.Cleanup(func() { _ = s3.Close() })
	w.at = s3servers.Endpoint{URL: endpoint, AccessKey: accessKey, Secret: secretKey, Region: s3sim.DefaultRegion, Bucket: bucket}
	w.proxy, w.url = s3fault.Start(w.t, endpoint, *seed)
}

func (w *world) configure() {
	w.env = map[string]string{
		"ORACLE_HOME": w.db.Home(), "ORACLE_SID": sid, "RMAN_TARGET": "/", "S3_BUCKET": w.at.Bucket, "S3_BACKUP_PREFIX": prefix,
		"AWS_ACCESS_KEY_ID": w.at.AccessKey, "AWS_SECRET_ACCESS_KEY": w.at.Secret, "AWS_REGION": w.at.Region,
		"AWS_ENDPOINT_URL_S3": w.url, "S3_FORCE_PATH_STYLE": "true",
		"LOG_DIR": w.path("logs"), "TEMP_BACKUP_DIR": w.path("staging"), "RESTORE_SOURCE_DIR": w.path("restore"), "CACHE_DIR": w.path("cache"),
		"ARCHIVELOG_KEEP_HOURS": "0", "RMAN_CHANNELS": "2", "RMAN_MAX_PIECE_SIZE": "64M",
	}
	w.save()
}

// save writes .env.
func (w *world) save() {
	w.t.Helper()
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(w.env)) {
		fmt.Fprintf(&b, "%s=%s\n", k, w.env[k])
	}
	must(w.t, run.WriteFile(w.path(".env"), []byte(b.String())))
}

func (w *world) path(elem ...string) string {
	return filepath.Join(append([]string{w.dir}, elem...)...)
}

func (w *world) tell(format string, args ...any) {
	w.story = append(w.story, fmt.Sprintf(format, args...))
}

// work commits transactions and archives what it can.
func (w *world) work(n int) {
	w.t.Helper()
	w.spent++
	_, err := w.db.Work(w.t.Context(), oradb.Work{Transactions: n, Seed: w.spent})
	must(w.t, err)
}

// faults sets the knobs of the simulated rman.
func (w *world) faults(f rmansim.Faults) {
	w.t.Helper()
	must(w.t, f.Save(w.db.Base()))
}

// ended is how a process of the program came to its end.
type ended struct {
	code     int            // -1 if a signal ended it
	signal   syscall.Signal // 0 if it ended by itself
	out, err string
}

func (e ended) String() string {
	return fmt.Sprintf("exit code %d, signal %v\n%s\n%s", e.code, e.signal, e.out, e.err)
}

// command is the program with its arguments, in a clean environment.
func (w *world) command(extra []string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, append([]string{"--env-file", w.path(".env")}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "TZ=UTC", "LANG=C"}, extra...)
	cmd.Dir = w.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// run runs the program to its end.
func (w *world) run(extra []string, args ...string) ended {
	w.t.Helper()
	return w.finish(w.command(extra, args...), nil)
}

// finish starts a command and waits; during runs beside it.
func (w *world) finish(cmd *exec.Cmd, during func(*exec.Cmd)) ended {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = 10 * time.Second
	must(w.t, cmd.Start())
	hung := time.AfterFunc(patience, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) })
	defer hung.Stop()
	if during != nil {
		during(cmd)
	}
	err := cmd.Wait()
	e := ended{code: cmd.ProcessState.ExitCode(), out: out.String(), err: errs.String()}
	if st, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && st.Signaled() {
		e.signal = st.Signal()
		w.calmed()
	}
	if !hung.Stop() {
		w.t.Errorf("the program hung: %v\n%v", cmd.Args, e)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		w.t.Fatal(err)
	}
	w.tell("%v → %d %v", cmd.Args[3:], e.code, e.signal)
	return e
}

// calmed waits until the store has done what a process that was killed had asked
// for: no next run begins within the same moment. What comes even later is no
// more than an object that no manifest names, and verify tells of it.
func (w *world) calmed() {
	w.t.Helper()
	w.eventually("the requests of the dead to end", func() bool { return w.proxy.InFlight() == 0 })
}

// batch runs an action that must end with one of the codes.
func (w *world) batch(action string, codes ...int) ended {
	w.t.Helper()
	return w.batchWith(nil, action, codes...)
}

func (w *world) batchWith(extra []string, action string, codes ...int) ended {
	w.t.Helper()
	e := w.run(extra, append([]string{"--batch"}, strings.Fields(action)...)...)
	if len(codes) == 0 {
		codes = []int{0}
	}
	if !slices.Contains(codes, e.code) {
		w.t.Fatalf("--batch %s: want exit code %v, have %v\n%s", action, codes, e, w.lastRun())
	}
	return e
}

// lastRun is the log of the newest run, for failures.
func (w *world) lastRun() string {
	runs, _ := filepath.Glob(w.path("logs", "2*", "run.log"))
	if len(runs) == 0 {
		return "no run"
	}
	slices.Sort(runs)
	b, _ := os.ReadFile(runs[len(runs)-1])
	return runs[len(runs)-1] + "\n" + string(b)
}

// store opens the bucket without the proxy's faults in the way of the proof.
func (w *world) store() *s3store.Store {
	w.t.Helper()
	st, err := s3store.Open(context.Background(), w.options())
	must(w.t, err)
	return st
}

func (w *world) options() s3store.Options {
	return s3store.Options{Bucket: w.at.Bucket, Prefix: prefix, Region: w.at.Region, Endpoint: w.url, ForcePathStyle: true,
		AccessKey: w.at.AccessKey, SecretKey: w.at.Secret, CacheDir: w.path("harness-cache")}
}

// events reads the journal of the newest run.
func (w *world) events() []run.Event {
	runs, _ := filepath.Glob(w.path("logs", "2*", run.EventsFile))
	if len(runs) == 0 {
		return nil
	}
	slices.SortFunc(runs, func(a, b string) int { return modified(a).Compare(modified(b)) })
	return readEvents(runs[len(runs)-1])
}

func readEvents(path string) []run.Event {
	b, _ := os.ReadFile(path)
	var all []run.Event
	for line := range bytes.Lines(b) {
		var e run.Event
		if json.Unmarshal(line, &e) == nil {
			all = append(all, e)
		}
	}
	return all
}

func modified(path string) time.Time {
	fi, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return fi.ModTime()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func itoa(n int64) string { return fmt.Sprint(n) }
