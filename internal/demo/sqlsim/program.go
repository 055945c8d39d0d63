package sqlsim

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"orabak-tui/internal/demo/oradb"
)

// DeniedFile is the file below the demo's base folder whose JSON field "denied"
// makes every logon fail with ORA-01031. The simulated rman reads the same file.
const DeniedFile = "faults.json"

// Password is that of SYS for logons that are not by the operating system.
const Password = "demo"

// session is one run of sqlplus.
type session struct {
	ctx    context.Context
	out    *bufio.Writer
	env    []string
	db     *oradb.DB
	silent bool
	logged bool // connected, if only to an idle instance
	set    settings
	zone   *time.Location
	nls    string // NLS_DATE_FORMAT
	format map[string]string
	define map[string]string

	onError  exitRule // WHENEVER SQLERROR
	onOS     exitRule // WHENEVER OSERROR
	lastCode int      // SQL.SQLCODE
	exit     *int     // set by EXIT
	scripts  int      // depth of @
	buffer   string   // the statement that / runs
}

// exitRule is what a WHENEVER asks for.
type exitRule struct {
	exit bool
	code string // SUCCESS, FAILURE, WARNING, SQL.SQLCODE or a number
}

// Main runs sqlplus and returns its exit status. args are without the program's
// name; env is as os.Environ. Standard error is never written to, as with the
// real program.
func Main(args []string, stdin io.Reader, stdout, _ io.Writer, env []string) int {
	s := &session{
		ctx: context.Background(), out: bufio.NewWriter(stdout), env: env, set: defaultSettings(),
		format: map[string]string{}, define: map[string]string{}, zone: time.Local, nls: sessionDateFormat(env),
	}
	defer func() { _ = s.out.Flush() }()
	if name := lookup(env, "TZ"); name != "" {
		if zone, err := time.LoadLocation(name); err == nil {
			s.zone = zone
		}
	}
	return s.main(args, stdin)
}

func lookup(env []string, name string) (value string) {
	for _, e := range env {
		if k, v, _ := strings.Cut(e, "="); k == name {
			value = v
		}
	}
	return value
}

// sessionDateFormat is NLS_DATE_FORMAT, which counts only beside NLS_LANG.
func sessionDateFormat(env []string) string {
	if lookup(env, "NLS_LANG") == "" {
		return ""
	}
	return lookup(env, "NLS_DATE_FORMAT")
}

// cmdline is a parsed command line.
type cmdline struct {
	silent, once, version bool
	logon                 string // empty: ask for it
	script                string
	args                  []string
}

// parseArgs reads sqlplus [-S] [-L] [logon] [@script [args]]. ok is false for an
// option that sqlplus does not have.
func parseArgs(args []string) (c cmdline, ok bool) {
	var words []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch up := strings.ToUpper(a); {
		case up == "-S" || up == "-SILENT":
			c.silent = true
		case up == "-L" || up == "-LOGON":
			c.once = true
		case up == "-V" || up == "-VERSION":
			c.version = true
		case up == "-R" || up == "-RESTRICT" || up == "-M" || up == "-MARKUP" || up == "-C":
			i++
		case up == "-NOLOGINTIME" || up == "-F" || up == "-FAST":
		case strings.HasPrefix(a, "-"):
			return c, false
		default:
			words = append(words, a)
		}
	}
	for i, w := range words {
		if strings.HasPrefix(w, "@") && len(w) > 1 && (i > 0 || !strings.Contains(w, "/")) || strings.HasPrefix(w, "@/") {
			c.script, c.args = w[1:], words[i+1:]
			words = words[:i]
			break
		}
	}
	c.logon = strings.Join(words, " ")
	return c, true
}

func (s *session) main(args []string, stdin io.Reader) int {
	home := lookup(s.env, "ORACLE_HOME")
	if st, err := os.Stat(filepath.Join(home, "bin")); home == "" || err != nil || !st.IsDir() {
		s.print("Error 6 initializing SQL*Plus", "SP2-0667: Message file sp1<lang>.msb not found",
			"SP2-0750: You may need to set ORACLE_HOME to your Oracle software directory")
		return 1
	}
	cmd, ok := parseArgs(args)
	if !ok {
		s.print("SP2-0306: Invalid option.", "Usage: sqlplus [-S] [-L] [<logon>] [@<script> [<parameters>]]")
		return 1
	}
	db, err := oradb.FromHome(home, cmpOr(lookup(s.env, "ORACLE_SID"), "NONE"))
	if err != nil {
		s.print(err.Error())
		return 1
	}
	s.db, s.silent = db, cmd.silent
	if cmd.version || !s.silent {
		s.banner()
	}
	if cmd.version {
		return 0
	}
	in := newInput(stdin)
	if code, ok := s.firstLogon(cmd, in); !ok {
		return code
	}
	if cmd.script != "" {
		s.script(cmd.script, cmd.args)
	}
	s.runAll(in)
	return s.leave()
}

func cmpOr(v, def string) string {
	if v == "" {
		return def
	}
	return v
}

func (s *session) banner() {
	v := s.db.Version()
	s.print("", "SQL*Plus: Release "+release(v)+" - Production on "+s.db.Now().In(s.zone).Format("Mon Jan 2 15:04:05 2006"))
	if major(v) >= 18 {
		s.print("Version " + v)
	}
	s.print("", "Copyright (c) 1982, 2023, Oracle.  All rights reserved.", "")
}

// leave gives the exit status and takes leave.
func (s *session) leave() int {
	code := 0
	if s.exit != nil {
		code = *s.exit
	}
	if s.logged && !s.silent {
		v := s.db.Version()
		s.print("Disconnected from Oracle Database " + marketing(v) + " Enterprise Edition Release " + release(v) + " - Production")
	}
	return code & 0xff
}

func (s *session) print(lines ...string) {
	for _, l := range lines {
		_, _ = s.out.WriteString(l + "\n")
	}
}

// denied tells whether the fault file refuses logons.
func (s *session) denied() bool {
	source := lookup(s.env, "RMANSIM_FAULTS")
	data := []byte(source)
	if !strings.HasPrefix(source, "{") {
		var err error
		if data, err = os.ReadFile(cmpOr(source, filepath.Join(s.db.Base(), DeniedFile))); err != nil {
			return false
		}
	}
	var f struct {
		Denied bool `json:"denied"`
	}
	return json.Unmarshal(data, &f) == nil && f.Denied
}

// sayError prints an error of a logon.
func (s *session) sayError(err error) {
	s.print("ERROR:")
	s.print(strings.Split(err.Error(), "\n")...)
	s.print("", "")
}

// oraCode is the first code of an error, 0 when it has none.
func oraCode(err error) int {
	n := 0
	if _, serr := fmt.Sscanf(err.Error(), "ORA-%d:", &n); serr != nil {
		return 0
	}
	return n
}
