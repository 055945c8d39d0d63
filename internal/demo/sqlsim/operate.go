package sqlsim

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

// startup is STARTUP [FORCE] [NOMOUNT | MOUNT | OPEN] [PFILE=…].
func (s *session) startup(words []string) {
	if !s.logged {
		s.print("SP2-0640: Not connected")
		return
	}
	o := oradb.StartupOptions{To: oradb.Opened}
	for _, w := range words {
		up := strings.ToUpper(w)
		switch {
		case up == "FORCE":
			o.Force = true
		case up == "NOMOUNT":
			o.To = oradb.NoMount
		case up == "MOUNT":
			o.To = oradb.Mounted
		case up == "OPEN" || up == "QUIET" || up == "READ" || up == "WRITE":
		case strings.HasPrefix(up, "PFILE="):
			o.PFile = w[len("PFILE="):]
		default:
			s.print("SP2-0714: invalid combination of STARTUP options")
			return
		}
	}
	s.stepUp(o)
}

// stepUp starts, mounts and opens, and tells each step.
func (s *session) stepUp(o oradb.StartupOptions) {
	to := o.To
	o.To = oradb.NoMount
	if _, err := s.db.Startup(s.ctx, o); err != nil {
		s.plusError(err)
		return
	}
	s.print("ORACLE instance started.", "", "Total System Global Area 1610609888 bytes", "Fixed Size                  8897760 bytes",
		"Variable Size             385875968 bytes", "Database Buffers         1207959552 bytes", "Redo Buffers                7876608 bytes")
	if to >= oradb.Mounted {
		if err := s.db.Mount(); err != nil {
			s.plusError(err)
			return
		}
		s.print("Database mounted.")
	}
	if to >= oradb.Opened {
		if err := s.db.OpenDatabase(s.ctx); err != nil {
			s.plusError(err)
			return
		}
		s.print("Database opened.")
	}
}

// plusError prints the error of a SQL*Plus command.
func (s *session) plusError(err error) {
	s.print(strings.Split(err.Error(), "\n")...)
	s.print("", "")
	s.failed(oraCode(err))
}

// shutdown is SHUTDOWN [NORMAL | IMMEDIATE | TRANSACTIONAL | ABORT].
func (s *session) shutdown(words []string) {
	if !s.logged {
		s.print("SP2-0640: Not connected")
		return
	}
	mode := "NORMAL"
	if len(words) > 0 {
		mode = strings.ToUpper(words[0])
	}
	switch mode {
	case "NORMAL", "IMMEDIATE", "TRANSACTIONAL", "ABORT":
	default:
		s.print("SP2-0717: illegal SHUTDOWN option")
		return
	}
	notes, err := s.db.Shutdown(s.ctx, mode == "ABORT")
	if err != nil {
		s.plusError(err)
		return
	}
	s.tellShutdown(mode == "ABORT", notes)
}

func (s *session) tellShutdown(abort bool, notes []oradb.OraLine) {
	if !abort {
		mounted, open := true, true
		for _, n := range notes {
			s.print(n.String(), "", "")
			open = false
			mounted = mounted && n.Code != 1507
		}
		if open {
			s.print("Database closed.")
		}
		if mounted {
			s.print("Database dismounted.")
		}
	}
	s.print("ORACLE instance shut down.")
}

// archiveLog is ARCHIVE LOG LIST.
func (s *session) archiveLog(words []string) {
	if !s.logged {
		s.print("SP2-0640: Not connected")
		return
	}
	if len(words) != 2 || !strings.EqualFold(words[0], "LOG") || !strings.EqualFold(words[1], "LIST") {
		s.print("SP2-0718: illegal ARCHIVE LOG option")
		return
	}
	in, err := s.db.Instance()
	if err == nil && in.State == oradb.Down {
		err = idle()
	}
	c, cerr := s.db.Control()
	if err = errors.Join(err, cerr); err != nil {
		s.plusError(err)
		return
	}
	mode, auto := "No Archive Mode", "Disabled"
	if c.LogMode == "ARCHIVELOG" {
		mode, auto = "Archive Mode", "Enabled"
	}
	dest := location(in.Params["log_archive_dest_1"])
	if dest == "" {
		dest = "USE_DB_RECOVERY_FILE_DEST"
	}
	current, oldest := sequences(c)
	s.print("Database log mode              "+mode, "Automatic archival             "+auto, "Archive destination            "+dest,
		fmt.Sprintf("Oldest online log sequence     %d", oldest))
	if c.LogMode == "ARCHIVELOG" {
		s.print(fmt.Sprintf("Next log sequence to archive   %d", current))
	}
	s.print(fmt.Sprintf("Current log sequence           %d", current))
}

