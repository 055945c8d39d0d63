package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// manifests loads the manifests of sets that are looked at, and keeps them:
// they never change.
type manifests struct {
	have map[string]*s3store.Manifest
	bad  map[string]error
	busy map[string]bool
}

type manifestMsg struct {
	id  string
	m   *s3store.Manifest
	err error
}

func newManifests() manifests {
	return manifests{have: map[string]*s3store.Manifest{}, bad: map[string]error{}, busy: map[string]bool{}}
}

// want begins to load the manifest of a set, once.
func (x *manifests) want(a *app, set *s3store.Set) tea.Cmd {
	if set == nil || set.Status != s3store.StatusComplete || x.have[set.ID] != nil || x.busy[set.ID] || x.bad[set.ID] != nil {
		return nil
	}
	x.busy[set.ID] = true
	s, d, ctx := *set, a.d, a.ctx
	return func() tea.Msg {
		m, err := d.Store.Manifest(ctx, s)
		return manifestMsg{s.ID, m, err}
	}
}

func (x *manifests) update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(manifestMsg); ok {
		delete(x.busy, m.id)
		if m.err != nil {
			x.bad[m.id] = m.err
		} else {
			x.have[m.id] = m.m
		}
	}
	return nil
}

// view is the detail of a set, as far as it is known.
func (x *manifests) view(a *app, set *s3store.Set, w, h int) string {
	if set == nil {
		return ""
	}
	head := a.th.Title.Render(set.Kind) + "  " + set.StartedAt.Local().Format("2006-01-02 15:04:05 -07") + "\n" + run.Clean(set.ID) + "\n\n"
	switch m, err := x.have[set.ID], x.bad[set.ID]; {
	case m != nil:
		return head + describe(a, set, m, w)
	case err != nil:
		return head + a.th.Bad.Render("FAIL ") + run.Clean(err.Error())
	case set.Status == s3store.StatusForeign:
		return head + "A folder of the old script: pieces without a manifest.\nRMAN can catalog them at a restore; what they hold is not known before."
	case set.Status == s3store.StatusIncomplete:
		return head + "Pieces without a manifest: a run that is under way or was interrupted.\nNothing in it counts until its manifest is written."
	default:
		return head + a.th.Muted.Render("reading the manifest")
	}
}

// describe says what a set holds: chain, range, logs, pieces.
func describe(a *app, set *s3store.Set, m *s3store.Manifest, w int) string {
	var b strings.Builder
	say := func(format string, args ...any) {
		b.WriteString(cut(run.Clean(fmt.Sprintf(format, args...)), w) + "\n")
	}
	b.WriteString(a.th.state(stateOf(*set)) + "\n")
	if m.BuildsOn != "" {
		word := "differential"
		if m.Cumulative {
			word = "cumulative"
		}
		say("level 1 %s on %s", word, m.BuildsOn)
	}
	say("SCN %s %s %s", digits(m.FromSCN), a.th.sign("→", "->"), digits(m.ToSCN))
	for _, r := range logSpans(m) {
		say("logs %s", r)
	}
	if !m.RecoverableTo.IsZero() {
		say("recoverable to %s", m.RecoverableTo.Local().Format("2006-01-02 15:04:05 -07"))
	}
	for _, warning := range m.Warnings {
		b.WriteString(cut(a.th.Warn.Render("WARN ")+run.Clean(warning), w) + "\n")
	}
	b.WriteString("\n" + a.th.Muted.Render(spread("pieces", padLeft("size", 10)+"  checksum", w)) + "\n")
	for _, p := range m.Pieces {
		b.WriteString(spread("  "+run.Clean(p.Name), padLeft(config.Bytes(p.Bytes).String(), 10)+"  "+pad(run.Clean(p.CRC64NVME), 8), w) + "\n")
	}
	return b.String()
}

// digits groups the digits of an SCN for reading.
func digits(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// logSpans are the archived logs of a set as ranges, per thread; a gap shows
// as two ranges.
func logSpans(m *s3store.Manifest) []string {
	var logs []s3store.Log
	for _, p := range m.Pieces {
		logs = append(logs, p.Logs...)
	}
	slices.SortFunc(logs, func(x, y s3store.Log) int {
		return cmp.Or(cmp.Compare(x.ResetlogsSCN, y.ResetlogsSCN), cmp.Compare(x.Thread, y.Thread), cmp.Compare(x.Sequence, y.Sequence))
	})
	var out []string
	for i := 0; i < len(logs); {
		j := i
		for j+1 < len(logs) && logs[j+1].ResetlogsSCN == logs[i].ResetlogsSCN && logs[j+1].Thread == logs[i].Thread && logs[j+1].Sequence <= logs[j].Sequence+1 {
			j++
		}
		out = append(out, fmt.Sprintf("thread %d · %d – %d", logs[i].Thread, logs[i].Sequence, logs[j].Sequence))
		i = j + 1
	}
	return out
}
