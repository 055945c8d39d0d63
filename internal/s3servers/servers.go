// Package s3servers starts real S3 servers for tests: each on a free loopback
// port, over a scratch folder, with a bucket in it, and stopped with the test.
//
// The binaries are built by .ci/install-servers, from Go modules of their own,
// so that nobody who builds or uses the program ever builds them. They are
// looked for in the folder that ORABAK_TEST_SERVERS names, or, where that is
// not set, in the folder that the script fills and then in PATH. A test whose
// server is not there is skipped, and says how to get it.
package s3servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The servers that this package can start.
const (
	VersityGW = "versitygw"
	MinIO     = "minio"
	Rclone    = "rclone"
)

// Server is a server whose binary was found.
type Server struct {
	Name string
	Path string // of the binary
}

// Endpoint is a running server: all that a client needs to know.
type Endpoint struct {
	URL       string // plain http, on the loopback interface; path-style addressing
	AccessKey string
	Secret    string
	Region    string
	Bucket    string // exists and is empty
	Dir       string // where the server keeps its data
}

// Available finds the servers that tests can use here, versitygw first.
func Available() []Server {
	var found []Server
	for _, name := range []string{VersityGW, MinIO, Rclone} {
		if path, ok := find(name); ok {
			found = append(found, Server{name, path})
		}
	}
	return found
}

// Start starts a server for the rest of the test, and returns when it serves.
// It skips the test where the binary is missing.
func Start(tb testing.TB, name string) Endpoint {
	tb.Helper()
	launch, known := launches[name]
	if !known {
		tb.Fatalf("s3servers: there is no server %q", name)
	}
	path, ok := find(name)
	if !ok {
		tb.Skipf("the S3 server %s is not on this machine: run .ci/install-servers (ORABAK_ALL_SERVERS=1 for all)", name)
	}
	return start(tb, path, launch)
}

func find(name string) (path string, ok bool) {
	if dir, set := os.LookupEnv("ORABAK_TEST_SERVERS"); set {
		return executable(filepath.Join(dir, name))
	}
	if dir, err := cacheDir(); err == nil {
		if path, ok := executable(filepath.Join(dir, name)); ok {
			return path, true
		}
	}
	path, err := exec.LookPath(name)
	return path, err == nil
}

// cacheDir is the folder that .ci/install-servers fills.
func cacheDir() (string, error) {
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "orabak-tui", "servers"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".cache", "orabak-tui", "servers"), err
}

func executable(path string) (string, bool) {
	info, err := os.Stat(path)
	return path, err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}
