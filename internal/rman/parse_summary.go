package rman

import "strings"

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

// Message is a code that RMAN printed, with its text.
type Message struct {
	Code    string
	Text    string
	Channel string   // if RMAN printed it
	Detail  []string // lines without a code that follow
	Line    int
}

// Danger is a line that makes a step doubtful although RMAN may call it finished:
// an empty datafile created, another backup tried, a piece that could not be
// read, files skipped, a job given up, an error outside of a stack.
type Danger struct {
	Kind Kind
	Code string // of an error
	Text string
	File int // datafile number, 0 if none
	Line int
}

// Summary adds up the events of one transcript. Feed it by Add, then ask.
type Summary struct {
	Version   string // as printed: "19.23.0.0.0"
	DBName    string
	DBID      int64 // 0 if the transcript does not tell
	Written   []Piece
	Read      []Piece
	Steps     []StepLog // in the order they began
	Errors    []Message // codes outside of a stack that are no warnings
	Warnings  []Message
	Stacks    []*Stack
	Dangers   []Danger
	NoParent  []int // datafiles that got a new base instead of a level 1
	Complete  bool  // RMAN ended by itself
	Localized bool

	nameRank, dbidRank int
	ownBanner          bool  // the version line belongs to the banner that gave Version
	open               []int // steps that have begun, as indexes of Steps
	lastMessage        *Message
	verdict            verdict
}

// NewSummary gives an empty summary.
func NewSummary() *Summary { return &Summary{verdict: verdict{worked: map[string]int{}}} }

// Add takes the next event.
func (s *Summary) Add(e Event) {
	s.verdict.add(e)
	switch e.Kind {
	case KindVersion:
		s.addVersion(e)
	case KindConnected:
		s.identify(e, 3)
	case KindIdentity:
		s.identify(e, 2)
	case KindAuxiliary:
		s.identify(e, 1)
	case KindPrompt:
		s.addPrompt(e)
	case KindStepBegin:
		s.open = append(s.open, len(s.Steps))
		s.Steps = append(s.Steps, StepLog{Name: e.Name, Begin: e.Line})
	case KindStepEnd:
		s.endStep(e)
	case KindPieceWritten:
		s.Written = append(s.Written, pieceOf(e))
	case KindPieceRead:
		s.Read = append(s.Read, pieceOf(e))
	case KindNoParent:
		s.NoParent = append(s.NoParent, e.File)
	case KindComplete:
		s.Complete = true
	case KindLocalized:
		s.Localized = true
	default:
		s.addTrouble(e)
	}
}

func (s *Summary) addTrouble(e Event) {
	switch e.Kind {
	case KindError:
		s.message(&s.Errors, e)
		s.danger(e)
	case KindWarning:
		s.message(&s.Warnings, e)
	case KindNotCataloged:
		if e.Code != "" {
			s.message(&s.Warnings, e)
		}
		s.danger(e)
	case KindDetail:
		if s.lastMessage != nil {
			s.lastMessage.Detail = append(s.lastMessage.Detail, e.Text)
		}
	case KindStackEnd:
		s.Stacks = append(s.Stacks, e.Stack)
		s.open = nil
	case KindFailover:
		if e.Handle != "" {
			s.Read = append(s.Read, pieceOf(e))
		}
		s.danger(e)
	case KindCreatingDatafile, KindPieceError, KindSkippedDatafile, KindJobGivenUp, KindChannelDisabled,
		KindRecoveryFailed, KindInterrupt:
		s.danger(e)
	}
}

func pieceOf(e Event) Piece {
	return Piece{Handle: e.Handle, Tag: e.Tag, Comment: e.Comment, Channel: e.Channel, Number: e.Number,
		Autobackup: e.Autobackup, Line: e.Line}
}

// message keeps an error or warning; its details follow in later events.
func (s *Summary) message(list *[]Message, e Event) {
	*list = append(*list, Message{Code: e.Code, Text: e.Name, Channel: e.Channel, Line: e.Line})
	s.lastMessage = &(*list)[len(*list)-1]
}

func (s *Summary) danger(e Event) {
	s.Dangers = append(s.Dangers, Danger{Kind: e.Kind, Code: e.Code, Text: e.Text, File: e.File, Line: e.Line})
}

// addVersion takes the first session's release; from 18c on a second line
// behind the banner has the exact one.
func (s *Summary) addVersion(e Event) {
	exact := strings.HasPrefix(e.Text, "Version ")
	switch {
	case exact && s.ownBanner, s.Version == "":
		s.Version = e.Version
	}
	s.ownBanner = !exact && s.Version == e.Version
	if !exact {
		s.Complete = false
	}
}

// identify takes the database's name and DBID from the best source so far. The
// instance that RMAN starts without a parameter file is called DUMMY.
func (s *Summary) identify(e Event, rank int) {
	if e.Name != "" && e.Name != "DUMMY" && rank > s.nameRank {
		s.DBName, s.nameRank = e.Name, rank
	}
	if e.DBID != 0 && rank > s.dbidRank {
		s.DBID, s.dbidRank = e.DBID, rank
	}
}

// addPrompt: a prompt tells that the command before is over, and may echo SET
// DBID.
func (s *Summary) addPrompt(e Event) {
	s.open = nil
	if !hasFold(e.Name, "set dbid") {
		return
	}
	id := number(strings.TrimLeft(e.Name[len("set dbid"):], " ="))
	s.identify(Event{DBID: id}, 2)
}

func (s *Summary) endStep(e Event) {
	for i := len(s.open) - 1; i >= 0; i-- {
		step := &s.Steps[s.open[i]]
		if step.Name == e.Name {
			step.End, step.Finished = e.Line, true
			s.open = s.open[:i]
			return
		}
	}
	s.Steps = append(s.Steps, StepLog{Name: e.Name, End: e.Line, Finished: true})
}

// Stack is the last error stack, nil if there is none.
func (s *Summary) Stack() *Stack {
	if len(s.Stacks) == 0 {
		return nil
	}
	return s.Stacks[len(s.Stacks)-1]
}

// Finished counts the steps of a name that finished.
func (s *Summary) Finished(name string) int {
	n := 0
	for _, step := range s.Steps {
		if step.Finished && step.Name == name {
			n++
		}
	}
	return n
}
