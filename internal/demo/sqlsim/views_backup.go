package sqlsim

import (
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

func init() {
	register(map[string]view{
		"V$BACKUP_PIECE": {oradb.Mounted, "RECID n,STAMP n,SET_STAMP n,SET_COUNT n,PIECE# n,COPY# n,DEVICE_TYPE 17,HANDLE 513," +
			"COMMENTS 64,MEDIA 65,MEDIA_POOL n,CONCUR 3,TAG 32,STATUS 1,START_TIME d,COMPLETION_TIME d,ELAPSED_SECONDS n," +
			"DELETED 3,BYTES n,IS_RECOVERY_DEST_FILE 3,COMPRESSED 3,ENCRYPTED 3,CON_ID n 12", pieceRows},
		"V$BACKUP_SET": {oradb.Mounted, "RECID n,STAMP n,SET_STAMP n,SET_COUNT n,BACKUP_TYPE 1,CONTROLFILE_INCLUDED 3," +
			"INCREMENTAL_LEVEL n,PIECES n,START_TIME d,COMPLETION_TIME d,ELAPSED_SECONDS n,BLOCK_SIZE n," +
			"INPUT_FILE_SCAN_ONLY 3,KEEP 3,KEEP_UNTIL d,KEEP_OPTIONS 11,MULTI_SECTION 3,CON_ID n 12", setRows},
		"V$BACKUP_DATAFILE": {oradb.Mounted, "RECID n,STAMP n,SET_STAMP n,SET_COUNT n,FILE# n,CREATION_CHANGE# n," +
			"CREATION_TIME d,RESETLOGS_CHANGE# n,RESETLOGS_TIME d,INCREMENTAL_LEVEL n,INCREMENTAL_CHANGE# n," +
			"CHECKPOINT_CHANGE# n,CHECKPOINT_TIME d,ABSOLUTE_FUZZY_CHANGE# n,MARKED_CORRUPT n,MEDIA_CORRUPT n," +
			"LOGICALLY_CORRUPT n,DATAFILE_BLOCKS n,BLOCKS n,BLOCK_SIZE n,OLDEST_OFFLINE_RANGE n,COMPLETION_TIME d," +
			"CONTROLFILE_TYPE 1,USED_CHANGE_TRACKING 3,BLOCKS_READ n,USED_OPTIMIZATION 3,CON_ID n 12", backupFileRows},
		"V$BACKUP_REDOLOG": {oradb.Mounted, "RECID n,STAMP n,SET_STAMP n,SET_COUNT n,THREAD# n,SEQUENCE# n," +
			"RESETLOGS_CHANGE# n,RESETLOGS_TIME d,FIRST_CHANGE# n,FIRST_TIME d,NEXT_CHANGE# n,NEXT_TIME d,BLOCKS n," +
			"BLOCK_SIZE n,TERMINAL 3,CON_ID n 12", backupLogRows},
		"V$BACKUP_SPFILE": {oradb.Mounted, "RECID n,STAMP n,SET_STAMP n,SET_COUNT n,MODIFICATION_TIME d,BYTES n," +
			"COMPLETION_TIME d,DB_UNIQUE_NAME 30,CON_ID n 12", backupSpfileRows},
	})
}

func pieceRows(w *world) (out [][]query.Value) {
	for _, p := range w.c.BackupPieces {
		out = append(out, row(num(p.Recid), num(p.Stamp), num(p.Set.Stamp), num(p.Set.Count), num(p.Number), num(p.Copy),
			text(p.Device), text(p.Handle), text(p.Comment), nil, num(0), "YES", text(p.Tag), string(p.Status),
			when(p.Start), when(p.Completion), seconds(p.Elapsed), yesNo(p.Status == oradb.Deleted), num(p.Bytes),
			yesNo(w.inArea(p.Handle)), yesNo(p.Compressed), "NO", container))
	}
	return out
}

func setRows(w *world) (out [][]query.Value) {
	for _, s := range w.c.BackupSets {
		out = append(out, row(num(s.Recid), num(s.Stamp), num(s.Key.Stamp), num(s.Key.Count), text(s.Type),
			yesNo(s.Controlfile), level(s.Level), num(s.Pieces), when(s.Start), when(s.Completion), seconds(s.Elapsed),
			num(s.BlockSize), "NO", yesNo(s.Keep), nil, nil, "NO", container))
	}
	return out
}

// level is NULL for what is not incremental.
func level(n int) query.Value {
	if n < 0 {
		return nil
	}
	return num(n)
}

func backupFileRows(w *world) (out [][]query.Value) {
	for _, f := range w.c.BackupFiles {
		control := query.Value(nil)
		if f.File == 0 {
			control = "B"
		}
		out = append(out, row(num(f.Recid), num(f.Stamp), num(f.Set.Stamp), num(f.Set.Count), num(f.File),
			num(f.CreationSCN), when(f.CreationTime), num(f.Resetlogs.SCN), when(f.Resetlogs.Time), level(f.Level),
			num(f.IncrementalSCN), num(f.CheckpointSCN), when(f.CheckpointTime), num(f.AbsFuzzySCN), num(0), num(0), num(0),
			num(f.DatafileBlocks), num(f.Blocks), num(f.BlockSize), num(0), when(f.Completion), control, "NO",
			num(f.DatafileBlocks), "NO", container))
	}
	return out
}

func backupLogRows(w *world) (out [][]query.Value) {
	for _, l := range w.c.BackupLogs {
		out = append(out, row(num(l.Recid), num(l.Stamp), num(l.Set.Stamp), num(l.Set.Count), num(l.Thread), num(l.Sequence),
			num(l.Resetlogs.SCN), when(l.Resetlogs.Time), num(l.FirstSCN), when(l.FirstTime), num(l.NextSCN),
			when(l.NextTime), num(l.Blocks), num(oradb.RedoBlockSize), "NO", container))
	}
	return out
}

func backupSpfileRows(w *world) (out [][]query.Value) {
	for _, s := range w.c.BackupSpfiles {
		out = append(out, row(num(s.Recid), num(s.Stamp), num(s.Set.Stamp), num(s.Set.Count), when(s.Modification),
			num(s.Bytes), when(s.Completion), text(w.c.UniqueName), container))
	}
	return out
}
