package s3store

import "time"

// ManifestFormat is the format number that this version writes. A larger one
// is refused with advice to upgrade; unknown fields of the same format are
// ignored.
const ManifestFormat = 1

// Kinds of sets.
const (
	KindFull        = "full"        // level 0 of every datafile
	KindIncremental = "incremental" // level 1, with level 0 for files that had no base of ours
	KindArchivelog  = "archivelog"
)

// States of a set in a listing.
const (
	StatusComplete   = "complete"
	StatusIncomplete = "incomplete" // pieces without a manifest: a leftover or a run in progress
	StatusForeign    = "foreign"    // a folder of the old script, without manifest
)

// Manifest says what one committed set holds. It is written last, once, and
// never rewritten. Times are UTC; texts that Oracle printed keep the database
// host's zone, named in UTCOffsetMinutes.
type Manifest struct {
	Format        int    `json:"format"`
	ID            string `json:"id"`                   // 20261122T040003Z-full-ORCL-7f3a
	Run           string `json:"run"`                  // run id
	Kind          string `json:"kind"`                 // full | incremental | archivelog
	Level         int    `json:"level"`                // 0, 1; -1 for archivelog
	Cumulative    bool   `json:"cumulative,omitempty"` // level 1 cumulative
	Tag           string `json:"tag"`
	DBName        string `json:"db_name"`
	UniqueName    string `json:"db_unique_name"`
	DBID          int64  `json:"dbid"`
	Role          string `json:"role,omitempty"`
	CDB           bool   `json:"cdb,omitempty"`
	Host          string `json:"host"`
	OracleVersion string `json:"oracle_version"`
	ToolVersion   string `json:"tool_version"`

	ResetlogsSCN     int64  `json:"resetlogs_scn"`
	ResetlogsTime    string `json:"resetlogs_time"` // database host's zone
	UTCOffsetMinutes int    `json:"utc_offset_minutes"`
	// Incarnations is the branch known when the set was made, so that a chain
	// across a RESETLOGS can be planned without a control file.
	Incarnations []Incarnation `json:"incarnations,omitempty"`

	StartedAt   time.Time `json:"started_at"`
	CompletedAt time.Time `json:"completed_at"`

	// FromSCN is the smallest SCN whose redo or blocks the set carries;
	// ToSCN the SCN up to which (exclusive) its archived logs reach.
	FromSCN int64 `json:"from_scn"`
	ToSCN   int64 `json:"to_scn"`
	// RecoverableTo is the time up to which the set's logs reach, UTC.
	RecoverableTo time.Time `json:"recoverable_to"`

	BuildsOn     string     `json:"builds_on,omitempty"` // set id of the newest base of its level 1 files
	Adopted      string     `json:"adopted,omitempty"`   // foreign set whose files the pieces are
	Pieces       []Piece    `json:"pieces"`
	Datafiles    []Datafile `json:"datafiles"`         // the whole layout, backed up here or not
	Threads      []int      `json:"threads,omitempty"` // redo threads open at the time
	Redo         []RedoFile `json:"redo,omitempty"`    // online redo layout
	Spfile       string     `json:"spfile,omitempty"`
	ControlFiles []string   `json:"control_files,omitempty"`
	Excluded     []int      `json:"excluded,omitempty"` // datafiles left out on purpose
	Warnings     []string   `json:"warnings,omitempty"`
	Notes        []string   `json:"notes,omitempty"` // what was to be expected and still is worth knowing
}

// Bytes is the size of all pieces together.
func (m *Manifest) Bytes() int64 {
	var n int64
	for i := range m.Pieces {
		n += m.Pieces[i].Bytes
	}
	return n
}

// Incarnation is one incarnation on the branch.
type Incarnation struct {
	ResetlogsSCN  int64  `json:"resetlogs_scn"`
	ResetlogsTime string `json:"resetlogs_time"`
	Status        string `json:"status"` // CURRENT | PARENT | ORPHAN
}

