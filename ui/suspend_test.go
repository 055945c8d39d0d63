package ui

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// envSuspend makes the test binary a process that starts others all the time
// and suspends itself.
const envSuspend = "ORABAK_TEST_SUSPEND"

func TestMain(m *testing.M) {
	if os.Getenv(envSuspend) != "" {
		suspendBusy()
	}
	os.Exit(m.Run())
}

func suspendBusy() {
	for range 4 {
		go func() {
			for {
				cmd := exec.Command("true")
				cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
				_ = cmd.Run() // only its start counts
			}
		}()
	}
	time.Sleep(20 * time.Millisecond) // some are under way
	if err := (pause{}).Run(); err != nil {
		os.Exit(3)
	}
	os.Exit(0)
}

// TestSuspendWhileStarting: ctrl+z at any moment stops the whole process, also
// while it starts sqlplus, and fg brings it back.
func TestSuspendWhileStarting(t *testing.T) {
	for range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), envSuspend+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		limit := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
		var st syscall.WaitStatus
		if _, err := syscall.Wait4(cmd.Process.Pid, &st, syscall.WUNTRACED, nil); err != nil || !st.Stopped() {
			t.Fatalf("did not stop: %v, %v", st, err)
		}
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("after fg: %v", err)
		}
		limit.Stop()
	}
}
