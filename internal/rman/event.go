package rman

import "time"

// Kind names what a line of RMAN's output says.
type Kind string

// The kinds of events. The fields of Event that a kind fills are named beside
// it; Kind, Line and Text are always filled.
const (
	KindText      Kind = "text"      // a line with no meaning of its own, or an unknown one
	KindVersion   Kind = "version"   // banner, then the exact release: Version
	KindConnected Kind = "connected" // target database: Name, DBID, State (either may be unknown)
	KindAuxiliary Kind = "auxiliary" // auxiliary database: Name, DBID, State
	KindCatalog   Kind = "catalog"   // connected to a recovery catalog
	KindIdentity  Kind = "identity"  // database named outside a connection (SET DBID …): Name, DBID
	KindLocalized Kind = "localized" // the output is not English; once per transcript
	KindPrompt    Kind = "prompt"    // prompt, with the echoed command if there is one: Name
	KindComplete  Kind = "complete"  // "Recovery Manager complete."

	KindStepBegin Kind = "step-begin" // Name: backup, restore, recover, "Control File and SPFILE Autobackup" …
	KindStepEnd   Kind = "step-end"   // Name as in the begin

	KindChannelAllocated Kind = "channel-allocated" // Channel
	KindChannelSession   Kind = "channel-session"   // Channel, SID of its session
	KindChannelReleased  Kind = "channel-released"  // Channel
	KindChannelDisabled  Kind = "channel-disabled"  // Channel; its job will be run on another one

	KindSetBegin      Kind = "set-begin"      // Channel, Set, Level, Compressed
	KindSetEnd        Kind = "set-end"        // Channel, Elapsed: backup set complete
	KindInputDatafile Kind = "input-datafile" // File, Name
	KindInputLog      Kind = "input-log"      // Thread, Sequence
	KindInputControl  Kind = "input-control"  // control file included; State "standby" for a standby control file
	KindInputSPFile   Kind = "input-spfile"   // SPFILE included
	KindPieceBegin    Kind = "piece-begin"    // Channel, Number
	KindPieceEnd      Kind = "piece-end"      // Channel, Number: "finished piece"; its handle follows
	KindPieceWritten  Kind = "piece-written"  // Handle, Tag, Comment, Channel and Number if known, Autobackup
	KindNoParent      Kind = "no-parent"      // File: no parent backup or copy of the datafile found

	KindSkippedDatafile Kind = "skipped-datafile" // File (0 if not a number), Name: why; the backup lacks it
	KindSkippedLogs     Kind = "skipped-logs"     // Thread, Sequence, LastSequence, Name: why

	KindDeletedLog   Kind = "deleted-log"   // Name, Thread and Sequence if printed
	KindKeptLog      Kind = "kept-log"      // Name, Thread, Sequence: follows a warning such as RMAN-08120
	KindDeletedPiece Kind = "deleted-piece" // Handle
	KindPieceStatus  Kind = "piece-status"  // Handle, State: AVAILABLE, EXPIRED, uncataloged, unavailable …

	KindCataloged    Kind = "cataloged"     // Name: a file the repository now knows
	KindUnknownFile  Kind = "unknown-file"  // Name: a file that CATALOG START WITH found
	KindNotCataloged Kind = "not-cataloged" // Name, Code and State: the reason, if printed

	KindRestoreDatafile Kind = "restore-datafile" // Channel if printed, File, Name: destination
	KindRecoverDatafile Kind = "recover-datafile" // File, Name: an incremental is applied to it
	KindRestoreControl  Kind = "restore-control"  // Channel
	KindRestoreSPFile   Kind = "restore-spfile"   // Channel
	KindRestoreLog      Kind = "restore-log"      // Thread, Sequence
	KindReadBegin       Kind = "read-begin"       // Channel, Handle: reading from backup piece
	KindPieceRead       Kind = "piece-read"       // Handle, Tag, Channel if printed: RESTORE, RECOVER or VALIDATE read it
	KindRestoredPiece   Kind = "restored-piece"   // Channel, Number
	KindRestoreEnd      Kind = "restore-end"      // Channel, Elapsed: a set was restored
	KindValidateEnd     Kind = "validate-end"     // Channel, Elapsed: a set was read, nothing was restored
	KindAlreadyRestored Kind = "already-restored" // File, Name: skipped because the file is good
	KindOutputFile      Kind = "output-file"      // Name: file that RMAN wrote (control file, copy …)
	KindSwitched        Kind = "switched"         // File: datafile switched to a copy

	KindCreatingDatafile Kind = "creating-datafile" // File, Name: created EMPTY because no backup was usable
	KindFailover         Kind = "failover"          // Channel, Handle and Tag if printed: another backup is tried
	KindPieceError       Kind = "piece-error"       // Channel, Handle: errors found reading the piece

	KindRecoveryBegin  Kind = "recovery-begin"
	KindRecoveryEnd    Kind = "recovery-end" // Elapsed
	KindRecoveryFailed Kind = "recovery-failed"
	KindLogOnDisk      Kind = "log-on-disk" // Thread, Sequence, Name
	KindLogApplied     Kind = "log-applied" // Thread, Sequence, Name
	KindLogMissing     Kind = "log-missing" // Thread, Sequence: unable to find archived log

	KindSQL        Kind = "sql"       // Name: the statement
	KindStatement  Kind = "statement" // "Statement processed"
	KindMounted    Kind = "mounted"
	KindOpened     Kind = "opened"
	KindStarted    Kind = "started"     // Oracle instance started; State "dummy" without a parameter file
	KindShutDown   Kind = "shut-down"   // Oracle instance shut down
	KindListing    Kind = "listing"     // Name: heading of a LIST, REPORT or SHOW
	KindDone       Kind = "done"        // another command said that it worked (CONFIGURE, CROSSCHECK, DELETE …)
	KindJobGivenUp Kind = "job-failed"  // "continuing other job steps": the job before it failed for good
	KindInterrupt  Kind = "interrupted" // user interrupt received

	KindWarning    Kind = "warning"     // Code, Channel if printed, Name: the text after the code
	KindError      Kind = "error"       // Code, Channel if printed, Name: a code outside a stack
	KindDetail     Kind = "detail"      // a line that belongs to the error before it (operating system error …)
	KindStackBegin Kind = "stack-begin" // the RMAN-00569 banner
	KindStackLine  Kind = "stack-line"  // Code (empty on continuation lines), Name: the text
	KindStackEnd   Kind = "stack-end"   // Stack
)

