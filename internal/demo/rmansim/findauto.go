package rmansim

import (
	"path/filepath"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/piece"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// findAutobackup searches the recovery area and then the days back from now by
// the autobackup format, as RESTORE … FROM AUTOBACKUP does.
func (s *session) findAutobackup(cmd *syntax.Restore, in oradb.Instance, c *channel) (string, error) {
	area, err := s.db.RecoveryArea()
	if err != nil {
		return "", err
	}
	format := s.searchFormat(in)
	if s.dbid == 0 && area.Dir == "" {
		return "", fail("RMAN-06495: must explicitly specify DBID with SET DBID command")
	}
	if area.Dir != "" && format == "%F" {
		if path := s.searchArea(area.Dir, in, c); path != "" {
			return path, nil
		}
	}
	if s.dbid == 0 {
		s.out.raw(`AUTOBACKUP search with format "` + format + `" not attempted because DBID was not set`)
		return "", fail(noAutobackup)
	}
	return s.searchDays(cmd, format, in, c)
}

// searchFormat is the format in force where no control file can be asked.
func (s *session) searchFormat(in oradb.Instance) string {
	if in.State >= oradb.Mounted || s.scope().autobackupFormat != "" {
		return s.autobackupFormat()
	}
	return "%F"
}

// searchArea looks for the newest autobackup in the recovery area.
func (s *session) searchArea(dir string, in oradb.Instance, c *channel) (newest string) {
	name := first(strings.ToUpper(in.Params["db_unique_name"]), instanceName(in))
	s.out.raw("recovery area destination: "+dir, "database name (or database unique name) used for search: "+name)
	var at int64
	for _, path := range filesWithPrefix(filepath.Join(dir, name, "autobackup") + "/") {
		h, err := piece.ReadHeader(path)
		if err == nil && (s.dbid == 0 || h.DBID == s.dbid) && h.Records.Set.Key.Stamp >= at {
			newest, at = path, h.Records.Set.Key.Stamp
		}
	}
	if newest == "" {
		s.channelSay(c, 8575, "no AUTOBACKUPS found in the recovery area")
		return ""
	}
	s.channelSay(c, 8576, "AUTOBACKUP %s found in the recovery area", newest)
	return newest
}

// searchDays goes back day by day and looks for every number of the day.
func (s *session) searchDays(cmd *syntax.Restore, format string, in oradb.Instance, c *channel) (string, error) {
	days, seq := int(first(cmd.MaxDays, 7)), int(first(cmd.MaxSeq, 256))
	facts := nameFacts{home: s.db.Home(), sid: s.db.SID(), db: instanceName(in), dbid: s.dbid, isAuto: true, now: s.now()}
	if until := s.scope().until; until != nil {
		if t, err := s.untilTime(until); err == nil && !t.IsZero() {
			facts.now = t
		}
	}
	for range days {
		s.channelSay(c, 8504, "looking for AUTOBACKUP on day: %s", facts.now.Format("20060102"))
		for facts.auto = seq - 1; facts.auto >= 0; facts.auto-- {
			path, err := facts.expand(format)
			if err != nil {
				return "", err
			}
			if exists(path) {
				s.channelSay(c, 8507, "AUTOBACKUP found: %s", path)
				return path, nil
			}
		}
		facts.now = facts.now.AddDate(0, 0, -1)
	}
	s.channelSay(c, 8508, "no AUTOBACKUP in %d days found", days)
	return "", fail(noAutobackup)
}
