package ui

import (
	"fmt"
	"strings"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// movingMost is how many transfers are shown at once; more would push the
// output off the screen.
const movingMost = 4

func (v *runView) view(a *app, w, h int) string {
	if v.full {
		return v.output(a, w, h)
	}
	top := []string{v.headline(a, w), a.th.rule(w)}
	top = append(top, v.verdict(a, w)...)
	room := max(0, h-len(top)-6) // the output keeps at least five lines and its title
	work := v.work(a, w)
	top = append(top, work[:min(len(work), room)]...)
	return fit(strings.Join(top, "\n")+"\n"+v.output(a, w, h-len(top)), w, h)
}

// output is the pane with its title line.
func (v *runView) output(a *app, w, h int) string {
	left := a.th.rule(4) + " output "
	if v.log.search.Focused() {
		left = " " + v.log.search.View()
	}
	return spread(left, a.th.Muted.Render(v.log.state()+" "), w) + "\n" + v.log.view(a, w, h-1)
}

// verdict tells at once how a run ended: the root cause, the exit code, what to
// do next.
func (v *runView) verdict(a *app, w int) []string {
	e := v.state.end
	switch {
	case v.gone:
		return []string{cut(" "+a.th.Bad.Render("FAIL")+" the process is gone without having ended the run", w),
			cut("      next: orabak-tui --batch resume, or the next backup cleans up", w)}
	case e == nil:
		return nil
	case e.Exit == 0 || e.Exit == 3:
		line := fmt.Sprintf(" %s exit %d", a.th.state(endWord(e.Exit)), e.Exit)
		if e.SetID != "" {
			line += fmt.Sprintf("   set %s · %s in %d pieces", run.Clean(e.SetID), config.Bytes(e.Bytes), e.Pieces)
		}
		return append([]string{cut(line, w)}, v.warnings(a, w)...)
	}
	out := []string{cut(fmt.Sprintf(" %s exit %d   %s", a.th.state(endWord(e.Exit)), e.Exit, run.Clean(e.Error)), w)}
	if adv, ok := a.d.Advice(e.Code); ok {
		out = append(out, cut("      why:  "+adv.Cause, w))
	}
	if e.Remedy != "" {
		out = append(out, cut("      next: "+run.Clean(e.Remedy), w))
	}
	return out
}

func (v *runView) warnings(a *app, w int) []string {
	var out []string
	for _, p := range v.state.problems {
		if p.Severity == "warning" && len(out) < 3 {
			out = append(out, cut(" "+a.th.state("WARN")+" "+run.Clean(p.Text), w))
		}
	}
	return out
}

// work is what goes on: channels, transfers, totals.
func (v *runView) work(a *app, w int) []string {
	var out []string
	if v.state.end == nil {
		for _, c := range v.state.channels {
			if c.State != run.Done {
				out = append(out, cut(channelLine(a, c), w))
			}
		}
		for i, m := range v.state.moving {
			if i == movingMost {
				out = append(out, a.th.Muted.Render(fmt.Sprintf(" … %d more transfers", len(v.state.moving)-i)))
				break
			}
			out = append(out, v.transferLine(a, m, w))
		}
	}
	return append(out, v.totals(a, w)...)
}

func channelLine(a *app, c run.Channel) string {
	s := fmt.Sprintf(" %-4s %-14s %s", run.Clean(c.Name), run.Clean(c.Doing), run.Clean(c.File))
	if c.Piece > 0 {
		s += a.th.Muted.Render(fmt.Sprintf("  piece %d", c.Piece))
	}
	return s
}

func (v *runView) transferLine(a *app, m moving, w int) string {
	arrow := a.th.sign("↑", "up")
	if m.Dir == "down" {
		arrow = a.th.sign("↓", "dn")
	}
	share := 0.0
	if m.Total > 0 {
		share = float64(m.Done) / float64(m.Total)
	}
	rate := ""
	if d := m.last.Sub(m.began); d > 0 {
		rate = config.Bytes(float64(m.Done)/d.Seconds()).String() + "/s"
	}
	right := fmt.Sprintf("%s %s %3.0f %%  %12s ", padLeft(config.Bytes(m.Total).String(), 10), a.th.bar(share, barWidth(w)), share*100, rate)
	if m.State == run.Retrying {
		right = a.th.Warn.Render(fmt.Sprintf("again, try %d ", m.Attempt+1)) + right
	}
	return spread(" "+arrow+" "+run.Clean(m.Name), right, w)
}

// barWidth leaves room for a name beside the bar.
func barWidth(w int) int { return max(6, min(30, w/4)) }

// totals are bytes, share, rate, the estimated end, staging and throughput.
func (v *runView) totals(a *app, w int) []string {
	s := &v.state
	total := s.progress.Total
	share, of := 0.0, ""
	if total > 0 {
		share = min(1, float64(s.bytes())/float64(total))
		of = " of " + config.Bytes(total).String()
	}
	line := fmt.Sprintf(" total  %s%s  %d pieces", config.Bytes(s.bytes()), of, s.files)
	right := ""
	if total > 0 && s.end == nil {
		right = fmt.Sprintf("%s %3.0f %%", a.th.bar(share, barWidth(w)), share*100)
		if left, ok := s.eta(); ok {
			right += "  ETA " + a.now().Add(left).Local().Format("15:04") + " (in " + clockTime(left) + ")"
		}
	}
	out := []string{spread(line, right+" ", w)}
	if rate := s.up.rate(s.last); rate > 0 || len(s.up.values) > 1 {
		half := max(8, min(40, w/3))
		out = append(out, cut(fmt.Sprintf(" S3     %s  %s/s", a.th.spark(s.up.values, half), config.Bytes(rate)), w))
	}
	if len(s.written.values) > 1 {
		out = append(out, cut(fmt.Sprintf(" RMAN   %s  %s/s", a.th.spark(s.written.values, max(8, min(40, w/3))), config.Bytes(s.written.rate(s.last))), w))
	}
	if p := s.progress; p.Staging > 0 {
		text := " staging " + config.Bytes(p.Staging).String()
		if p.StagingLimit > 0 {
			text += " of " + config.Bytes(p.StagingLimit).String()
		}
		out = append(out, cut(text, w))
	}
	return out
}
