package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Tool returns the path of a program of the installation, rman or sqlplus.
// The error wraps ErrNoHome, ErrNoTool or ErrToolDenied.
func Tool(home, name string) (string, error) {
	info, err := os.Stat(home)
	if home == "" || err != nil || !info.IsDir() {
		return "", fmt.Errorf("ORACLE_HOME %+q: %w", home, ErrNoHome)
	}
	path := filepath.Join(home, "bin", name)
	info, err = os.Stat(path)
	switch {
	case os.IsPermission(err):
		return "", fmt.Errorf("%+q: %w", path, ErrToolDenied)
	case err != nil || info.IsDir():
		return "", fmt.Errorf("%+q: %w", path, ErrNoTool)
	case info.Mode()&0o111 == 0 || !executable(path):
		return "", fmt.Errorf("%+q: %w", path, ErrToolDenied)
	}
	return path, nil
}

// Environ returns the environment of Oracle's programs: base (the process's
// own if nil) with the instance and the language pinned, so that output reads
// the same on every host. TZ, TNS_ADMIN and the like are kept. Left out is what
// would change the output (NLS_*), the connection (TWO_TASK) or run scripts of
// others (SQLPATH, ORACLE_PATH), and every secret of ours.
func Environ(base []string, home, sid string) []string {
	if base == nil {
		base = os.Environ()
	}
	env := make([]string, 0, len(base)+6)
	var path, lib string
	for _, kv := range base {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case name == "PATH":
			path = value
		case name == "LD_LIBRARY_PATH":
			lib = value
		case !dropped(name):
			env = append(env, kv)
		}
	}
	return append(env,
		"ORACLE_HOME="+home,
		"ORACLE_SID="+sid,
		"PATH="+prepend(filepath.Join(home, "bin"), path),
		"LD_LIBRARY_PATH="+prepend(filepath.Join(home, "lib"), lib),
		"NLS_LANG=AMERICAN_AMERICA.AL32UTF8",
		"NLS_DATE_FORMAT=YYYY-MM-DD HH24:MI:SS",
	)
}

func prepend(dir, list string) string {
	if list == "" {
		return dir
	}
	return dir + string(os.PathListSeparator) + list
}

// dropped tells whether a variable stays out of the child's environment.
func dropped(name string) bool {
	name = strings.ToUpper(name)
	switch name {
	case "ORACLE_HOME", "ORACLE_SID", "TWO_TASK", "SQLPATH", "ORACLE_PATH",
		"RMAN_TARGET", "RMAN_TARGET_CONNECT_STRING", "NOTIFY_URL", "NOTIFY_COMMAND":
		return true
	}
	for _, p := range []string{"AWS_", "NLS_", "S3_"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	for _, s := range []string{"SECRET", "PASSWORD", "PASSWD", "TOKEN", "CREDENTIAL", "ACCESS_KEY", "PRIVATE_KEY", "API_KEY"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}
