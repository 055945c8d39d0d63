package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/s3sim"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

const (
	labFiles = 50
	labFile  = 4 << 20        // bytes of a datafile, all of it used
	labRate  = 10 << 20       // bytes per second of the slower side
	labSID   = "BENCH"        // instance and database
	labKey   = "bench-access" // of the S3 server
)

// lab is a simulated database with an rman and an S3 server whose rates are
// set, so that neither CPU nor disk is what limits.
type lab struct {
	tb     testing.TB
	dir    string
	db     *oradb.DB
	config *config.Config
	store  *s3store.Store
	events recorder
	runs   int
}

// newLab makes a lab; the rates are bytes per second over all channels, and
// over all requests.
func newLab(tb testing.TB, write, read, up, down int64) *lab {
	tb.Helper()
	l := &lab{tb: tb, dir: memoryDir(tb)}
	var files []oradb.FileSpec
	for i := range labFiles {
		f := oradb.FileSpec{Tablespace: "DATA", Name: fmt.Sprintf("data%02d.dbf", i), Bytes: labFile}
		if i < 3 {
			f.Tablespace = []string{"SYSTEM", "SYSAUX", "UNDOTBS1"}[i]
		}
		files = append(files, f)
	}
	var err error
	if l.db, err = oradb.Create(tb.Context(), oradb.Spec{Base: l.path("oracle"), SID: labSID, Files: files, Fill: 100}); err != nil {
		tb.Fatal(err)
	}
	bin := filepath.Join(l.db.Home(), "bin")
	for _, tool := range []string{"rman", "sqlplus"} {
		if err := os.Symlink(self(tb), filepath.Join(bin, tool)); err != nil {
			tb.Fatal(err)
		}
	}
	l.config = &config.Config{
		OracleHome: l.db.Home(), OracleSID: labSID, StagingDir: l.path("staging"), RestoreDir: l.path("restore"),
		Channels: 2, MaxPieceSize: 4 << 30, FilesPerSet: 1, Compression: "none", KeepHours: 24,
	}
	if err := (rmansim.Faults{WriteRate: write / 2, ReadRate: read / 2}).Save(l.path("oracle")); err != nil {
		tb.Fatal(err)
	}
	s3 := s3sim.New(l.path("s3"), s3sim.Options{AccessKey: labKey, Secret: labKey, UploadRate: up, DownloadRate: down, NoSync: true})
	url, err := s3.ListenLoopback(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s3.Close() })
	if err := s3.CreateBucket(bucketName); err != nil {
		tb.Fatal(err)
	}
	l.store, err = s3store.Open(tb.Context(), s3store.Options{Bucket: bucketName, Endpoint: url, ForcePathStyle: true, AccessKey: labKey, SecretKey: labKey, CacheDir: l.path("cache")})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

func (l *lab) oracle() *oracle.Instance {
	return oracle.New(oracle.Options{Home: l.db.Home(), SID: labSID})
}

func (l *lab) rman() *rman.Runner { return &rman.Runner{Home: l.db.Home(), SID: labSID} }

func freeRoom(string) (int64, error) { return 1 << 40, nil }

// backup has the engine make a full backup.
func (l *lab) backup() (backup.Result, time.Duration) {
	l.tb.Helper()
	l.runs++
	dir := l.path(fmt.Sprint("run", l.runs))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		l.tb.Fatal(err)
	}
	l.events = recorder{}
	log, err := os.Create(filepath.Join(dir, "rman.log"))
	if err != nil {
		l.tb.Fatal(err)
	}
	defer log.Close()
	begin := time.Now()
	r, err := backup.Run(l.tb.Context(), backup.Deps{Config: l.config, Oracle: l.oracle(), RMAN: l.rman(), Store: l.store, Sink: &l.events,
		RunDir: dir, Log: log, Version: "bench", Host: "bench", Now: time.Now, Free: freeRoom},
		backup.Request{RunID: run.NewID(s3store.KindFull, time.Now(), nil), Kind: s3store.KindFull})
	if err != nil {
		l.tb.Fatal(err)
	}
	return r, time.Since(begin)
}

// rmanAlone runs the scripts of the last backup or restore once more, by hand.
// Those of a backup leave the pieces in staging.
func (l *lab) rmanAlone() time.Duration {
	l.tb.Helper()
	if l.events.staging != "" { // of a backup; a restore has none
		if err := os.MkdirAll(l.events.staging, 0o700); err != nil {
			l.tb.Fatal(err)
		}
	}
	var took time.Duration
	for i, step := range l.events.plan.Steps {
		if step.Script == "" {
			continue // not RMAN's
		}
		took += l.byHand(fmt.Sprint("alone", i), step.Script)
	}
	return took
}

// byHand runs a script as a person would.
func (l *lab) byHand(name, text string) time.Duration {
	l.tb.Helper()
	script := l.path(name + ".rman")
	if err := os.WriteFile(script, []byte(text+"\n"), 0o600); err != nil {
		l.tb.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(l.db.Home(), "bin", "rman"), "target", "/", "nocatalog", "cmdfile="+script)
	cmd.Env = oracle.Environ(nil, l.db.Home(), labSID)
	return measure(l.tb, cmd).wall
}

