package rman

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
)

// defaultGrace is how long an interrupted RMAN may take to end by itself: its
// server processes finish the write they are in.
const defaultGrace = 30 * time.Second

// Runner starts RMAN for one instance. The zero values of the optional fields
// are useful; a Runner is not changed by use and may be used by several
// goroutines at once.
type Runner struct {
	Home    string        // ORACLE_HOME
	SID     string        // ORACLE_SID; may be empty when Target names a service
	Target  config.Secret // connect string; empty or "/" = operating system authentication
	Env     []string      // base environment, os.Environ if nil; see oracle.Environ
	Grace   time.Duration // from interrupt to kill; 0 = 30 s
	Silence time.Duration // give up after so long without a line; 0 = never
	NoPTY   bool          // read through a pipe even where a pseudo-terminal can be had
}

// Job is one run of RMAN. The functions are called from one goroutine, that of
// Run, in the order of the output; RMAN waits while they work.
type Job struct {
	Name   string                  // letters, digits, - and _: names the script file and errors
	Script *Script                 // what to do
	Dir    string                  // the run's folder; the script is written there and kept
	Log    io.Writer               // gets the whole output, line by line; may be nil
	OnLine func(time.Time, string) // each line as RMAN wrote it: clean it before showing; may be nil
	// OnEvent gets what the parser makes of the lines; may be nil.
	OnEvent func(Event)
	// Alive is asked before the watchdog acts: true when the silent RMAN is
	// known to work (a piece grows), which starts the wait anew. May be nil.
	Alive func() bool
}

// Result is how a job ended. It is filled, as far as things went, beside an
// error too.
type Result struct {
	ExitCode int      // of rman; -1 if it was killed or did not start
	Summary  *Summary // what the output adds up to; never nil
	Stack    *Stack   // the last error stack, nil if there is none
	Failed   bool     // exit status or error stack say so; then Run's error is an *Error
	Killed   bool     // it was interrupted or killed by us
	Elapsed  time.Duration
	Script   string // path of the script file, empty if it was not written
	LogErr   error  // first error of Job.Log; it does not stop RMAN
}

// Causes that an *Error wraps, besides the faults of package oracle.
var (
	// ErrSilent is RMAN printing nothing for longer than Runner.Silence.
	ErrSilent = errors.New("RMAN fell silent and was stopped; " +
		"look for waiting sessions (V$SESSION_WAIT), a full archive destination or hanging storage, or raise the limit")
	// ErrStack is an error stack in RMAN's output, whatever its exit status.
	ErrStack = errors.New("RMAN reported an error stack")
	// ErrExit is an exit status other than 0.
	ErrExit = errors.New("RMAN ended with an error status")
)

// Error is a failed job.
type Error struct {
	Step   string // the job's name
	Exit   int    // rman's exit status, -1 if it was killed or did not start
	Stack  *Stack // nil if RMAN printed none
	Root   string // code of the root cause, empty if there is none
	Text   string // the message of the root cause, or what went wrong
	Remedy string // what to do next, as far as the catalogue knows
	Err    error  // ErrSilent, ErrStack, ErrExit, ErrLocalized, an *oracle.Fault, or the context's cause
}

// Error says which job failed, why, and what to do next.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rman %s: ", e.Step)
	if e.Root != "" {
		b.WriteString(e.Root + ": ")
	}
	b.WriteString(e.Text)
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Check finds what keeps RMAN from being started at all. The error wraps an
// *oracle.Fault.
func (r *Runner) Check() error {
	if _, err := oracle.Tool(r.Home, "rman"); err != nil {
		return err
	}
	if r.SID == "" && !r.remote() {
		return oracle.ErrNoSID
	}
	return nil
}

// remote tells whether the target is more than operating system authentication.
func (r *Runner) remote() bool {
	target := strings.TrimSpace(r.Target.Reveal())
	return target != "" && target != "/"
}

// Run writes the script, runs RMAN on it and returns when RMAN has ended and
// all its output was handled. When ctx ends, RMAN's process group is
// interrupted, and killed after Grace; the error then wraps the context's
// cause. A nil error means exit status 0 and no error stack; whether the step
// did what was wanted is for the engine to judge, by Summary and repository.
func (r *Runner) Run(ctx context.Context, job Job) (Result, error) {
	result := Result{ExitCode: -1, Summary: NewSummary()}
	if err := r.Check(); err != nil {
		return result, startError(job, err)
	}
	files, err := r.writeFiles(job)
	result.Script = files.script
	if err != nil {
		return result, startError(job, err)
	}
	defer files.discard()
	began := time.Now()
	s := r.newSession(job, files, &result)
	err = s.run(ctx, r.command(job, files))
	result.Elapsed = time.Since(began)
	if err != nil {
		return result, startError(job, err)
	}
	return result, r.verdict(job, s, &result)
}

func startError(job Job, err error) *Error {
	return &Error{Step: job.Name, Exit: -1, Text: err.Error(), Err: err}
}

// command builds the call. Only operating system authentication stands in the
// arguments, where every user of the host can read it. The msgno switch is not
// used: the texts under the pinned language are known from logs of all releases,
// many of the numbers from none, and the parser reads both.
func (r *Runner) command(job Job, files jobFiles) *exec.Cmd {
	path, _ := oracle.Tool(r.Home, "rman") // Check has seen it
	args := []string{"target", "/", "nocatalog", "cmdfile=" + files.argument}
	if r.remote() {
		args = args[2:]
	}
	cmd := exec.Command(path, args...)
	cmd.Env = oracle.Environ(r.Env, r.Home, r.SID)
	cmd.Dir = job.Dir
	return cmd
}

// verdict decides by exit status and error stack, both.
func (r *Runner) verdict(job Job, s *session, result *Result) error {
	result.Stack = result.Summary.Stack()
	e := &Error{Step: job.Name, Exit: result.ExitCode, Stack: result.Stack}
	e.Root, e.Text = rootCause(result.Summary)
	switch {
	case s.stopped != nil:
		e.Root, e.Text, e.Err = "", "stopped: "+s.stopped.Error(), s.stopped
	case result.Stack != nil:
		e.Err = ErrStack
	case result.ExitCode != 0:
		e.Err = ErrExit
	case result.Summary.Localized:
		e.Root, e.Text, e.Err = "", ErrLocalized.Error(), ErrLocalized
	default:
		return nil
	}
	result.Failed = true
	if e.Text == "" {
		e.Text = fmt.Sprintf("%v (exit status %d)%s", e.Err, result.ExitCode, s.lastWords())
	}
	e.explain()
	return e
}

// explain adds the remedy of the root cause.
func (e *Error) explain() {
	if e.Root == "" {
		return
	}
	if entry, ok := Lookup(e.Root); ok {
		e.Remedy = entry.Remedy
	}
	if f := oracle.FaultOf(e.Root); f != nil {
		e.Remedy, e.Err = f.Remedy, f
	}
}

// rootCause singles out the code that explains a failure: of the last stack,
// else the last error outside of one.
func rootCause(s *Summary) (code, text string) {
	if stack := s.Stack(); stack != nil {
		root := stack.Root()
		return root.Code, root.Text
	}
	if n := len(s.Errors); n > 0 {
		return s.Errors[n-1].Code, s.Errors[n-1].Text
	}
	return "", ""
}
