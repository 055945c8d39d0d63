package backup

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
)

// Finding is one result of the preflight.
type Finding struct {
	Fatal  bool // a backup cannot work
	Code   string
	Text   string
	Remedy string
}

// CheckError is a preflight finding that stops a backup before anything was
// changed.
type CheckError struct{ Finding Finding }

func (e *CheckError) Error() string {
	if e.Finding.Code != "" {
		return fmt.Sprintf("%s: %s; %s", e.Finding.Code, e.Finding.Text, e.Finding.Remedy)
	}
	return e.Finding.Text + "; " + e.Finding.Remedy
}

// Check judges facts and configuration without changing anything. The
// preflight of a run and `--batch check` share it.
func Check(c *config.Config, f *oracle.Facts) []Finding {
	var out []Finding
	add := func(fatal bool, code, text, remedy string) {
		out = append(out, Finding{Fatal: fatal, Code: code, Text: text, Remedy: remedy})
	}
	switch f.Status {
	case oracle.Down:
		add(true, "ORA-01034", "the instance is down", "start it: sqlplus / as sysdba, STARTUP; or restore")
		return out
	case oracle.NoMount:
		add(true, "ORA-01507", "the database is not mounted", "ALTER DATABASE MOUNT, then OPEN; or restore")
		return out
	}
	if f.ControlfileLost {
		add(true, f.ControlfileCode, "the instance is "+string(f.Status)+" and cannot read its control file any more",
			"restore now: orabak-tui --batch restore (it aborts the instance and keeps the online redo); take no backup before that")
		return out
	}
	if f.LogMode != "ARCHIVELOG" {
		add(true, "ORA-19602", "the database runs in NOARCHIVELOG mode, so it cannot be backed up while open",
			"SHUTDOWN IMMEDIATE, STARTUP MOUNT, ALTER DATABASE ARCHIVELOG, ALTER DATABASE OPEN")
	}
	if f.ControlfileType != "" && f.ControlfileType != "CURRENT" && f.ControlfileType != "STANDBY" {
		add(true, "RMAN-06497", "the control file is a "+f.ControlfileType+" one: a restore is not finished", "finish it: RECOVER, ALTER DATABASE OPEN RESETLOGS")
	}
	out = append(out, checkSettings(c, f)...)
	return append(out, checkDatafiles(f)...)
}

func checkSettings(c *config.Config, f *oracle.Facts) []Finding {
	var out []Finding
	if in, err := insideFRA(c.StagingDir, f.RecoveryDest); err != nil || in {
		out = append(out, fraFinding("staging", c.StagingDir, f.RecoveryDest, "TEMP_BACKUP_DIR"))
	}
	days := int(c.ScheduleFull.Hours()/24) + 1
	if f.RecordKeepDays > 0 && f.RecordKeepDays < days {
		out = append(out, Finding{
			Text:   fmt.Sprintf("CONTROL_FILE_RECORD_KEEP_TIME is %d days, less than the time between two level 0 backups and a margin (%d)", f.RecordKeepDays, days),
			Remedy: fmt.Sprintf("ALTER SYSTEM SET control_file_record_keep_time=%d; else RMAN may forget a base and level 0 is taken instead of level 1", days+7),
		})
	}
	if f.RecoveryLimit > 0 && f.RecoveryUsed*100 > f.RecoveryLimit*90 {
		out = append(out, Finding{
			Code:   "ORA-19809",
			Text:   fmt.Sprintf("the recovery area is %d %% full", f.RecoveryUsed*100/f.RecoveryLimit),
			Remedy: "raise DB_RECOVERY_FILE_DEST_SIZE or back up logs more often; when it is full the database hangs",
		})
	}
	for _, d := range f.ArchiveDests {
		if d.Error != "" {
			out = append(out, Finding{Code: "ORA-00257", Text: fmt.Sprintf("archive destination %s: %s", d.Name, d.Error), Remedy: "see V$ARCHIVE_DEST; logs that cannot be archived stop the database"})
		}
	}
	return out
}

func checkDatafiles(f *oracle.Facts) []Finding {
	var out []Finding
	for _, d := range f.Datafiles {
		if why := unreadable(f, d); why != "" && d.Status != "OFFLINE" {
			out = append(out, Finding{
				Fatal: true, Code: "ORA-01157",
				Text:   fmt.Sprintf("datafile %d (%s) cannot be read: %s", d.Number, d.Name, why),
				Remedy: "restore it before the next backup",
			})
		}
	}
	return out
}

// unreadable says why a datafile cannot be read; empty if it can, or nobody
// knows. Where the instance does not show the headers, the disk is asked.
func unreadable(f *oracle.Facts, d oracle.Datafile) string {
	if d.HeaderError != "" || f.HeadersKnown || !filepath.IsAbs(d.Name) {
		return d.HeaderError
	}
	if isGone(d.Name) {
		return "FILE NOT FOUND"
	}
	return ""
}

func fraFinding(what, dir, fra, key string) Finding {
	return Finding{
		Fatal: true, Code: "ORA-19813",
		Text:   fmt.Sprintf("%s (%s) lies inside the recovery area %s, where Oracle deletes files by itself", what, dir, fra),
		Remedy: "point " + key + " outside of it",
	}
}

// errUnclear says that a path could not be compared.
var errUnclear = errors.New("path cannot be resolved")

// insideFRA compares a folder with the recovery area, links resolved. A disk
// group (+FRA) contains no folder.
func insideFRA(dir, fra string) (bool, error) {
	if fra == "" || strings.HasPrefix(fra, "+") || !filepath.IsAbs(fra) {
		return false, nil
	}
	d, err := resolve(dir)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errUnclear, err)
	}
	f, err := resolve(fra)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errUnclear, err)
	}
	rel, err := filepath.Rel(f, d)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../"), nil
}

// resolve follows links in the part of a path that exists.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rest := ""
	for {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		parent := filepath.Dir(path)
		if parent == path {
			return "", err
		}
		rest, path = filepath.Join(filepath.Base(path), rest), parent
	}
}
