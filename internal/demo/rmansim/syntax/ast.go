package syntax

// Command is one statement of the language. Its dynamic type is one of the
// structs of this package.
type Command interface {
	// Verb is what error messages call the command ("failure of backup
	// command").
	Verb() string
}

// Run is RUN { … }: its commands share channels and settings.
type Run struct{ Body []Command }

// AllocateChannel is ALLOCATE CHANNEL, the job form inside RUN or the form FOR
// MAINTENANCE at the prompt.
type AllocateChannel struct {
	Name        string
	Device      string // DISK or SBT_TAPE
	Options     ChannelOptions
	Maintenance bool
}

// ChannelOptions are the settings of a channel; sizes in bytes, 0 unset.
type ChannelOptions struct {
	Format       string
	MaxPieceSize int64
	MaxOpenFiles int64
	Rate         int64 // bytes per second
}

// ReleaseChannel is RELEASE CHANNEL; Name is empty for the maintenance form.
type ReleaseChannel struct{ Name string }

// Backup is BACKUP. Options of the command apply to every object; those of an
// object apply to it alone and win.
type Backup struct {
	Incremental bool
	Level       int
	Cumulative  bool
	Full        bool
	Copy        bool // AS COPY
	Compressed  bool
	CheckLogic  bool
	ValidateIt  bool // BACKUP VALIDATE
	Options     BackupOptions
	Objects     []BackupObject
	PlusLogs    bool
	LogOptions  BackupOptions // of PLUS ARCHIVELOG
}

// BackupOptions are the options that may stand before the objects and behind
// each of them.
type BackupOptions struct {
	Tag            string
	Format         string
	FilesPerSet    int64
	MaxSetSize     int64
	SectionSize    int64
	Force          bool
	DeleteInput    bool
	DeleteAll      bool
	IncludeControl bool
	NotBackedUp    int64  // NOT BACKED UP n TIMES; -1 without a number
	NotBackedSince string // NOT BACKED UP SINCE TIME
	Skip           []string
	Reuse          bool
	Channel        string
	Keep           *Keep
	NoExclude      bool
}

// Keep is KEEP FOREVER or KEEP UNTIL TIME.
type Keep struct {
	Forever bool
	Until   string
	Logs    bool
	NoLogs  bool
}

// Object names the kinds of things that commands act on.
type Object string

// The objects.
const (
	Database    Object = "DATABASE"
	Datafiles   Object = "DATAFILE"
	Tablespaces Object = "TABLESPACE"
	Archivelogs Object = "ARCHIVELOG"
	Controlfile Object = "CONTROLFILE"
	SPFile      Object = "SPFILE"
	// The next ones name backups rather than what is in them.
	Backups      Object = "BACKUP"
	BackupSets   Object = "BACKUPSET"
	BackupPieces Object = "BACKUPPIECE"
	Copies       Object = "COPY"
	Incarnations Object = "INCARNATION"
)

// FileRef is a datafile by number or by name.
type FileRef struct {
	Number int64
	Name   string
}

// BackupObject is one thing to back up.
type BackupObject struct {
	Kind        Object
	Files       []FileRef
	Tablespaces []string
	Logs        *LogRange
	Options     BackupOptions
}

// LogRange chooses archived logs. Exactly one of All, Like, or a bound is set;
// a sequence without Thread means thread 1.
type LogRange struct {
	All       bool
	Like      string
	Sequence  *Bounds
	SCN       *Bounds
	FromTime  string
	UntilTime string
	Thread    int64
	// Incarnation is the number of an incarnation, AllIncarnations, or 0 for the
	// current one, which counts for sequences only.
	Incarnation int64
}

// AllIncarnations stands for INCARNATION ALL.
const AllIncarnations = -1

// Bounds is a range of sequences or SCNs, both ends included; a missing end is
// open.
type Bounds struct {
	From, Until       int64
	HasFrom, HasUntil bool
}

// Until is the end of an incomplete restore or recovery. Sequences and SCNs
// are the first that is not applied.
type Until struct {
	Kind   string // SCN, SEQUENCE or TIME
	Number int64
	Thread int64
	Time   string
}

