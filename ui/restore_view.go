package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
)

func (r *restoreScreen) view(a *app, w, h int) string {
	switch r.stage {
	case pickTarget:
		return r.viewTargets(a, w)
	case pickDay:
		return r.cal.view(a, w, h)
	default:
		return r.viewPlan(a, w, h)
	}
}

// targetsAbove are the lines above the kinds of targets.
const targetsAbove = 3

// place is the field that takes text, else the selected row.
func (r *restoreScreen) place() (x, y int, ok bool) {
	field := len(targetKinds[r.list.at].name) + 3
	switch c, n := r.input.Cursor(), r.name.Cursor(); {
	case n != nil && r.name.Focused():
		return n.X + len(askName) + 2, r.nameAt, true
	case c != nil && r.input.Focused():
		return c.X + field, targetsAbove + len(targetKinds) + 1, true
	case r.stage == pickTarget:
		return 0, targetsAbove + r.list.at, true
	}
	return 0, 0, false
}

func (r *restoreScreen) viewTargets(a *app, w int) string {
	lines := []string{
		" Restore " + a.th.Strong.Render(orDash(clean(a.data.db.name))) + ": to what moment?",
		" mode " + a.th.Strong.Render(string(r.mode)) + ": " + a.th.Muted.Render(modeHint(r.mode)), a.th.rule(w),
	}
	r.list.window(len(targetKinds), len(targetKinds))
	for i, t := range targetKinds {
		hint := t.hint
		if t.kind == restore.TargetSet && r.set != nil {
			hint = "the end of " + clean(r.set.ID)
		}
		line := cut("   "+pad(t.name, 10)+a.th.Muted.Render(hint), w)
		if i == r.list.at {
			line = a.th.selectLine(line, w)
		}
		lines = append(lines, line)
	}
	lines = append(lines, "")
	if r.input.Focused() {
		lines = append(lines, " "+a.th.Strong.Render(targetKinds[r.list.at].name+":")+" "+r.input.View(), "")
	}
	if c := &a.data.db.coverage; !c.to.IsZero() {
		lines = append(lines, a.th.Muted.Render(cut(" The sets on S3 reach to "+a.clock(c.to, "2006-01-02 15:04:05 -07")+".", w)))
	}
	for _, l := range wrap("The plan comes first. Nothing is touched before you type the database's name.", w-2) {
		lines = append(lines, " "+a.th.Muted.Render(l))
	}
	return strings.Join(lines, "\n")
}

func modeHint(m restore.Mode) string {
	if m == restore.ModeFull {
		return "level 0, then all archived logs"
	}
	return "level 0, level 1s, then archived logs"
}

func (r *restoreScreen) openCalendar(a *app) {
	r.cal = newCalendar(a)
	r.stage = pickDay
}

func (r *restoreScreen) dayKeys(a *app) []binding {
	choose := func() tea.Cmd {
		r.stage, r.list.at = pickTarget, 1
		r.input.SetValue(r.cal.last(a))
		return r.input.Focus()
	}
	day := func(n int) func() tea.Cmd { return silent(func() { r.cal.move(0, n) }) }
	month := func(n int) func() tea.Cmd { return silent(func() { r.cal.move(n, 0) }) }
	return []binding{
		bind("enter", "choose", choose, "enter"),
		bind("←", "day before", day(-1), "left", "h"), bind("→", "day after", day(1), "right", "l"),
		bind("↑", "week before", day(-7), "up", "k").hush(), bind("↓", "week after", day(7), "down", "j").hush(),
		bind("[", "month before", month(-1), "[", "pgup"), bind("]", "month after", month(1), "]", "pgdown"),
		bind("esc", "back", silent(func() { r.stage = pickTarget }), "esc"),
	}
}

// askName stands before the field for the name.
const askName = "Type the database name to restore over it:"

// viewPlan is the plan before anything is touched, and the field for the name.
func (r *restoreScreen) viewPlan(a *app, w, h int) string {
	switch {
	case r.busy:
		return "\n " + a.th.Muted.Render("planning: looking at bucket, instance and disks")
	case r.plan == nil && r.err != nil:
		return strings.Join(indented(" "+a.th.state("FAIL")+" ", clean(r.err.Error()), w), "\n")
	case r.plan == nil:
		return ""
	}
	body := r.planLines(a, w)
	if r.script {
		body = r.scriptLines(a, w)
	}
	word := a.th.Good.Render(a.th.sign("✓ ", "") + "REACHABLE")
	if !r.plan.Reachable {
		word = a.th.Bad.Render(a.th.sign("✗ ", "") + "NOT REACHABLE")
	}
	lines := []string{spread(" "+a.th.Strong.Render(clean(r.plan.DBName))+" to "+clean(r.target.String())+scnOf(r.plan), word+" ", w), a.th.rule(w)}
	room := h - len(lines) - 2
	shown := r.text.window(body, room)
	lines = append(lines, strings.Split(fit(strings.Join(shown, "\n"), w, room), "\n")...)
	r.nameAt = len(lines) + 1
	return strings.Join(append(lines, a.th.rule(w), r.question(a, w)), "\n")
}

