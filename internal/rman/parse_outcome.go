package rman

import "strings"

// Outcome is what a transcript comes to.
type Outcome string

// The outcomes.
const (
	Success Outcome = "success"
	Failure Outcome = "failure"
	Partial Outcome = "partial" // some command failed and some worked
	Unknown Outcome = "unknown" // cut, or nothing happened
)

// verdict weighs the events for an outcome.
//
// A command that fails fails what was built up to it: RESTORE, RECOVER and OPEN
// are one job, whose last link decides. It is a part only that failed where a
// command of the same kind worked too, or where work went on afterwards.
type verdict struct {
	worked   map[string]int // commands that finished, by step name
	atPrompt int            // backups that had finished at the last prompt
	failed   []string       // kinds of the commands that failed
	pending  bool           // an error that nothing has answered yet
	carrier  string         // the command that it says has failed, if it says so
	open     int            // steps that have begun and not finished
	after    bool           // something worked after the last failure
	same     bool           // a command of a failed one's kind worked before it
	touched  bool           // anything was done at all
	control  bool           // this restore brought back a control file or SPFILE
	files    bool           // this restore brought back datafiles or archived logs
	suspect  bool           // a backup could not be read
	lost     bool           // a datafile was created empty instead
}

func (v *verdict) add(e Event) {
	switch e.Kind {
	case KindStepBegin:
		v.begin(e.Name)
	case KindRestoreControl, KindRestoreSPFile:
		v.control = true
	case KindRestoreDatafile, KindRestoreLog:
		v.files = true
	case KindStepEnd:
		v.finish(e.Name)
	case KindStackEnd:
		v.stack(e.Stack)
	case KindError:
		v.inline(e)
	case KindChannelDisabled:
		v.pending, v.carrier = false, ""
	case KindJobGivenUp, KindInterrupt:
		v.fail("")
	case KindRecoveryFailed:
		v.pending = true
	case KindFailover, KindPieceError:
		v.suspect = true
	case KindCreatingDatafile:
		v.lost = v.lost || v.suspect
	case KindPrompt:
		v.settle()
		v.atPrompt = v.worked["backup"]
	case KindComplete:
		v.settle()
		v.touched = true
	case KindSQL, KindStatement, KindMounted, KindOpened, KindStarted, KindShutDown, KindCataloged,
		KindDeletedLog, KindDeletedPiece:
		v.work()
	case KindSetEnd, KindPieceWritten, KindPieceRead, KindRestoreEnd, KindValidateEnd, KindPieceStatus,
		KindListing, KindDone, KindRecoveryEnd:
		v.touched = true
	}
}

func (v *verdict) begin(step string) {
	v.open++
	if step == "restore" {
		v.control, v.files = false, false
	}
}

// work notes that a command did something, which answers an error before it.
func (v *verdict) work() {
	v.touched, v.after, v.pending, v.carrier = true, true, false, ""
}

// settle ends a command: RMAN prints a stack where one fails, so an error that
// got none stopped nothing, unless the transcript lost the banner and a step was
// left open, or the error itself names the command that failed.
func (v *verdict) settle() {
	if v.pending && (v.carrier != "" || v.open > 0) {
		v.fail(v.carrier)
	}
	v.pending, v.carrier, v.open = false, "", 0
}

// finish counts a step. To restore the control file prepares the restore that
// follows, and is none of its kind.
func (v *verdict) finish(step string) {
	v.touched = true
	v.open = max(v.open-1, 0)
	if step == "restore" && v.control && !v.files {
		step = "restore control file"
	}
	v.worked[step]++
	if !strings.HasPrefix(step, "implicit ") {
		v.work()
	}
}

// inline weighs an error outside of a stack: RMAN may go on, or the excerpt ends
// there.
func (v *verdict) inline(e Event) {
	v.pending = true
	if command := failedCommand(e.Name); command != "" {
		v.carrier = command
	}
	switch e.Code {
	case "ORA-19870", "ORA-19505", "ORA-19502", "ORA-27072", "ORA-19507", "ORA-19511", "ORA-19599", "ORA-19612":
		v.suspect = true
	}
}

func (v *verdict) stack(s *Stack) {
	command := ""
	for _, l := range s.Lines {
		if command = failedCommand(l.Text); command != "" {
			break
		}
	}
	v.fail(command)
	v.open = 0
}

// fail notes that a command failed. BACKUP … PLUS ARCHIVELOG is one command
// that prints several steps: those before its failure were its own.
func (v *verdict) fail(command string) {
	v.failed = append(v.failed, command)
	v.pending, v.carrier, v.after = false, "", false
	worked := v.worked[command]
	if command == "backup plus archivelog" {
		worked = v.atPrompt
	}
	v.same = v.same || worked > 0
}

// failedCommand reads "failure of X command …".
func failedCommand(text string) string {
	rest, ok := strings.CutPrefix(text, "failure of ")
	if !ok {
		return ""
	}
	command, _, ok := strings.Cut(rest, " command")
	if !ok {
		return ""
	}
	return command
}

// Outcome tells what the transcript comes to so far.
func (s *Summary) Outcome() Outcome {
	v := &s.verdict
	switch {
	case len(v.failed) > 0 && (v.after || v.same):
		return Partial
	case len(v.failed) > 0, v.pending, v.lost:
		return Failure
	case !v.touched, len(s.open) > 0 && !s.Complete:
		return Unknown
	}
	return Success
}
