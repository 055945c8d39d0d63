package sqlsim

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

func init() {
	register(map[string]view{
		"V$DATAFILE": {oradb.Mounted, "FILE# n,CREATION_CHANGE# n,CREATION_TIME d,TS# n,RFILE# n,STATUS 7,ENABLED 10," +
			"CHECKPOINT_CHANGE# n,CHECKPOINT_TIME d,UNRECOVERABLE_CHANGE# n,UNRECOVERABLE_TIME d,LAST_CHANGE# n,LAST_TIME d," +
			"OFFLINE_CHANGE# n,ONLINE_CHANGE# n,BYTES n,BLOCKS n,CREATE_BYTES n,BLOCK_SIZE n,NAME 513,AUX_NAME 513,CON_ID n 12",
			datafileRows},
		"V$DATAFILE_HEADER": {oradb.Mounted, "FILE# n,STATUS 7,ERROR 18,FORMAT n,RECOVER 3,FUZZY 3,CREATION_CHANGE# n," +
			"CREATION_TIME d,TABLESPACE_NAME 30,TS# n,RFILE# n,RESETLOGS_CHANGE# n,RESETLOGS_TIME d,CHECKPOINT_CHANGE# n," +
			"CHECKPOINT_TIME d,CHECKPOINT_COUNT n,BYTES n,BLOCKS n,NAME 513,CON_ID n 12", headerRows},
		"V$RECOVER_FILE": {oradb.Mounted, "FILE# n,ONLINE 7,ONLINE_STATUS 7,ERROR 65,CHANGE# n,TIME d,CON_ID n 12", recoverRows},
		"V$TABLESPACE": {oradb.Mounted, "TS# n,NAME 30,INCLUDED_IN_DATABASE_BACKUP 3,BIGFILE 3,FLASHBACK_ON 3," +
			"ENCRYPT_IN_BACKUP 3,CON_ID n 12", tablespaceRows},
		"V$TEMPFILE": {oradb.Mounted, "FILE# n,CREATION_CHANGE# n,CREATION_TIME d,TS# n,RFILE# n,STATUS 7,ENABLED 10,BYTES n," +
			"BLOCKS n,CREATE_BYTES n,BLOCK_SIZE n,NAME 513,CON_ID n 12", tempfileRows},
	})
}

// tablespaces in the order of TS#.
func (w *world) tablespaces() (out []string) {
	for _, df := range w.c.Datafiles {
		if !slices.Contains(out, df.Tablespace) {
			out = append(out, df.Tablespace)
		}
	}
	for _, t := range w.c.Tempfiles {
		if !slices.Contains(out, t.Tablespace) {
			out = append(out, t.Tablespace)
		}
	}
	return out
}

func (w *world) ts(name string) query.Value { return num(slices.Index(w.tablespaces(), name)) }

// datafileRows shows BYTES and BLOCKS of 0 for a file that cannot be read, as
// Oracle does; CREATE_BYTES is the control file's knowledge.
func datafileRows(w *world) (out [][]query.Value) {
	for _, df := range w.c.Datafiles {
		size, last := df.Bytes, query.Value(nil)
		if _, err := os.Stat(df.Name); err != nil {
			size = 0
		}
		if df.StopSCN != 0 {
			last = num(df.StopSCN)
		}
		out = append(out, row(num(df.Number), num(df.CreationSCN), when(df.CreationTime), w.ts(df.Tablespace), num(df.Number),
			text(df.Status), text(df.Enabled), num(df.CheckpointSCN), when(df.CreationTime), num(0), nil, last, nil,
			num(0), num(0), num(size), num(size/oradb.BlockSize), num(df.Bytes), num(oradb.BlockSize), text(df.Name), "NONE", container))
	}
	return out
}

func headerRows(w *world) (out [][]query.Value) {
	for _, df := range w.c.Datafiles {
		h, err := oradb.DatafileHeader(df.Name)
		status := "ONLINE"
		if df.Status == "OFFLINE" || df.Status == "RECOVER" {
			status = "OFFLINE"
		}
		if err != nil {
			out = append(out, row(num(df.Number), status, headerError(err), num(0), nil, nil, num(0), nil, nil, num(0), num(0),
				num(0), nil, num(0), nil, num(0), num(0), num(0), text(df.Name), container))
			continue
		}
		bytes := int64(h.Blocks) * oradb.BlockSize
		out = append(out, row(num(df.Number), status, nil, num(10), yesNo(w.needsRecovery(df, h)), yesNo(h.Fuzzy),
			num(h.CreationSCN), when(h.CreationTime), text(h.Tablespace), w.ts(h.Tablespace), num(df.Number),
			num(h.Resetlogs.SCN), when(h.Resetlogs.Time), num(h.CheckpointSCN), when(h.CheckpointTime), num(1),
			num(bytes), num(h.Blocks), text(df.Name), container))
	}
	return out
}

func headerError(err error) query.Value {
	if errors.Is(err, fs.ErrNotExist) {
		return "FILE NOT FOUND"
	}
	return "UNKNOWN ERROR"
}

// needsRecovery tells whether media recovery is needed before the file opens.
func (w *world) needsRecovery(df oradb.Datafile, h oradb.DatafileImage) bool {
	return h.CheckpointSCN < df.CheckpointSCN || !h.Consistent() ||
		df.Enabled != "READ ONLY" && !h.Resetlogs.Equal(w.c.Resetlogs) || df.Status == "RECOVER"
}

func recoverRows(w *world) (out [][]query.Value) {
	for _, df := range w.c.Datafiles {
		h, err := oradb.DatafileHeader(df.Name)
		online := "ONLINE"
		if df.Status == "OFFLINE" || df.Status == "RECOVER" {
			online = "OFFLINE"
		}
		switch {
		case err != nil:
			out = append(out, row(num(df.Number), online, online, headerError(err), num(0), nil, container))
		case w.needsRecovery(df, h):
			out = append(out, row(num(df.Number), online, online, nil, num(h.CheckpointSCN), when(h.CheckpointTime), container))
		}
	}
	return out
}

func tablespaceRows(w *world) (out [][]query.Value) {
	for i, name := range w.tablespaces() {
		out = append(out, row(num(i), text(name), yesNo(name != "TEMP"), "NO", "YES", nil, container))
	}
	return out
}

func tempfileRows(w *world) (out [][]query.Value) {
	for _, t := range w.c.Tempfiles {
		out = append(out, row(num(t.Number), num(w.c.Resetlogs.SCN), when(w.c.Created), w.ts(t.Tablespace), num(t.Number),
			"ONLINE", "READ WRITE", num(t.Bytes), num(t.Bytes/oradb.BlockSize), num(t.Bytes), num(oradb.BlockSize),
			text(t.Name), container))
	}
	return out
}
