package sqlsim

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

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
		if err = s.openDatabase(); err == nil {
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
