package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// transfersMost is how many transfers are shown at once.
const transfersMost = 6

// sideFrom is the width from which throughput stands beside the work.
const sideFrom = 100

// work is what goes on, in at most h lines: channels, transfers, totals,
// throughput. Totals come last and are never left out.
func (v *runView) work(a *app, w, h int) []string {
	side := w >= sideFrom
	lw := w
	if side {
		lw = w - 34
	}
	now := v.doing(a, lw)
	totals := v.totals(a, lw)
	rates := v.rates(a, w)
	if side {
		rates = v.rates(a, 31)
	}
	if v.state.end != nil && h < len(totals) {
		return nil // the verdict and the output matter more
	}
	if n := max(0, h-len(totals)); len(now) > n {
		now = now[:n]
	}
	left := append(now, totals...)
	if !side {
		all := append(left, rates...)
		return all[:min(len(all), max(h, len(left)))]
	}
	n := max(len(left), len(rates))
	if n == 0 {
		return nil
	}
	return strings.Split(beside(a.th, strings.Join(left, "\n"), strings.Join(rates, "\n"), lw, 31, n), "\n")
}

// doing are the channels at work and the transfers on their way.
func (v *runView) doing(a *app, w int) []string {
	if !v.running() {
		return nil
	}
	var out []string
	for _, c := range v.state.channels {
		if c.State != run.Done {
			out = append(out, v.channelLine(a, c, w))
		}
	}
	for i, m := range v.state.moving {
		if i == transfersMost {
			out = append(out, a.th.Muted.Render(fmt.Sprintf(" %d more transfers", len(v.state.moving)-i)))
			break
		}
		out = append(out, v.transferLine(a, m, w))
	}
	return out
}

// transferLine is one piece on its way with its bar.
func (v *runView) transferLine(a *app, m moving, w int) string {
	arrow := a.th.sign("↑", "up")
	if m.Dir == "down" {
		arrow = a.th.sign("↓", "dn")
	}
	share := 0.0
	if m.Total > 0 {
		share = min(1, float64(m.Done)/float64(m.Total))
	}
	rate, left := 0.0, time.Duration(0)
	if d := m.last.Sub(m.began).Seconds(); d > 0 && m.Done > 0 {
		rate = float64(m.Done) / d
		left = time.Duration(float64(m.Total-m.Done) / rate * float64(time.Second))
	}
	right := padLeft(config.Bytes(m.Total).String(), 10) + " " + a.measured(w, share, rate, left)
	if m.State == run.Retrying {
		right = a.th.Warn.Render(fmt.Sprintf("again, try %d ", m.Attempt+1)) + right
	}
	return spread(" "+arrow+" "+clean(m.Name), right, w)
}

// barWidth leaves room for a name beside the bar.
func barWidth(w int) int { return max(6, min(24, w/6)) }

// totals are bytes and share under the bars of what adds up to them, then the
// estimated end.
func (v *runView) totals(a *app, w int) []string {
	s := &v.state
	if s.progress.Total == 0 && s.bytes() == 0 {
		return nil
	}
	line, right := v.moved(), ""
	if share, known := s.share(); known && v.running() {
		right = a.measured(w, share, 0, 0)
	}
	out := []string{spread(line, right, w)}
	if lipgloss.Width(line)+lipgloss.Width(right)+1 > w {
		out = []string{cut(line, w), spread("", right, w)}
	}
	if left, ok := s.eta(a.now()); ok && v.running() {
		out = append(out, cut(" ETA    about "+a.clock(a.now().Add(left), "15:04")+", in "+clockTime(left), w))
	}
	return out
}

// moved says how much of how much has moved, and in how many pieces.
func (v *runView) moved() string {
	s := &v.state
	line, has := " total  ", config.Bytes(s.bytes()).String()
	if v.kind == "restore" {
		line = " down   " // only the download: what RMAN does with it comes after
	}
	if t, estimated := s.total(); t > 0 && v.running() {
		all, about := config.Bytes(t).String(), ""
		if estimated {
			about = "about "
		}
		if value, unit, _ := strings.Cut(has, " "); strings.HasSuffix(all, " "+unit) {
			has = value
		}
		has += " of " + about + all
	}
	line += has
	if n := s.progress.ItemsTotal; n > 0 {
		return line + fmt.Sprintf("  %s of %s", number(s.files), plural(n, "piece"))
	}
	return line + "  " + plural(s.files, "piece")
}

// rates are throughput with its course, and the room in staging.
func (v *runView) rates(a *app, w int) []string {
	s := &v.state
	var out []string
	for _, x := range []struct {
		name string
		of   *sampler
	}{{"S3", &s.up}, {"RMAN", &s.written}} {
		if len(x.of.values) == 0 || s.end != nil && len(x.of.values) < 2 {
			continue
		}
		rate := config.Bytes(x.of.rate(a.now())).String() + "/s"
		if s.end != nil {
			rate = config.Bytes(x.of.mean()).String() + "/s mean"
		}
		n := max(4, min(40, w-8-lipgloss.Width(rate)))
		out = append(out, cut(" "+pad(x.name, 5)+a.th.spark(x.of.values, n)+" "+rate, w))
	}
	if p := s.progress; p.Staging > 0 && v.running() {
		text := " staging " + config.Bytes(p.Staging).String()
		if p.StagingLimit > 0 {
			text += " of " + config.Bytes(p.StagingLimit).String()
		}
		out = append(out, cut(text, w))
	}
	return out
}