// Datafile is the layout of one datafile.
type Datafile struct {
	Number      int    `json:"number"`
	Name        string `json:"name"`
	Tablespace  string `json:"tablespace"`
	Bytes       int64  `json:"bytes"`
	CreationSCN int64  `json:"creation_scn,omitempty"`
}

// RedoFile is one member of an online redo log group.
type RedoFile struct {
	Group  int    `json:"group"`
	Thread int    `json:"thread"`
	Name   string `json:"name"`
}

// Piece is one backup piece of a set.
type Piece struct {
	Name      string `json:"name"`   // file name, unique in the set
	Key       string `json:"key"`    // object key
	Handle    string `json:"handle"` // absolute path as RMAN knows it
	Tag       string `json:"tag,omitempty"`
	Bytes     int64  `json:"bytes"`
	CRC64NVME string `json:"crc64nvme"` // base64 of the big endian value, as S3 writes it
	SHA256    string `json:"sha256,omitempty"`
	SetStamp  int64  `json:"set_stamp"` // RMAN's backup set key: stamp and count
	SetCount  int64  `json:"set_count"`
	Number    int    `json:"number"` // of the piece in its backup set, from 1
	Of        int    `json:"of"`     // pieces in the backup set

	// Content of the backup set; every piece of a set carries the same.
	Files       []FileBackup `json:"files,omitempty"`
	Logs        []Log        `json:"logs,omitempty"`
	ControlFile bool         `json:"control_file,omitempty"`
	Spfile      bool         `json:"spfile,omitempty"`
	Autobackup  bool         `json:"autobackup,omitempty"`
	// ControlSCN is the checkpoint SCN of the control file it carries.
	ControlSCN int64 `json:"control_scn,omitempty"`
}

// FileBackup is one datafile in a backup set, as RMAN's repository says it was
// really taken.
type FileBackup struct {
	Number           int    `json:"number"`
	Level            int    `json:"level"`           // 0 or 1
	IncrementalSCN   int64  `json:"incremental_scn"` // start SCN of a level 1; 0 for level 0
	CheckpointSCN    int64  `json:"checkpoint_scn"`
	AbsoluteFuzzySCN int64  `json:"absolute_fuzzy_scn,omitempty"` // recovery must pass it
	ResetlogsSCN     int64  `json:"resetlogs_scn"`
	Base             string `json:"base,omitempty"` // set id that holds its parent
}

// Log is one archived redo log in a backup set.
type Log struct {
	Thread       int       `json:"thread"`
	Sequence     int64     `json:"sequence"`
	ResetlogsSCN int64     `json:"resetlogs_scn"`
	FirstSCN     int64     `json:"first_scn"`
	NextSCN      int64     `json:"next_scn"`
	FirstTime    time.Time `json:"first_time"` // UTC
	NextTime     time.Time `json:"next_time"`  // UTC
}

// Set is a row of a listing: what the key of a manifest tells without a GET.
type Set struct {
	ID            string    `json:"id"`
	Kind          string    `json:"kind"`
	Level         int       `json:"level"` // -1 for archivelog
	Cumulative    bool      `json:"cumulative,omitempty"`
	Status        string    `json:"status"`
	DBName        string    `json:"db_name"`
	DBID          int64     `json:"dbid"`
	StartedAt     time.Time `json:"started_at"`
	CompletedAt   time.Time `json:"completed_at"`
	Bytes         int64     `json:"bytes"`
	Pieces        int       `json:"pieces"`
	Logs          int       `json:"logs"`
	FromSCN       int64     `json:"from_scn"`
	ToSCN         int64     `json:"to_scn"`
	ResetlogsSCN  int64     `json:"resetlogs_scn"`
	RecoverableTo time.Time `json:"recoverable_to"`
	BuildsOn      string    `json:"builds_on,omitempty"`
	Warnings      bool      `json:"warnings,omitempty"`
	Adopted       string    `json:"adopted,omitempty"` // foreign set that it was made of
	Key           string    `json:"key"`               // of the manifest, or the folder of a foreign set
}