func scnOf(p *restore.Plan) string {
	if p.SCN == 0 || p.Target.Kind == restore.TargetSCN {
		return ""
	}
	return "  (SCN " + digits(p.SCN) + ")"
}

// question is the field for the name, or why there is none.
func (r *restoreScreen) question(a *app, w int) string {
	why := a.readOnly()
	if why == "" {
		why = r.refused(a)
	}
	switch {
	case why != "":
		return cut(" "+a.th.Bad.Render("No restore: ")+why, w)
	case r.name.Focused():
		return " " + a.th.Danger.Render(askName) + " " + r.name.View()
	default:
		return cut(" enter, then the database's name, restores over it", w)
	}
}

// below is how many lines of the plan are out of sight.
func (r *restoreScreen) below() int {
	if r.stage != showingPlan {
		return 0
	}
	return r.text.below()
}

// planLines are what one gets, what to beware of, from where it comes, at what
// cost, by which steps.
func (r *restoreScreen) planLines(a *app, w int) []string {
	if !r.plan.Reachable {
		return r.whyNot(a, w)
	}
	var out []string
	for i, l := range r.plan.Lines()[1:] {
		name, text := "", clean(l)
		if len(l) > 14 {
			name, text = strings.TrimSpace(l[:14]), clean(l[14:])
		}
		if name != "Steps" && name != "Warning" {
			out = append(out, indented(" "+a.th.Accent.Render(pad(clean(name), 14)), text, w)...)
		}
		if i == 0 {
			for _, x := range r.plan.Warnings {
				out = append(out, indented(" "+a.th.state("WARN")+" ", clean(x), w)...)
			}
		}
	}
	for i, s := range r.plan.Steps {
		label := " " + pad("", 14)
		if i == 0 {
			label = " " + a.th.Accent.Render(pad("Steps", 14))
		}
		out = append(out, indented(label+fmt.Sprintf("%d %s  ", i+1, clean(s.Name)), a.th.Muted.Render(clean(s.Detail)), w)...)
	}
	return append(out, r.pieceLines(a, w)...)
}

func (r *restoreScreen) pieceLines(a *app, w int) []string {
	if len(r.plan.Pieces) == 0 {
		return nil
	}
	out := []string{"", a.th.Muted.Render(" pieces, in the order of download")}
	for _, u := range r.plan.Pieces {
		here := ""
		if u.Here {
			here = a.th.Good.Render(" here already")
		}
		out = append(out, spread("   "+clean(u.Piece.Name)+here, padLeft(config.Bytes(u.Piece.Bytes).String(), 11)+" ", w))
	}
	return out
}

// whyNot says what is missing for a target that cannot be reached, and what is
// the nearest that can.
func (r *restoreScreen) whyNot(a *app, w int) []string {
	y := r.plan.Why
	if y == nil {
		return nil
	}
	out := indented(" ", clean(y.Reason), w)
	say := func(name, text string) {
		if text != "" {
			out = append(out, indented(" "+a.th.Accent.Render(pad(name, 15)), clean(text), w)...)
		}
	}
	say("missing", y.Missing())
	say("after set", y.After)
	say("before set", y.Before)
	say("nearest before", a.momentOf(y.NearestBefore))
	say("nearest after", a.momentOf(y.NearestAfter))
	return out
}

func (a *app) momentOf(m *restore.Moment) string {
	switch {
	case m == nil:
		return ""
	case m.Time.IsZero():
		return "SCN " + digits(m.SCN)
	}
	return a.clock(m.Time, "2006-01-02 15:04:05 -07") + "  SCN " + digits(m.SCN)
}

// scriptLines are the exact scripts, step by step.
func (r *restoreScreen) scriptLines(a *app, w int) []string {
	var steps []run.PlanStep
	for _, s := range r.plan.Steps {
		steps = append(steps, run.PlanStep{Name: s.Name, Detail: s.Detail, Script: s.Script})
	}
	return append([]string{a.th.Muted.Render(" the exact scripts; s shows the plan again")}, stepLines(a, steps, w)...)
}

// save writes the plan, scripts and all, into the folder the console was
// started in.
func (r *restoreScreen) save() tea.Cmd {
	text := strings.Join(r.plan.Lines(), "\n") + "\n"
	for _, s := range r.plan.Steps {
		text += "\n# " + s.Name + ": " + s.Detail + "\n" + s.Script
	}
	to := fileName("orabak-restore-plan-" + r.plan.DBName + ".txt")
	return func() tea.Msg {
		return doneMsg{what: "plan saved to " + to, err: run.WriteFile(to, []byte(run.CleanText(text)))}
	}
}
