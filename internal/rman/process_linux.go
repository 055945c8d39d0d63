package rman

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// dieWithParent ends RMAN's client when this process is killed: an orphan that
// goes on writing into staging would meet the next run there.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }

// makeRaw switches echo, line editing and output translation off.
func makeRaw(tty *os.File) error {
	fd := int(tty.Fd())
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Iflag &^= unix.ICRNL | unix.INLCR | unix.IGNCR | unix.IXON
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}
