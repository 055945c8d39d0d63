package s3servers

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

const (
	// startTime is how long a server may take to serve, on a busy machine.
	startTime = time.Minute
	// stopTime is how long it may take to end when asked to.
	stopTime = 5 * time.Second
	// tries is how often a port is chosen: another process may take it between
	// our choice and the server's listening.
	tries = 3
)

func start(tb testing.TB, path string, l launch) Endpoint {
	tb.Helper()
	scratch := tb.TempDir()
	data := filepath.Join(scratch, "data")
	for _, dir := range []string{data, filepath.Join(scratch, "versions")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			tb.Fatalf("s3servers: %v", err)
		}
	}
	var err error
	for range tries {
		var p *process
		var url string
		if p, url, err = try(path, l, data, scratch); err == nil {
			tb.Cleanup(p.stop)
			return Endpoint{url, accessKey, secret, region, bucket, data}
		}
	}
	tb.Fatalf("s3servers: %s did not start: %v", filepath.Base(path), err)
	return Endpoint{}
}

func try(path string, l launch, data, scratch string) (*process, string, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(path, l.args(addr, data, scratch)...)
	cmd.Dir = scratch
	// Nothing of the tester's own configuration may play a part.
	cmd.Env = append([]string{"HOME=" + scratch, "PATH=" + os.Getenv("PATH")}, l.env...)
	p, err := run(cmd)
	if err != nil {
		return nil, "", err
	}
	url := "http://" + addr
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	if err = p.await(client, url+l.ready); err == nil {
		err = makeBucket(client, url, time.Now())
	}
	if err != nil {
		p.stop()
		return nil, "", fmt.Errorf("%w; it said: %s", err, p.said.String())
	}
	return p, url, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// process is a server's process.
type process struct {
	cmd   *exec.Cmd
	said  output
	ended chan struct{} // closed when it has ended
}

// run starts cmd. It dies with this process, however that ends.
func run(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	cmd.SysProcAttr = dieWithParent()
	started := make(chan error)
	go func() {
		// For the kernel the parent is the thread that started the child, so
		// that thread is kept until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is told by what it said
			close(p.ended)
		}
	}()
	return p, <-started
}

// await polls url until the server serves, or has ended.
func (p *process) await(client *http.Client, url string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(startTime)
	for {
		if serves(client, url) {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.ended:
			return errors.New("it ended at once")
		case <-deadline:
			return fmt.Errorf("it does not serve after %v", startTime)
		}
	}
}

func serves(client *http.Client, url string) bool {
	res, err := client.Get(url)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK || res.StatusCode == http.StatusForbidden
}

// stop ends the process and waits for its end.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(stopTime):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// output keeps the beginning of what a server says.
type output struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf.Write(p[:min(len(p), max(0, 8<<10-o.buf.Len()))])
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
