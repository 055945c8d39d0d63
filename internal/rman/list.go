package rman

import (
	"fmt"
	"strings"
	"time"
)

// BackupSet is one set of LIST BACKUP. Times are as RMAN printed them (ParseTime
// reads the pinned format).
type BackupSet struct {
	Key         int64
	Type        string // "Full", "Incr" or "Archived Log"
	Level       int    // -1 unless Type is "Incr"
	Size        string // rounded by RMAN: "313.03M"
	Device      string
	Elapsed     string
	Completed   string
	Container   string // PDB whose datafiles the set holds, empty for a non-CDB and the root
	Pieces      []ListedPiece
	Datafiles   []ListedDatafile
	Logs        []ListedLog
	ControlFile *ListedControlFile
	SPFile      *ListedSPFile
}

// ListedPiece is one copy of one piece of a set.
type ListedPiece struct {
	Key        int64
	Number     int // from 1
	Copy       int // from 1
	Status     string
	Compressed bool
	Tag        string
	Handle     string
	Media      string // SBT only
}

// ListedDatafile is a datafile in a set.
type ListedDatafile struct {
	File     int
	Level    int    // -1 for full
	Type     string // Full, Incr
	SCN      int64  // checkpoint SCN
	Time     string // checkpoint time
	FuzzySCN int64  // absolute fuzzy SCN, 0 if none (12.2 and later)
	Name     string
}

// ListedLog is an archived log in a set.
type ListedLog struct {
	Thread   int
	Sequence int64
	LowSCN   int64
	LowTime  string
	NextSCN  int64
	NextTime string
}

// ListedControlFile is a control file in a set.
type ListedControlFile struct {
	SCN     int64
	Time    string
	Standby bool
}

// ListedSPFile is an SPFILE in a set.
type ListedSPFile struct {
	Modified string
}

// SummaryRow is one row of LIST BACKUP SUMMARY.
type SummaryRow struct {
	Key        int64
	Type       string // B set, P proxy copy
	Level      string // F full, A archived log, 0, 1
	Status     string // A available, U unavailable, X expired, * differs among pieces
	Device     string
	Completed  string
	Pieces     int
	Copies     int
	Compressed bool
	Tag        string
}

// ArchivedLog is one row of LIST ARCHIVELOG.
type ArchivedLog struct {
	Key      int64
	Thread   int
	Sequence int64
	Status   string // A available, U unavailable, X expired
	LowTime  string
	Name     string
}

// Incarnation is one row of LIST INCARNATION.
type Incarnation struct {
	DBKey     int64
	Key       int64 // for RESET DATABASE TO INCARNATION
	DBName    string
	DBID      int64
	Status    string // CURRENT, PARENT, ORPHAN; 9i: YES or NO
	ResetSCN  int64
	ResetTime string
}

// Schema is REPORT SCHEMA.
type Schema struct {
	Datafiles []SchemaFile
	Tempfiles []SchemaFile
}

// SchemaFile is a datafile or tempfile of REPORT SCHEMA.
type SchemaFile struct {
	File       int
	MegaBytes  int64
	Tablespace string // "PDB:TABLESPACE" in a container other than the root
	Rollback   bool   // holds undo or rollback segments; datafiles only
	MaxMB      int64  // tempfiles only
	Name       string
}

// ParseTime reads a time that RMAN printed in the format this package pins
// (YYYY-MM-DD HH24:MI:SS), in the database host's zone.
func ParseTime(s string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateTime, strings.Replace(strings.TrimSpace(s), "T", " ", 1), zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("RMAN printed %q where a time YYYY-MM-DD HH24:MI:SS was expected: "+
			"NLS_DATE_FORMAT was not what this program sets", s)
	}
	return t, nil
}
