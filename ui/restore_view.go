package ui

import (
	"fmt"
	"strings"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
)

func (r *restoreScreen) view(a *app, w, h int) string {
	switch r.stage {
	case pickTarget:
		return fit(r.viewTargets(a, w), w, h)
	case pickDay:
		return fit(r.cal.view(a), w, h)
	default:
		return r.viewPlan(a, w, h)
	}
}

func (r *restoreScreen) viewTargets(a *app, w int) string {
	lines := []string{" Restore " + a.th.Strong.Render(run.Clean(orDash(a.data.database()))) + " to …    mode " + a.th.Strong.Render(string(r.mode)) + " (tab)", a.th.rule(w)}
	for i, t := range targetKinds {
		hint := t.hint
		if t.kind == restore.TargetSet && r.set != nil {
			hint = run.Clean(r.set.ID)
		}
		line := "   " + pad(t.name, 10) + a.th.Muted.Render(hint)
		if i == r.at {
			line = a.th.Selected.Render(a.th.sign(" › ", " > ")+pad(t.name, 10)) + a.th.Muted.Render(hint)
		}
		lines = append(lines, cut(line, w))
	}
	if r.input.Focused() {
		lines = append(lines, "", " "+targetKinds[r.at].name+":"+r.input.View())
	}
	return strings.Join(append(lines, "", a.th.Muted.Render(cut(" The plan comes first. Nothing is touched before you type the database's name.", w))), "\n")
}

// viewPlan is the plan before anything is touched, and the field for the name.
func (r *restoreScreen) viewPlan(a *app, w, h int) string {
	switch {
	case r.busy:
		return "\n " + a.th.Muted.Render("planning: bucket, instance, disks")
	case r.plan == nil && r.err != nil:
		return fit(strings.Join(wrap(" "+a.th.state("FAIL")+" "+run.Clean(r.err.Error()), w), "\n"), w, h)
	case r.plan == nil:
		return ""
	}
	body := r.planLines(a, w)
	if r.script {
		body = r.scriptLines(a, w)
	}
	foot := r.ask1(a, w)
	room := h - len(foot) - 2
	r.top = max(0, min(r.top, len(body)-room))
	word := a.th.Good.Render("REACHABLE")
	if !r.plan.Reachable {
		word = a.th.Bad.Render("NOT REACHABLE")
	}
	head := spread(" "+run.Clean(r.plan.DBName)+" to "+run.Clean(r.target.String())+scnOf(r.plan), word+" ", w) + "\n" + a.th.rule(w)
	return head + "\n" + fit(strings.Join(body[r.top:], "\n"), w, room) + "\n" + strings.Join(foot, "\n")
}

func scnOf(p *restore.Plan) string {
	if p.SCN == 0 {
		return ""
	}
	return "  (SCN " + digits(p.SCN) + ")"
}

// ask1 is the field for the name, or how to get to it.
func (r *restoreScreen) ask1(a *app, w int) []string {
	switch {
	case !r.plan.Reachable:
		return []string{a.th.rule(w)}
	case r.name.Focused():
		return []string{a.th.rule(w), " " + a.th.Danger.Render("Type the database name to restore over it:") + r.name.View()}
	case a.readOnly() != "":
		return []string{a.th.rule(w), a.th.Muted.Render(" " + a.readOnly())}
	default:
		return []string{a.th.rule(w), " enter, then the database's name, restores over it"}
	}
}

// planLines are what one gets, from where, at what cost, by which steps.
func (r *restoreScreen) planLines(a *app, w int) []string {
	p := r.plan
	var out []string
	for _, l := range p.Lines()[1:] {
		name, text := l, ""
		if len(l) > 14 {
			name, text = l[:14], l[14:]
		}
		if strings.HasPrefix(name, "Warning") {
			out = append(out, indented(" "+a.th.state("WARN")+" ", run.Clean(text), w)...)
			continue
		}
		out = append(out, indented(" "+pad(a.th.Accent.Render(strings.TrimSpace(name)), 14), run.Clean(text), w)...)
	}
	if len(p.Pieces) > 0 {
		out = append(out, "", a.th.Muted.Render(" pieces, in the order of download"))
		for _, u := range p.Pieces {
			here := ""
			if u.Here {
				here = a.th.Good.Render(" here already")
			}
			out = append(out, spread("   "+run.Clean(u.Piece.Name)+here, padLeft(config.Bytes(u.Piece.Bytes).String(), 11)+" ", w))
		}
	}
	return out
}

// indented wraps a text beside its label.
func indented(label, text string, w int) []string {
	n := len(strip(label))
	lines := wrap(text, max(20, w-n-1))
	out := []string{label + lines[0]}
	for _, l := range lines[1:] {
		out = append(out, strings.Repeat(" ", n)+l)
	}
	return out
}

// scriptLines are the exact scripts, step by step.
func (r *restoreScreen) scriptLines(a *app, w int) []string {
	var steps []run.PlanStep
	for _, s := range r.plan.Steps {
		steps = append(steps, run.PlanStep{Name: s.Name, Detail: s.Detail, Script: s.Script})
	}
	return append([]string{a.th.Muted.Render(fmt.Sprintf(" %d steps; s shows the plan again", len(steps)))}, stepLines(a, steps, w)...)
}
