package restore

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/sqlsim"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// TestMain lets the test binary be rman and sqlplus of the lab.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "rman":
		os.Exit(rmansim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	case "sqlplus":
		os.Exit(sqlsim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	os.Exit(m.Run())
}

// lab is a simulated database with its backups in a bucket that is a folder.
type lab struct {
	t      *testing.T
	db     *oradb.DB
	dir    string
	orcl   Instance
	rman   Driver
	near   *nearby // nil with real processes
	bucket *folder
	events *recorder
	serial int
}

// newLab makes a lab whose rman and sqlplus run inside of the test.
func newLab(t *testing.T, changes ...func(*oradb.Spec)) *lab {
	t.Helper()
	l := newRealLab(t, changes...)
	l.near = &nearby{home: l.db.Home(), dir: t.TempDir()}
	l.rman, l.orcl = l.near, views{l.db}
	return l
}

// newRealLab makes a lab in which rman and sqlplus are processes.
func newRealLab(t *testing.T, changes ...func(*oradb.Spec)) *lab {
	t.Helper()
	dir := t.TempDir()
	spec := oradb.Spec{Base: filepath.Join(dir, "oracle"), SID: "LAB", RedoSize: 256 << 10, Files: []oradb.FileSpec{
		{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 512 << 10}, {Tablespace: "UNDOTBS1", Name: "undotbs01.dbf", Bytes: 256 << 10},
		{Tablespace: "USERS", Name: "users01.dbf", Bytes: 512 << 10}}}
	for _, change := range changes {
		change(&spec)
	}
	db, err := oradb.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(db.Home(), "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"rman", "sqlplus"} {
		if err := os.Symlink(self, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	l := &lab{t: t, db: db, dir: dir, events: &recorder{}, bucket: newFolder(filepath.Join(dir, "bucket")),
		orcl: oracle.New(oracle.Options{Home: db.Home(), SID: "LAB"}), rman: &rman.Runner{Home: db.Home(), SID: "LAB", NoPTY: true}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(l.events.text())
		}
	})
	return l
}

func (l *lab) deps() Deps {
	return Deps{
		Config: &config.Config{OracleHome: l.db.Home(), OracleSID: "LAB", RestoreDir: filepath.Join(l.dir, "restore"), Channels: 1},
		Oracle: l.orcl, RMAN: l.rman, Store: l.bucket, Sink: l.events, RunDir: filepath.Join(l.dir, "run"), Log: io.Discard,
		Now: time.Now, Free: func(string) (int64, error) { return 1 << 40, nil },
	}
}

func (l *lab) work(n int) oradb.WorkDone {
	l.t.Helper()
	l.serial++
	done, err := l.db.Work(l.t.Context(), oradb.Work{Transactions: n, Seed: uint64(l.serial)})
	if err != nil {
		l.t.Fatal(err)
	}
	return done
}

func (l *lab) control() *oradb.Control {
	l.t.Helper()
	c, err := l.db.Control()
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

func (l *lab) lose(what ...oradb.Loss) {
	l.t.Helper()
	if _, err := l.db.Lose(what...); err != nil {
		l.t.Fatal(err)
	}
}

// abort is a power failure.
func (l *lab) abort() {
	l.t.Helper()
	if _, err := l.db.Shutdown(l.t.Context(), true); err != nil {
		l.t.Fatal(err)
	}
}

// proves compares every block with the truth.
func (l *lab) proves(b oradb.Branch, until oradb.SCN) {
	l.t.Helper()
	p, err := l.db.Prove(l.t.Context(), oradb.Target{Branch: &b, Until: until})
	if err != nil {
		l.t.Fatal(err)
	}
	if !p.OK() || p.Blocks == 0 {
		l.t.Fatalf("%d of %d blocks are wrong: %v", p.Total, p.Blocks, p.Differences)
	}
}

// ok runs a script by hand.
func (l *lab) ok(name string, statements ...rman.Statement) {
	l.t.Helper()
	script, err := rman.NewScript(name, statements...)
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.rman.Run(l.t.Context(), rman.Job{Name: name, Script: script, Dir: filepath.Join(l.dir, "by-hand")}); err != nil {
		l.t.Fatal(err)
	}
}

// backup makes a set with RMAN, describes it as RMAN's repository does, and
// moves its pieces to the bucket.
func (l *lab) backup(kind string) *s3store.Manifest {
	l.t.Helper()
	l.serial++
	stage := filepath.Join(l.dir, "stage", fmt.Sprint(l.serial))
	if err := os.MkdirAll(stage, 0o700); err != nil {
		l.t.Fatal(err)
	}
	tag := fmt.Sprintf("SET%d", l.serial)
	started := l.db.Now().UTC()
	block := rman.RunBlock{
		rman.SetControlfileAutobackupFormat{Format: stage + "/%F"},
		rman.AllocateChannel{Name: "d1", Format: stage + "/%d_%s_%p"},
	}
	level := map[string]int{s3store.KindFull: 0, s3store.KindIncremental: 1, s3store.KindArchivelog: -1}[kind]
	c := l.control()
	if level >= 0 {
		var files []int
		for _, d := range c.Datafiles {
			files = append(files, d.Number)
		}
		block = append(block, rman.BackupDatafiles{Level: level, Tag: tag, FilesPerSet: 1, Files: files})
	}
	block = append(block, rman.ArchiveLogCurrent{}, rman.BackupArchivelogs{Tag: tag, NotBackedUp: true}, rman.BackupSpfile{Tag: tag})
	l.ok("backup", block)
	return l.commit(kind, level, stage, started)
}

func (l *lab) commit(kind string, level int, stage string, started time.Time) *s3store.Manifest {
	l.t.Helper()
	ctx := l.t.Context()
	f, err := l.orcl.Facts(ctx)
	must(l.t, err)
	m := &s3store.Manifest{Format: 1, ID: fmt.Sprintf("%s-%s-LAB-%04x", started.Format("20060102T150405Z"), kind, l.serial), Kind: kind, Level: level,
		DBName: f.Name, DBID: f.DBID, UniqueName: f.UniqueName, ResetlogsSCN: f.ResetlogsSCN, ResetlogsTime: f.ResetlogsTime, UTCOffsetMinutes: f.UTCOffsetMinutes,
		StartedAt: started, CompletedAt: l.db.Now().UTC(), Datafiles: filesOf(f), Spfile: f.SpfilePath, ControlFiles: f.ControlFiles}
	for _, i := range f.Incarnations {
		m.Incarnations = append(m.Incarnations, s3store.Incarnation{ResetlogsSCN: i.ResetlogsSCN, ResetlogsTime: i.ResetlogsTime, Status: i.Status})
	}
	for _, t := range f.Threads {
		if t.Status == "OPEN" {
			m.Threads = append(m.Threads, t.Number)
		}
	}
	all, err := l.orcl.AllPieces(ctx)
	must(l.t, err)
	pieces := slices.DeleteFunc(all, func(p oracle.PieceRecord) bool { return !strings.HasPrefix(p.Handle, stage+"/") })
	files, err := l.orcl.DatafileRecords(ctx, "")
	must(l.t, err)
	redo, err := l.orcl.RedoRecords(ctx, "")
	must(l.t, err)
	for _, r := range pieces {
		m.Pieces = append(m.Pieces, l.describe(m, r, files, redo))
	}
	m.ToSCN, m.RecoverableTo = m.RedoEnd()
	l.bucket.put(l.t, m)
	return m
}

// describe says what a piece holds and moves it to the bucket.
func (l *lab) describe(m *s3store.Manifest, r oracle.PieceRecord, files []oracle.DatafileRecord, redo []oracle.RedoRecord) s3store.Piece {
	name := filepath.Base(r.Handle)
	p := s3store.Piece{Name: name, Key: "backups/" + m.ID + "/" + name, Handle: r.Handle, Tag: r.Tag, SetStamp: r.SetStamp, SetCount: r.SetCount,
		Number: r.Piece, Of: r.Pieces, ControlFile: r.ControlFile, Autobackup: strings.HasPrefix(name, "c-")}
	p.Spfile = p.Autobackup
	for _, f := range files {
		switch {
		case f.SetStamp != r.SetStamp || f.SetCount != r.SetCount:
		case f.File == 0:
			p.ControlSCN = f.CheckpointSCN
		default:
			p.Files = append(p.Files, s3store.FileBackup{Number: f.File, Level: f.Level, IncrementalSCN: f.IncrementalSCN, CheckpointSCN: f.CheckpointSCN,
				AbsoluteFuzzySCN: f.AbsoluteFuzzySCN, ResetlogsSCN: f.ResetlogsSCN})
			from := f.CheckpointSCN
			if f.Level == 1 {
				from = f.IncrementalSCN
			}
			m.FromSCN = lower(m.FromSCN, from)
		}
	}
	for _, g := range redo {
		if g.SetStamp == r.SetStamp && g.SetCount == r.SetCount {
			p.Logs = append(p.Logs, s3store.Log{Thread: g.Thread, Sequence: g.Sequence, ResetlogsSCN: g.ResetlogsSCN, FirstSCN: g.FirstSCN, NextSCN: g.NextSCN,
				FirstTime: hostTime(g.FirstTime, m.UTCOffsetMinutes), NextTime: hostTime(g.NextTime, m.UTCOffsetMinutes)})
			m.FromSCN = lower(m.FromSCN, g.FirstSCN)
		}
	}
	data, err := os.ReadFile(r.Handle)
	must(l.t, err)
	p.Bytes, p.CRC64NVME = int64(len(data)), sum(data)
	must(l.t, os.Remove(r.Handle))
	l.bucket.objects[p.Key] = data
	return p
}

func sum(data []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(data)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// folder is a bucket in memory that keeps the promises of s3store.
type folder struct {
	mu      sync.Mutex
	sets    []*s3store.Manifest
	objects map[string][]byte
	fetched map[string]int // downloads by key
	gate    func(ctx context.Context, key string) error
}

func newFolder(string) *folder {
	return &folder{objects: map[string][]byte{}, fetched: map[string]int{}}
}

func (f *folder) put(_ *testing.T, m *s3store.Manifest) { f.sets = append(f.sets, m) }

func (f *folder) List(_ context.Context, filter s3store.Filter) ([]s3store.Set, error) {
	w := &world{sets: f.sets}
	return slices.DeleteFunc(w.rows(), func(row s3store.Set) bool { return filter.DBID != 0 && row.DBID != filter.DBID }), nil
}

func (f *folder) Manifest(_ context.Context, set s3store.Set) (*s3store.Manifest, error) {
	return (&world{sets: f.sets}).load(set)
}

func (f *folder) GetPiece(ctx context.Context, r s3store.GetRequest) error {
	if data, err := os.ReadFile(r.Path); err == nil && sum(data) == r.Piece.CRC64NVME {
		return nil
	}
	if f.gate != nil {
		if err := f.gate(ctx, r.Piece.Key); err != nil {
			return err
		}
	}
	f.mu.Lock()
	data, ok := f.objects[r.Piece.Key]
	f.fetched[r.Piece.Key]++
	f.mu.Unlock()
	switch {
	case !ok:
		return &s3store.Error{Op: "get piece", Key: r.Piece.Key, Kind: s3store.ErrNotFound, Err: errors.New("no such key")}
	case sum(data) != r.Piece.CRC64NVME:
		return &s3store.CorruptError{Key: r.Piece.Key, Want: "CRC " + r.Piece.CRC64NVME, Have: "CRC " + sum(data)}
	}
	r.Progress(r.Piece.Bytes)
	return os.WriteFile(r.Path, data, 0o600)
}

// recorder keeps the events of a run.
type recorder struct {
	mu     sync.Mutex
	events []run.Event
	at     map[string]func() // called at marks
}

func (r *recorder) Emit(e run.Event) {
	r.mu.Lock()
	r.events = append(r.events, e)
	var f func()
	if e.Mark != nil {
		f = r.at[e.Mark.Name]
	}
	r.mu.Unlock()
	if f != nil {
		f()
	}
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, e := range r.events {
		switch {
		case e.Line != nil:
			fmt.Fprintf(&b, "  %s| %s\n", e.Line.Step, e.Line.Text)
		case e.Phase != nil:
			fmt.Fprintf(&b, "%s %s %s\n", e.Phase.Name, e.Phase.State, e.Phase.Detail)
		case e.Mark != nil:
			fmt.Fprintf(&b, "mark %s\n", e.Mark.Name)
		case e.Problem != nil:
			fmt.Fprintf(&b, "%s: %s\n", e.Problem.Severity, e.Problem.Text)
		}
	}
	return b.String()
}

func (l *lab) restore(r Request) (Result, error) {
	l.t.Helper()
	if r.Confirm == "" {
		r.Confirm = "LAB"
	}
	return Run(l.t.Context(), l.deps(), r)
}