func sequences(c *oradb.Control) (current, oldest int) {
	for _, g := range c.Threads[0].Groups {
		if g.Status == "CURRENT" {
			current = g.Sequence
		}
		if g.Sequence > 0 && (oldest == 0 || g.Sequence < oldest) {
			oldest = g.Sequence
		}
	}
	return current, oldest
}

// alter runs ALTER SYSTEM, ALTER DATABASE, ALTER SESSION and ALTER TABLESPACE.
func (s *session) alter(text string, words []string) error {
	if len(words) < 2 {
		return &query.Error{Code: 940, Text: "invalid ALTER command", Pos: len(text)}
	}
	if words[1] == "SESSION" {
		return s.alterSession(text)
	}
	in, err := s.db.Instance()
	if err != nil {
		return err
	}
	if in.State == oradb.Down {
		return idle()
	}
	switch words[1] {
	case "SYSTEM":
		err = s.alterSystem(text, words[2:])
	case "DATABASE":
		err = s.alterDatabase(text, words[2:])
	case "TABLESPACE":
		err = s.alterTablespace(text, words[2:])
	default:
		return &query.Error{Code: 940, Text: "invalid ALTER command", Pos: strings.Index(strings.ToUpper(text), words[1])}
	}
	return err
}

func (s *session) alterSystem(text string, words []string) error {
	var err error
	switch strings.Join(words[:min(3, len(words))], " ") {
	case "SWITCH LOGFILE":
		err = s.db.SwitchLogfile(s.ctx)
	case "ARCHIVE LOG CURRENT":
		err = s.db.ArchiveLogCurrent(s.ctx)
	case "CHECKPOINT", "CHECKPOINT GLOBAL":
		if _, err = s.openDatabase(); err == nil {
			_, err = s.db.SnapshotControl()
		}
	default:
		if len(words) > 0 && words[0] == "SET" {
			err = s.setParameter(text)
			break
		}
		return &query.Error{Code: 2065, Text: "illegal option for ALTER SYSTEM", Pos: -1}
	}
	if err == nil {
		s.done("System altered.")
	}
	return err
}

var setClause = regexp.MustCompile(`(?is)\bSET\s+(\w+)\s*=\s*('(?:[^']|'')*'|"[^"]*"|[^\s']+)(?:\s+SCOPE\s*=\s*(\w+))?(?:\s+SID\s*=\s*'[^']*')?\s*$`)

// setParameter is ALTER SYSTEM SET name=value [SCOPE=MEMORY | SPFILE | BOTH].
func (s *session) setParameter(text string) error {
	m := setClause.FindStringSubmatch(text)
	if m == nil {
		return &query.Error{Code: 2065, Text: "illegal option for ALTER SYSTEM", Pos: -1}
	}
	name, scope := strings.ToLower(m[1]), strings.ToUpper(m[3])
	if _, ok := defaults[name]; !ok && !strings.HasPrefix(name, "_") {
		return &query.Error{Code: 2065, Text: "illegal option for ALTER SYSTEM", Pos: -1}
	}
	in, err := s.db.Instance()
	if err != nil {
		return err
	}
	memory, spfile := scope != "SPFILE", scope == "SPFILE" || scope == "BOTH" || scope == "" && in.Spfile
	if memory && (name == "db_name" || name == "control_files" || name == "db_unique_name") {
		return oradb.Ora(2095, "specified initialization parameter cannot be modified")
	}
	return s.db.SetParameter(name, strings.Trim(m[2], `'"`), memory, spfile)
}

