package restore

import (
	"fmt"
	"os"
	"strings"
)

// working gives the answer to the watchdog over a silent RMAN: whether the
// datafiles that it restores changed since it was asked last. RMAN says nothing
// while it reads a piece of many gigabytes.
func (s *session) working() func() bool {
	last := ""
	return func() bool {
		before := last
		last = s.traces()
		return last != before
	}
}

// traces are sizes and times of what RMAN writes.
func (s *session) traces() string {
	if s.plan == nil {
		return ""
	}
	var b strings.Builder
	for _, f := range s.plan.Files {
		if fi, err := os.Stat(f.Name); err == nil {
			fmt.Fprintf(&b, "%d %d\n", fi.Size(), fi.ModTime().UnixNano())
		}
	}
	for _, dir := range s.archiveFolders() {
		if fi, err := os.Stat(dir); err == nil {
			fmt.Fprintf(&b, "%d\n", fi.ModTime().UnixNano())
		}
	}
	return b.String()
}
