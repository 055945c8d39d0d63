package run

import (
	"fmt"
	"time"
)

// Span writes a duration for people, in its two largest units and to the
// second: 2 d 13 h, 4 min 20 s. A second unit of zero is left out.
func Span(d time.Duration) string {
	d = max(0, d.Round(time.Second))
	units := []struct {
		n    int
		name string
	}{{int(d.Hours()) / 24, "d"}, {int(d.Hours()) % 24, "h"}, {int(d.Minutes()) % 60, "min"}, {int(d.Seconds()) % 60, "s"}}
	for len(units) > 1 && units[0].n == 0 {
		units = units[1:]
	}
	text := fmt.Sprintf("%d %s", units[0].n, units[0].name)
	if len(units) > 1 && units[1].n > 0 {
		text += fmt.Sprintf(" %d %s", units[1].n, units[1].name)
	}
	return text
}
