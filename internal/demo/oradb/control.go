package oradb

import "time"

// SCN is a system change number.
type SCN uint64

// ControlType says where a control file comes from.
type ControlType string

// The types as V$DATABASE.CONTROLFILE_TYPE shows them.
const (
	ControlCurrent ControlType = "CURRENT"
	ControlBackup  ControlType = "BACKUP"
	ControlCreated ControlType = "CREATED"
	ControlStandby ControlType = "STANDBY"
)

// Status of a backup piece or archived log record, as in the V$ views.
type Status string

// Record states.
const (
	Available   Status = "A"
	Deleted     Status = "D"
	Expired     Status = "X"
	Unavailable Status = "U"
)

// Control is the content of a control file. [DB.Control] hands out copies,
// [DB.UpdateControl] changes the files on disk.
type Control struct {
	DBID       uint32
	Name       string
	UniqueName string
	Type       ControlType
	Created    time.Time
	LogMode    string // ARCHIVELOG or NOARCHIVELOG

	CheckpointSCN SCN // of the last complete checkpoint
	Resetlogs     Branch
	PriorReset    Branch // the incarnation before, zero for the first

	Datafiles []Datafile
	Tempfiles []Tempfile
	Threads   []Thread

	Incarnations []Incarnation

	// Reusable records: they age by control_file_record_keep_time.
	LogHistory    []LogHistory
	ArchivedLogs  []ArchivedLog
	BackupSets    []BackupSet
	BackupPieces  []BackupPiece
	BackupFiles   []BackupDatafile
	BackupLogs    []BackupRedolog
	BackupSpfiles []BackupSpfile

	Configurations []Configuration

	SetCount   int            // last SET_COUNT given out
	LastRecid  map[string]int // last RECID per section
	Capacities map[string]int // slots per section, grows only when nothing is old enough to reuse

	// Recovery state. RecoveredTo is the SCN up to which incomplete recovery
	// went (0: none since mount). NeedCrosscheck is set when the file was
	// restored and cleared by the implicit crosscheck.
	RecoveredTo    SCN
	Pending        *Branch // an OPEN RESETLOGS that has begun
	NeedCrosscheck bool
}

// Datafile is a datafile record. StopSCN is 0 while the file is online and
// fuzzy (infinite in Oracle) and equal to CheckpointSCN after a clean close.
type Datafile struct {
	Number        int
	Name          string
	Tablespace    string
	Bytes         int64 // without the OS header block
	CreationSCN   SCN
	CreationTime  time.Time
	CheckpointSCN SCN
	StopSCN       SCN
	Status        string // SYSTEM, ONLINE, RECOVER, OFFLINE
	Enabled       string // READ WRITE or READ ONLY
}

// Blocks is the number of blocks, the header included.
func (d Datafile) Blocks() uint32 { return uint32(d.Bytes / BlockSize) }

// Tempfile is a temporary file record; tempfiles are never backed up and are
// made again at open.
type Tempfile struct {
	Number     int
	Name       string
	Tablespace string
	Bytes      int64
}

// Thread is a redo thread with its groups.
type Thread struct {
	Number  int
	Status  string // OPEN or CLOSED
	Enabled string // PUBLIC or DISABLED
	Groups  []Group
}

// Current is the group being written, nil when none is.
func (t *Thread) Current() *Group {
	for i := range t.Groups {
		if t.Groups[i].Status == "CURRENT" {
			return &t.Groups[i]
		}
	}
	return nil
}

// Group is an online redo log group.
type Group struct {
	Number    int
	Sequence  int
	Bytes     int64
	Members   []string
	Archived  bool
	Status    string // UNUSED, CURRENT, ACTIVE, INACTIVE
	FirstSCN  SCN
	FirstTime time.Time
	NextSCN   SCN // 0 while current
	NextTime  time.Time
}

// Incarnation is a record of V$DATABASE_INCARNATION.
type Incarnation struct {
	Number int
	Branch
	Prior       Branch
	PriorNumber int    // PRIOR_INCARNATION#, 0 for the first
	Status      string // CURRENT, PARENT, ORPHAN
}

// LogHistory is a record of V$LOG_HISTORY.
type LogHistory struct {
	Recid     int
	Stamp     int64
	Thread    int
	Sequence  int
	FirstSCN  SCN
	FirstTime time.Time
	NextSCN   SCN
	Resetlogs Branch
}

// ArchivedLog is a record of V$ARCHIVED_LOG.
type ArchivedLog struct {
	Recid      int
	Stamp      int64
	Thread     int
	Sequence   int
	Resetlogs  Branch
	FirstSCN   SCN
	NextSCN    SCN
	FirstTime  time.Time
	NextTime   time.Time
	Completion time.Time
	Name       string // empty once deleted
	Blocks     int64  // of 512 bytes
	Status     Status
	Creator    string // ARCH, FGRD, RMAN
	DestID     int
}

// Configuration is a persistent RMAN setting (V$RMAN_CONFIGURATION).
type Configuration struct {
	Number int
	Name   string
	Value  string
}
