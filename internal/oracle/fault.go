package oracle

import "errors"

// Fault is a reason why Oracle's tools cannot be used at all, with what to do
// about it. The values below are compared with errors.Is.
type Fault struct {
	Code   string // ORA- code, if Oracle said it
	Text   string // what is wrong
	Remedy string // what to do next
}

// Error gives code, text and remedy.
func (f *Fault) Error() string {
	text := f.Text + "; " + f.Remedy
	if f.Code != "" {
		return f.Code + ": " + text
	}
	return text
}

// The faults that a person meets before the first answer.
var (
	ErrNoHome = &Fault{Text: "ORACLE_HOME is not set or is not a folder",
		Remedy: "set ORACLE_HOME to the database's installation, as in /etc/oratab"}
	ErrNoSID = &Fault{Text: "ORACLE_SID is not set",
		Remedy: "set ORACLE_SID to the instance's name, as in /etc/oratab"}
	ErrNoTool = &Fault{Text: "the program is not there",
		Remedy: "check ORACLE_HOME: its bin folder must hold rman and sqlplus"}
	ErrToolDenied = &Fault{Text: "the program may not be executed by this user",
		Remedy: "run as the user that owns the Oracle software, or have it added to its group"}
	ErrNotDBA = &Fault{Code: "ORA-01031", Text: "insufficient privileges",
		Remedy: "run as a member of the OSDBA group (usually dba), with ORACLE_HOME and ORACLE_SID exactly as the instance was started"}
	ErrBadLogin = &Fault{Code: "ORA-01017", Text: "user name or password refused",
		Remedy: "check RMAN_TARGET; as \"/\" it needs membership of the OSDBA group"}
	ErrNoService = &Fault{Code: "ORA-12162", Text: "no instance is named",
		Remedy: "set ORACLE_SID, or name a service in RMAN_TARGET"}
	ErrUnreachable = &Fault{Code: "ORA-12514", Text: "the database cannot be reached over the network",
		Remedy: "check the service in RMAN_TARGET, tnsnames.ora, and with lsnrctl status that the listener knows the instance"}
	ErrNotRunning = &Fault{Code: "ORA-01034", Text: "the instance is not running",
		Remedy: "start it, or check that ORACLE_SID and ORACLE_HOME are those of the running instance"}
	ErrTransition = &Fault{Code: "ORA-01033", Text: "the instance is starting or shutting down",
		Remedy: "wait until it has finished, then try again"}
)

// FaultOf returns the fault that an ORA- code stands for, nil if none does.
func FaultOf(code string) *Fault {
	switch code {
	case "ORA-01031":
		return ErrNotDBA
	case "ORA-01017":
		return ErrBadLogin
	case "ORA-12162":
		return ErrNoService
	case "ORA-01034", "ORA-27101": // the latter: no shared memory
		return ErrNotRunning
	case "ORA-01090", "ORA-01089", "ORA-01033":
		return ErrTransition
	case "ORA-12154", "ORA-12505", "ORA-12514", "ORA-12541", "ORA-12545", "ORA-12170":
		return ErrUnreachable
	}
	return nil
}

// Remedy returns what err says to do next, empty if it holds no Fault.
func Remedy(err error) string {
	var f *Fault
	if errors.As(err, &f) {
		return f.Remedy
	}
	return ""
}
