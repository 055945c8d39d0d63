package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkMemory sends a piece beyond 32 GiB, where parts no longer fit into
// the buffers, from a file that is all holes.
func BenchmarkMemory(b *testing.B) {
	const size = 33 << 30
	s := newSite(b, endpoint(b), "")
	s.dir, s.names = memoryDir(b), []string{"piece"}
	path := filepath.Join(s.dir, "piece")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		b.Fatal(err)
	}
	u := measure(b, s.put(b).command())
	report("upload, one piece of 33 GiB: peak memory, MiB", "≤ 96", rssOf([]usage{u}).format("%.0f"), fmt.Sprintf("%s, %s", mib(size, u.wall), "parts of 16 MiB, read twice"))
}
