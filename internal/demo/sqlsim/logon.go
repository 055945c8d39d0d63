package sqlsim

import (
	"strings"

	"orabak-tui/internal/demo/oradb"
)

// firstLogon does what the command line's logon asks for. With -L there is one
// try, and without it SQL*Plus would ask for a name, which a script cannot
// answer: both end here.
func (s *session) firstLogon(cmd cmdline, in *input) (code int, ok bool) {
	if strings.EqualFold(strings.TrimSpace(cmd.logon), "/nolog") {
		return 0, true
	}
	logon := cmd.logon
	if logon == "" {
		s.prompt("Enter user-name: ")
		line, more := in.next()
		if !more {
			return 1, false
		}
		logon = line
	}
	idle, err := s.logon(logon)
	if err != nil {
		s.sayError(err)
		if cmd.once {
			s.print("SP2-0751: Unable to connect to Oracle.  Exiting SQL*Plus")
		} else {
			s.print("SP2-0157: unable to CONNECT to ORACLE after 3 attempts, exiting SQL*Plus")
		}
		return 1, false
	}
	if !s.silent {
		s.greet(idle)
	}
	return 0, true
}

func (s *session) greet(idle bool) {
	if idle {
		s.print("Connected to an idle instance.", "")
		return
	}
	v := s.db.Version()
	s.print("", "Connected to:", "Oracle Database "+marketing(v)+" Enterprise Edition Release "+release(v)+" - Production")
	if major(v) >= 18 {
		s.print("Version " + v)
	}
	s.print("")
}

// prompt prints without a line end, unless silent.
func (s *session) prompt(text string) {
	if !s.silent {
		_, _ = s.out.WriteString(text)
	}
}

// logon checks who connects. idle tells that the instance is down, which only
// SYSDBA gets past.
func (s *session) logon(logon string) (idle bool, err error) {
	user, password, net, role := credentials(logon)
	sid := lookup(s.env, "ORACLE_SID")
	switch {
	case net == "" && sid == "":
		return false, oradb.Ora(12162, "TNS:net service name is incorrectly specified")
	case net != "" && !s.reachable(net):
		return false, oradb.Ora(12154, "TNS:could not resolve the connect identifier specified")
	case s.denied():
		return false, oradb.Ora(1031, "insufficient privileges")
	case user == "" && password == "" && role == "":
		return false, oradb.Ora(1017, "invalid username/password; logon denied")
	case user != "" && (!strings.EqualFold(user, "sys") || password != Password):
		return false, oradb.Ora(1017, "invalid username/password; logon denied")
	case user != "" && role == "":
		return false, oradb.Ora(28009, "connection as SYS should be as SYSDBA or SYSOPER")
	}
	in, err := s.db.Instance()
	if err != nil {
		return false, err
	}
	if in.State == oradb.Down && net != "" {
		return false, oradb.NotAvailable().Line("Process ID: 0").Line("Session ID: 0 Serial number: 0")
	}
	s.logged = true
	return in.State == oradb.Down, nil
}

// reachable tells whether a connect identifier means this database; with it a
// SID need not be set.
func (s *session) reachable(net string) bool {
	name := net[strings.LastIndexByte(net, '/')+1:]
	sid := lookup(s.env, "ORACLE_SID")
	return name != "" && (strings.EqualFold(name, s.db.SID()) || sid == "" && s.useSID(name))
}

// useSID takes the database of a SID that is named only in the identifier.
func (s *session) useSID(name string) bool {
	db, err := oradb.Open(s.db.Base(), strings.ToUpper(name))
	if err != nil {
		return false
	}
	s.db = db
	return true
}

// credentials takes a logon apart: user/password@net AS role.
func credentials(logon string) (user, password, net, role string) {
	logon = strings.Trim(strings.TrimSpace(logon), `"'`)
	if i := strings.LastIndex(strings.ToUpper(logon), " AS "); i >= 0 {
		logon, role = logon[:i], strings.TrimSpace(logon[i+4:])
	}
	if i := strings.IndexByte(logon, '@'); i >= 0 {
		logon, net = logon[:i], logon[i+1:]
	}
	user, password, _ = strings.Cut(strings.TrimSpace(logon), "/")
	return strings.Trim(user, `"`), strings.Trim(password, `"`), strings.TrimSpace(net), role
}

// connect is the CONNECT command.
func (s *session) connect(logon string) {
	s.logged = false
	idle, err := s.logon(logon)
	switch {
	case err != nil:
		s.sayError(err)
		s.failed(oraCode(err))
	case idle:
		s.print("Connected to an idle instance.")
	default:
		s.print("Connected.")
	}
}
