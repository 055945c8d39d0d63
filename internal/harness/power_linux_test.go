package harness

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// How the harness learns what was synced: the program runs under a seccomp
// filter that reports every fsync and fdatasync, its own and its children's, to
// a supervisor in the test, which takes down what the file or folder holds at
// that moment and lets the call go on. The filter is put on by the test binary
// itself, started with powerWord, which then becomes the program.

// powerWord is the first argument of such a start.
const powerWord = "under-power"

const (
	seccompSetModeFilter = 1
	seccompNewListener   = 1 << 3
	seccompUserNotif     = 0x7fc00000
	seccompAllow         = 0x7fff0000
	seccompContinue      = 1
	notifReceive         = 0xc0502100
	notifSend            = 0xc0182101
)

type seccompNotif struct {
	id         uint64
	pid, flags uint32
	nr         int32
	arch       uint32
	ip         uint64
	args       [6]uint64
}

type seccompAnswer struct {
	id    uint64
	val   int64
	err   int32
	flags uint32
}

// launchUnderPower becomes the program that args name, with the filter on.
func launchUnderPower(args []string) {
	runtime.LockOSThread()
	err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	var listener int
	if err == nil {
		listener, err = installFilter()
	}
	if err == nil {
		err = unix.Sendmsg(3, []byte{'p'}, unix.UnixRights(listener), nil, 0)
	}
	if err == nil {
		_ = unix.Close(listener)
		_ = unix.Close(3)
		err = unix.Exec(args[0], args, os.Environ())
	}
	fmt.Fprintln(os.Stderr, "under power:", err)
	os.Exit(99)
}

func installFilter() (int, error) {
	stmt := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }
	equal := func(k uint32, jt uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jt: jt}
	}
	program := []unix.SockFilter{
		stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, 0),
		equal(unix.SYS_FSYNC, 2),
		equal(unix.SYS_FDATASYNC, 1),
		stmt(unix.BPF_RET|unix.BPF_K, seccompAllow),
		stmt(unix.BPF_RET|unix.BPF_K, seccompUserNotif),
	}
	fprog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, seccompSetModeFilter, seccompNewListener, uintptr(unsafe.Pointer(&fprog))) //nolint:gosec // the kernel's interface
	if errno != 0 {
		return 0, errno
	}
	return int(fd), nil
}

// underPower makes cmd report its syncs to p; the function returned ends that.
func (p *powerLoss) underPower(cmd *exec.Cmd) (wait func(), err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.Args = append([]string{self, powerWord, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = self
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer ours.Close()
		listener, err := receiveListener(ours)
		if err != nil {
			p.failed = err
			return
		}
		defer unix.Close(listener)
		p.supervise(listener)
	}()
	return func() {
		_ = theirs.Close()
		<-done
	}, nil
}

func receiveListener(f *os.File) (int, error) {
	c, err := net.FileConn(f)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	oob := make([]byte, 64)
	_, n, _, _, err := c.(*net.UnixConn).ReadMsgUnix(make([]byte, 1), oob)
	if err != nil {
		return 0, err
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil || len(msgs) == 0 {
		return 0, errors.Join(err, errors.New("no listener came"))
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil {
		return 0, err
	}
	return fds[0], nil
}

// supervise answers until every process under the filter has ended.
func (p *powerLoss) supervise(listener int) {
	for {
		ready := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(ready, -1); err != nil {
			if errors.Is(err, unix.EINTR) {
				continue
			}
			p.failed = err
			return
		}
		if ready[0].Revents&unix.POLLIN == 0 {
			return // POLLHUP: nobody is left
		}
		var n seccompNotif
		if control(listener, notifReceive, unsafe.Pointer(&n)) != nil {
			continue // the caller was killed meanwhile
		}
		p.synced(int(n.pid), int(n.args[0]))
		_ = control(listener, notifSend, unsafe.Pointer(&seccompAnswer{id: n.id, flags: seccompContinue}))
	}
}

func control(fd int, request uint, arg unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(arg)); errno != 0 {
		return errno
	}
	return nil
}

// synced takes down what a process makes durable. What rman syncs by itself
// does not count: Oracle promises nothing there.
func (p *powerLoss) synced(pid, fd int) {
	proc := filepath.Join("/proc", fmt.Sprint(pid))
	if exe, err := os.Readlink(filepath.Join(proc, "exe")); err != nil || exe == tools {
		return
	}
	path, err := os.Readlink(filepath.Join(proc, "fd", fmt.Sprint(fd)))
	if err != nil || !strings.HasPrefix(path, p.root+"/") {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.syncs++
	_ = p.durable.note(filepath.Join(proc, "fd", fmt.Sprint(fd)), path)
}

func inode(fi os.FileInfo) uint64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return st.Ino
	}
	return 0
}
