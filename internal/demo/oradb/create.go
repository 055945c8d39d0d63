package oradb

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Spec says what [Create] makes. The zero value of every field but Base means
// the default.
type Spec struct {
	Base       string     // ORACLE_BASE: everything is below it; folders have mode 0700
	SID        string     // DEMO
	Name       string     // DB_NAME, at most 8 characters; the SID
	UniqueName string     // DB_UNIQUE_NAME; the name
	DBID       uint32     // derived from name and Seed
	Version    string     // 19.23.0.0.0
	Files      []FileSpec // SYSTEM, SYSAUX, UNDOTBS1, USERS and DATA01
	RedoGroups int        // per thread, 3
	RedoSize   int64      // bytes of a group, 4 MiB
	Threads    int        // 1
	FRASize    int64      // db_recovery_file_dest_size in bytes, 10 GiB
	NoFRA      bool       // no FRA: archive to arch/ with log_archive_dest_1
	NoArchive  bool       // NOARCHIVELOG
	Fill       int        // per cent of the blocks of each file used at first, 20
	Params     Params     // more initialization parameters, or other values
	Seed       uint64
	Slots      int // control file record slots per section at first, 600
	// Clock is the time of its creation, from which its clock goes on; zero is
	// now.
	Clock time.Time
}

// FileSpec is a datafile to create.
type FileSpec struct {
	Tablespace string
	Name       string // base name, in oradata/<DB>
	Bytes      int64
}

// firstSCN is the RESETLOGS SCN of a database made by DBCA from its template.
const firstSCN SCN = 1920977

func (s *Spec) applyDefaults() error {
	s.SID = cmpOr(s.SID, "DEMO")
	s.Name = strings.ToUpper(cmpOr(s.Name, s.SID))
	s.UniqueName = cmpOr(s.UniqueName, s.Name)
	s.Version = cmpOr(s.Version, "19.23.0.0.0")
	s.RedoGroups = max(cmpOr(s.RedoGroups, 3), 2)
	s.RedoSize = max(cmpOr(s.RedoSize, 4<<20), 64<<10)
	s.Threads = cmpOr(s.Threads, 1)
	s.FRASize = cmpOr(s.FRASize, 10<<30)
	s.Fill = cmpOr(s.Fill, 20)
	s.Slots = cmpOr(s.Slots, defaultSlots)
	if s.DBID == 0 {
		f := fnv.New32a()
		_, _ = fmt.Fprintf(f, "%s %d", s.Name, s.Seed)
		s.DBID = 1_000_000_000 + f.Sum32()%3_000_000_000
	}
	if len(s.Files) == 0 {
		s.Files = []FileSpec{
			{"SYSTEM", "system01.dbf", 8 << 20}, {"SYSAUX", "sysaux01.dbf", 6 << 20},
			{"UNDOTBS1", "undotbs01.dbf", 4 << 20}, {"USERS", "users01.dbf", 2 << 20},
			{"DATA", "data01.dbf", 12 << 20},
		}
	}
	if len(s.Name) > 8 {
		return fmt.Errorf("the database name %q has more than 8 characters", s.Name)
	}
	return nil
}

