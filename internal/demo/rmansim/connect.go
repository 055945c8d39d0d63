package rmansim

import (
	"fmt"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// connectArgument connects as the command line says.
func (s *session) connectArgument() *failure {
	if s.args.hasTarget {
		if f := s.connect(s.args.target); f != nil {
			return f
		}
	}
	if s.args.nocatalog && s.connected {
		s.noteRepository()
	}
	return nil
}

// connect logs on to the target database and tells its state.
func (s *session) connect(target string) *failure {
	if f := s.logon(target); f != nil {
		return f
	}
	s.connected = true
	state, f := s.describeTarget()
	if f != nil {
		return f
	}
	s.out.say(6005, "connected to target database%s", state)
	return nil
}

// logon checks who connects. "/" needs the operating system's group, anything
// else a password file; the demo's password is that of SYS, "demo".
func (s *session) logon(target string) *failure {
	init := fail("RMAN-00554: initialization of internal recovery manager package failed")
	if s.prog.lookup("ORACLE_SID") == "" && !strings.Contains(target, "@") {
		return init.and("RMAN-04005: error from target database: ").and("ORA-12162: TNS:net service name is incorrectly specified")
	}
	user, password, net := credentials(target)
	if net != "" && !strings.EqualFold(net, s.db.SID()) {
		return init.and("RMAN-04005: error from target database: ").
			and("ORA-12154: TNS:could not resolve the connect identifier specified")
	}
	if s.faults.Denied {
		return init.and("RMAN-04005: error from target database: ").and("ORA-01031: insufficient privileges")
	}
	if user == "" && password == "" && net == "" {
		return nil
	}
	if !strings.EqualFold(user, "sys") || password != "demo" {
		return init.and("RMAN-04005: error from target database: ").and("ORA-01017: invalid username/password; logon denied")
	}
	return nil
}

// describeTarget is what follows "connected to target database".
func (s *session) describeTarget() (string, *failure) {
	in, err := s.db.Instance()
	if err != nil {
		return "", asFailure(err)
	}
	switch in.State {
	case oradb.Down:
		return " (not started)", nil
	case oradb.NoMount:
		return fmt.Sprintf(": %s (not mounted)", instanceName(in)), nil
	}
	c, err := s.db.Control()
	if err != nil {
		return "", &failure{lines: append([]string{
			"RMAN-00554: initialization of internal recovery manager package failed",
			"RMAN-06003: ORACLE error from target database: "}, messagesOf(err)...)}
	}
	open := ""
	if in.State == oradb.Mounted {
		open = ", not open"
	}
	return fmt.Sprintf(": %s (DBID=%d%s)", c.Name, c.DBID, open), nil
}

// instanceName is the database name an instance without a control file goes
// by.
func instanceName(in oradb.Instance) string {
	if in.Dummy {
		return "DUMMY"
	}
	return strings.ToUpper(in.Params["db_name"])
}

// connectCommand is CONNECT TARGET at the prompt.
func (s *session) connectCommand(c *syntax.Connect) error {
	if s.connected {
		return fail("RMAN-06167: already connected")
	}
	s.out.blank()
	if f := s.connect(c.Target); f != nil {
		f.bare = true
		return f
	}
	return nil
}

// require checks that the instance is at least in the given state.
func (s *session) require(state oradb.State) error {
	if !s.connected {
		return notConnected()
	}
	in, err := s.db.Instance()
	if err != nil {
		return err
	}
	switch {
	case in.State == oradb.Down:
		f := fail("RMAN-06403: could not obtain a fully authorized session")
		return &failure{lines: append(f.lines, messagesOf(oradb.NotAvailable())...)}
	case in.State < oradb.Mounted && state >= oradb.Mounted:
		return oradb.Ora(1507, "database not mounted")
	case in.State < oradb.Opened && state == oradb.Opened:
		return oradb.Ora(1109, "database not open")
	}
	return s.checkDBID(in.State)
}

// checkDBID refuses a mounted database that is not the one SET DBID named.
func (s *session) checkDBID(state oradb.State) error {
	if s.dbid == 0 || state < oradb.Mounted {
		return nil
	}
	c, err := s.db.Control()
	if err != nil {
		return err
	}
	if c.DBID != s.dbid {
		return fail("RMAN-06189: current DBID %d does not match target mounted database (%d)", s.dbid, c.DBID)
	}
	return nil
}