// What a backup set is made of, in Event.Set.
const (
	SetFull        = "full"        // a full datafile set: no base for a level 1
	SetIncremental = "incremental" // Level tells which
	SetLogs        = "archivelog"
	SetCopy        = "copy" // image copy of a datafile or of an archived log
)

// Event is one thing that RMAN said. It is passed by value; only a KindStackEnd
// shares memory, and its Stack is never changed afterwards.
type Event struct {
	Kind Kind
	Line int    // line of the transcript, from 1
	Text string // the line without line end, control characters, surrounding blanks and MsgNo

	// MsgNo is the number that the msgno switch put before a line which is
	// not an error ("RMAN-08044"). Code is the number of an error or warning.
	MsgNo string
	Code  string

	Channel  string
	Name     string // what the kind says: a step, a file, a database, a message
	Version  string // release, e.g. "19.23.0.0.0"
	DBID     int64  // 0 unknown
	State    string // of a database: "not mounted", "not open", "not started"
	Handle   string // backup piece, as RMAN spells it
	Tag      string
	Comment  string
	Set      string // SetFull …
	Level    int    // incremental level, -1 for everything else
	File     int    // datafile number
	Number   int    // piece number in its set
	SID      int    // of a channel's session
	Thread   int
	Sequence int64
	// LastSequence ends a range that begins with Sequence.
	LastSequence int64
	Compressed   bool
	Autobackup   bool // a piece that has no tag, or was written by an autobackup
	Elapsed      time.Duration
	Stack        *Stack
}
