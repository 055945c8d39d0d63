package ui

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
	"orabak-tui/restore"
	"orabak-tui/s3store"
)

// restoreStage is where in the dialogue the restore screen is.
type restoreStage int

const (
	pickTarget  restoreStage = iota // choose or type where to
	pickDay                         // calendar
	showingPlan                     // the plan; type the name to go
)

// restoreScreen leads from a target over its plan to the typed name. Nothing
// is touched before the name was typed, and then by a process of its own.
type restoreScreen struct {
	stage restoreStage
	set   *s3store.Set // the set that was selected when the screen was opened
	at    int          // in targets
	input textinput.Model
	cal   calendar

	mode   restore.Mode
	target restore.Target
	plan   *restore.Plan
	err    error
	busy   bool
	asked  int // tells the answer to the newest question from older ones
	name   textinput.Model
	script bool // show the exact scripts
	top    int
}

type restorePlanMsg struct {
	asked int
	plan  *restore.Plan
	err   error
}

// targetKinds are the ways to say where to.
var targetKinds = []struct {
	kind       restore.TargetKind
	name, hint string
}{
	{restore.TargetLatest, "latest", "as far as redo reaches"},
	{restore.TargetTime, "time", "type it, or c for the calendar: YYYY-MM-DD HH:MM:SS of the database host"},
	{restore.TargetSet, "set", "the end of a set's archived logs: its id"},
	{restore.TargetSCN, "SCN", "the first SCN that is not applied"},
	{restore.TargetSequence, "sequence", "the first log that is not applied: N or N:THREAD"},
}

func newRestore(set *s3store.Set) *restoreScreen {
	in, name := textinput.New(), textinput.New()
	in.Prompt, name.Prompt = " ", " "
	in.CharLimit, name.CharLimit = 80, 30
	in.SetVirtualCursor(true)
	name.SetVirtualCursor(true)
	r := &restoreScreen{input: in, name: name, mode: restore.ModeIncremental}
	if set != nil {
		s := *set
		r.set = &s
	}
	return r
}

func (r *restoreScreen) crumb() string {
	if r.stage == showingPlan {
		return "restore to " + run.Clean(r.target.String())
	}
	return "restore"
}

func (r *restoreScreen) typing() bool { return r.input.Focused() || r.name.Focused() }

func (r *restoreScreen) enter(*app) tea.Cmd { return nil }

func (r *restoreScreen) keys(a *app) []binding {
	switch r.stage {
	case pickTarget:
		return []binding{bind("enter", "plan", "enter"), bind("↑/↓", "target", "up", "down"),
			bind("tab", "mode: "+string(r.mode), "tab"), bind("c", "calendar", "c"), keyBack}
	case pickDay:
		return []binding{bind("enter", "choose", "enter"), bind("arrows", "day", "left", "right", "up", "down"), bind("[ ]", "month", "[", "]"), keyBack}
	default:
		go1 := a.act(bind("enter", "type the name"+a.th.sign("…", "..."), "enter")).when(r.plan != nil && r.plan.Reachable, "the target is not reachable")
		return []binding{go1, bind("s", "script", "s"), bind("d", "save plan", "d"), bind("tab", "mode: "+string(r.mode), "tab"), keyUp, keyDown, keyBack}
	}
}

func (r *restoreScreen) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case restorePlanMsg:
		if msg.asked == r.asked {
			r.plan, r.err, r.busy = msg.plan, msg.err, false
		}
	case startedMsg:
		return a.watch(msg)
	case tea.KeyPressMsg:
		return r.press(a, msg)
	}
	return nil
}

func (r *restoreScreen) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case r.name.Focused():
		return r.typeName(a, k)
	case r.input.Focused():
		return r.typeTarget(a, k)
	case r.stage == pickDay:
		return r.pressDay(a, k)
	case r.stage == pickTarget:
		return r.pressTarget(a, k)
	default:
		return r.pressPlan(a, k)
	}
}

func (r *restoreScreen) pressTarget(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, keyUp.Binding):
		r.at = max(0, r.at-1)
	case key.Matches(k, keyDown.Binding):
		r.at = min(len(targetKinds)-1, r.at+1)
	case k.String() == "tab":
		r.toggleMode()
	case k.String() == "c":
		r.openCalendar(a)
	case key.Matches(k, keyOpen.Binding):
		return r.chose(a)
	}
	return nil
}

// chose goes on with the chosen kind of target: latest needs no more, the
// others are typed. A set that was selected on the list is filled in.
func (r *restoreScreen) chose(a *app) tea.Cmd {
	kind := targetKinds[r.at].kind
	if kind == restore.TargetLatest {
		r.target = restore.Target{Kind: kind}
		return r.ask(a)
	}
	r.input.SetValue("")
	if kind == restore.TargetSet && r.set != nil {
		r.input.SetValue(r.set.ID)
	}
	return r.input.Focus()
}

