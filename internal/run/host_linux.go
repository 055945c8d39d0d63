package run

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
)

var bootID = sync.OnceValue(func() string {
	b, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(b))
})

// processStart tells when a process started, as the boot's id and the clock
// ticks since: no other process ever has both its pid and this. It is empty
// for a process that is gone or a zombie; known is false when /proc does not
// show it although it may exist (mount option hidepid).
func processStart(pid int) (start string, known bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", syscall.Kill(pid, 0) == syscall.ESRCH
	}
	// The command's name stands in parentheses and may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const state, startTime = 0, 19 // fields 3 and 22 of proc(5)
	if len(fields) <= startTime {
		return "", false
	}
	if s := fields[state][0]; s == 'Z' || s == 'X' {
		return "", true
	}
	return bootID() + ":" + string(fields[startTime]), true
}

// File system numbers of statfs(2) where another host may hold the same folder.
var networkTypes = map[int64]bool{
	0x6969:     true, // NFS
	0xff534d42: true, // CIFS
	0xfe534d42: true, // SMB2
	0x01021997: true, // 9P
	0x0bd00bd0: true, // Lustre
	0x47504653: true, // GPFS
	0x01161970: true, // GFS2
	0x7461636f: true, // OCFS2
	0x00c36400: true, // Ceph
	0x61636673: true, // ACFS
	0x65735546: true, // FUSE, may be anything
}

// onNetwork tells whether a folder may be shared with other hosts, so that a
// lock that seems free may be held where this kernel cannot see it.
func onNetwork(dir string) bool {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return true
	}
	return networkTypes[int64(fs.Type)&0xffffffff] //nolint:unconvert // the field has 32 bits on some machines
}
