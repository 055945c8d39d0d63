package restore

import (
	"time"

	"orabak-tui/s3store"
)

// Plan is a restore before anything is touched: what will be reached, from
// which sets, what is downloaded, and each step with its exact script. It is a
// value; nothing in it changes while it is carried out.
type Plan struct {
	DBName string `json:"db_name"`
	DBID   int64  `json:"dbid"`
	Target Target `json:"target"`
	Mode   Mode   `json:"mode"`

	Reachable bool              `json:"reachable"`
	Why       *UnreachableError `json:"unreachable,omitempty"` // set when not Reachable

	// Complete recovery loses nothing and opens without RESETLOGS. Otherwise
	// recovery ends before SCN (0 when the end is a time alone) and the
	// database opens with RESETLOGS.
	Complete bool      `json:"complete"`
	SCN      int64     `json:"scn,omitempty"`
	Time     time.Time `json:"time,omitzero"` // UTC, the last moment known to be included
	Zone     int       `json:"utc_offset_minutes"`
	// ResetlogsSCN is the incarnation that the target lies in; ResetIncarnation
	// tells that RESET DATABASE TO INCARNATION has to make it current first.
	ResetlogsSCN     int64 `json:"resetlogs_scn"`
	ResetIncarnation bool  `json:"reset_incarnation,omitempty"`

	Sets   []SetUse   `json:"sets"`   // oldest first
	Pieces []PieceUse `json:"pieces"` // in the order of download
	Files  []FileUse  `json:"files"`  // datafiles to restore, by number
	Logs   []LogUse   `json:"logs"`   // archived logs that recovery reads

	Bytes       int64 `json:"bytes"`        // to download
	BytesHere   int64 `json:"bytes_here"`   // of needed pieces already here
	DatafileMax int64 `json:"datafile_max"` // bytes of the datafiles to restore

	// What this host must get back before datafiles can be restored.
	Spfile      *PieceUse `json:"spfile,omitempty"`
	ControlFile *PieceUse `json:"control_file,omitempty"`

	Needs    []Need   `json:"disk"`
	Steps    []Step   `json:"steps"`
	Left     *Left    `json:"left_behind,omitempty"`
	Warnings []string `json:"warnings,omitempty"`

	at         time.Time // the end is this moment, not SCN
	limit      int64     // an SCN at or after the end; 0 = none
	whole      bool      // every datafile of the control file is restored
	excluded   []int     // datafiles left out of the backups on purpose
	revived    []int     // restored datafiles that are offline
	channels   int
	catalogDir string
	// resetlogsTime names the incarnation together with ResetlogsSCN.
	resetlogsTime string
	set           *s3store.Manifest // describes the layout: SPFILE, control files, redo
	files         []s3store.Datafile
}

// Wave is the order in which pieces are needed.
type Wave int

// Waves: control file and SPFILE, then level 0s, then level 1s, then logs.
const (
	WaveControl Wave = iota
	WaveLevel0
	WaveLevel1
	WaveLogs
)

// SetUse is one set that the restore reads.
type SetUse struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind"`
	Level       int       `json:"level"`
	CompletedAt time.Time `json:"completed_at"`
	Pieces      int       `json:"pieces"` // of the set that are needed
	Bytes       int64     `json:"bytes"`  // of these pieces
	Use         string    `json:"use"`    // level 0 + level 1 + logs + control file + SPFILE, as they apply
}

// PieceUse is one piece that the restore reads.
type PieceUse struct {
	Set   string        `json:"set"`
	Wave  Wave          `json:"wave"`
	Path  string        `json:"path"` // where it is, or will be
	Here  bool          `json:"here"` // present and intact
	Piece s3store.Piece `json:"piece"`
}

// FileUse is one datafile to restore.
type FileUse struct {
	Number     int      `json:"number"`
	Name       string   `json:"name"`
	Tablespace string   `json:"tablespace"`
	Bytes      int64    `json:"bytes"`
	Level0     string   `json:"level0,omitempty"` // set id; empty = created empty, then all redo since creation
	Level1     []string `json:"level1,omitempty"` // set ids in order of application
	RedoFrom   int64    `json:"redo_from"`        // SCN from which redo is applied

	level0 int64    // checkpoint SCN of the level 0
	keys   []string // object keys of its pieces
}

// LogUse is a contiguous range of archived logs of one thread.
type LogUse struct {
	Thread       int   `json:"thread"`
	From         int64 `json:"from"`
	To           int64 `json:"to"`
	ResetlogsSCN int64 `json:"resetlogs_scn"`
	Local        bool  `json:"local"` // on this host's disk; not downloaded
}

// Need is room that a folder must have. Free is -1 until it was measured.
type Need struct {
	What  string `json:"what"` // staging | datafiles
	Dir   string `json:"dir"`
	Bytes int64  `json:"bytes"`
	Free  int64  `json:"free"`
	Short bool   `json:"short,omitempty"`
}

// Left is what lies after the target and is lost to the restored database.
type Left struct {
	Sets  int       `json:"sets"`
	Logs  int       `json:"logs"`
	Until time.Time `json:"until,omitzero"` // UTC; the end of known redo
	SCN   int64     `json:"scn,omitempty"`
}

// Names of steps, which are also the names of the run's phases.
const (
	StepDownload    = "download"
	StepShutdown    = "shutdown"
	StepSpfile      = "spfile"
	StepControlfile = "controlfile"
	StepMount       = "mount"
	StepCatalog     = "catalog"
	StepRestore     = "restore"
	StepRecover     = "recover"
	StepOpen        = "open"
	StepClean       = "clean"
)

// Step is one thing the engine does.
type Step struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	Script string `json:"script,omitempty"` // exact RMAN script
}

// spfilePath is where the database had its SPFILE; empty if unknown.
func (p *Plan) spfilePath() string {
	if p.set == nil {
		return ""
	}
	return p.set.Spfile
}
