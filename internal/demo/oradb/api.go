package oradb

import (
	"context"
	"errors"
	"time"
)

// BlockSize is the size of a datafile block in bytes.
const BlockSize = 8192

// RedoBlockSize is the size of a redo block in bytes (BLOCKS of V$ARCHIVED_LOG).
const RedoBlockSize = 512

var errSkeleton = errors.New("oradb: not there yet")

// Spec says what [Create] makes. The zero value of every field but Base means
// the default.
type Spec struct {
	Base       string // ORACLE_BASE: everything is below it; made with mode 0700
	SID        string // DEMO
	Name       string // DB_NAME, at most 8 characters; the SID
	UniqueName string // the name
	DBID       uint32 // derived from name and Seed
	Version    string // 19.23.0.0.0
	Files      []FileSpec
	RedoGroups int   // per thread, 3
	RedoSize   int64 // bytes of a group, 4 MiB
	Threads    int   // 1
	FRASize    int64 // db_recovery_file_dest_size, 10 GiB
	NoFRA      bool  // archive to arch/ with log_archive_dest_1 instead
	NoArchive  bool  // NOARCHIVELOG
	Params     map[string]string
	Seed       uint64
}

// FileSpec is a datafile to create.
type FileSpec struct {
	Tablespace string
	Name       string // base name, in oradata/<DB>
	Bytes      int64
}

// Create makes a database and leaves it open, as DBCA does.
func Create(ctx context.Context, spec Spec) (*DB, error) { return nil, errSkeleton }

// DB is a process' handle to a simulated Oracle home and one of its SIDs. It is
// safe for use from several goroutines and holds no lock between calls.
type DB struct {
	base string
	sid  string
}

// Open gives a handle. It needs no database: a SID that was never created is an
// instance that is down.
func Open(base, sid string) (*DB, error) { return &DB{base: base, sid: sid}, nil }

// FromHome opens by ORACLE_HOME, which is the folder home below the base.
func FromHome(home, sid string) (*DB, error) { return nil, errSkeleton }

// Home is the folder that serves as ORACLE_HOME; bin/ and dbs/ are in it.
func (db *DB) Home() string { return "" }

// Base is the folder given to Create.
func (db *DB) Base() string { return db.base }

// SID of the handle.
func (db *DB) SID() string { return db.sid }

// Now is the database's clock: the system's time plus the offset that
// [DB.SetClock] wrote, or the environment variable ORADB_CLOCK (RFC 3339: the
// clock stands still at that instant). UTC.
func (db *DB) Now() time.Time { return time.Time{} }

// SetClock makes Now start from t for every process from now on.
func (db *DB) SetClock(t time.Time) error { return errSkeleton }

// State of the instance.
type State int

// Instance states in the order of start-up.
const (
	Down State = iota
	NoMount
	Mounted
	Opened
)

// Instance is what runs.
type Instance struct {
	State     State
	SID       string
	Dummy     bool   // started by RMAN without a parameter file
	Params    Params // in effect; empty while down
	ParamFile string // SPFILE or PFILE it was started with, empty for the dummy
	Spfile    bool   // ParamFile is an SPFILE
	Started   time.Time
	SCN       SCN // current SCN, 0 unless open
}

// Params are initialization parameters by lower case name.
type Params map[string]string

// Instance tells the state; a missing instance is Down.
func (db *DB) Instance() (Instance, error) { return Instance{}, errSkeleton }

// StartupOptions say how STARTUP is done.
type StartupOptions struct {
	To    State  // NoMount, Mounted or Opened
	PFile string // STARTUP PFILE='…'
	Force bool   // abort first
	// AllowDummy is RMAN's STARTUP NOMOUNT without a parameter file: the
	// instance starts as DUMMY and StartupResult.Missing says what was printed.
	AllowDummy bool
}

// StartupResult tells what a successful start-up has to report.
type StartupResult struct {
	Dummy   bool
	Missing *OraError // ORA-01078 and LRM-00109 of a dummy start
}

// Startup starts the instance and goes on to mount and open. An error after
// the instance has started leaves it in the state it reached. Codes: 01081
// (already running), 01078 + LRM-00109, and those of Mount and OpenDatabase.
func (db *DB) Startup(ctx context.Context, o StartupOptions) (StartupResult, error) {
	return StartupResult{}, errSkeleton
}

// Mount reads the control file. Codes: 01034, 01100 (already mounted), 00205.
func (db *DB) Mount() error { return errSkeleton }

