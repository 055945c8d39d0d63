package ui

import (
	"fmt"
	"strings"
	"time"

	"orabak-tui/s3store"
)

// calendar is a month of days, marked by what can be reached.
type calendar struct {
	day   time.Time // selected, local midnight
	marks map[string]string
}

// newCalendar marks the days that hold sets: F a level 0, I a level 1, a
// archived logs; the selection starts on the newest.
func newCalendar(a *app) calendar {
	c := calendar{marks: map[string]string{}}
	rank := map[string]string{s3store.KindFull: "F", s3store.KindIncremental: "I", s3store.KindArchivelog: "a"}
	best := map[string]int{"": 0, "a": 1, "I": 2, "F": 3}
	newest := time.Time{}
	for _, s := range a.data.sets {
		if s.Status != s3store.StatusComplete || (a.data.database() != "" && s.DBName != a.data.database()) {
			continue
		}
		d := s.RecoverableTo.Local().Format(time.DateOnly)
		if m := rank[s.Kind]; best[m] > best[c.marks[d]] {
			c.marks[d] = m
		}
		if s.RecoverableTo.After(newest) {
			newest = s.RecoverableTo
		}
	}
	if newest.IsZero() {
		newest = a.now()
	}
	n := newest.Local()
	c.day = time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, time.Local)
	return c
}

func (c *calendar) press(k string) {
	switch k {
	case "left", "h":
		c.day = c.day.AddDate(0, 0, -1)
	case "right", "l":
		c.day = c.day.AddDate(0, 0, 1)
	case "up", "k":
		c.day = c.day.AddDate(0, 0, -7)
	case "down", "j":
		c.day = c.day.AddDate(0, 0, 7)
	case "[", "pgup":
		c.day = c.day.AddDate(0, -1, 0)
	case "]", "pgdown":
		c.day = c.day.AddDate(0, 1, 0)
	}
}

// end is the last moment of the selected day that can be reached: its end, or
// that of the newest set's logs on that day.
func (c *calendar) end(a *app) time.Time {
	last := c.day.AddDate(0, 0, 1).Add(-time.Second)
	newest := time.Time{}
	for _, s := range a.data.sets {
		if s.Status == s3store.StatusComplete && s.RecoverableTo.After(newest) {
			newest = s.RecoverableTo
		}
	}
	if !newest.IsZero() && newest.Before(last) {
		return newest.Local()
	}
	return last
}

func (c *calendar) view(a *app) string {
	first := time.Date(c.day.Year(), c.day.Month(), 1, 0, 0, 0, 0, time.Local)
	lines := []string{" " + a.th.Title.Render(c.day.Format("January 2006")), "", a.th.Muted.Render("   Mo   Tu   We   Th   Fr   Sa   Su")}
	row := strings.Repeat("     ", (int(first.Weekday())+6)%7)
	for d := first; d.Month() == first.Month(); d = d.AddDate(0, 0, 1) {
		mark := c.marks[d.Format(time.DateOnly)]
		cell := fmt.Sprintf(" %2d%-1s ", d.Day(), mark)
		switch {
		case d.Equal(c.day):
			cell = a.th.Selected.Render(cell)
		case mark != "":
			cell = a.th.Good.Render(cell)
		default:
			cell = a.th.Muted.Render(cell)
		}
		row += cell
		if d.Weekday() == time.Sunday {
			lines, row = append(lines, "  "+row), ""
		}
	}
	lines = append(lines, "  "+row, "", a.th.Muted.Render(" F level 0   I level 1   a archived logs   (days of this host)"))
	return strings.Join(lines, "\n")
}
