package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// headerLines is what stands above the list: how safe, and a rule.
const headerLines = 2

// detailFrom is the width from which the detail pane has room.
const detailFrom = 110

func (s *sets) view(a *app, w, h int) string {
	body := h - headerLines - 1
	lw := w
	detail := w >= detailFrom && !a.th.plain
	if detail {
		lw = min(w*3/5, 90)
	}
	list := s.lines(a, lw, body)
	if detail {
		list = beside(a.th, list, s.detail.view(a, s.selected(), w-lw-3, body), lw, w-lw-3, body)
	}
	return a.safety(w) + "\n" + a.th.rule(w) + "\n" + fit(list, w, body) + "\n" + s.status(a, w)
}

// place is the selected row.
func (s *sets) place() (x, y int, ok bool) {
	if c := s.filter.Cursor(); c != nil && s.filter.Focused() {
		return c.X + 1, headerLines + s.sel.h, true
	}
	return 0, headerLines + s.sel.at - s.sel.top, len(s.rows) > 0
}

// safety answers the DBA's question first: to when can I get back? Then the
// age of the newest set of each kind against the schedule.
func (a *app) safety(w int) string {
	c := &a.data.db.coverage
	switch {
	case a.data.list.at.IsZero() && a.data.setsErr != nil:
		return cut(" "+a.th.state("FAIL")+" nothing is known: the bucket cannot be read. c checks why", w)
	case a.data.list.at.IsZero():
		return a.th.Muted.Render(" nothing known of the bucket yet")
	case c.to.IsZero() && c.logs.IsZero():
		return cut(" "+a.th.state("FAIL")+" nothing to recover from: no set of this database on S3. b takes a backup", w)
	case c.to.IsZero():
		return cut(" "+a.th.state("FAIL")+" nothing to recover from: no level 0 that the other sets build on. b takes one", w)
	}
	for _, form := range []struct{ long, day bool }{{true, true}, {false, true}, {false, false}} {
		if line := a.reach(c, form.long, form.day); lipgloss.Width(line) <= w {
			return line
		}
	}
	head, fits := a.reachHead(c, false, false), ""
	for _, k := range a.ages() {
		if next := head + fits + "  " + a.aged(k, false); lipgloss.Width(next) <= w {
			fits += "  " + a.aged(k, false)
		}
	}
	return cut(head+fits, w)
}

// reach is the whole line, with ages in long or short form.
func (a *app) reach(c *coverage, long, day bool) string {
	line, gap := a.reachHead(c, long, day), "  "
	if long {
		gap = "   "
	}
	for _, k := range a.ages() {
		line += gap + a.aged(k, long)
	}
	return line
}

// reachHead says to when one can get back; the age tells what the day does.
func (a *app) reachHead(c *coverage, long, day bool) string {
	at, old := a.moment(c.to), roughly(a.now().Sub(c.to))+" ago"
	if long {
		old = age(a.now(), c.to)
	}
	if !day {
		at = strings.TrimSuffix(at, " today")
	}
	head := " " + a.th.Strong.Render("Recoverable to "+at) + " (" + old + ")"
	if c.hole {
		head += " " + a.th.state("GAP") + " logs after it are missing"
	}
	return head
}

// kindAge is the newest set of a kind against the schedule.
type kindAge struct {
	long, short string
	at          time.Time
	most        time.Duration
}

// ages are those that can be shown, the late ones first.
func (a *app) ages() []kindAge {
	c, conf := &a.data.db.coverage, a.d.Config
	all := []kindAge{
		{"level 0", "L0", c.level0, conf.ScheduleFull},
		{"level 1", "L1", c.level1, conf.ScheduleIncremental},
		{"logs", "logs", c.logs, conf.ScheduleLogs},
	}
	var late, fine []kindAge
	for _, k := range all {
		if k.late(a.now()) {
			late = append(late, k)
		} else {
			fine = append(fine, k)
		}
	}
	return append(late, fine...)
}

func (k kindAge) late(now time.Time) bool { return k.most > 0 && now.Sub(k.at) > k.most }

// aged is one age; over what the schedule allows it says so.
func (a *app) aged(k kindAge, long bool) string {
	name, old := k.short+" ", "never"
	if long {
		name = k.long + ": "
	}
	if !k.at.IsZero() {
		old = roughly(a.now().Sub(k.at))
		if long {
			old = age(a.now(), k.at)
		}
	}
	if k.late(a.now()) {
		return a.th.Warn.Render(a.th.sign("▲ ", "") + name + old + " LATE")
	}
	return name + old
}

