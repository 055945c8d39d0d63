package sqlsim

import (
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

func init() {
	register(map[string]view{
		"DUAL": {oradb.NoMount, "DUMMY 1", func(*world) [][]query.Value { return one("X") }},
		"V$INSTANCE": {oradb.NoMount, "INSTANCE_NUMBER n,INSTANCE_NAME 16,HOST_NAME 64,VERSION 17,VERSION_FULL 17 18," +
			"STARTUP_TIME d,STATUS 12,PARALLEL 3,THREAD# n,ARCHIVER 7,LOG_SWITCH_WAIT 15,LOGINS 10,SHUTDOWN_PENDING 3," +
			"DATABASE_STATUS 17,INSTANCE_ROLE 18,ACTIVE_STATE 9,BLOCKED 3,CON_ID n 12,INSTANCE_MODE 11 12,EDITION 7 12", instanceRows},
		"V$VERSION":                 {oradb.NoMount, "BANNER 80,BANNER_FULL 160 18,BANNER_LEGACY 80 18,CON_ID n 12", versionRows},
		"PRODUCT_COMPONENT_VERSION": {oradb.NoMount, "PRODUCT 38,VERSION 10,VERSION_FULL 10 18,STATUS 17", productRows},
		"V$PARAMETER": {oradb.NoMount, "NUM n,NAME 80,TYPE n,VALUE 4000,DISPLAY_VALUE 4000,ISDEFAULT 9," +
			"ISSYS_MODIFIABLE 9,ISMODIFIED 10,CON_ID n 12", parameterRows},
		"V$SPPARAMETER": {oradb.NoMount, "SID 80,NAME 80,VALUE 255,DISPLAY_VALUE 255,ISSPECIFIED 6,CON_ID n 12", spparameterRows},
		"V$RECOVERY_FILE_DEST": {oradb.NoMount, "NAME 513,SPACE_LIMIT n,SPACE_USED n,SPACE_RECLAIMABLE n,NUMBER_OF_FILES n," +
			"CON_ID n 12", areaRows},
		"V$SESSION_LONGOPS": {oradb.NoMount, "SID n,SERIAL# n,OPNAME 64,TARGET 64,SOFAR n,TOTALWORK n,UNITS 32,START_TIME d," +
			"LAST_UPDATE_TIME d,TIME_REMAINING n,ELAPSED_SECONDS n,CONTEXT n,MESSAGE 512,USERNAME 128,CON_ID n 12", longopRows},
		"V$CONTROLFILE": {oradb.NoMount, "STATUS 7,NAME 513,IS_RECOVERY_DEST_FILE 3,BLOCK_SIZE n,FILE_SIZE_BLKS n,CON_ID n 12",
			controlfileRows},
	})
}

func instanceRows(w *world) [][]query.Value {
	host, _ := os.Hostname()
	archiver, database := "STOPPED", "ACTIVE"
	if w.in.State >= oradb.Mounted {
		archiver = "STARTED"
	}
	return one(num(1), text(w.in.SID), text(host), text(release(w.version)), text(w.version), when(w.in.Started),
		w.in.State.String(), "NO", num(1), archiver, nil, "ALLOWED", "NO", database, "PRIMARY_INSTANCE", "NORMAL", "NO",
		container, "REGULAR", "EE")
}

// release is VERSION as 18c and later have it: only the release, without updates.
func release(version string) string {
	if major(version) < 18 {
		return version
	}
	head, _, _ := strings.Cut(version, ".")
	return head + ".0.0.0.0"
}

// marketing is the name of a release: 19c, 23ai, 11g.
func marketing(version string) string {
	head, _, _ := strings.Cut(version, ".")
	switch n := major(version); {
	case n >= 23:
		return head + "ai"
	case n >= 12:
		return head + "c"
	}
	return head + "g"
}

func versionRows(w *world) [][]query.Value {
	banner := "Oracle Database " + marketing(w.version) + " Enterprise Edition Release " + release(w.version) + " - Production"
	return one(text(banner), text(banner+"\nVersion "+w.version), text(banner), container)
}

func productRows(w *world) [][]query.Value {
	return one("Oracle Database "+marketing(w.version)+" Enterprise Edition ", text(release(w.version)), text(w.version), "Production")
}

// defaults are parameters with their values where the parameter file has none.
var defaults = oradb.Params{
	"archive_lag_target": "0", "cluster_database": "FALSE", "control_file_record_keep_time": "7", "control_files": "",
	"db_block_size": "8192", "db_create_file_dest": "", "db_create_online_log_dest_1": "", "db_name": "",
	"db_recovery_file_dest": "", "db_recovery_file_dest_size": "0", "db_unique_name": "", "diagnostic_dest": "",
	"instance_name": "", "log_archive_config": "", "log_archive_dest": "", "log_archive_dest_1": "", "log_archive_dest_2": "",
	"log_archive_format": "%t_%s_%r.dbf", "open_cursors": "300", "processes": "300", "sga_target": "0", "spfile": "",
	"undo_tablespace": "", "compatible": "", "enable_pluggable_database": "FALSE", "standby_file_management": "MANUAL",
}

// parameters are the instance's, with defaults.
func (w *world) parameters() oradb.Params {
	p := maps.Clone(defaults)
	maps.Copy(p, w.in.Params)
	p["instance_name"], p["diagnostic_dest"] = w.in.SID, w.db.Base()
	if w.in.Spfile {
		p["spfile"] = w.in.ParamFile
	}
	if p["db_unique_name"] == "" {
		p["db_unique_name"] = p["db_name"]
	}
	p["control_files"] = strings.Join(w.in.Params.ControlFiles(), ", ")
	return p
}

func parameterRows(w *world) (out [][]query.Value) {
	p := w.parameters()
	for i, name := range slices.Sorted(maps.Keys(p)) {
		_, set := w.in.Params[name]
		isDefault := "TRUE"
		if set {
			isDefault = "FALSE"
		}
		typ := 2
		if _, ok := new(big.Int).SetString(p[name], 10); ok {
			typ = 3
		}
		out = append(out, row(num(i+1), text(name), num(typ), text(p[name]), text(p[name]), isDefault, "IMMEDIATE", "FALSE", container))
	}
	return out
}

func spparameterRows(w *world) (out [][]query.Value) {
	stored, _, err := w.db.Spfile()
	if err != nil {
		return nil
	}
	p := oradb.ParseParams(stored)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		out = append(out, row("*", text(name), text(p[name]), text(p[name]), "TRUE", container))
	}
	return out
}

