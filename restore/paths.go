package restore

import (
	"path/filepath"
	"strconv"
	"strings"
)

// CatalogDir is the folder below RESTORE_SOURCE_DIR that holds the verified
// pieces of one database, a folder for each set. RMAN catalogs all of it.
func CatalogDir(restoreDir, dbName string, dbid int64) string {
	return filepath.Join(restoreDir, dbName+"-"+strconv.FormatInt(dbid, 10))
}

// incomingDir is where pieces come in: outside of what RMAN catalogs, because a
// piece has a valid header long before it is whole.
func incomingDir(restoreDir, setID string) string {
	return filepath.Join(restoreDir, "incoming", setID)
}

// plainName tells whether a name from outside is that of a file and nothing
// else: not a path, not hidden.
func plainName(name string) bool {
	return name != "" && name == filepath.Base(name) && !strings.HasPrefix(name, ".") && !strings.ContainsAny(name, `/\`)
}
