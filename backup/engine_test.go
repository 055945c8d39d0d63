package backup_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/s3sim"
	"orabak-tui/internal/demo/sqlsim"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// The test binary is the simulated database's rman and sqlplus, too.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "rman":
		os.Exit(rmansim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	case "sqlplus":
		os.Exit(sqlsim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	os.Exit(m.Run())
}

// site is a simulated database, its bucket and the engine's surroundings.
type site struct {
	t      *testing.T
	db     *oradb.DB
	config *config.Config
	store  *s3store.Store
	before func(script string) // called before RMAN runs a script

	mu     sync.Mutex // guards events
	events []run.Event
}

const sid = "ENGINE"

func newSite(t *testing.T) *site {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	s := &site{t: t, before: func(string) {}}
	s.db, err = oradb.Create(t.Context(), oradb.Spec{Base: filepath.Join(dir, "oracle"), SID: sid, Seed: 1, RedoSize: 256 << 10,
		Files: []oradb.FileSpec{
			{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 512 << 10}, {Tablespace: "UNDOTBS1", Name: "undotbs01.dbf", Bytes: 256 << 10},
			{Tablespace: "USERS", Name: "users01.dbf", Bytes: 1 << 20}, {Tablespace: "DATA", Name: "data01.dbf", Bytes: 3 << 20}},
		Params: oradb.Params{"control_file_record_keep_time": "30"}})
	must(t, err)
	self, err := os.Executable()
	must(t, err)
	for _, tool := range []string{"rman", "sqlplus"} {
		must(t, os.Symlink(self, filepath.Join(s.db.Home(), "bin", tool)))
	}
	s3 := s3sim.New(filepath.Join(dir, "s3"), s3sim.Options{AccessKey: "key", Secret: "secret", NoSync: true})
	must(t, s3.CreateBucket("engine"))
	endpoint, err := s3.ListenLoopback(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = s3.Close() })
	s.config, _, err = config.Load(config.Options{Dir: dir, Overrides: map[string]string{
		"ORACLE_HOME": s.db.Home(), "ORACLE_SID": sid, "S3_BUCKET": "engine", "AWS_ENDPOINT_URL_S3": endpoint, "AWS_REGION": s3.Region(),
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "CACHE_DIR": filepath.Join(dir, "cache"), "ARCHIVELOG_KEEP_HOURS": "0",
		"LOG_DIR": filepath.Join(dir, "logs"), "TEMP_BACKUP_DIR": filepath.Join(dir, "staging"),
	}})
	must(t, err)
	s.store, err = s3store.Open(t.Context(), s3store.Options{Bucket: "engine", Prefix: "backups/", Region: s3.Region(), Endpoint: endpoint,
		ForcePathStyle: true, AccessKey: "key", SecretKey: "secret"})
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Run is the engine's RMAN: the simulated one, with something before it.
func (s *site) Run(ctx context.Context, job rman.Job) (rman.Result, error) {
	s.before(job.Name)
	r := rman.Runner{Home: s.db.Home(), SID: sid, Env: os.Environ()}
	return r.Run(ctx, job)
}

func (s *site) instance() *oracle.Instance {
	return oracle.New(oracle.Options{Home: s.db.Home(), SID: sid, Env: os.Environ()})
}

func (s *site) backup(kind string) (backup.Result, error) {
	s.t.Helper()
	s.events = nil
	id := run.NewID(kind, time.Now(), nil)
	return backup.Run(s.t.Context(), backup.Deps{
		Config: s.config, Oracle: s.instance(), RMAN: s, Store: s.store,
		Sink: run.SinkFunc(s.note), RunDir: s.t.TempDir(), Log: io.Discard,
		Version: "test", Host: "test", Now: time.Now, Free: func(string) (int64, error) { return 1 << 40, nil },
	}, backup.Request{RunID: id, Kind: kind})
}

// note keeps an event; the engine's parts emit at once.
func (s *site) note(e run.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

// done is a backup that must succeed.
func (s *site) done(kind string) (*s3store.Manifest, backup.Result) {
	s.t.Helper()
	r, err := s.backup(kind)
	must(s.t, err)
	set, err := s.store.Find(s.t.Context(), r.SetID)
	must(s.t, err)
	m, err := s.store.Manifest(s.t.Context(), set)
	must(s.t, err)
	if rest, _ := os.ReadDir(s.config.StagingDir); len(rest) != 0 {
		s.t.Errorf("staging is not empty: %v", rest)
	}
	return m, r
}

// somebody runs RMAN commands that are none of ours.
func (s *site) somebody(commands string) {
	s.t.Helper()
	var out bytes.Buffer
	env := append(os.Environ(), "ORACLE_HOME="+s.db.Home(), "ORACLE_SID="+sid)
	if code := rmansim.Main([]string{"target", "/"}, strings.NewReader(commands+"\nexit;\n"), &out, &out, env); code != 0 {
		s.t.Fatalf("%s: exit %d\n%s", commands, code, out.String())
	}
}

func (s *site) work() {
	s.t.Helper()
	_, err := s.db.Work(s.t.Context(), oradb.Work{Transactions: 40, Seed: uint64(time.Now().UnixNano())})
	must(s.t, err)
}

// levels of the datafiles in a set; -2 where two sets disagree.
func levels(m *s3store.Manifest) map[int]int {
	out := map[int]int{}
	for _, p := range m.Pieces {
		for _, f := range p.Files {
			if l, ok := out[f.Number]; ok && l != f.Level {
				f.Level = -2
			}
			out[f.Number] = f.Level
		}
	}
	return out
}

// What others do with RMAN beside us never makes a chain that does not hold.
func TestOthersBackUpToo(t *testing.T) {
	s := newSite(t)
	all := func(m *s3store.Manifest, level int) {
		t.Helper()
		got := levels(m)
		if len(got) != 4 {
			t.Errorf("%d datafiles in the set", len(got))
		}
		for n, l := range got {
			if l != level {
				t.Errorf("datafile %d at level %d, want %d", n, l, level)
			}
		}
	}
	s.done("full")
	s.work()
	m, r := s.done("incremental")
	all(m, 1)
	if len(r.Warnings) != 0 {
		t.Errorf("warnings: %q", r.Warnings)
	}

	// A level 0 between our question and our order: RMAN builds on it.
	s.work()
	once := true
	s.before = func(script string) {
		if once && script == "datafiles-1" {
			once = false
			s.somebody("BACKUP INCREMENTAL LEVEL 0 DATABASE;")
		}
	}
	m, r = s.done("incremental")
	s.before = func(string) {}
	all(m, 0)
	if once || m.Kind != s3store.KindFull || len(r.Warnings) == 0 || !strings.Contains(r.Warnings[0], "not a set of ours") {
		t.Errorf("a %s set, warnings: %q", m.Kind, r.Warnings)
	}

	// One before our question.
	s.work()
	s.somebody("BACKUP INCREMENTAL LEVEL 0 DATAFILE 3;")
	m, r = s.done("incremental")
	if got := levels(m); got[3] != 0 || got[1] != 1 || got[4] != 1 || len(r.Warnings) == 0 {
		t.Errorf("levels %v, warnings %q", got, r.Warnings)
	}

	// The nightly clean-up of many a script takes our pieces for lost.
	s.somebody("CROSSCHECK BACKUP;\nDELETE NOPROMPT EXPIRED BACKUP;")
	m, r = s.done("incremental")
	all(m, 0)
	if len(r.Warnings) == 0 {
		t.Error("that somebody deleted our backups from the repository must be told")
	}

	s.done("archivelog")
}
