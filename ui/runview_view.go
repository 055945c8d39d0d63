package ui

import (
	"cmp"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// outputLeast is how many lines the output keeps, whatever else there is to
// show.
const outputLeast = 6

func (v *runView) view(a *app, w, h int) string {
	if v.full {
		v.outAt = 0
		return v.output(a, w, h)
	}
	top := []string{v.headline(a, w)}
	if p := v.phases(a, w-2); p != "" {
		top = append(top, cut(" "+p, w))
	}
	top = append(top, a.th.rule(w))
	top = append(top, v.verdict(a, w, h)...)
	top = append(top, v.work(a, w, h-len(top)-outputLeast)...)
	v.outAt = len(top)
	return strings.Join(top, "\n") + "\n" + v.output(a, w, h-len(top))
}

// spoken is the state and the verdict; the output tells the rest as it comes.
func (v *runView) spoken(a *app, w int) []string {
	return append([]string{v.headline(a, w)}, v.verdict(a, w, 99)...)
}

// heard is the output that came while it was followed.
func (v *runView) heard(a *app) []string {
	lines, missed := v.log.takeUnheard()
	var out []string
	if missed > 0 {
		out = append(out, plural(missed, "more line")+" in the file")
	}
	for _, l := range lines {
		for _, part := range v.log.lines(a, &l, a.w) {
			out = append(out, strings.TrimRight(ascii(strip(part)), " "))
		}
	}
	return out
}

// place is the field of the search.
func (v *runView) place() (x, y int, ok bool) {
	if c := v.log.search.Cursor(); c != nil && v.log.search.Focused() {
		return c.X + 1, v.outAt, true
	}
	return 0, 0, false
}

// output is the pane with its title line.
func (v *runView) output(a *app, w, h int) string {
	left := a.th.Muted.Render(strings.Repeat(a.th.sign("─", "-"), 2)) + " output "
	if a.th.plain {
		left = " output "
	}
	if v.log.search.Focused() {
		left = " " + v.log.search.View() + " "
	}
	right := " " + v.log.state() + " "
	if !v.log.follow {
		right = a.th.Warn.Render(right)
	}
	if n := w - lipgloss.Width(left) - lipgloss.Width(right); n > 0 && !v.log.search.Focused() {
		return left + a.th.rule(n) + right + "\n" + v.log.view(a, w, h-1)
	}
	return spread(left, right, w) + "\n" + v.log.view(a, w, h-1)
}

// headline is the state of the run, its clock, and who started it.
func (v *runView) headline(a *app, w int) string {
	s := &v.state
	word, end := "RUN", a.now()
	switch {
	case s.end != nil:
		word, end = endWord(s.end), s.last
	case v.done:
		word, end = "FAIL", s.last
	case s.began.IsZero():
		return cut(" "+a.th.state(word)+"  "+clean(v.kind)+" is starting", w)
	}
	left := " " + a.th.state(word)
	if !s.began.IsZero() {
		left += " " + clockTime(end.Sub(s.began))
	}
	left += "  " + a.th.Strong.Render(clean(v.kind)) + "  " + clean(s.start.DBName)
	if v.asked && v.running() {
		left += "  " + a.th.Warn.Render("cancelling")
	}
	by := ""
	if s.start.StartedBy != "" {
		by = fmt.Sprintf("started by %s on %s, pid %d ", clean(s.start.StartedBy), clean(s.start.Host), s.start.PID)
	}
	if lipgloss.Width(left)+lipgloss.Width(by)+2 > w {
		by = fmt.Sprintf("by %s, pid %d ", clean(s.start.StartedBy), s.start.PID)
	}
	return spread(left, a.th.Muted.Render(by), w)
}

// endWord is the state word of a run that has ended.
func endWord(e *run.End) string {
	switch {
	case e.Exit == 0:
		return "OK"
	case e.Exit == 3:
		return "WARN"
	case e.Exit == 6, e.Outcome == string(run.Cancelled), e.Outcome == string(run.Interrupted):
		return "PART"
	default:
		return "FAIL"
	}
}

// phases lists the phases with their times: without those of finished ones
// where there is no room, then without the first ones.
func (v *runView) phases(a *app, w int) string {
	parts := v.phaseParts(a, true)
	if lipgloss.Width(strings.Join(parts, "  ")) > w {
		parts = v.phaseParts(a, false)
	}
	left := ""
	for len(parts) > 1 && lipgloss.Width(left+strings.Join(parts, "  ")) > w {
		parts, left = parts[1:], a.th.Muted.Render(a.th.sign("…", "...")+" ")
	}
	return left + strings.Join(parts, "  ")
}

func (v *runView) phaseParts(a *app, times bool) []string {
	var parts []string
	for _, p := range v.state.phases {
		name, took := clean(p.name), ""
		if times {
			took = " " + a.th.Muted.Render(clockTime(p.ended.Sub(p.began)))
		}
		switch p.state {
		case run.Done:
			parts = append(parts, name+" "+a.th.Good.Render(a.th.sign("✓", "ok"))+took)
		case run.Failed:
			parts = append(parts, a.th.Bad.Render(name+" "+a.th.sign("✗", "FAIL"))+took)
		case run.Skipped:
			parts = append(parts, a.th.Muted.Render(name+" -"))
		default:
			if !v.running() { // cut off
				parts = append(parts, a.th.Muted.Render(name+" "+a.th.sign("·", "-")))
				continue
			}
			parts = append(parts, a.th.Accent.Render(name+" "+a.th.sign("●", "..."))+" "+clockTime(a.now().Sub(p.began)))
		}
	}
	return parts
}

// verdict tells at once how a run ended: the root cause, the exit code, what to
// do next.
func (v *runView) verdict(a *app, w, h int) []string {
	e := v.state.end
	switch {
	case v.gone():
		out := indented(" "+a.th.state("FAIL")+" ", "the process is gone without having ended the run", w)
		return append(out, indented(a.th.Accent.Render("        next: "), v.goOn(), w)...)
	case v.done && e == nil && v.err != nil:
		return indented(" "+a.th.state("FAIL")+" ", clean(v.err.Error()), w)
	case e == nil:
		return nil
	case e.Exit == 0 || e.Exit == 3:
		line := fmt.Sprintf(" %s exit %d", a.th.state(endWord(e)), e.Exit)
		if e.SetID != "" {
			line += "  set " + clean(e.SetID) + " is on S3"
		}
		if e.Pieces > 0 {
			line += fmt.Sprintf("  %s in %s", config.Bytes(e.Bytes), plural(e.Pieces, "piece"))
		}
		return append([]string{cut(line, w)}, v.warnings(a, w)...)
	}
	return v.failure(a, e, w, h)
}

// failure is the root cause, why, and the next step: all of it where there is
// room.
func (v *runView) failure(a *app, e *run.End, w, h int) []string {
	why, next := v.explained(a, e)
	text := strings.TrimSuffix(orDash(withCode(e.Code, e.Error)), "; "+clean(next))
	most := [...]int{3, 2, 3}
	switch {
	case h < 18:
		most = [...]int{2, 1, 3}
	case h > 60:
		most = [...]int{99, 99, 99}
	}
	out := head(a, indented(fmt.Sprintf(" %s exit %d  ", a.th.state(endWord(e)), e.Exit), text, w), most[0])
	if why != "" {
		out = append(out, head(a, indented("        why:  ", clean(why), w), most[1])...)
	}
	return append(out, head(a, indented(a.th.Accent.Render("        next: "), clean(next), w), most[2])...)
}

// goOn is what to do after a run that was interrupted.
func (v *runView) goOn() string {
	if v.kind == "restore" {
		return "start the same restore again: what is here is not downloaded twice"
	}
	return "R resumes it and keeps what was reached (orabak-tui --batch resume does, too); without, the next backup cleans up"
}

// explained is why a run failed and what to do next: in its own words, else in
// those of the catalogue.
func (v *runView) explained(a *app, e *run.End) (why, next string) {
	next = e.Remedy
	if endWord(e) == "PART" {
		return "", v.goOn()
	}
	for _, p := range v.state.problems {
		if p.Severity == "error" && (p.Code == e.Code || e.Code == "") {
			why = p.Cause
			next = cmp.Or(next, p.Remedy)
		}
	}
	if adv, ok := a.d.Advice(e.Code); ok {
		why, next = cmp.Or(why, adv.Cause), cmp.Or(next, adv.Remedy)
	}
	return why, cmp.Or(next, "read the output from the first error on (e); orabak-tui --batch check looks for the usual causes")
}

// head is at most n lines; that there are more shows.
func head(a *app, lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	lines = lines[:n]
	lines[n-1] += a.th.sign("…", "...")
	return lines
}

func (v *runView) warnings(a *app, w int) []string {
	var out []string
	for _, p := range v.state.problems {
		if p.Severity == "warning" && len(out) < 4 {
			out = append(out, cut(" "+a.th.state("WARN")+" "+clean(p.Text), w))
		}
	}
	return out
}
