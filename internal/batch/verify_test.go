package batch

import (
	"fmt"
	"testing"
	"time"
)

// TestSampled: within 100/percent days every set is read exactly once, and each
// day about so many percent of them.
func TestSampled(t *testing.T) {
	start := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)
	for _, percent := range []int{1, 7, 10, 33, 50, 100} {
		days := (100 + percent - 1) / percent
		daily := make([]int, days)
		for i := range 2000 {
			id, read := fmt.Sprintf("20261124T0000%02dZ-full-ORCL-%04x", i%60, i), 0
			for d := range days {
				if sampled(id, percent, start.AddDate(0, 0, d)) {
					read++
					daily[d]++
				}
			}
			if read != 1 {
				t.Fatalf("%d %%: set %s is read %d times in %d days", percent, id, read, days)
			}
		}
		for d, n := range daily {
			if even := 2000 / days; n < even/3 || n > 3*even {
				t.Errorf("%d %%: %d of 2000 sets on day %d", percent, n, d)
			}
		}
	}
	if sampled("x", 0, start) {
		t.Error("a sample of 0 % reads something")
	}
}