// OpenDatabase opens without RESETLOGS, with crash recovery when needed. Codes:
// 01034, 01507, 01531 (already open), 01157, 01110, 01113, 01122, 01190, 01207,
// 01589, 00313, 00312, 27037.
func (db *DB) OpenDatabase(ctx context.Context) error { return errSkeleton }

// OpenResetlogs opens with RESETLOGS: a new incarnation. Codes: as OpenDatabase,
// 01139, 01152, 01194, 01547.
func (db *DB) OpenResetlogs(ctx context.Context) error { return errSkeleton }

// Shutdown stops the instance: mode immediate (a clean close with a checkpoint)
// or abort. Codes: 01034; 01109 and 01507 come back as the first return value,
// which are notes and not failures, as SQL*Plus prints them.
func (db *DB) Shutdown(ctx context.Context, abort bool) (notes []OraLine, err error) {
	return nil, errSkeleton
}

// Control gives a copy of the mounted control file. Codes: 01034, 01507.
func (db *DB) Control() (*Control, error) { return nil, errSkeleton }

// UpdateControl changes the control file under the lock; nothing is written
// when fn fails. Codes as Control.
func (db *DB) UpdateControl(fn func(c *Control) error) error { return errSkeleton }

// AddBackupSet records a completed set, all records at once, and lets old
// reusable records go (control_file_record_keep_time). It returns the records
// with RECID and STAMP.
func (db *DB) AddBackupSet(r SetRecords) (SetRecords, error) { return SetRecords{}, errSkeleton }

// ReserveSet gives the next SET_STAMP and SET_COUNT.
func (db *DB) ReserveSet() (SetKey, error) { return SetKey{}, errSkeleton }

// AddArchivedLog records an archived log that was restored or cataloged; the
// header of the file supplies what the record says. It returns the record.
func (db *DB) AddArchivedLog(path, creator string) (ArchivedLog, error) {
	return ArchivedLog{}, errSkeleton
}

// Stamp is Oracle's STAMP of a time.
func Stamp(t time.Time) int64 { return 0 }

// Parent finds the backup a level 1 of the file builds on: the newest level 0 or
// 1 (cumulative: level 0) of the file's life and the current incarnation branch
// whose set is AVAILABLE in the repository; no file is opened. UNAVAILABLE
// counts as well (rman.md 4.2: not known, and the safe answer for a tester),
// EXPIRED and DELETED do not. Not ok: no parent.
func (c *Control) Parent(file int, cumulative bool) (parent BackupDatafile, ok bool) {
	return BackupDatafile{}, false
}

// InBranch tells whether redo or a backup of incarnation b at SCN s belongs to
// the history of the control file's current incarnation.
func (c *Control) InBranch(b Branch, s SCN) bool { return false }

// SetStatus of a backup set: Available when every piece has an available copy,
// otherwise the worst of the pieces.
func (c *Control) SetStatus(k SetKey) Status { return "" }

// DatafileImage describes a datafile as a backup holds it: all that a restore
// needs to make the header.
type DatafileImage struct {
	DBID           uint32
	DBName         string
	File           int
	Name           string
	Tablespace     string
	Blocks         uint32
	CreationSCN    SCN
	CreationTime   time.Time
	CheckpointSCN  SCN
	CheckpointTime time.Time
	Resetlogs      Branch
	Fuzzy          bool
	AbsFuzzySCN    SCN // known only after the last block was read
}

// Block is a used block.
type Block struct {
	Number uint32
	Data   []byte // BlockSize bytes, valid until the next call
}

// DatafileReader reads the used blocks of a datafile in order.
type DatafileReader struct{}

// ReadDatafile begins a backup of a datafile: the file is checkpointed and its
// used blocks with an SCN of at least since are given (0: all used blocks). The
// database may be open and changing; AbsFuzzySCN of the image then tells how
// far redo is needed. Codes: 01507, 19602 (open in NOARCHIVELOG), 19625 + 27037
// (missing), 19566 (corrupt block).
func (db *DB) ReadDatafile(ctx context.Context, file int, since SCN) (*DatafileReader, error) {
	return nil, errSkeleton
}

// Image of the file; AbsFuzzySCN is final after Next returned io.EOF.
func (r *DatafileReader) Image() DatafileImage { return DatafileImage{} }

// Next gives the next block, io.EOF after the last. Scanned tells how many
// blocks of the file were looked at so far.
func (r *DatafileReader) Next() (Block, error) { return Block{}, errSkeleton }

