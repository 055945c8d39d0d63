package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/s3sim"
	"orabak-tui/internal/demo/sqlsim"
)

// What the demo's database and bucket are called, and the credentials of its
// S3 server, which listens on the loopback interface only.
const (
	sid    = "DEMO"
	bucket = "demo"
	access = "demo"
	secret = "demo-secret-key"
)

// EnvDir names the environment variable with the demo's folder; the flag
// --demo-dir wins over it.
const EnvDir = "ORABAK_DEMO_DIR"

// EnvHistory is the number of days of history that a new demo gets.
const EnvHistory = "ORABAK_DEMO_HISTORY"

// Demo is an opened demo. Close it.
type Demo struct {
	Dir      string
	Endpoint string // of this process's own S3 server

	db *oradb.DB
	s3 *s3sim.Server
}

// Tool runs this program as rman or sqlplus when it was started under one of
// these names, as it stands in the demo's ORACLE_HOME.
func Tool(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int, ok bool) {
	if len(args) == 0 {
		return 0, false
	}
	switch filepath.Base(args[0]) {
	case "rman":
		return rmansim.Main(args[1:], stdin, stdout, stderr, os.Environ()), true
	case "sqlplus":
		return sqlsim.Main(args[1:], stdin, stdout, stderr, os.Environ()), true
	default:
		return 0, false
	}
}

// Folder is where the demo lives: what was asked for, or a folder of the
// user's cache that survives between calls.
func Folder(asked string) (string, error) {
	if asked == "" {
		asked = os.Getenv(EnvDir)
	}
	if asked == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("demo folder: %w; name one with --demo-dir", err)
		}
		asked = filepath.Join(cache, "orabak-tui", "demo")
	}
	return filepath.Abs(asked)
}

// Open opens the demo, making it first if it does not exist; say tells what
// takes time. It starts an S3 server of this process's own.
func Open(ctx context.Context, dir string, say io.Writer) (*Demo, error) {
	dir, err := Folder(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("demo folder: %w", err)
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	d := &Demo{Dir: dir}
	if err := d.serve(ctx); err != nil {
		return nil, err
	}
	if err := d.ready(ctx, say); err != nil {
		return nil, errors.Join(fmt.Errorf("demo in %s: %w", dir, err), d.Close())
	}
	return d, nil
}

// lock keeps two processes from making the same demo.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("demo folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("demo folder: lock: %w", err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// serve starts this process's S3 server over the demo's folder.
func (d *Demo) serve(ctx context.Context) error {
	d.s3 = s3sim.New(d.path("s3"), s3sim.Options{AccessKey: access, Secret: secret, Now: func() time.Time {
		if d.db == nil {
			return time.Now()
		}
		return d.db.Now()
	}})
	endpoint, err := d.s3.ListenLoopback(ctx)
	if err != nil {
		return err
	}
	d.Endpoint = endpoint
	return nil
}

// made is the file that says that the demo is complete.
const made = "made"

// ready opens the demo's database, or makes all of it.
func (d *Demo) ready(ctx context.Context, say io.Writer) error {
	if _, err := os.Stat(d.path(made)); err == nil {
		db, err := oradb.Open(d.path("oracle"), sid)
		if err != nil {
			return err
		}
		d.db = db
		return d.install()
	}
	if err := d.wipe(); err != nil {
		return err
	}
	if err := d.create(ctx, say); err != nil {
		return err
	}
	return os.WriteFile(d.path(made), []byte("orabak-tui demo\n"), 0o600)
}

// parts are the folders and files that belong to a demo: what reset removes.
var parts = []string{made, "oracle", "s3", "logs", "staging", "restore", "cache"}

// wipe removes what a demo consists of, and nothing else in the folder.
func (d *Demo) wipe() error {
	for _, p := range parts {
		if err := os.RemoveAll(d.path(p)); err != nil {
			return err
		}
	}
	return d.s3.CreateBucket(bucket)
}

// install puts this program into the demo's ORACLE_HOME as rman and sqlplus.
// It is copied, not linked: what `go run` built is gone after it ends.
func (d *Demo) install() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	bin := filepath.Join(d.db.Home(), "bin")
	same, err := installed(self, filepath.Join(bin, "rman"))
	if err != nil || same {
		return err
	}
	if err := copyFile(self, filepath.Join(bin, ".rman.new")); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(bin, ".rman.new"), filepath.Join(bin, "rman")); err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(bin, "sqlplus"))
	return os.Link(filepath.Join(bin, "rman"), filepath.Join(bin, "sqlplus"))
}

// installed says whether tool is a copy of this very program: of its size and
// not older.
func installed(self, tool string) (bool, error) {
	s, err := os.Stat(self)
	if err != nil {
		return false, err
	}
	t, err := os.Stat(tool)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && t.Size() == s.Size() && !t.ModTime().Before(s.ModTime()), err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	return out.Close()
}

func (d *Demo) path(elem ...string) string {
	return filepath.Join(append([]string{d.Dir}, elem...)...)
}

// Close stops this process's S3 server. The folder stays.
func (d *Demo) Close() error { return d.s3.Close() }

// tunable are the keys that a person may set for a demo: how the engine works,
// never where.
var tunable = []string{"RMAN_", "UPLOAD_", "STAGING_LIMIT", "ARCHIVELOG_KEEP_HOURS", "VERIFY_SAMPLE", "S3_CHECKSUM", "SCHEDULE_", "RETENTION_", "RUNS_KEEP_DAYS", "READ_ONLY", "PATH=", "HOME=", "TZ="}

// Unhurried holds RMAN to 1 MiB/s a channel in this process and those that it
// starts, unless RMAN_RATE says otherwise: its database is so small that a
// console would show nothing but the end of a backup.
func Unhurried() {
	if os.Getenv("RMAN_RATE") == "" {
		_ = os.Setenv("RMAN_RATE", "1M") // fails for names that cannot be only
	}
}

// Config puts the demo's database, bucket and folders over the options of a
// configuration; of the environment only what is harmless is kept.
func (d *Demo) Config(o config.Options) config.Options {
	var env []string
	for _, kv := range o.Environ {
		for _, t := range tunable {
			if strings.HasPrefix(kv, t) && !strings.HasPrefix(kv, "RMAN_TARGET") {
				env = append(env, kv)
			}
		}
	}
	o.Environ = env
	o.Dir = d.Dir
	o.Overrides = d.overrides()
	return o
}

func (d *Demo) overrides() map[string]string {
	return map[string]string{
		"ORACLE_HOME": d.db.Home(), "ORACLE_SID": sid, "RMAN_TARGET": "/",
		"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": d.s3.Region(), "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
		"AWS_ENDPOINT_URL_S3": d.Endpoint, "S3_FORCE_PATH_STYLE": "true", "S3_BUCKET": bucket, "S3_BACKUP_PREFIX": "backups/",
		"LOG_DIR": d.path("logs"), "TEMP_BACKUP_DIR": d.path("staging"), "RESTORE_SOURCE_DIR": d.path("restore"), "CACHE_DIR": d.path("cache"),
		"NOTIFY_URL": "", "NOTIFY_COMMAND": "", "METRICS_FILE": "",
	}
}
