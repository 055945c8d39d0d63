package syntax

// Maint chooses objects of the repository.
type Maint struct {
	Kind      Object
	Of        []BackupObject // BACKUP OF …
	Keys      []int64
	Names     []string
	Tag       string
	Logs      *LogRange
	Before    string // COMPLETED BEFORE
	After     string // COMPLETED AFTER
	BackedUp  int64  // BACKED UP n TIMES TO DEVICE TYPE DISK
	Device    string
	LikeName  string
	Recoverab bool
}

// Change is CHANGE; To is AVAILABLE, UNAVAILABLE, UNCATALOG or DELETE.
type Change struct {
	What Maint
	To   string
}

// Crosscheck is CROSSCHECK.
type Crosscheck struct{ What Maint }

// Delete is DELETE.
type Delete struct {
	NoPrompt, Force, Expired, Obsolete bool
	What                               Maint
}

// List is LIST.
type List struct {
	What    Maint
	Summary bool
	ByFile  bool
	Expired bool
}

// Report is REPORT SCHEMA, REPORT OBSOLETE or REPORT NEED BACKUP.
type Report struct{ What string }

// Show is SHOW; What is ALL or the first words of a CONFIGURE line.
type Show struct{ What string }

// Configure is CONFIGURE; Name is the setting as V$RMAN_CONFIGURATION names
// it, Value its new value in canonical form, Clear returns to the default.
type Configure struct {
	Name  string
	Value string
	Clear bool
}

// Startup is STARTUP.
type Startup struct {
	Force bool
	Mode  string // NOMOUNT, MOUNT or OPEN
	PFile string
}

// Shutdown is SHUTDOWN; Mode is ABORT, IMMEDIATE, NORMAL or TRANSACTIONAL.
type Shutdown struct{ Mode string }

// AlterDatabase is ALTER DATABASE MOUNT or ALTER DATABASE OPEN [RESETLOGS].
type AlterDatabase struct {
	Open      bool
	ResetLogs bool
}

// ResetDatabase is RESET DATABASE TO INCARNATION.
type ResetDatabase struct{ Incarnation int64 }

// SQL is SQL '…', or a statement written without that word.
type SQL struct {
	Text string
	Bare bool
}

// Validate is VALIDATE.
type Validate struct {
	Kind       Object
	Files      []FileRef
	Keys       []int64
	Logs       *LogRange
	CheckLogic bool
}

// Host is HOST; an empty Command would start a shell.
type Host struct{ Command string }

// Connect is CONNECT TARGET.
type Connect struct{ Target string }

// Include is @file.
type Include struct{ File string }

// Exit is EXIT or QUIT.
type Exit struct{}
