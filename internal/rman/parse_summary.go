package rman

// Outcome is what a transcript comes to.
type Outcome string

// The outcomes.
const (
	Success Outcome = "success"
	Failure Outcome = "failure"
	Partial Outcome = "partial" // some command failed and some worked
	Unknown Outcome = "unknown" // cut, or nothing happened
)

// Piece is a backup piece that the transcript names.
type Piece struct {
	Handle     string
	Tag        string // empty if the line has none
	Comment    string // NONE on disk, the media manager's version on SBT
	Channel    string // empty if RMAN does not say
	Number     int    // in its set, 0 if RMAN does not say
	Autobackup bool
	Line       int
}

// StepLog is a command's "Starting … / Finished …" pair.
type StepLog struct {
	Name     string
	Begin    int // line, 0 if the transcript begins later
	End      int // line, 0 if it never finished
	Finished bool
}

// Message is a code that RMAN printed outside of an error stack.
type Message struct {
	Code    string
	Text    string
	Channel string   // if RMAN printed it
	Detail  []string // lines without a code that follow
	Line    int
}

// Danger is a line that makes a step doubtful although RMAN may call it finished:
// an empty datafile created, another backup tried, a piece that could not be
// read, files skipped, a job given up.
type Danger struct {
	Kind Kind
	Text string
	File int // datafile number, 0 if none
	Line int
}

// Summary adds up the events of one transcript. Feed it by Add, then ask.
type Summary struct {
	Version   string // as printed: "19.23.0.0.0"
	DBName    string
	DBID      int64
	Written   []Piece
	Read      []Piece
	Steps     []StepLog // in the order they began
	Errors    []Message
	Warnings  []Message
	Stacks    []*Stack
	Dangers   []Danger
	NoParent  []int // datafiles that got a new base instead of a level 1
	Complete  bool  // RMAN ended by itself
	Localized bool
}

// NewSummary gives an empty summary.
func NewSummary() *Summary { return &Summary{} }

// Add takes the next event.
func (s *Summary) Add(e Event) {}

// Outcome tells what the transcript comes to, at any time.
func (s *Summary) Outcome() Outcome { return Unknown }

// Stack is the last error stack, nil if there is none.
func (s *Summary) Stack() *Stack {
	if len(s.Stacks) == 0 {
		return nil
	}
	return s.Stacks[len(s.Stacks)-1]
}
