package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
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
	return []binding{bind("tab", "kind", "tab"), bind("←/→", "set", "left", "right"), keyBack}
}

func (t *trends) update(_ *app, msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "tab":
			t.kind, t.at = (t.kind+1)%len(trendKinds), 0
		case "left", "h":
			t.at++
		case "right", "l":
			t.at = max(0, t.at-1)
		}
	}
	return nil
}

// series are the committed sets of the kind, oldest first.
func (t *trends) series(a *app) []s3store.Set {
	var out []s3store.Set
	for _, s := range a.data.sets {
		if s.Status == s3store.StatusComplete && s.Kind == trendKinds[t.kind] && (a.data.database() == "" || s.DBName == a.data.database()) {
			out = append(out, s)
		}
	}
	slices.Reverse(out)
	return out
}

func (t *trends) view(a *app, w, h int) string {
	sets := t.series(a)
	var tabs []string
	for i, k := range trendKinds {
		if i == t.kind {
			k = a.th.Selected.Render(" " + k + " ")
		}
		tabs = append(tabs, k)
	}
	head := " " + strings.Join(tabs, "  ") + "\n" + a.th.rule(w)
	if len(sets) == 0 {
		return head + "\n\n " + a.th.Muted.Render("no "+trendKinds[t.kind]+" sets yet")
	}
	t.at = min(t.at, len(sets)-1)
	each := max(3, (h-6)/3)
	charts := []string{
		t.chart(a, "size", sets, w, each, func(s s3store.Set) float64 { return float64(s.Bytes) }, func(v float64) string { return config.Bytes(v).String() }),
		t.chart(a, "duration", sets, w, each, took, func(v float64) string { return clockTime(time.Duration(v * float64(time.Second))) }),
		t.chart(a, "throughput", sets, w, each, func(s s3store.Set) float64 { return float64(s.Bytes) / max(1, took(s)) }, func(v float64) string { return config.Bytes(v).String() + "/s" }),
	}
	s := sets[len(sets)-1-t.at]
	foot := fmt.Sprintf(" %s  %s in %s  %s", s.StartedAt.Local().Format("2 Jan 2006 15:04"), config.Bytes(s.Bytes), clockTime(s.CompletedAt.Sub(s.StartedAt)), run.Clean(s.ID))
	return fit(head+"\n"+strings.Join(charts, "\n")+"\n"+cut(foot, w), w, h)
}

func took(s s3store.Set) float64 { return s.CompletedAt.Sub(s.StartedAt).Seconds() }

// chart is a column chart of one measure, a column a set, the newest at the
// right; its title names largest, newest and mean.
func (t *trends) chart(a *app, name string, sets []s3store.Set, w, h int, of func(s3store.Set) float64, show func(float64) string) string {
	shown := sets[max(0, len(sets)-(w-2)):]
	top, sum := 0.0, 0.0
	for _, s := range shown {
		top, sum = max(top, of(s)), sum+of(s)
	}
	title := fmt.Sprintf(" %s  newest %s · mean %s · largest %s", a.th.Strong.Render(name), show(of(shown[len(shown)-1])), show(sum/float64(len(shown))), show(top))
	if a.th.plain {
		return title
	}
	rows := make([]strings.Builder, h-1)
	for i, s := range shown {
		t.column(a, rows, of(s)/max(top, 1e-9), i == len(shown)-1-t.at)
	}
	lines := []string{cut(title, w)}
	for i := range rows {
		lines = append(lines, " "+rows[i].String())
	}
	return strings.Join(lines, "\n")
}

// column adds one column of a chart to its rows, top row first.
func (t *trends) column(a *app, rows []strings.Builder, share float64, selected bool) {
	style := a.th.Accent
	if selected {
		style = a.th.Warn
	}
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
		rows[i].WriteString(style.Render(cell))
	}
}