// uploadAlone sends what rmanAlone left, as many pieces at a time as the engine.
func (l *lab) uploadAlone() time.Duration {
	l.tb.Helper()
	entries, err := os.ReadDir(l.events.staging)
	if err != nil {
		l.tb.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	begin := time.Now()
	err = every(names, func(name string) error {
		_, err := l.store.PutPiece(l.tb.Context(), s3store.PutRequest{
			Path: filepath.Join(l.events.staging, name), Key: l.store.PieceKey(benchSet, benchStart, name),
		})
		return err
	})
	if err != nil {
		l.tb.Fatal(err)
	}
	return time.Since(begin)
}

// recorder keeps of a run's events what the benchmarks ask for.
type recorder struct {
	mu      sync.Mutex // guards the variables below
	plan    run.Plan
	staging string
	phases  map[string]time.Duration
	begun   map[string]time.Time
}

func (r *recorder) Emit(e run.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.begun == nil {
		r.begun, r.phases = map[string]time.Time{}, map[string]time.Duration{}
	}
	switch {
	case e.Plan != nil:
		r.plan = *e.Plan
	case e.Mark != nil && e.Mark.Name == "staged":
		r.staging = e.Mark.Data["dir"]
	case e.Phase != nil && e.Phase.State == run.Begun:
		r.begun[e.Phase.Name] = time.Now()
	case e.Phase != nil:
		r.phases[e.Phase.Name] = time.Since(r.begun[e.Phase.Name])
	}
}

// overlapped is how long RMAN and the uploads took together.
func (r *recorder) overlapped() time.Duration { return r.phases["rman"] + r.phases["upload"] }

// BenchmarkBackup compares a backup with the slower of its two halves, each
// run alone with the same scripts and pieces.
func BenchmarkBackup(b *testing.B) {
	for _, c := range []struct {
		name      string
		write, up int64
	}{{"rates equal", labRate, labRate}, {"RMAN twice as fast", 2 * labRate, labRate}, {"upload twice as fast", labRate, 2 * labRate}} {
		b.Run(c.name, func(b *testing.B) {
			l := newLab(b, c.write, 0, c.up, 0)
			peak := watchFolder(b, l.config.StagingDir)
			r, total := l.backup()
			most := peak()
			alone, upload := l.rmanAlone(), l.uploadAlone()
			slower := max(alone, upload)
			fixed := total - l.events.overlapped()
			note := fmt.Sprintf("RMAN alone %s, upload alone %s, together %s, all else %s", seconds(alone), seconds(upload), seconds(l.events.overlapped()), seconds(fixed))
			report("backup, "+c.name+": total ÷ slower half", "≤ 1.05", fmt.Sprintf("%.2f", total.Seconds()/slower.Seconds()), note)
			report("backup, "+c.name+": RMAN and uploads ÷ slower half", "≤ 1.05", fmt.Sprintf("%.2f", l.events.overlapped().Seconds()/slower.Seconds()), "")
			b.Logf("phases %v", l.events.phases)
			if c.write == c.up {
				report("backup, rates equal: peak staging", "≤ 15 %", fmt.Sprintf("%.0f %%", 100*float64(most)/float64(r.Bytes)), fmt.Sprintf("%d of %d MiB, %d pieces", most>>20, r.Bytes>>20, r.Pieces))
			}
		})
	}
}

// BenchmarkStagingLimit has RMAN four times as fast as the wire, with a
// STAGING_LIMIT of a quarter of the backup.
func BenchmarkStagingLimit(b *testing.B) {
	l := newLab(b, 8*labRate, 0, 2*labRate, 0)
	l.config.StagingLimit = labFiles * labFile / 4
	peak := watchFolder(b, l.config.StagingDir)
	r, total := l.backup()
	report("STAGING_LIMIT: peak staging ÷ limit", "≤ 1", fmt.Sprintf("%.2f", float64(peak())/float64(l.config.StagingLimit)), "RMAN 4 × faster than the wire, limit a quarter of the set")
	report("STAGING_LIMIT: total ÷ bytes by rate", "", fmt.Sprintf("%.2f", total.Seconds()/(float64(r.Bytes)/(2*labRate))), fmt.Sprintf("%d scripts", len(l.events.plan.Steps)))
}

// watchFolder measures the bytes below a folder every few milliseconds; the
// function returned ends that and gives the most there was.
func watchFolder(tb testing.TB, dir string) func() int64 {
	var most atomic.Int64
	ctx, cancel := context.WithCancel(tb.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			most.Store(max(most.Load(), bytesBelow(dir)))
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	}()
	return func() int64 {
		cancel()
		<-done
		return most.Load()
	}
}

func bytesBelow(dir string) int64 {
	var n int64
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil //nolint:nilerr // it may be gone already
		}
		if fi, err := d.Info(); err == nil {
			n += fi.Size()
		}
		return nil
	})
	return n
}
