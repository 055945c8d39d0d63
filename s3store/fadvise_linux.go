package s3store

import (
	"os"

	"golang.org/x/sys/unix"
)

// forget tells the kernel that these pages of a piece are not needed again, so
// that a backup does not push the database's files out of memory. Pages not
// yet written to disk stay.
func forget(f *os.File, off, n int64) {
	_ = unix.Fadvise(int(f.Fd()), off, n, unix.FADV_DONTNEED)
}

// sequential asks for read-ahead.
func sequential(f *os.File) {
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_SEQUENTIAL)
}