func areaRows(w *world) [][]query.Value {
	a, err := w.db.RecoveryArea()
	if err != nil || a.Dir == "" {
		return nil
	}
	return one(text(a.Dir), num(a.Limit), num(a.Used), num(a.Reclaimable), num(a.Files), container)
}

func longopRows(w *world) (out [][]query.Value) {
	ops, err := w.db.Longops()
	if err != nil {
		return nil
	}
	for _, l := range ops {
		elapsed := int64(l.Updated.Sub(l.Start).Seconds())
		remaining := int64(0)
		if l.SoFar > 0 {
			remaining = elapsed * (l.TotalWork - l.SoFar) / l.SoFar
		}
		out = append(out, row(num(l.SID), num(l.Serial), text(l.Opname), nil, num(l.SoFar), num(l.TotalWork), "Blocks",
			when(l.Start), when(l.Updated), num(remaining), num(elapsed), num(l.Context), nil, "SYS", container))
	}
	return out
}

// controlfileRows is empty before the control file was opened.
func controlfileRows(w *world) (out [][]query.Value) {
	if w.in.State < oradb.Mounted {
		return nil
	}
	for _, name := range w.in.Params.ControlFiles() {
		size := int64(0)
		if fi, err := os.Stat(name); err == nil {
			size = fi.Size()
		}
		out = append(out, row(nil, text(name), yesNo(w.inArea(name)), num(16384), num((size+16383)/16384), container))
	}
	return out
}

// inArea tells whether a file lies in the fast recovery area.
func (w *world) inArea(path string) bool {
	dir := w.in.Params["db_recovery_file_dest"]
	if dir == "" {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}
