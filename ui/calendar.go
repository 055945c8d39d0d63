package ui

import (
	"fmt"
	"strings"
	"time"

	"orabak-tui/s3store"
)

// calendar is a month of days, marked by what can be reached.
type calendar struct {
	day time.Time // the one that is selected: its midnight, in the console's zone
}

// newCalendar begins at the last day that can be reached.
func newCalendar(a *app) calendar {
	at := a.data.db.coverage.to
	if at.IsZero() {
		at = a.now()
	}
	at = at.In(a.data.zone)
	return calendar{day: time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, a.data.zone)}
}

// move goes by months, or by days. A day that a month does not have becomes
// its last one.
func (c *calendar) move(months, days int) {
	if months == 0 {
		c.day = c.day.AddDate(0, 0, days)
		return
	}
	first := time.Date(c.day.Year(), c.day.Month()+time.Month(months), 1, 0, 0, 0, 0, c.day.Location())
	c.day = first.AddDate(0, 0, min(c.day.Day(), first.AddDate(0, 1, -1).Day())-1)
}

// last is the last moment of the selected day that can be reached, else the
// end of the day, as it is typed.
func (c *calendar) last(a *app) string {
	if ws := a.data.db.coverage.day(c.day); len(ws) > 0 {
		return ws[len(ws)-1].to.In(c.day.Location()).Format(time.DateTime)
	}
	return c.day.AddDate(0, 0, 1).Add(-time.Second).Format(time.DateTime)
}

// weekOf is how many columns a week of the calendar takes.
const weekOf = 7*5 + 1

func (c *calendar) view(a *app, w, h int) string {
	if a.th.plain { // a month of numbers is no help to who hears it
		return strings.Join(c.about(a), "\n")
	}
	lines := []string{" " + a.th.Title.Render(c.day.Format("January 2006")), a.th.rule(weekOf), a.th.Muted.Render("  Mo   Tu   We   Th   Fr   Sa   Su")}
	first := time.Date(c.day.Year(), c.day.Month(), 1, 0, 0, 0, 0, c.day.Location())
	row := strings.Repeat("     ", (int(first.Weekday())+6)%7)
	for d := first; d.Month() == first.Month(); d = d.AddDate(0, 0, 1) {
		row += c.cell(a, d)
		if d.Weekday() == time.Sunday {
			lines, row = append(lines, " "+row), ""
		}
	}
	lines = append(lines, " "+row)
	lines = append(lines, a.th.Muted.Render(fmt.Sprintf(" %s some moments can be reached", mark(a.th))))
	return beside(a.th, strings.Join(lines, "\n"), strings.Join(c.about(a), "\n"), weekOf, w-weekOf-3, h)
}

// mark stands beside a day that has moments that can be reached.
func mark(t theme) string { return t.sign("●", "*") }

// cell is one day: marked when something in it can be reached.
func (c *calendar) cell(a *app, d time.Time) string {
	sign := " "
	if len(a.data.db.coverage.day(d)) > 0 {
		sign = mark(a.th)
	}
	text := fmt.Sprintf("%3d%s ", d.Day(), sign)
	switch {
	case d.Equal(c.day):
		return a.th.Selected.Render(text)
	case sign != " ":
		return a.th.Good.Render(text)
	default:
		return a.th.Muted.Render(text)
	}
}

// about says what can be reached on the selected day, and which sets began
// then.
func (c *calendar) about(a *app) []string {
	lines := []string{a.th.Title.Render(c.day.Format("Mon 2 January 2006")) + "  " + a.th.Muted.Render(c.day.Format("-07")), ""}
	ws := a.data.db.coverage.day(c.day)
	if len(ws) == 0 {
		lines = append(lines, a.th.state("GAP")+" no moment can be reached")
	} else {
		lines = append(lines, "can be reached:")
	}
	for _, w := range ws {
		from, to := w.from.In(c.day.Location()).Format(time.TimeOnly), w.to.In(c.day.Location()).Format(time.TimeOnly)
		if from == to {
			lines = append(lines, "  "+from)
		} else {
			lines = append(lines, "  "+from+a.th.sign(" – ", " - ")+to)
		}
	}
	var sets []string
	next := c.day.AddDate(0, 0, 1)
	for _, i := range a.data.db.rows { // newest first
		s := &a.data.list.sets[i]
		if s.StartedAt.Before(c.day) {
			break
		}
		if s.StartedAt.Before(next) && s.Status == s3store.StatusComplete {
			sets = append(sets, "  "+a.clock(s.StartedAt, "15:04")+"  "+clean(s.Kind))
		}
	}
	if len(sets) > 0 {
		lines = append(append(lines, "", a.th.Muted.Render("sets of this day:")), sets...)
	}
	return append(lines, "", a.th.Muted.Render("The plan has the last word."))
}
