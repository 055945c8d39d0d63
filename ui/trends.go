package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/s3store"
)

// trends shows sizes, durations and throughput over time, deduced from the
// rows of the sets alone.
type trends struct {
	kind int // index in trendKinds
	at   int // selected set in the series, from the newest; 0 = newest
}

var trendKinds = []string{s3store.KindFull, s3store.KindIncremental, s3store.KindArchivelog}

func newTrends() *trends { return &trends{} }

func (t *trends) crumb() string { return "trends" }

func (t *trends) enter(*app) tea.Cmd { return nil }

func (t *trends) keys(*app) []binding {
	kind := func(n int) func() tea.Cmd {
		return silent(func() { t.kind, t.at = (t.kind+n+len(trendKinds))%len(trendKinds), 0 })
	}
	return []binding{
		bind("tab", "kind", kind(1), "tab"),
		bind("←", "older", silent(func() { t.at++ }), "left", "h"),
		bind("→", "newer", silent(func() { t.at = max(0, t.at-1) }), "right", "l"),
	}
}

func (t *trends) update(*app, tea.Msg) tea.Cmd { return nil }

// trendsMost is how many sets are looked at: no terminal is wider.
const trendsMost = 400

// series are the newest committed sets of the kind, oldest first.
func (t *trends) series(a *app) []*s3store.Set {
	var out []*s3store.Set
	for _, i := range a.data.db.rows {
		s := &a.data.list.sets[i]
		if s.Status == s3store.StatusComplete && s.Kind == trendKinds[t.kind] && !s.CompletedAt.IsZero() {
			if out = append(out, s); len(out) == trendsMost {
				break
			}
		}
	}
	slices.Reverse(out)
	return out
}

func (t *trends) view(a *app, w, h int) string {
	sets := t.series(a)
	lines := []string{a.tabs(trendKinds, t.kind), a.th.rule(w)}
	if len(sets) == 0 {
		return strings.Join(append(lines, "", " "+a.th.Muted.Render("no committed sets of this kind yet")), "\n")
	}
	t.at = min(t.at, len(sets)-1, w-3)
	each := max(2, (h-4)/3)
	for _, m := range measures {
		lines = append(lines, t.chart(a, m, sets, w, each)...)
	}
	s := sets[len(sets)-1-t.at]
	foot := fmt.Sprintf(" %s  %s in %s, %s/s  %s", a.clock(s.StartedAt, "Mon 2 Jan 2006 15:04"), config.Bytes(s.Bytes), clockTime(s.CompletedAt.Sub(s.StartedAt)),
		config.Bytes(throughput(s)), a.th.Muted.Render(clean(s.ID)))
	return fit(strings.Join(lines, "\n"), w, h-1) + "\n" + cut(foot, w)
}

// measure is one quantity of a set over time.
type measure struct {
	name string
	of   func(*s3store.Set) float64
	show func(float64) string
}

var measures = []measure{
	{"size", func(s *s3store.Set) float64 { return float64(s.Bytes) }, func(v float64) string { return config.Bytes(v).String() }},
	{"duration", took, func(v float64) string { return clockTime(time.Duration(v * float64(time.Second))) }},
	{"throughput", throughput, func(v float64) string { return config.Bytes(v).String() + "/s" }},
}

func throughput(s *s3store.Set) float64 { return float64(s.Bytes) / max(1, took(s)) }

func took(s *s3store.Set) float64 { return s.CompletedAt.Sub(s.StartedAt).Seconds() }

// chart is a column chart of one measure, a column a set, the newest at the
// right; its title names the last, the mean and the most.
func (t *trends) chart(a *app, m measure, sets []*s3store.Set, w, h int) []string {
	shown := sets[max(0, len(sets)-(w-2)):]
	wide := max(1, min(6, (w-2)/len(shown)))
	top, sum := 0.0, 0.0
	for _, s := range shown {
		top, sum = max(top, m.of(s)), sum+m.of(s)
	}
	title := fmt.Sprintf(" %s  last %s  mean %s  most %s", a.th.Strong.Render(pad(m.name, 10)), m.show(m.of(shown[len(shown)-1])), m.show(sum/float64(len(shown))), m.show(top))
	if a.th.plain {
		return []string{title}
	}
	rows := make([]strings.Builder, h-1)
	for i, s := range shown {
		t.column(a, rows, m.of(s)/max(top, 1e-9), wide, i == len(shown)-1-t.at)
	}
	lines := []string{cut(title, w)}
	for i := range rows {
		lines = append(lines, " "+rows[i].String())
	}
	return lines
}

// column adds one column of a chart to its rows, top row first. Where there is
// room, columns are wide and stand apart.
func (t *trends) column(a *app, rows []strings.Builder, share float64, wide int, selected bool) {
	style := a.th.Accent
	if selected {
		style = a.th.Warn
	}
	gap := min(1, wide-1)
	filled := share * float64(len(rows))
	for i := range rows {
		rest := filled - float64(len(rows)-1-i)
		cell := " "
		switch {
		case rest >= 1:
			cell = a.th.sign("█", "#")
		case rest > 0:
			cell = a.th.sign(string([]rune("▁▂▃▄▅▆▇█")[min(7, int(rest*8))]), "#")
		}
		rows[i].WriteString(style.Render(strings.Repeat(cell, wide-gap)) + strings.Repeat(" ", gap))
	}
}
