package rman

// Severity says what a code means where it is printed.
type Severity string

// The severities.
const (
	Fatal   Severity = "fatal"   // a cause of failure
	Warning Severity = "warning" // the command goes on; may need a look
	Carrier Severity = "carrier" // wraps another error, never the cause
	Detail  Severity = "detail"  // tells where, belongs to the code beside it
	Info    Severity = "info"    // no error: the number that the msgno switch prints
)

// Retry says whether running the same command again helps.
type Retry string

// What a retry does.
const (
	RetryNever    Retry = "never"     // it would fail the same way, or do harm
	RetryAfterFix Retry = "after-fix" // once the cause is removed
	RetryHelps    Retry = "helps"     // the cause is often passing
)

// Entry is what the catalogue knows of one code.
type Entry struct {
	Code     string // RMAN-nnnnn or ORA-nnnnn
	Title    string // one line
	Cause    string
	Remedy   string
	Severity Severity
	Retry    Retry
}

// catalogue holds the entries by code. It is written once, at start.
var catalogue = index(carriers, warnings, spaceErrors, pieceErrors, instanceErrors, connectErrors, recoveryErrors,
	backupErrors, repositoryErrors, infos)

func index(tables ...[]Entry) map[string]Entry {
	byCode := make(map[string]Entry)
	for _, table := range tables {
		for _, e := range table {
			byCode[e.Code] = e
		}
	}
	return byCode
}

// Lookup finds the entry of a code; false if the catalogue lacks it.
func Lookup(code string) (Entry, bool) {
	e, ok := catalogue[code]
	return e, ok
}