// Scanned is the number of blocks looked at so far.
func (r *DatafileReader) Scanned() uint32 { return 0 }

// Close releases the file.
func (r *DatafileReader) Close() error { return nil }

// DatafileWriter writes blocks of a backup into a datafile.
type DatafileWriter struct{}

// RestoreDatafile begins a restore of img to path (empty: the control file's
// name). The file is made anew at once and is no valid datafile until Commit.
// Codes: 01507, 19573 (file in use: database open), 19504 + 27040 (folder).
func (db *DB) RestoreDatafile(img DatafileImage, path string) (*DatafileWriter, error) {
	return nil, errSkeleton
}

// ApplyIncremental begins to apply a level 1 that starts at since to the
// datafile as it is. Codes: 01507, 19573, 19505/27037 (missing), 19563 (header
// of another file), 19577-like refusal when the file's checkpoint is below since.
func (db *DB) ApplyIncremental(img DatafileImage, since SCN) (*DatafileWriter, error) {
	return nil, errSkeleton
}

// Write puts a block at its place. Codes: 19599-like on a wrong checksum.
func (w *DatafileWriter) Write(b Block) error { return errSkeleton }

// Commit writes the header with the image's final values (img of the piece's
// end, with AbsFuzzySCN) and makes the file a datafile.
func (w *DatafileWriter) Commit(img DatafileImage) error { return errSkeleton }

// Abort leaves what was written so far as a useless file and releases it.
func (w *DatafileWriter) Abort() error { return nil }

// DatafileHeader reads the header of a datafile on disk; an error means
// missing, unfinished or not a datafile.
func DatafileHeader(path string) (DatafileImage, error) { return DatafileImage{}, errSkeleton }

// CreateDatafile makes the file empty, as RESTORE does for a file that was
// added after the newest backup: all of its redo must follow.
func (db *DB) CreateDatafile(file int) (path string, err error) { return "", errSkeleton }

// RenameDatafile points the control file to a restored file (SWITCH DATAFILE).
// The header of the file must fit. Codes: 01507, 19563.
func (db *DB) RenameDatafile(file int, path string) error { return errSkeleton }

// RenameLog points the control file to another path of an online log (ALTER
// DATABASE RENAME FILE), which need not exist in a mounted database.
func (db *DB) RenameLog(from, to string) error { return errSkeleton }

// SnapshotControl serialises the control file with its type unchanged, for a
// backup piece. Codes: 01507.
func (db *DB) SnapshotControl() ([]byte, error) { return nil, errSkeleton }

// DecodeControl reads a serialised control file.
func DecodeControl(data []byte) (*Control, error) { return nil, errSkeleton }

// RestoreControl writes the control file to every name in control_files, as
// type BACKUP. It gives the names. Codes: 01034; 19573-like unless NOMOUNT.
func (db *DB) RestoreControl(data []byte) (names []string, err error) { return nil, errSkeleton }

// Spfile gives the text of the SPFILE the instance was started with, and its
// modification time. An instance without one: ErrNoSpfile.
func (db *DB) Spfile() (text []byte, modified time.Time, err error) { return nil, time.Time{}, errSkeleton }

// ErrNoSpfile: the instance was not started with an SPFILE.
var ErrNoSpfile = errors.New("oradb: the instance has no SPFILE")

// RestoreSpfile writes an SPFILE, to path or the default place (dbs/spfile<SID>.ora)
// when path is empty; asPfile writes the text form for TO PFILE. It gives the path.
func (db *DB) RestoreSpfile(text []byte, path string, asPfile bool) (string, error) {
	return "", errSkeleton
}

// LogHeader is the header of an archived or online redo log file.
type LogHeader struct {
	DBID      uint32
	DBName    string
	Thread    int
	Sequence  int
	Resetlogs Branch
	FirstSCN  SCN
	FirstTime time.Time
	NextSCN   SCN // 0: not closed (current online log)
	NextTime  time.Time
	Blocks    int64 // of 512 bytes, in use
}

// ReadLogHeader reads the header of an archived or online log.
func ReadLogHeader(path string) (LogHeader, error) { return LogHeader{}, errSkeleton }

// ArchivedLogPath is where a log of the current archive destination goes, also
// when it is restored; the folder is made. Code 19809 + 19804 when bytes do not
// fit into the FRA.
func (db *DB) ArchivedLogPath(h LogHeader, bytes int64) (string, error) { return "", errSkeleton }

// Until is the end of a recovery; the zero value is complete recovery.
type Until struct {
	SCN      SCN       // first SCN not applied
	Time     time.Time // first time not applied
	Sequence int       // first log sequence not applied,
	Thread   int       // of this thread
}

