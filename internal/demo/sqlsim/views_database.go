package sqlsim

import (
	"maps"
	"slices"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

func init() {
	register(map[string]view{
		"V$DATABASE": {oradb.Mounted, "DBID n,NAME 9,CREATED d,RESETLOGS_CHANGE# n,RESETLOGS_TIME d," +
			"PRIOR_RESETLOGS_CHANGE# n,PRIOR_RESETLOGS_TIME d,LOG_MODE 12,CHECKPOINT_CHANGE# n,ARCHIVE_CHANGE# n," +
			"CONTROLFILE_TYPE 7,CONTROLFILE_CREATED d,CONTROLFILE_CHANGE# n,OPEN_RESETLOGS 11,OPEN_MODE 20," +
			"PROTECTION_MODE 20,DATABASE_ROLE 16,SWITCHOVER_STATUS 20,FORCE_LOGGING 39,PLATFORM_ID n,PLATFORM_NAME 101," +
			"RECOVERY_TARGET_INCARNATION# n,LAST_OPEN_INCARNATION# n,CURRENT_SCN n,FLASHBACK_ON 18,DB_UNIQUE_NAME 30," +
			"SUPPLEMENTAL_LOG_DATA_MIN 8,GUARD_STATUS 7,CDB 3 12,CON_ID n 12", databaseRows},
		"V$DATABASE_INCARNATION": {oradb.Mounted, "INCARNATION# n,RESETLOGS_CHANGE# n,RESETLOGS_TIME d," +
			"PRIOR_RESETLOGS_CHANGE# n,PRIOR_RESETLOGS_TIME d,STATUS 7,RESETLOGS_ID n,PRIOR_INCARNATION# n," +
			"FLASHBACK_DATABASE_ALLOWED 26,CON_ID n 12", incarnationRows},
		"V$BLOCK_CHANGE_TRACKING": {oradb.Mounted, "STATUS 10,FILENAME 513,BYTES n,CON_ID n 12", func(*world) [][]query.Value {
			return one("DISABLED", nil, nil, container)
		}},
		"V$RMAN_CONFIGURATION": {oradb.Mounted, "CONF# n,NAME 65,VALUE 1025,CON_ID n 12", configurationRows},
		"V$CONTROLFILE_RECORD_SECTION": {oradb.Mounted, "TYPE 28,RECORD_SIZE n,RECORDS_TOTAL n,RECORDS_USED n,FIRST_INDEX n," +
			"LAST_INDEX n,LAST_RECID n,CON_ID n 12", sectionRows},
		"V$PDBS":                      {oradb.Mounted, "CON_ID n,DBID n,NAME 128,OPEN_MODE 10", noRows},
		"V$CONTAINERS":                {oradb.Mounted, "CON_ID n,DBID n,NAME 128,OPEN_MODE 10", noRows},
		"V$DATABASE_BLOCK_CORRUPTION": {oradb.Mounted, "FILE# n,BLOCK# n,BLOCKS n,CORRUPTION_CHANGE# n,CORRUPTION_TYPE 9,CON_ID n 12", noRows},
	})
}

func noRows(*world) [][]query.Value { return nil }

func databaseRows(w *world) [][]query.Value {
	c := w.c
	mode, current := "MOUNTED", query.Value(nil)
	if w.in.State == oradb.Opened {
		mode, current = "READ WRITE", num(w.in.SCN)
	}
	resetlogs := "NOT ALLOWED"
	switch {
	case c.Type != oradb.ControlCurrent:
		resetlogs = "REQUIRED"
	case c.RecoveredTo != 0 || c.Pending != nil:
		resetlogs = "ALLOWED"
	}
	number := 0
	for _, inc := range c.Incarnations {
		if inc.Status == "CURRENT" {
			number = inc.Number
		}
	}
	return one(num(c.DBID), text(c.Name), when(c.Created), num(c.Resetlogs.SCN), when(c.Resetlogs.Time),
		num(c.PriorReset.SCN), when(c.PriorReset.Time), text(c.LogMode), num(c.CheckpointSCN), num(w.archiveSCN()),
		string(c.Type), when(c.Created), num(c.CheckpointSCN), resetlogs, mode,
		"MAXIMUM PERFORMANCE", "PRIMARY", "NOT ALLOWED", "NO", num(13), "Linux x86 64-bit",
		num(number), num(number), current, "NO", text(c.UniqueName), "NO", "NONE", "NO", container)
}

// archiveSCN is the end of the newest archived log.
func (w *world) archiveSCN() (scn oradb.SCN) {
	for _, l := range w.c.ArchivedLogs {
		scn = max(scn, l.NextSCN)
	}
	return scn
}

func incarnationRows(w *world) (out [][]query.Value) {
	for _, i := range w.c.Incarnations {
		out = append(out, row(num(i.Number), num(i.SCN), when(i.Time), num(i.Prior.SCN), when(i.Prior.Time), text(i.Status),
			num(oradb.Stamp(i.Time)), num(i.PriorNumber), "NO", container))
	}
	return out
}

func configurationRows(w *world) (out [][]query.Value) {
	for _, c := range w.c.Configurations {
		out = append(out, row(num(c.Number), text(c.Name), text(c.Value), container))
	}
	return out
}

func sectionRows(w *world) (out [][]query.Value) {
	used := map[string]int{
		"LOG HISTORY": len(w.c.LogHistory), "ARCHIVED LOG": len(w.c.ArchivedLogs), "BACKUP SET": len(w.c.BackupSets),
		"BACKUP PIECE": len(w.c.BackupPieces), "BACKUP DATAFILE": len(w.c.BackupFiles),
		"BACKUP REDOLOG": len(w.c.BackupLogs), "BACKUP SPFILE": len(w.c.BackupSpfiles), "DATAFILE": len(w.c.Datafiles),
		"DATABASE INCARNATION": len(w.c.Incarnations),
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		total, last := max(w.c.Capacities[name], used[name]), w.c.LastRecid[name]
		out = append(out, row(text(name), num(128), num(total), num(used[name]), num(last-used[name]+1), num(last), num(last), container))
	}
	return out
}
