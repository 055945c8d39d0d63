package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// headerLines is what stands above the list: who, how safe, a rule.
const headerLines = 3

// detailFrom is the width from which the detail pane has room.
const detailFrom = 110

func (s *sets) view(a *app, w, h int) string {
	head := s.header(a, w)
	body := h - headerLines - 1
	lw := w
	if w >= detailFrom {
		lw = w * 3 / 5
	}
	list := s.list(a, lw, body)
	if w >= detailFrom {
		list = beside(a.th, list, s.detail.view(a, s.selected(), w-lw-3, body), lw, w-lw-3, body)
	}
	return head + "\n" + fit(list, w, body) + "\n" + s.status(a, w)
}

// header answers the DBA's question first: to when can I get back?
func (s *sets) header(a *app, w int) string {
	f := a.data.facts
	who := a.th.Strong.Render(run.Clean(orDash(a.data.database()))) + "  " + run.Clean(a.d.Host)
	if f != nil {
		who += fmt.Sprintf("  DBID %d  %s", f.DBID, f.Status)
	} else if a.data.factsErr != nil {
		who += "  " + a.th.Warn.Render("instance not reachable")
	}
	where := run.Clean("s3://" + a.d.Config.Bucket + "/" + a.d.Config.Prefix)
	return spread(" "+who, where+" ", w) + "\n" + cut(" "+s.safety(a), w) + "\n" + a.th.rule(w)
}

// safety is the line of ages against the schedule.
func (s *sets) safety(a *app) string {
	n := newestSets(a.data.sets, a.data.database())
	if n.to.IsZero() {
		if a.data.asOf.IsZero() {
			return a.th.Muted.Render("nothing known of the bucket yet")
		}
		return a.th.Bad.Render("FAIL nothing to recover from: no set on S3. b takes a backup")
	}
	c := a.d.Config
	parts := []string{
		a.th.Strong.Render("Recoverable to "+moment(a.now(), n.to)) + " (" + age(a.now(), n.to) + ")",
		aged(a, "level 0", n.full, c.ScheduleFull),
		aged(a, "level 1", n.incremental, c.ScheduleIncremental),
		aged(a, "logs", n.logs, c.ScheduleLogs),
	}
	return strings.Join(parts, "   ")
}

// aged is an age, marked when it is over what the schedule allows.
func aged(a *app, what string, at time.Time, most time.Duration) string {
	text := what + ": " + age(a.now(), at)
	if most > 0 && a.now().Sub(at) > most {
		return a.th.Warn.Render(a.th.sign("▲ ", "! ") + text + " (late)")
	}
	return text
}

// newest are the newest sets of each kind of one database.
type newest struct{ full, incremental, logs, to time.Time }

// newestSets finds them; a level 0 also counts as a level 1, and both hold
// logs.
func newestSets(sets []s3store.Set, db string) newest {
	var n newest
	put := func(t *time.Time, at time.Time) {
		if at.After(*t) {
			*t = at
		}
	}
	for _, s := range sets {
		if s.Status != s3store.StatusComplete || (db != "" && s.DBName != db) {
			continue
		}
		put(&n.to, s.RecoverableTo)
		put(&n.logs, s.StartedAt)
		switch s.Kind {
		case s3store.KindFull:
			put(&n.full, s.StartedAt)
			put(&n.incremental, s.StartedAt)
		case s3store.KindIncremental:
			put(&n.incremental, s.StartedAt)
		}
	}
	if n.full.IsZero() {
		n.to = time.Time{} // logs without a level 0 recover nothing
	}
	return n
}

// moment names a time: today only by the clock.
func moment(now, t time.Time) string {
	now, t = now.Local(), t.Local()
	if now.Format(time.DateOnly) == t.Format(time.DateOnly) {
		return t.Format("15:04:05") + " today"
	}
	return t.Format("2 Jan 15:04:05")
}

// list draws the rows on the screen, and only those.
func (s *sets) list(a *app, w, h int) string {
	if len(s.rows) == 0 {
		return "\n " + a.th.Muted.Render(s.empty(a))
	}
	s.top = max(0, min(s.top, s.at))
	if s.at >= s.top+h {
		s.top = s.at - h + 1
	}
	if s.top == s.at && s.top > 0 && s.rows[s.top-1].day != "" {
		s.top-- // the heading of the first set is seen too
	}
	var lines []string
	for i := s.top; i < len(s.rows) && i < s.top+h; i++ {
		if r := s.rows[i]; r.day != "" {
			lines = append(lines, " "+a.th.Title.Render(r.day))
		} else {
			lines = append(lines, s.line(a, s.shown[r.set], i == s.at, w))
		}
	}
	return strings.Join(lines, "\n")
}

func (s *sets) empty(a *app) string {
	switch {
	case s.filter.Value() != "":
		return "no set matches; esc clears the filter"
	case a.data.asOf.IsZero():
		return "reading the bucket"
	default:
		return "no sets yet; b takes a backup"
	}
}

// line is one set; columns go by priority as the width shrinks.
func (s *sets) line(a *app, set s3store.Set, selected bool, w int) string {
	at := set.StartedAt.Local().Format("15:04")
	if s.sorted != byTime {
		at = set.StartedAt.Local().Format("02 Jan 15:04")
	}
	mark := "   "
	if selected {
		mark = a.th.sign(" › ", " > ")
	}
	left := mark + at + "  " + pad(set.Kind, 12) + " " + pad(levelWord(set), 7)
	right := ""
	if w >= 60 {
		right = padLeft(config.Bytes(set.Bytes).String(), 10)
	}
	if w >= 66 {
		right += padLeft(fmt.Sprintf("%d p", set.Pieces), 7)
	}
	if w >= 76 {
		right += padLeft(clockTime(set.CompletedAt.Sub(set.StartedAt)), 9)
	}
	right += "  " + pad(a.th.state(stateOf(set)), 7)
	line := spread(left+" "+builds(set), right, w)
	if selected && !a.th.plain {
		return a.th.Selected.Render(ansi.Strip(line))
	}
	return line
}

func levelWord(set s3store.Set) string {
	if set.Level < 0 {
		return ""
	}
	return fmt.Sprintf("level %d", set.Level)
}

// builds says what a set builds on, or how many logs it brings.
func builds(set s3store.Set) string {
	switch {
	case set.BuildsOn != "":
		if id, err := run.ParseID(set.BuildsOn); err == nil {
			return "on " + id.Time.Local().Format("2 Jan")
		}
		return "on " + run.Clean(set.BuildsOn)
	case set.Logs > 0 && set.Level < 0:
		return fmt.Sprintf("%d logs", set.Logs)
	case set.Status != s3store.StatusComplete:
		return run.Clean(set.ID)
	default:
		return ""
	}
}

// status counts what is shown and holds the filter.
func (s *sets) status(a *app, w int) string {
	var total int64
	for _, set := range s.shown {
		total += set.Bytes
	}
	left := fmt.Sprintf(" %d sets · %s", len(s.shown), config.Bytes(total))
	if len(s.shown) != len(s.source) {
		left = fmt.Sprintf(" %d of %d sets · %s", len(s.shown), len(s.source), config.Bytes(total))
	}
	if s.filter.Focused() || s.filter.Value() != "" {
		return spread(" "+s.filter.View(), a.th.Muted.Render(left+" "), w)
	}
	right := ""
	if i, ok := a.data.running(); ok {
		right = a.th.Accent.Render(i.Kind+" running") + " (L: watch) "
	}
	return spread(a.th.Muted.Render(left), right, w)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
