package rmansim

import (
	"regexp"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

var renameFile = regexp.MustCompile(`(?is)^ALTER\s+DATABASE\s+RENAME\s+FILE\s+'([^']*)'\s+TO\s+'([^']*)'$`)

// statement runs one SQL statement. The demo knows the ones that backup and
// restore scripts use.
func (s *session) statement(text string) error {
	text = strings.TrimSpace(text)
	if m := renameFile.FindStringSubmatch(text); m != nil {
		return s.db.RenameFile(m[1], m[2])
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
