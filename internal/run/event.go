package run

import "time"

// FormatVersion is the version of the event format; readers accept any event
// whose V is not larger and ignore fields and types they do not know.
const FormatVersion = 1

// Type names what an event says; each type has one payload field of the same
// name in Event.
type Type string

// The types of events. New types may be added; readers skip unknown ones.
const (
	TypeStart    Type = "start"    // the first event of a run
	TypePhase    Type = "phase"    // a phase begins or ends
	TypeLine     Type = "line"     // one line of RMAN's output (or of the engine's narration)
	TypeChannel  Type = "channel"  // what an RMAN channel is doing
	TypeLongops  Type = "longops"  // how far RMAN's channels are with it
	TypePiece    Type = "piece"    // a backup piece changes its state
	TypeTransfer Type = "transfer" // a piece moves to or from S3
	TypeProgress Type = "progress" // totals of a phase
	TypeProblem  Type = "problem"  // a warning or an error with cause and remedy
	TypePlan     Type = "plan"     // what the run is going to do
	TypeCommit   Type = "commit"   // a set exists on S3 from now on
	TypeRelease  Type = "release"  // archived logs deleted locally
	TypeMark     Type = "mark"     // a step that crash recovery relies on
	TypeEnd      Type = "end"      // the last event of a run
)

// Event is one line of a run's journal. Exactly one payload is set, the one
// named by Type.
type Event struct {
	V    int       `json:"v"`
	Seq  int64     `json:"seq"`  // 1, 2, 3 … within the run
	Time time.Time `json:"time"` // UTC
	Type Type      `json:"type"`

	Start    *Start    `json:"start,omitempty"`
	Phase    *Phase    `json:"phase,omitempty"`
	Line     *Line     `json:"line,omitempty"`
	Channel  *Channel  `json:"channel,omitempty"`
	Longops  *Longops  `json:"longops,omitempty"`
	Piece    *Piece    `json:"piece,omitempty"`
	Transfer *Transfer `json:"transfer,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	Problem  *Problem  `json:"problem,omitempty"`
	Plan     *Plan     `json:"plan,omitempty"`
	Commit   *Commit   `json:"commit,omitempty"`
	Release  *Release  `json:"release,omitempty"`
	Mark     *Mark     `json:"mark,omitempty"`
	End      *End      `json:"end,omitempty"`
}

// Start describes the run.
type Start struct {
	ID        string   `json:"id"`
	Kind      string   `json:"kind"` // full | incremental | archivelog | restore | resume | verify | …
	SetID     string   `json:"set_id,omitempty"`
	Tag       string   `json:"tag,omitempty"`
	DBName    string   `json:"db_name,omitempty"`
	DBID      int64    `json:"dbid,omitempty"`
	Host      string   `json:"host"`
	PID       int      `json:"pid"`
	Proc      string   `json:"proc,omitempty"`       // when the process started (Holder.Proc)
	StartedBy string   `json:"started_by,omitempty"` // cron | console | terminal
	Version   string   `json:"version"`              // of this program
	Args      []string `json:"args,omitempty"`       // command line without secrets
}

// State of a phase, piece or transfer.
type State string

// States that payloads use.
const (
	Begun    State = "begun"
	Running  State = "running"
	Done     State = "done"
	Failed   State = "failed"
	Skipped  State = "skipped"
	Retrying State = "retrying"
	Writing  State = "writing"   // piece: RMAN is writing it
	Finished State = "finished"  // piece: RMAN has closed it
	Complete State = "complete"  // piece: its backup set is complete in RMAN's repository
	Uploaded State = "confirmed" // piece: S3 confirmed size and checksum
	Dropped  State = "dropped"   // piece: belongs to a set that did not complete
	Removed  State = "removed"   // piece: deleted from staging
)

// Phase names used by the engines: check, plan, rman, upload, commit,
// release, clean; download, mount, catalog, restore, recover, open.
type Phase struct {
	Name   string `json:"name"`
	State  State  `json:"state"` // begun | done | failed | skipped
	Detail string `json:"detail,omitempty"`
}

// Line is one line of output, safe to print (control characters removed).
type Line struct {
	Step     string `json:"step,omitempty"` // which script: level0-1, logs, restore, …
	Text     string `json:"text"`
	Severity string `json:"severity,omitempty"` // "" | warning | error
	Code     string `json:"code,omitempty"`     // first ORA-/RMAN- code of a line that carries one
}

// Channel is what one RMAN channel does now.
type Channel struct {
	Name  string `json:"name"`
	Doing string `json:"doing,omitempty"` // level 0, level 1, archived logs, control file, restore, …
	File  string `json:"file,omitempty"`  // what it reads or writes, for people
	Piece int    `json:"piece,omitempty"` // number of the piece in its set
	State State  `json:"state,omitempty"` // running | done
	SID   int    `json:"sid,omitempty"`   // of its session in the instance; 0 = unknown
}

// Longops is how far RMAN's channels are with what they read or write now, as
// V$SESSION_LONGOPS tells. A channel that is not named is not known to be at
// work. The view is asked every few seconds; where it is not to be had there
// is no such event.
type Longops struct {
	Channels []Longop `json:"channels"`
}

// Longop is one channel's part of Longops.
type Longop struct {
	Channel   string `json:"channel"`
	SID       int    `json:"sid"`
	Op        string `json:"op,omitempty"`         // in the instance's words: RMAN: full datafile backup
	Done      int64  `json:"done"`                 // blocks
	Total     int64  `json:"total"`                // blocks, at least 1
	BlockSize int64  `json:"block_size,omitempty"` // bytes; 0 = unknown
	Left      int64  `json:"left,omitempty"`       // seconds, as the instance estimates; 0 = unknown
}

// Piece is a backup piece in staging.
type Piece struct {
	Name    string `json:"name"`   // file name
	Handle  string `json:"handle"` // as RMAN reported it
	Channel string `json:"channel,omitempty"`
	Tag     string `json:"tag,omitempty"`
	Bytes   int64  `json:"bytes,omitempty"`
	State   State  `json:"state"`
	Content string `json:"content,omitempty"` // datafile 4 level 1 | logs thread 1 57–60 | control file | …
}

// Transfer is the progress of one piece to or from S3. Progress events of a
// transfer are lossy (at most a few a second); done and failed are not.
type Transfer struct {
	Dir     string `json:"dir"` // up | down
	Name    string `json:"name"`
	Key     string `json:"key"`
	Done    int64  `json:"done"`  // bytes
	Total   int64  `json:"total"` // bytes
	State   State  `json:"state"` // begun | running | retrying | done | failed
	Attempt int    `json:"attempt,omitempty"`
	Error   string `json:"error,omitempty"`
}

// Progress carries totals of the whole run.
type Progress struct {
	Phase        string `json:"phase"`
	Done         int64  `json:"done"`            // bytes
	Total        int64  `json:"total,omitempty"` // bytes; 0 while unknown
	Items        int    `json:"items,omitempty"`
	ItemsTotal   int    `json:"items_total,omitempty"`
	Estimated    bool   `json:"estimated,omitempty"`     // Total is an estimate
	Staging      int64  `json:"staging,omitempty"`       // bytes now in staging
	StagingLimit int64  `json:"staging_limit,omitempty"` // bytes; 0 = none
}

// Problem is something a person must know: what failed, why, what to do next.
type Problem struct {
	Severity string   `json:"severity"` // notice | warning | error; a notice leaves the exit code alone
	Code     string   `json:"code,omitempty"`
	Text     string   `json:"text"`
	Cause    string   `json:"cause,omitempty"`
	Remedy   string   `json:"remedy,omitempty"`
	Stack    []string `json:"stack,omitempty"` // the RMAN error stack, one line each
}

// PlanStep is one step of a plan with the script it will run, if any.
type PlanStep struct {
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"`
	Script string `json:"script,omitempty"`
}

