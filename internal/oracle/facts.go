package oracle

import (
	"slices"
	"strings"
)

// Status is the state of the instance.
type Status string

// The states an instance can be in.
const (
	Down    Status = "down"
	NoMount Status = "nomount" // started, control file not mounted
	Mounted Status = "mounted"
	Open    Status = "open"
)

// Facts is what the engines know about an instance and its database. Fields
// below Status are empty where the state does not allow the question (an
// instance that is down answers nothing).
type Facts struct {
	Status   Status
	Instance string // V$INSTANCE.INSTANCE_NAME

	// ControlfileLost tells that the instance has the database mounted or open
	// and can no longer read its control file. Nothing of the database is known
	// then, and RMAN cannot connect: only Abort helps. ControlfileCode is the
	// ORA- code.
	ControlfileLost bool
	ControlfileCode string
	// Unknown names the views that the instance did not answer for, such as
	// V$LOG. Oracle itself has them all; a restricted one may not.
	Unknown []string
	// HeadersKnown tells that the headers of the datafiles were read: only then
	// does an empty HeaderError say that a file is there.
	HeadersKnown bool
	Host         string
	Version      string // 19.0.0.0.0

	DBID            int64
	Name            string // V$DATABASE.NAME, at most 8 characters
	UniqueName      string
	LogMode         string // ARCHIVELOG | NOARCHIVELOG
	OpenMode        string // READ WRITE | MOUNTED | READ ONLY …
	Role            string // PRIMARY | PHYSICAL STANDBY …
	CDB             bool
	ResetlogsSCN    int64
	ResetlogsTime   string // database host's zone, YYYY-MM-DD HH24:MI:SS
	CurrentSCN      int64  // 0 unless open
	CheckpointSCN   int64  // control file checkpoint
	ControlfileType string // CURRENT | BACKUP | CREATED | STANDBY

	RecoveryDest     string // DB_RECOVERY_FILE_DEST, empty if none
	RecoveryLimit    int64  // bytes
	RecoveryUsed     int64  // bytes
	RecordKeepDays   int    // CONTROL_FILE_RECORD_KEEP_TIME
	ChangeTracking   bool
	SpfilePath       string // empty when started from a PFILE
	ParamName        string // parameter db_name, known from NOMOUNT on; DUMMY if RMAN started without a parameter file
	ControlFiles     []string
	UTCOffsetMinutes int // of the database host's clock, SYSTIMESTAMP's zone

	Datafiles    []Datafile
	Redo         []RedoGroup
	Threads      []Thread
	ArchiveDests []ArchiveDest
	Incarnations []Incarnation
	Config       map[string]string // V$RMAN_CONFIGURATION: NAME → VALUE
}

// Knows tells whether the instance answered for a view.
func (f *Facts) Knows(view string) bool { return !slices.Contains(f.Unknown, view) }

// TapeByDefault tells whether RMAN's own channels are for a tape.
func (f *Facts) TapeByDefault() bool {
	for name, value := range f.Config {
		text := strings.ToUpper(name + " " + value)
		if strings.HasPrefix(text, "DEFAULT DEVICE TYPE") && !strings.Contains(text, "DISK") {
			return true
		}
	}
	return false
}

// Datafile is one row of V$DATAFILE.
type Datafile struct {
	Number        int
	Name          string // path
	Tablespace    string
	Bytes         int64
	BlockSize     int64  // bytes; 0 = unknown
	Status        string // SYSTEM | ONLINE | OFFLINE | RECOVER
	Enabled       string // READ WRITE | READ ONLY | DISABLED
	CheckpointSCN int64
	CreationSCN   int64
	HeaderError   string // V$DATAFILE_HEADER.ERROR: FILE NOT FOUND, …; empty when readable
	HeaderSCN     int64  // V$DATAFILE_HEADER.CHECKPOINT_CHANGE#
	Fuzzy         bool
}

// RedoGroup is one online redo log group with its members.
type RedoGroup struct {
	Group    int
	Thread   int
	Sequence int64
	Status   string // CURRENT | ACTIVE | INACTIVE | UNUSED …
	Archived bool
	FirstSCN int64
	Members  []string
}

// Thread is one redo thread.
type Thread struct {
	Number  int
	Status  string // OPEN | CLOSED
	Enabled string // PUBLIC | PRIVATE | DISABLED
}

// ArchiveDest is one active archive destination.
type ArchiveDest struct {
	Name        string
	Destination string
	Status      string
	Error       string
}

// Incarnation is one row of V$DATABASE_INCARNATION.
type Incarnation struct {
	Number        int
	ResetlogsSCN  int64
	ResetlogsTime string
	Status        string // CURRENT | PARENT | ORPHAN
}

// ArchivedLog is one archived log file as V$ARCHIVED_LOG knows it.
type ArchivedLog struct {
	Thread       int
	Sequence     int64
	ResetlogsSCN int64
	FirstSCN     int64
	NextSCN      int64
	FirstTime    string // database host's zone
	NextTime     string
	Completed    string
	Name         string // path; empty once deleted
	Deleted      bool
	Bytes        int64
}

// PieceRecord is one backup piece in RMAN's repository (V$BACKUP_PIECE joined
// with V$BACKUP_SET).
type PieceRecord struct {
	Handle      string
	Tag         string
	Status      string // A available | U unavailable | X expired | D deleted
	Bytes       int64
	SetStamp    int64
	SetCount    int64
	Piece       int // number within the set, from 1
	Pieces      int // of the set
	Completed   string
	Type        string // D | I | L; read the level, never this
	Level       int    // -1 when the set has none
	ControlFile bool
}

// DatafileRecord is one row of V$BACKUP_DATAFILE: one datafile in one set.
type DatafileRecord struct {
	SetStamp         int64
	SetCount         int64
	File             int   // 0 is the control file
	Level            int   // -1 = none (full)
	IncrementalSCN   int64 // the start SCN; 0 for level 0 and full
	CheckpointSCN    int64
	AbsoluteFuzzySCN int64
	ResetlogsSCN     int64
	Completed        string
}

// RedoRecord is one row of V$BACKUP_REDOLOG: one archived log in one set.
type RedoRecord struct {
	SetStamp     int64
	SetCount     int64
	Thread       int
	Sequence     int64
	ResetlogsSCN int64
	FirstSCN     int64
	NextSCN      int64
	FirstTime    string
	NextTime     string
}

// SpfileRecord is one row of V$BACKUP_SPFILE: an SPFILE in one set.
type SpfileRecord struct {
	SetStamp  int64
	SetCount  int64
	Completed string
}