func (s *session) alterDatabase(text string, words []string) error {
	if len(words) > 0 && !databaseVerb(words[0]) { // ALTER DATABASE name …
		words = words[1:]
	}
	var err error
	switch what := strings.Join(words, " "); {
	case what == "MOUNT":
		err = s.db.Mount()
	case what == "OPEN" || what == "OPEN READ WRITE" || what == "OPEN NORESETLOGS":
		err = s.db.OpenDatabase(s.ctx)
	case what == "OPEN RESETLOGS":
		err = s.db.OpenResetlogs(s.ctx)
	case strings.HasPrefix(what, "RENAME FILE"):
		err = s.renameFile(text)
	case strings.HasPrefix(what, "DATAFILE"):
		err = s.alterDatafile(words[1:])
	default:
		return &query.Error{Code: 2231, Text: "missing or invalid option to ALTER DATABASE", Pos: -1}
	}
	if err == nil {
		s.done("Database altered.")
	}
	return err
}

func databaseVerb(w string) bool {
	switch w {
	case "MOUNT", "OPEN", "CLOSE", "DISMOUNT", "RENAME", "DATAFILE", "ARCHIVELOG", "NOARCHIVELOG", "BACKUP", "ENABLE",
		"DISABLE", "FLASHBACK", "FORCE", "ADD", "DROP", "CLEAR", "RECOVER", "TEMPFILE", "REGISTER", "BEGIN", "END":
		return true
	}
	return false
}

var renameClause = regexp.MustCompile(`(?is)RENAME\s+FILE\s+'((?:[^']|'')*)'\s+TO\s+'((?:[^']|'')*)'`)

func (s *session) renameFile(text string) error {
	m := renameClause.FindStringSubmatch(text)
	if m == nil {
		return &query.Error{Code: 2236, Text: "invalid file name", Pos: -1}
	}
	unquote := func(v string) string { return strings.ReplaceAll(v, "''", "'") }
	return s.db.RenameFile(unquote(m[1]), unquote(m[2]))
}

// alterDatafile is ALTER DATABASE DATAFILE n ONLINE | OFFLINE.
func (s *session) alterDatafile(words []string) error {
	if len(words) < 2 || words[1] != "ONLINE" && words[1] != "OFFLINE" {
		return &query.Error{Code: 2231, Text: "missing or invalid option to ALTER DATABASE", Pos: -1}
	}
	n, err := strconv.Atoi(words[0])
	if err != nil {
		return &query.Error{Code: 2236, Text: "invalid file name", Pos: -1}
	}
	return s.db.SetDatafileOnline(n, words[1] == "ONLINE")
}

var addDatafile = regexp.MustCompile(`(?is)ADD\s+DATAFILE\s+'([^']+)'\s+SIZE\s+(\d+)([KMG]?)`)

func (s *session) alterTablespace(text string, words []string) error {
	if len(words) < 3 {
		return &query.Error{Code: 2142, Text: "missing or invalid ALTER TABLESPACE option", Pos: -1}
	}
	var err error
	m := addDatafile.FindStringSubmatch(text)
	switch {
	case m != nil:
		size, _ := strconv.ParseInt(m[2], 10, 64)
		size <<= 10 * (strings.Index(" KMG", strings.ToUpper(m[3] + " ")[:1]))
		_, err = s.db.AddDatafile(s.ctx, oradb.FileSpec{Tablespace: words[0], Name: filepath.Clean(m[1]), Bytes: size})
	case words[1] == "READ" && (words[2] == "ONLY" || words[2] == "WRITE"):
		err = s.db.SetReadOnly(words[0], words[2] == "ONLY")
	default:
		return &query.Error{Code: 2142, Text: "missing or invalid ALTER TABLESPACE option", Pos: -1}
	}
	if err == nil {
		s.done("Tablespace altered.")
	}
	return err
}

var sessionFormat = regexp.MustCompile(`(?is)SET\s+NLS_DATE_FORMAT\s*=\s*'((?:[^']|'')*)'`)

// alterSession knows NLS_DATE_FORMAT; other settings show nothing here.
func (s *session) alterSession(text string) error {
	if m := sessionFormat.FindStringSubmatch(text); m != nil {
		s.nls = m[1]
	} else if !strings.Contains(strings.ToUpper(text), " SET ") {
		return &query.Error{Code: 2248, Text: "invalid option for ALTER SESSION", Pos: -1}
	}
	s.done("Session altered.")
	return nil
}