// Plan is what the run is going to do, before it does it.
type Plan struct {
	Summary  string     `json:"summary"`
	Bytes    int64      `json:"bytes,omitempty"` // to download, or estimated to upload
	Pieces   int        `json:"pieces,omitempty"`
	Sets     []string   `json:"sets,omitempty"`
	Steps    []PlanStep `json:"steps,omitempty"`
	Warnings []string   `json:"warnings,omitempty"`
	// StagingFree is the room on the staging disk, in bytes; 0 = not measured.
	StagingFree int64 `json:"staging_free,omitempty"`
}

// Commit says that the manifest was written and read back.
type Commit struct {
	SetID  string `json:"set_id"`
	Key    string `json:"key"`
	Bytes  int64  `json:"bytes"`
	Pieces int    `json:"pieces"`
}

// Release says which archived logs were deleted locally after commit.
type Release struct {
	Deleted int `json:"deleted"`
	Kept    int `json:"kept,omitempty"` // too young, in no set, or refused by RMAN
}

// Mark is a point that crash recovery and the crash harness rely on; Data is
// what must be known to go on.
type Mark struct {
	Name string            `json:"name"`
	Data map[string]string `json:"data,omitempty"`
}

// End closes a run. Exit is the process's exit code (design: 0 done, 1 failed,
// 2 usage, 3 warnings, 4 locked, 5 unreachable, 6 resumable, 130/143 signals).
type End struct {
	Exit     int    `json:"exit"`
	Outcome  string `json:"outcome"` // done | warnings | failed | unreachable | interrupted | cancelled
	SetID    string `json:"set_id,omitempty"`
	Code     string `json:"code,omitempty"` // root cause: ORA-/RMAN- code, if any
	Error    string `json:"error,omitempty"`
	Remedy   string `json:"remedy,omitempty"`
	Warnings int    `json:"warnings,omitempty"`
	Bytes    int64  `json:"bytes,omitempty"`
	Pieces   int    `json:"pieces,omitempty"`
}

// Sink takes events. Engines emit through it and never print. Emit fills V,
// Seq and Time; it is safe to call from any goroutine and keeps the order of
// one goroutine's calls. An error of the journal surfaces at the journal's
// Err and Close, not here: a full log disk must not stop a backup by itself.
type Sink interface {
	Emit(Event)
}

// SinkFunc makes a function a Sink.
type SinkFunc func(Event)

// Emit calls f.
func (f SinkFunc) Emit(e Event) { f(e) }
