package sqlsim

import (
	"math/big"
	"strconv"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

func init() {
	register(map[string]view{
		"V$LOG": {oradb.Mounted, "GROUP# n,THREAD# n,SEQUENCE# n,BYTES n,BLOCKSIZE n,MEMBERS n,ARCHIVED 3,STATUS 16," +
			"FIRST_CHANGE# n,FIRST_TIME d,NEXT_CHANGE# n,NEXT_TIME d,CON_ID n 12", logRows},
		"V$LOGFILE": {oradb.Mounted, "GROUP# n,STATUS 7,TYPE 7,MEMBER 513,IS_RECOVERY_DEST_FILE 3,CON_ID n 12", logfileRows},
		"V$STANDBY_LOG": {oradb.Mounted, "GROUP# n,DBID 40,THREAD# n,SEQUENCE# n,BYTES n,BLOCKSIZE n,USED n,ARCHIVED 3,STATUS 10," +
			"FIRST_CHANGE# n,FIRST_TIME d,NEXT_CHANGE# n,NEXT_TIME d,LAST_CHANGE# n,LAST_TIME d,CON_ID n 12", noRows},
		"V$THREAD": {oradb.Mounted, "THREAD# n,STATUS 6,ENABLED 8,GROUPS n,INSTANCE 80,OPEN_TIME d,CURRENT_GROUP# n," +
			"SEQUENCE# n,CHECKPOINT_CHANGE# n,CON_ID n 12", threadRows},
		"V$ARCHIVED_LOG": {oradb.Mounted, "RECID n,STAMP n,NAME 513,DEST_ID n,THREAD# n,SEQUENCE# n,RESETLOGS_CHANGE# n," +
			"RESETLOGS_TIME d,RESETLOGS_ID n,FIRST_CHANGE# n,FIRST_TIME d,NEXT_CHANGE# n,NEXT_TIME d,BLOCKS n,BLOCK_SIZE n," +
			"CREATOR 7,REGISTRAR 7,STANDBY_DEST 3,ARCHIVED 3,APPLIED 9,DELETED 3,STATUS 1,COMPLETION_TIME d," +
			"END_OF_REDO 3,BACKUP_COUNT n,IS_RECOVERY_DEST_FILE 3,COMPRESSED 3,CON_ID n 12", archivedRows},
		"V$LOG_HISTORY": {oradb.Mounted, "RECID n,STAMP n,THREAD# n,SEQUENCE# n,FIRST_CHANGE# n,FIRST_TIME d,NEXT_CHANGE# n," +
			"RESETLOGS_CHANGE# n,RESETLOGS_TIME d,CON_ID n 12", historyRows},
		"V$ARCHIVE_DEST": {oradb.NoMount, "DEST_ID n,DEST_NAME 256,STATUS 9,BINDING 9,NAME_SPACE 7,TARGET 16,ARCHIVER 10," +
			"SCHEDULE 8,DESTINATION 256,LOG_SEQUENCE n,FAIL_DATE d,FAIL_SEQUENCE n,ERROR 256,VALID_NOW 16,VALID_TYPE 15," +
			"VALID_ROLE 12,DB_UNIQUE_NAME 30,CON_ID n 12", destRows},
	})
}

// noEnd is NEXT_CHANGE# of a current log.
func (w *world) noEnd() query.Value {
	n := "281474976710655"
	if major(w.version) >= 12 {
		n = "18446744073709551615"
	}
	r, _ := new(big.Rat).SetString(n)
	return r
}

func logRows(w *world) (out [][]query.Value) {
	for _, t := range w.c.Threads {
		for _, g := range t.Groups {
			next := num(g.NextSCN)
			if g.Status == "CURRENT" {
				next = w.noEnd()
			}
			out = append(out, row(num(g.Number), num(t.Number), num(g.Sequence), num(g.Bytes), num(oradb.RedoBlockSize),
				num(len(g.Members)), yesNo(g.Archived), text(g.Status), num(g.FirstSCN), when(g.FirstTime), next,
				when(g.NextTime), container))
		}
	}
	return out
}

func logfileRows(w *world) (out [][]query.Value) {
	for _, t := range w.c.Threads {
		for _, g := range t.Groups {
			for _, m := range g.Members {
				out = append(out, row(num(g.Number), nil, "ONLINE", text(m), yesNo(w.inArea(m)), container))
			}
		}
	}
	return out
}

func threadRows(w *world) (out [][]query.Value) {
	for _, t := range w.c.Threads {
		group, sequence := 0, 0
		if g := t.Current(); g != nil {
			group, sequence = g.Number, g.Sequence
		}
		out = append(out, row(num(t.Number), text(t.Status), text(t.Enabled), num(len(t.Groups)), text(w.in.SID),
			when(w.in.Started), num(group), num(sequence), num(w.c.CheckpointSCN), container))
	}
	return out
}

func archivedRows(w *world) (out [][]query.Value) {
	for _, l := range w.c.ArchivedLogs {
		name := l.Name
		if l.Status == oradb.Deleted {
			name = ""
		}
		out = append(out, row(num(l.Recid), num(l.Stamp), text(name), num(l.DestID), num(l.Thread), num(l.Sequence),
			num(l.Resetlogs.SCN), when(l.Resetlogs.Time), num(oradb.Stamp(l.Resetlogs.Time)), num(l.FirstSCN),
			when(l.FirstTime), num(l.NextSCN), when(l.NextTime), num(l.Blocks), num(oradb.RedoBlockSize), text(l.Creator),
			text(l.Creator), "NO", "YES", "NO", yesNo(l.Status == oradb.Deleted), string(l.Status), when(l.Completion),
			"NO", num(w.c.TimesBackedUp(l)), yesNo(w.inArea(name)), "NO", container))
	}
	return out
}

func historyRows(w *world) (out [][]query.Value) {
	for _, l := range w.c.LogHistory {
		out = append(out, row(num(l.Recid), num(l.Stamp), num(l.Thread), num(l.Sequence), num(l.FirstSCN), when(l.FirstTime),
			num(l.NextSCN), num(l.Resetlogs.SCN), when(l.Resetlogs.Time), container))
	}
	return out
}

// destRows shows all destinations; those without a place are INACTIVE. With an
// FRA and nothing else the first one is the FRA (LOG_ARCHIVE_DEST_10 in 11g).
func destRows(w *world) (out [][]query.Value) {
	p, implicit := w.in.Params, 1
	if major(w.version) < 12 {
		implicit = 10
	}
	explicit := p["log_archive_dest_1"] != ""
	for n := 1; n <= 31; n++ {
		status, place := "INACTIVE", ""
		switch {
		case n == 1 && explicit:
			status, place = "VALID", location(p["log_archive_dest_1"])
		case n == implicit && !explicit && p["db_recovery_file_dest"] != "":
			status, place = "VALID", "USE_DB_RECOVERY_FILE_DEST"
		}
		out = append(out, row(num(n), "LOG_ARCHIVE_DEST_"+strconv.Itoa(n), status, "OPTIONAL", "SYSTEM", "PRIMARY", "ARCH",
			"ACTIVE", text(place), num(0), nil, num(0), nil, "YES", "ALL_LOGFILES", "ALL_ROLES", "NONE", container))
	}
	return out
}

// location is the place in a LOG_ARCHIVE_DEST_n value.
func location(v string) string {
	if len(v) > 9 && strings.EqualFold(v[:9], "LOCATION=") {
		v = v[9:]
	}
	place, _, _ := strings.Cut(v, " ")
	return place
}