func (r *restoreScreen) typeTarget(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		r.input.Blur()
		return nil
	case "enter":
		t, err := r.parse()
		if err != nil {
			return a.complain(err)
		}
		r.input.Blur()
		r.target = t
		return r.ask(a)
	}
	var cmd tea.Cmd
	r.input, cmd = r.input.Update(k)
	return cmd
}

func (r *restoreScreen) parse() (restore.Target, error) {
	text := strings.TrimSpace(r.input.Value())
	switch targetKinds[r.at].kind {
	case restore.TargetTime:
		return restore.ParseTime(text)
	case restore.TargetSCN:
		return restore.ParseSCN(text)
	case restore.TargetSequence:
		return restore.ParseSequence(text)
	default:
		if text == "" {
			return restore.Target{}, errors.New("type the id of a set")
		}
		return restore.Target{Kind: restore.TargetSet, Set: text}, nil
	}
}

func (r *restoreScreen) openCalendar(a *app) {
	r.cal = newCalendar(a)
	r.stage = pickDay
}

func (r *restoreScreen) pressDay(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		r.stage = pickTarget
	case "enter":
		r.stage, r.at = pickTarget, 1
		r.input.SetValue(r.cal.end(a).Format(time.DateTime))
		return r.input.Focus()
	default:
		r.cal.press(k.String())
	}
	return nil
}

func (r *restoreScreen) toggleMode() {
	if r.mode == restore.ModeIncremental {
		r.mode = restore.ModeFull
	} else {
		r.mode = restore.ModeIncremental
	}
}

// ask has the plan made, beside the loop.
func (r *restoreScreen) ask(a *app) tea.Cmd {
	r.stage, r.plan, r.err, r.busy, r.top = showingPlan, nil, nil, true, 0
	r.asked++
	n, d, ctx := r.asked, a.d, a.ctx
	req := restore.Request{Target: r.target, Mode: r.mode}
	return func() tea.Msg {
		p, err := d.PlanRestore(ctx, req)
		return restorePlanMsg{n, p, err}
	}
}

func (r *restoreScreen) pressPlan(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, keyUp.Binding):
		r.top--
	case key.Matches(k, keyDown.Binding):
		r.top++
	case key.Matches(k, keyPageUp.Binding):
		r.top -= 10
	case key.Matches(k, keyPageDn.Binding):
		r.top += 10
	case key.Matches(k, keyOpen.Binding) && r.plan != nil && r.plan.Reachable:
		r.name.SetValue("")
		return r.name.Focus()
	}
	switch k.String() {
	case "esc":
		r.stage = pickTarget
	case "s":
		r.script, r.top = !r.script, 0
	case "tab":
		r.toggleMode()
		return r.ask(a)
	case "d":
		return r.save()
	}
	return nil
}

// typeName takes the database's name; only the exact one starts the restore.
func (r *restoreScreen) typeName(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		r.name.Blur()
		return nil
	case "enter":
		if r.name.Value() != r.plan.DBName {
			r.name.SetValue("")
			return a.complain(fmt.Errorf("that is not the database's name; nothing was changed"))
		}
		r.name.Blur()
		return r.start(a)
	}
	var cmd tea.Cmd
	r.name, cmd = r.name.Update(k)
	return cmd
}

// start runs the restore as its own process, with the target in its arguments.
func (r *restoreScreen) start(a *app) tea.Cmd {
	args := append(targetArgs(r.target), "--mode", string(r.mode), "--confirm", r.plan.DBName)
	d := a.d
	return func() tea.Msg {
		started, err := d.Start("restore", args...)
		return startedMsg{started, err}
	}
}

// targetArgs says a target as the command line does.
func targetArgs(t restore.Target) []string {
	switch t.Kind {
	case restore.TargetSet:
		return []string{"--set", t.Set}
	case restore.TargetSCN:
		return []string{"--until-scn", strconv.FormatInt(t.SCN, 10)}
	case restore.TargetSequence:
		return []string{"--until-sequence", fmt.Sprintf("%d:%d", t.Sequence, max(t.Thread, 1))}
	case restore.TargetTime:
		if t.Local != "" {
			return []string{"--until-time", t.Local}
		}
		return []string{"--until-time", t.Time.UTC().Format(time.RFC3339)}
	default:
		return nil
	}
}

// save writes the plan, scripts and all, into the folder the console was
// started in.
func (r *restoreScreen) save() tea.Cmd {
	if r.plan == nil {
		return nil
	}
	text := strings.Join(r.plan.Lines(), "\n") + "\n"
	for _, s := range r.plan.Steps {
		text += "\n-- " + s.Name + ": " + s.Detail + "\n" + s.Script + "\n"
	}
	to := "orabak-restore-plan-" + r.plan.DBName + ".txt"
	return func() tea.Msg { return doneMsg{what: "plan saved to " + to, err: run.WriteFile(to, []byte(text))} }
}
