package ui

import (
	"fmt"
	"time"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
)

// zoneOf is the zone that times are shown in: that of the database host. When
// this host's clock agrees with it now, it is this host's zone, which also
// knows summer time.
func zoneOf(f *oracle.Facts, now time.Time) *time.Location {
	if f == nil || f.Name == "" {
		return time.Local
	}
	east := f.UTCOffsetMinutes * 60
	if _, here := now.Local().Zone(); here == east {
		return time.Local
	}
	return time.FixedZone("", east)
}

// sameZone says whether two zones tell the same time, today and half a year
// on.
func sameZone(a, b *time.Location) bool {
	for _, t := range []time.Time{time.Unix(1_700_000_000, 0), time.Unix(1_700_000_000+182*86400, 0)} {
		_, x := t.In(a).Zone()
		_, y := t.In(b).Zone()
		if x != y {
			return false
		}
	}
	return true
}

// clock writes a moment in the zone of the console.
func (a *app) clock(t time.Time, layout string) string { return t.In(a.data.zone).Format(layout) }

// moment names a time: today only by the clock.
func (a *app) moment(t time.Time) string {
	if a.clock(t, time.DateOnly) == a.clock(a.now(), time.DateOnly) {
		return a.clock(t, "15:04:05") + " today"
	}
	return a.clock(t, "2 Jan 15:04:05")
}

// age says how long ago a moment was, in its two largest units.
func age(now, then time.Time) string {
	if then.IsZero() {
		return "never"
	}
	return run.Span(now.Sub(then)) + " ago"
}

// roughly writes a duration in its largest unit, for ages: 2 d, 13 h, 4 min.
func roughly(d time.Duration) string {
	d = max(0, d)
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours())/24)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d >= time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	default:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
}

// clockTime writes a duration as 2:41:09 or 0:21.
func clockTime(d time.Duration) string {
	d = max(0, d.Round(time.Second))
	if h := int(d.Hours()); h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, int(d.Minutes())%60, int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// patience tells how long something has been waited for, once that is worth
// telling, and what to do about it.
func (a *app) patience(since time.Time, what string) string {
	if d := a.now().Sub(since); !since.IsZero() && d >= patienceFrom {
		return ": no answer for " + run.Span(d) + what
	}
	return ""
}

// patienceFrom is how long nobody wonders.
const patienceFrom = 4 * time.Second