func cmpOr[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// Create makes a database and leaves it open, as DBCA does. The base folder may
// exist; a SID that exists already is refused.
func Create(ctx context.Context, s Spec) (*DB, error) {
	if err := s.applyDefaults(); err != nil {
		return nil, err
	}
	db, err := Open(s.Base, s.SID)
	if err != nil {
		return nil, err
	}
	if exists(db.spec()) {
		return nil, fmt.Errorf("%s: the database %s exists already", db.base, s.SID)
	}
	if err := db.exclusive(func() error { return db.build(s) }); err != nil {
		return nil, err
	}
	_, err = db.Startup(ctx, StartupOptions{To: Opened})
	return db, err
}

// build makes all files; the SPFILE, by which the database is found, is last.
func (db *DB) build(s Spec) error {
	for _, dir := range []string{
		filepath.Join(db.home(), "bin"), db.dbs(), db.oradata(s.Name), db.truth(), filepath.Join(db.fra(), s.UniqueName), db.arch(),
	} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if !s.Clock.IsZero() {
		if err := db.SetClock(s.Clock); err != nil {
			return err
		}
	}
	now := db.second()
	c := newControl(s, now)
	if err := db.ledger().addBranch(c.Resetlogs, Branch{}, 0); err != nil {
		return err
	}
	for i, f := range s.Files {
		if err := db.buildFile(c, s, i+1, f); err != nil {
			return err
		}
	}
	db.buildThreads(c, s, now)
	c.Tempfiles = []Tempfile{{Number: 1, Name: filepath.Join(db.oradata(s.Name), "temp01.dbf"), Tablespace: "TEMP", Bytes: 1 << 20}}
	for i := range c.Threads {
		if err := c.initThread(&c.Threads[i]); err != nil {
			return err
		}
	}
	params := db.firstParams(s)
	if err := db.writeControl(params.ControlFiles(), c); err != nil {
		return err
	}
	if err := os.WriteFile(db.password(), []byte("simulated password file\n"), 0o600); err != nil {
		return err
	}
	if err := writeJSON(db.spec(), s); err != nil {
		return err
	}
	return writeAtomic(db.spfile(), params.Text(), true)
}

func newControl(s Spec, now time.Time) *Control {
	first := Branch{SCN: firstSCN, Time: now}
	c := &Control{
		DBID: s.DBID, Name: s.Name, UniqueName: s.UniqueName, Type: ControlCurrent, Created: now,
		LogMode: "ARCHIVELOG", CheckpointSCN: firstSCN + 16, Resetlogs: first,
		Incarnations: []Incarnation{{Number: 1, Branch: first, Status: "CURRENT"}},
		LastRecid:    map[string]int{}, Capacities: map[string]int{},
	}
	if s.NoArchive {
		c.LogMode = "NOARCHIVELOG"
	}
	for _, sec := range []string{secLogHistory, secArchived, secSet, secPiece, secDatafile, secRedolog, secSpfile} {
		c.Capacities[sec] = s.Slots
	}
	return c
}

func (db *DB) firstParams(s Spec) Params {
	ctl := db.oradata(s.Name)
	p := Params{
		"db_name": s.Name, "db_unique_name": s.UniqueName, "db_block_size": strconv.Itoa(BlockSize),
		"compatible":                    compatible(s.Version),
		"control_files":                 filepath.Join(ctl, "control01.ctl") + "," + filepath.Join(ctl, "control02.ctl"),
		"control_file_record_keep_time": "7", "undo_tablespace": "UNDOTBS1", "processes": "300",
		"remote_login_passwordfile": "EXCLUSIVE", "log_archive_format": "%t_%s_%r.dbf",
		"sga_target": "1610612736", "pga_aggregate_target": "536870912", "cluster_database": "FALSE",
	}
	if s.NoFRA {
		p["log_archive_dest_1"] = "LOCATION=" + db.arch()
	} else {
		p["db_recovery_file_dest"] = db.fra()
		p["db_recovery_file_dest_size"] = strconv.FormatInt(s.FRASize, 10)
	}
	maps.Copy(p, s.Params)
	return p
}

func compatible(version string) string {
	parts := strings.Split(version, ".")
	for len(parts) < 3 {
		parts = append(parts, "0")
	}
	return parts[0] + "." + parts[1] + ".0"
}

func (db *DB) buildThreads(c *Control, s Spec, now time.Time) {
	number := 0
	for t := range s.Threads {
		th := Thread{Number: t + 1, Status: "OPEN", Enabled: "PUBLIC"}
		for j := range s.RedoGroups {
			number++
			g := Group{
				Number: number, Bytes: s.RedoSize, Status: "UNUSED", Archived: true,
				Members: []string{filepath.Join(db.oradata(s.Name), fmt.Sprintf("redo%02d.log", number))},
			}
			if j == 0 {
				g.use(1, c.CheckpointSCN, now)
			}
			th.Groups = append(th.Groups, g)
		}
		c.Threads = append(c.Threads, th)
	}
}

// buildFile makes a datafile with its first content, which is not in the redo:
// the database was not always in ARCHIVELOG mode.
func (db *DB) buildFile(c *Control, s Spec, number int, f FileSpec) error {
	created := firstSCN - 1000 + SCN(number)
	df := Datafile{
		Number: number, Name: filepath.Join(db.oradata(s.Name), f.Name), Tablespace: f.Tablespace,
		Bytes: max(f.Bytes/BlockSize, 16) * BlockSize, CreationSCN: created, CreationTime: c.Created,
		CheckpointSCN: c.CheckpointSCN, StopSCN: c.CheckpointSCN, Status: "ONLINE", Enabled: "READ WRITE",
	}
	if number == 1 {
		df.Status = "SYSTEM"
	}
	c.Datafiles = append(c.Datafiles, df)
	out, err := allocate(df.Name, df.Blocks())
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	if err := writeHeader(out, c.image(df)); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(s.Seed, uint64(number)))
	var truth []truthRecord
	used := firstDataBlock + (df.Blocks()-firstDataBlock)*uint32(s.Fill)/100
	for n := uint32(firstDataBlock); n < used; n++ {
		b := make([]byte, BlockSize)
		for at := 0; at+256 < PayloadSize; at += 256 {
			copy(b[blockStart+at:], row(rng, 200))
		}
		sealBlock(b, blockData, number, n, created)
		if err := writeBlock(out, n, b); err != nil {
			return err
		}
		truth = append(truth, truthRecord{File: uint32(number), Block: n, SCN: created, Digest: digest(b)})
	}
	return db.ledger().write(truth)
}

// image is the header of a datafile as the control file has it.
func (c *Control) image(df Datafile) DatafileImage {
	return DatafileImage{
		DBID: c.DBID, DBName: c.Name, File: df.Number, Name: df.Name, Tablespace: df.Tablespace,
		Blocks: df.Blocks(), CreationSCN: df.CreationSCN, CreationTime: df.CreationTime,
		CheckpointSCN: df.CheckpointSCN, CheckpointTime: c.Created, Resetlogs: c.Resetlogs,
	}
}

// Version of the Oracle software, 19.23.0.0.0 unless the database was made with
// another one.
func (db *DB) Version() string {
	var s Spec
	if readJSON(db.spec(), &s) != nil || s.Version == "" {
		return "19.23.0.0.0"
	}
	return s.Version
}
