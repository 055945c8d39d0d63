package rmansim

import (
	"regexp"
	"strconv"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

var (
	setParameter  = regexp.MustCompile(`(?is)^ALTER\s+SYSTEM\s+SET\s+"?(\w+)"?\s*=\s*('[^']*'|"[^"]*"|\S+)(?:\s+SCOPE\s*=\s*(\w+))?$`)
	datafileState = regexp.MustCompile(`(?is)^ALTER\s+DATABASE\s+DATAFILE\s+(\d+)\s+(ONLINE|OFFLINE(?:\s+FOR\s+DROP)?)$`)
	readOnly      = regexp.MustCompile(`(?is)^ALTER\s+TABLESPACE\s+"?(\w+)"?\s+READ\s+(ONLY|WRITE)$`)
)

var renameFile = regexp.MustCompile(`(?is)^ALTER\s+DATABASE\s+RENAME\s+FILE\s+'([^']*)'\s+TO\s+'([^']*)'$`)

// statement runs one SQL statement. The demo knows the ones that backup and
// restore scripts use.
func (s *session) statement(text string) error {
	text = strings.TrimSpace(text)
	if m := renameFile.FindStringSubmatch(text); m != nil {
		return s.db.RenameFile(m[1], m[2])
	}
	if m := setParameter.FindStringSubmatch(text); m != nil {
		scope := strings.ToUpper(m[3])
		if in, err := s.db.Instance(); err == nil && scope == "" && !in.Spfile {
			scope = "MEMORY"
		}
		return s.db.SetParameter(strings.ToLower(m[1]), strings.Trim(m[2], "'\""), scope != "SPFILE", scope != "MEMORY")
	}
	if m := datafileState.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		return s.db.SetDatafileOnline(n, strings.EqualFold(m[2], "ONLINE"))
	}
	if m := readOnly.FindStringSubmatch(text); m != nil {
		return s.db.SetReadOnly(strings.ToUpper(m[1]), strings.EqualFold(m[2], "ONLY"))
	}
	switch strings.Join(strings.Fields(strings.ToUpper(text)), " ") {
	case "ALTER DATABASE MOUNT":
		return s.alter(&syntax.AlterDatabase{})
	case "ALTER DATABASE OPEN":
		return s.alter(&syntax.AlterDatabase{Open: true})
	case "ALTER DATABASE OPEN RESETLOGS":
		return s.alter(&syntax.AlterDatabase{Open: true, ResetLogs: true})
	case "ALTER SYSTEM SWITCH LOGFILE":
		return s.db.SwitchLogfile(s.ctx)
	case "ALTER SYSTEM ARCHIVE LOG CURRENT":
		return s.db.ArchiveLogCurrent(s.ctx)
	case "ALTER SYSTEM CHECKPOINT":
		return s.require(oradb.Opened)
	}
	return oradb.Ora(900, "invalid SQL statement")
}
