package restore

import (
	"orabak-tui/internal/oracle"
	"orabak-tui/s3store"
)

// Input is all that a plan depends on. NewPlan reads nothing else.
type Input struct {
	// Sets are the rows of a listing, any order, any databases. Manifests of
	// the chain are asked of Load, nothing else is; Load may be called with the
	// same row once only. An error of Load makes its set unusable (the plan
	// says so and leans on an older one), it does not fail the plan.
	Sets []s3store.Set
	Load func(s3store.Set) (*s3store.Manifest, error)

	// DBID of the database; 0 means that of Facts, or the only one in Sets.
	DBID   int64
	Target Target
	Mode   Mode

	// Facts is what the instance says now; the zero value means that nothing
	// is known. LocalLogs are archived logs on this host's disk whose files
	// exist.
	Facts     oracle.Facts
	LocalLogs []oracle.ArchivedLog
	// Exists tells of file names (control files, online redo members,
	// datafiles, SPFILE) whether they are on this host's disk. A name that is
	// not in it is unknown (an ASM file, or nobody looked).
	Exists map[string]bool

	// Present are the pieces that are here and intact: object key → path.
	// Bad are objects known to be missing or corrupt: object key → why.
	Present map[string]string
	Bad     map[string]string

	// RestoreDir is where pieces are downloaded to; scripts name it.
	RestoreDir string
	Channels   int // RMAN channels; 0 means RMAN's own choice
}
