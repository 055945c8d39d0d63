//go:build unix

package restore

import (
	"io/fs"
	"strconv"
	"syscall"
)

// device names the file system that a file lies on.
func device(fi fs.FileInfo) string {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return strconv.FormatUint(uint64(st.Dev), 16) //nolint:unconvert // the type differs between systems
	}
	return fi.Name()
}