// Restore is RESTORE.
type Restore struct {
	Objects   []RestoreObject
	Until     *Until
	From      string // a backup piece
	FromTag   string
	Auto      bool // FROM AUTOBACKUP
	MaxDays   int64
	MaxSeq    int64
	Preview   bool
	Summary   bool
	ValidateH bool // VALIDATE HEADER
	ValidateB bool
	CheckLog  bool
	Force     bool
}

// RestoreObject is one thing to restore.
type RestoreObject struct {
	Kind        Object
	Files       []FileRef
	Tablespaces []string
	Logs        *LogRange
	To          string
	ToPFile     bool
	Skip        []string
}

// Recover is RECOVER.
type Recover struct {
	Kind        Object
	Files       []FileRef
	Tablespaces []string
	Until       *Until
	Skip        []string
	SkipForever bool
	NoRedo      bool
	DeleteLogs  bool
	MaxSize     int64
	FromTag     string
	Test        bool
}

// Set is SET …; What names the setting.
type Set struct {
	What   string
	Text   string
	Number int64
	On     bool
	Until  *Until
	File   FileRef
}

// The settings of Set.What.
const (
	SetDBID             = "DBID"
	SetUntil            = "until clause"
	SetNewName          = "NEWNAME" // File set
	SetNewNameDatabase  = "NEWNAME DATABASE"
	SetAutobackup       = "CONTROLFILE AUTOBACKUP"
	SetAutobackupFormat = "CONTROLFILE AUTOBACKUP FORMAT"
	SetCommandID        = "COMMAND ID"
	SetArchivelogDest   = "ARCHIVELOG DESTINATION"
	SetEcho             = "ECHO"
	SetMaxCorrupt       = "MAX CORRUPT"
	SetBackupCopies     = "BACKUP COPIES"
	SetCompression      = "COMPRESSION ALGORITHM"
)

// Switch is SWITCH DATABASE TO COPY, SWITCH DATAFILE … or SWITCH TEMPFILE ALL.
type Switch struct {
	Temp   bool
	All    bool
	ToCopy bool
	Whole  bool // SWITCH DATABASE
	Files  []FileRef
	Copy   string // TO DATAFILECOPY 'name'
}

// Catalog is CATALOG.
type Catalog struct {
	StartWith    string
	HasPrefix    bool
	RecoveryArea bool
	NoPrompt     bool
	Pieces       []string
	Copies       []string
	Level        int64 // of the copies, -1 unset
	Tag          string
	Logs         []string
}

// Verb and its siblings give the names used in error messages.
func (*Run) Verb() string             { return "run" }
func (*AllocateChannel) Verb() string { return "allocate" }
func (*ReleaseChannel) Verb() string  { return "release" }
func (*Restore) Verb() string         { return "restore" }
func (*Recover) Verb() string         { return "recover" }
func (*Set) Verb() string             { return "set" }
func (*Switch) Verb() string          { return "switch" }
func (*Catalog) Verb() string         { return "catalog" }
func (*Change) Verb() string          { return "change" }
func (*Crosscheck) Verb() string      { return "crosscheck" }
func (*Delete) Verb() string          { return "delete" }
func (*List) Verb() string            { return "list" }
func (*Report) Verb() string          { return "report" }
func (*Show) Verb() string            { return "show" }
func (*Configure) Verb() string       { return "configure" }
func (*Startup) Verb() string         { return "startup" }
func (*Shutdown) Verb() string        { return "shutdown" }
func (*AlterDatabase) Verb() string   { return "sql statement" }
func (*ResetDatabase) Verb() string   { return "reset" }
func (*Validate) Verb() string        { return "validate" }
func (*Host) Verb() string            { return "host" }
func (*Connect) Verb() string         { return "connect" }
func (*Include) Verb() string         { return "@" }
func (*Exit) Verb() string            { return "exit" }

// Verb names the failed part: with PLUS ARCHIVELOG the real program does so.
func (b *Backup) Verb() string {
	if b.PlusLogs {
		return "backup plus archivelog"
	}
	return "backup"
}

// Verb is that of the statement.
func (s *SQL) Verb() string {
	if s.Bare {
		return "sql statement"
	}
	return "sql"
}
