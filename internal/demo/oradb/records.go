package oradb

import "time"

// SetKey names a backup set: SET_STAMP and SET_COUNT.
type SetKey struct {
	Stamp int64
	Count int
}

// BackupSet is a record of V$BACKUP_SET.
type BackupSet struct {
	Recid       int
	Stamp       int64
	Key         SetKey
	Type        string // D full or level 0 (and level 1 without its own type), I incremental, L archived logs
	Level       int    // 0 or 1; -1 for none
	Pieces      int
	Start       time.Time
	Completion  time.Time
	Elapsed     time.Duration
	BlockSize   int
	Controlfile bool // a control file is in the set
	Spfile      bool
	ControlSCN  SCN // checkpoint of the control file inside
	ControlTime time.Time
	Keep        bool // KEEP (archival) backups are never a level 1's parent
	Autobackup  bool
	Compressed  bool
}

// BackupPiece is a record of V$BACKUP_PIECE.
type BackupPiece struct {
	Recid      int
	Stamp      int64
	Set        SetKey
	Number     int // PIECE#, from 1
	Copy       int // COPY#, from 1
	Handle     string
	Tag        string
	Bytes      int64
	Status     Status
	Device     string // DISK
	Compressed bool
	Start      time.Time
	Completion time.Time
	Elapsed    time.Duration
	Comment    string
}

// BackupDatafile is a record of V$BACKUP_DATAFILE; File 0 is a control file.
type BackupDatafile struct {
	Recid          int
	Stamp          int64
	Set            SetKey
	File           int
	Level          int // INCREMENTAL_LEVEL, -1 for none (plain full)
	IncrementalSCN SCN // INCREMENTAL_CHANGE#: start SCN of a level 1, 0 otherwise
	CheckpointSCN  SCN
	CheckpointTime time.Time
	CreationSCN    SCN
	CreationTime   time.Time
	Resetlogs      Branch
	AbsFuzzySCN    SCN // 0 when the file was not fuzzy
	Blocks         int64
	DatafileBlocks int64
	BlockSize      int
	Completion     time.Time
	Keep           bool
}

// BackupRedolog is a record of V$BACKUP_REDOLOG.
type BackupRedolog struct {
	Recid     int
	Stamp     int64
	Set       SetKey
	Thread    int
	Sequence  int
	Resetlogs Branch
	FirstSCN  SCN
	FirstTime time.Time
	NextSCN   SCN
	NextTime  time.Time
	Blocks    int64 // of 512 bytes
}

// BackupSpfile is a record of V$BACKUP_SPFILE.
type BackupSpfile struct {
	Recid        int
	Stamp        int64
	Set          SetKey
	Modification time.Time
	Completion   time.Time
	Bytes        int64
}

// SetRecords is everything a completed backup set adds to the control file.
// RECID and STAMP fields are filled in by [DB.AddBackupSet].
type SetRecords struct {
	Set    BackupSet
	Pieces []BackupPiece
	Files  []BackupDatafile
	Logs   []BackupRedolog
	Spfile *BackupSpfile
}
