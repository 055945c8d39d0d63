package oracle

import (
	"context"
	"io"
	"time"

	"orabak-tui/internal/config"
)

// Options name the instance and how to reach it.
type Options struct {
	Home    string        // ORACLE_HOME
	SID     string        // ORACLE_SID; may be empty when Target names a service
	Target  config.Secret // connect string of RMAN_TARGET; empty or "/" = operating system authentication
	Env     []string      // base environment, os.Environ if nil; see Environ
	Timeout time.Duration // limit of one question; 0 = two minutes
	// SQLPlus stands in for the process: the demo answers questions about its
	// invented history without starting thousands. Nil runs ORACLE_HOME's own.
	SQLPlus func(args []string, stdin io.Reader, out io.Writer, env []string) (exit int)
}

// Instance asks one Oracle instance. It keeps no connection and no state; it is
// safe for use by several goroutines. Errors wrap a *Fault where Oracle's tools
// cannot be used at all, an *Error where a question failed.
type Instance struct{ opt Options }

// New returns an Instance; it does not connect.
func New(opt Options) *Instance {
	if opt.Timeout <= 0 {
		opt.Timeout = 2 * time.Minute
	}
	return &Instance{opt: opt}
}

// Check finds what is wrong before anything is asked: ORACLE_HOME, ORACLE_SID
// and the two programs. The error wraps a *Fault.
func (i *Instance) Check() error {
	for _, tool := range []string{"sqlplus", "rman"} {
		if _, err := Tool(i.opt.Home, tool); err != nil {
			return err
		}
	}
	return i.checkSID()
}

func (i *Instance) checkSID() error {
	if i.opt.SID == "" && i.local() {
		return ErrNoSID
	}
	return nil
}

// Status asks for the state of the instance. An instance that does not run is
// Down, not an error.
func (i *Instance) Status(ctx context.Context) (Status, error) {
	f := &Facts{}
	err := i.askInstance(ctx, f)
	return f.Status, err
}

// Facts asks everything that the state of the instance allows. An instance that
// does not run gives Facts of Status Down, not an error, and one that lost its
// control file while it runs gives ControlfileLost. Views that the instance
// does not have are in Unknown.
func (i *Instance) Facts(ctx context.Context) (*Facts, error) {
	f := &Facts{UTCOffsetMinutes: localOffset(time.Now()), Config: map[string]string{}}
	if err := i.askInstance(ctx, f); err != nil {
		return nil, err
	}
	if f.Status == Down {
		return f, nil
	}
	if f.Status == NoMount {
		if err := i.askStarted(ctx, f); err != nil {
			return nil, err
		}
		return f, nil
	}
	if err := i.askMounted(ctx, f); lostControlfile(err) {
		return withoutControlfile(f, err), nil
	} else if err != nil {
		return nil, err
	}
	return f, nil
}

func localOffset(now time.Time) int {
	_, seconds := now.Zone()
	return seconds / 60
}