// Recovery applies redo to datafiles in SCN order over all threads.
//
//	r, err := db.BeginRecovery(ctx, files, until)
//	for {
//		need, more := r.Next()
//		if !more { break }
//		path := … // an archived log on disk, one restored, or need.Online
//		err = r.Apply(path)
//	}
//	err = r.Finish()
type Recovery struct{}

// LogNeed is the log that recovery asks for.
type LogNeed struct {
	Thread    int
	Sequence  int
	Resetlogs Branch
	SCN       SCN // starting SCN
	// Archived is the path of an archived log known to the control file and
	// present on disk; Online is the member of an online group that holds the
	// log. One of them, or none.
	Archived string
	Online   string
}

// BeginRecovery looks at the headers of the files (nil: all online ones) and
// starts at the lowest checkpoint. Codes: 01507, 01124 (open: recover of the
// whole database), 01157, 01110, RMAN-06094 is the caller's.
func (db *DB) BeginRecovery(ctx context.Context, files []int, until Until) (*Recovery, error) {
	return nil, errSkeleton
}

// Start is the SCN at which recovery starts.
func (r *Recovery) Start() SCN { return 0 }

// Next tells the log needed next; more is false when the end is reached: the
// until point, the end of redo with a current control file, or nothing to do.
// With a BACKUP control file and no until there is no end: more stays true.
func (r *Recovery) Next() (need LogNeed, more bool) { return LogNeed{}, false }

// Apply applies the log at path, which must be the one that Next asked for.
// Codes: 00308 + 27037, 00310/00334-like for the wrong log, 00600 [3020] when a
// change does not fit its block, 01244-like additions of datafiles are made.
func (r *Recovery) Apply(path string) error { return errSkeleton }

// Reached is the SCN up to which redo was applied so far.
func (r *Recovery) Reached() SCN { return 0 }

// Finish stamps the headers. Incomplete recovery is remembered in the control
// file: the database then opens with RESETLOGS only. Call it also when recovery
// stops for want of a log, so that it can go on later.
func (r *Recovery) Finish() error { return errSkeleton }

// SwitchLogfile is ALTER SYSTEM SWITCH LOGFILE (one thread) and archives the log.
// Codes: 01109, 01507, 01034, 16038 + 19809.
func (db *DB) SwitchLogfile(ctx context.Context) error { return errSkeleton }

// ArchiveLogCurrent is ALTER SYSTEM ARCHIVE LOG CURRENT: all threads.
func (db *DB) ArchiveLogCurrent(ctx context.Context) error { return errSkeleton }

// Crosscheck is what the implicit crosscheck found after a restored control
// file was mounted.
type Crosscheck struct {
	Pieces  int      // pieces looked at
	Expired []string // handles that became EXPIRED
	Copies  int      // archived logs looked at
	Unknown []string // files in the FRA without a record: the caller catalogs them
}

// ImplicitCrosscheck runs once after a restored control file was mounted, and
// only with an FRA; ran is false otherwise.
func (db *DB) ImplicitCrosscheck() (c Crosscheck, ran bool, err error) {
	return Crosscheck{}, false, errSkeleton
}

// FRA is the fast recovery area: V$RECOVERY_FILE_DEST.
type FRA struct {
	Dir         string // db_recovery_file_dest, empty: none
	Limit       int64
	Used        int64
	Reclaimable int64
	Files       int
}

// RecoveryArea measures the FRA on disk.
func (db *DB) RecoveryArea() (FRA, error) { return FRA{}, errSkeleton }

// CheckRecoveryArea refuses bytes that do not fit: 19809 + 19804.
func (db *DB) CheckRecoveryArea(bytes int64) error { return errSkeleton }

// Longop is a row of V$SESSION_LONGOPS. Blocks are the unit.
type Longop struct {
	SID       int
	Serial    int
	Opname    string
	Context   int
	SoFar     int64
	TotalWork int64
	Start     time.Time
	Updated   time.Time
}

// SetLongop publishes progress of a session; a row is known by SID and Context.
func (db *DB) SetLongop(l Longop) error { return errSkeleton }

// Longops lists them, those of dead sessions too (as Oracle does, for a while).
func (db *DB) Longops() ([]Longop, error) { return nil, errSkeleton }

// NewSession gives a session's SID and SERIAL#.
func (db *DB) NewSession() (sid, serial int, err error) { return 0, 0, errSkeleton }