// lines draws the rows on the screen, and only those.
func (s *sets) lines(a *app, w, h int) string {
	if len(s.rows) == 0 {
		return "\n " + a.th.Muted.Render(s.empty(a))
	}
	from, to := s.sel.window(len(s.rows), h)
	if from == s.sel.at && from > 0 && s.rows[from-1].day {
		s.sel.top-- // the heading of the first set is seen too
		from, to = s.sel.top, to-1
	}
	var lines []string
	for i := from; i < to; i++ {
		set := &s.list.sets[s.rows[i].set]
		if s.rows[i].day {
			lines = append(lines, " "+a.th.Title.Render(a.clock(set.StartedAt, "Mon 2 January 2006")))
		} else {
			lines = append(lines, s.line(a, set, i == s.sel.at, w))
		}
	}
	return strings.Join(lines, "\n")
}

func (s *sets) empty(a *app) string {
	switch {
	case s.filter.Value() != "":
		return "no set matches; esc clears the filter"
	case a.data.list.at.IsZero() && a.data.setsErr != nil:
		return clean(a.data.setsErr.Error())
	case a.data.list.at.IsZero():
		return "reading the bucket" + a.patience(a.data.since, "; c checks why")
	default:
		return "no sets yet; b takes a backup"
	}
}

// line is one set; columns go by priority as the width shrinks.
func (s *sets) line(a *app, set *s3store.Set, selected bool, w int) string {
	at := a.clock(set.StartedAt, "15:04")
	if s.sorted != byTime {
		at = a.clock(set.StartedAt, "2006-01-02 15:04")
	}
	right := padLeft(config.Bytes(set.Bytes).String(), 11)
	if w >= 78 {
		right += padLeft(fmt.Sprintf("%d p", set.Pieces), 7)
	}
	if w >= 64 && !set.CompletedAt.IsZero() {
		right += padLeft(clockTime(set.CompletedAt.Sub(set.StartedAt)), 9)
	} else if w >= 64 {
		right += padLeft("-", 9)
	}
	right += "  " + pad(a.th.state(stateOf(set)), 7)
	left := "   " + at + "  " + pad(clean(set.Kind), 12)
	level, on := levelWord(set), a.builds(set)
	if level != "" && lipgloss.Width(left+level+on)+2 <= w-lipgloss.Width(right) { // the kind says it too
		left += level + "  "
	}
	line := spread(left+on, right, w)
	if selected {
		return a.th.selectLine(line, w)
	}
	return line
}

// builds says what a set builds on, or how many logs it brings.
func (a *app) builds(set *s3store.Set) string {
	switch {
	case set.BuildsOn != "":
		if id, err := run.ParseID(set.BuildsOn); err == nil {
			return "on " + a.clock(id.Time, "2 Jan")
		}
		return "on " + clean(set.BuildsOn)
	case set.Status == s3store.StatusIncomplete:
		return "no manifest"
	case set.Status == s3store.StatusForeign:
		return "old script"
	case set.Logs > 0 && set.Level < 0:
		return plural(set.Logs, "log")
	default:
		return ""
	}
}

// status counts what is shown, says how fresh it is, and holds the filter.
func (s *sets) status(a *app, w int) string {
	left := fmt.Sprintf(" %s sets", number(len(s.chosen)))
	if len(s.chosen) != len(s.db.rows) {
		left = fmt.Sprintf(" %s of %s sets", number(len(s.chosen)), number(len(s.db.rows)))
	}
	left += " · " + config.Bytes(s.bytes).String()
	if s.sorted != byTime {
		left += " · by " + s.sorted.String()
	}
	if a.th.ascii {
		left = strings.ReplaceAll(left, "·", "-")
	}
	right := s.freshness(a) + " "
	if s.filter.Focused() || s.filter.Value() != "" {
		return spread(" "+s.filter.View(), a.th.Muted.Render(left+" "), w)
	}
	return spread(a.th.Muted.Render(left), right, w)
}

// freshness says as of when the list is, and the zone of all times.
func (s *sets) freshness(a *app) string {
	at := a.data.list.at
	text := "as of " + a.clock(at, "15:04:05 -07")
	if a.clock(at, time.DateOnly) != a.clock(a.now(), time.DateOnly) {
		text = "as of " + a.clock(at, "2 Jan 15:04 -07")
	}
	switch {
	case at.IsZero() && a.data.setsErr == nil:
		return a.th.Muted.Render("reading the bucket" + a.th.sign("…", "..."))
	case a.data.setsErr != nil && at.IsZero():
		return a.th.Warn.Render("the bucket cannot be read")
	case a.data.setsErr != nil:
		return a.th.Warn.Render(text + ", the bucket cannot be read now")
	case a.data.loading && a.now().Sub(at) > 2*setsEvery:
		return a.th.Muted.Render(text + ", reading the bucket" + a.th.sign("…", "..."))
	}
	return a.th.Muted.Render(text)
}
