package bench

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"orabak-tui/internal/demo"
)

var (
	rounds = flag.Int("rounds", 5, "rounds in which contenders take turns")
	unit   = flag.Int64("mib", 2048, "MiB of the large transfers")
)

// roleEnv makes the test binary one of the processes of a benchmark.
const roleEnv = "ORABAK_BENCH_ROLE"

// roles are what the binary can be, by name. Each gets the arguments after the
// program's name.
var roles = map[string]func(args []string) error{
	"serve": serveRole, "put": putRole, "get": getRole, "say": sayRole,
}

func TestMain(m *testing.M) {
	if code, ok := demo.Tool(os.Args, os.Stdin, os.Stdout, os.Stderr); ok {
		os.Exit(code)
	}
	if role := roles[os.Getenv(roleEnv)]; role != nil {
		if err := role(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	code := m.Run()
	printTable(os.Stdout)
	os.Exit(code)
}

// self is the path of this binary.
func self(tb testing.TB) string {
	tb.Helper()
	path, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// memoryDir is a folder in memory where there is such a file system, so that
// no disk is measured.
func memoryDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "orabak-bench")
	if err != nil {
		return tb.TempDir()
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// writeFile makes a file of size bytes that do not compress.
func writeFile(tb testing.TB, path string, size int64) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tb.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	for left := size; left > 0; left -= int64(len(noise)) {
		if _, err := f.Write(noise[:min(left, int64(len(noise)))]); err != nil {
			tb.Fatal(err)
		}
	}
}
