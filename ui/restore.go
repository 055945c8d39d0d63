package ui

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

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
	list  cursor       // in targetKinds
	input textinput.Model
	cal   calendar

	mode   restore.Mode
	target restore.Target
	plan   *restore.Plan // also of a target that cannot be reached
	err    error
	busy   bool
	asked  int // tells the answer to the newest question from older ones
	name   textinput.Model
	script bool // show the exact scripts
	text   scroll
	nameAt int // line of the field for the name, as of the last view
}

type restorePlanMsg struct {
	of    *restoreScreen
	asked int
	plan  *restore.Plan
	err   error
}

// targetKinds are the ways to say where to.
var targetKinds = []struct {
	kind       restore.TargetKind
	name, hint string
}{
	{restore.TargetLatest, "latest", "as far as redo reaches; loses the least"},
	{restore.TargetTime, "time", "YYYY-MM-DD HH:MM:SS, host time; c: calendar"},
	{restore.TargetSet, "set", "the end of the archived logs in a set: its id"},
	{restore.TargetSCN, "SCN", "the first SCN not applied"},
	{restore.TargetSequence, "sequence", "the first log not applied: N or N:THREAD"},
}

func newRestore(_ *app, set *s3store.Set) *restoreScreen {
	r := &restoreScreen{input: newInput("", "", 80, 44), name: newInput("", "", 30, 12), mode: restore.ModeIncremental}
	if set != nil && set.Status == s3store.StatusComplete {
		s := *set
		r.set = &s
	}
	return r
}

func (r *restoreScreen) crumb() string {
	if r.stage == showingPlan {
		return "restore to " + clean(r.target.String())
	}
	return "restore"
}

func (r *restoreScreen) typing() bool { return r.input.Focused() || r.name.Focused() }

func (r *restoreScreen) fieldKeys() []hint {
	if r.name.Focused() {
		return []hint{{"enter", "restore over it"}, {"esc", "not now"}}
	}
	return []hint{{"enter", "plan"}, {"esc", "another target"}}
}

func (r *restoreScreen) enter(*app) tea.Cmd { return nil }

func (r *restoreScreen) update(_ *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(restorePlanMsg); ok && m.of == r && m.asked == r.asked {
		r.plan, r.err, r.busy = m.plan, m.err, false
	}
	return nil
}

func (r *restoreScreen) keys(a *app) []binding {
	mode := bind("tab", "mode: "+string(r.mode), func() tea.Cmd { return r.toggleMode(a) }, "tab")
	switch r.stage {
	case pickTarget:
		return append([]binding{
			bind("enter", "plan", func() tea.Cmd { return r.chose(a) }, "enter"), mode,
			bind("c", "calendar", silent(func() { r.openCalendar(a) }), "c"),
		}, moves(func(k string) { r.list.key(k, len(targetKinds)) })...)
	case pickDay:
		return r.dayKeys(a)
	default:
		return append(r.planKeys(a, mode), r.text.keys()...)
	}
}

func (r *restoreScreen) planKeys(a *app, mode binding) []binding {
	there := r.plan != nil
	var near []binding
	if there && r.plan.Why != nil {
		before, after := r.plan.Why.NearestBefore, r.plan.Why.NearestAfter
		near = []binding{
			bind("[", "nearest before", func() tea.Cmd { return r.nearest(a, before) }, "[").when(before != nil, "nothing before can be reached"),
			bind("]", "nearest after", func() tea.Cmd { return r.nearest(a, after) }, "]").when(after != nil, "nothing after can be reached"),
		}
	}
	return append(near,
		a.act(bind("enter", "type the name"+a.th.sign("…", "..."), r.beginName, "enter")).when(r.refused(a) == "", r.refused(a)),
		bind("s", "script", silent(func() { r.script, r.text.top = !r.script, 0 }), "s").when(there && len(r.plan.Steps) > 0, "there is no plan"),
		bind("d", "save plan", r.save, "d").when(there, "there is no plan"),
		mode,
		bind("esc", "another target", silent(func() { r.stage = pickTarget }), "esc"))
}

// refused is why the plan that is shown cannot be carried out.
func (r *restoreScreen) refused(a *app) string {
	i, running := a.data.running()
	switch {
	case r.plan == nil:
		return "there is no plan"
	case !r.plan.Reachable:
		return "the target is not reachable"
	case r.err != nil:
		return clean(r.err.Error())
	case running:
		return clean(i.ID) + " is running"
	case a.data.facts != nil && a.data.facts.Name != "" && a.data.facts.Name != r.plan.DBName:
		return "this host's database is " + clean(a.data.facts.Name)
	}
	return ""
}

// chose goes on with the chosen kind of target: latest needs no more, the
// others are typed. A set that was selected on the list is filled in.
func (r *restoreScreen) chose(a *app) tea.Cmd {
	kind := targetKinds[r.list.at].kind
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

func (r *restoreScreen) typed(a *app, msg tea.Msg) tea.Cmd {
	if r.name.Focused() {
		return r.typedName(a, msg)
	}
	if k, ok := msg.(tea.KeyPressMsg); ok {
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
	}
	var cmd tea.Cmd
	r.input, cmd = r.input.Update(msg)
	return cmd
}

func (r *restoreScreen) parse() (restore.Target, error) {
	text := strings.TrimSpace(r.input.Value())
	switch targetKinds[r.list.at].kind {
	case restore.TargetTime:
		return restore.ParseTime(text)
	case restore.TargetSCN:
		return restore.ParseSCN(strings.ReplaceAll(text, " ", ""))
	case restore.TargetSequence:
		return restore.ParseSequence(text)
	}
	if text == "" {
		return restore.Target{}, errors.New("type the id of a set")
	}
	return restore.Target{Kind: restore.TargetSet, Set: text}, nil
}

func (r *restoreScreen) toggleMode(a *app) tea.Cmd {
	if r.mode == restore.ModeIncremental {
		r.mode = restore.ModeFull
	} else {
		r.mode = restore.ModeIncremental
	}
	if r.stage == showingPlan {
		return r.ask(a)
	}
	return nil
}

// nearest plans for the nearest moment that can be reached.
func (r *restoreScreen) nearest(a *app, m *restore.Moment) tea.Cmd {
	r.target = restore.Target{Kind: restore.TargetSCN, SCN: m.SCN}
	return r.ask(a)
}

// ask has the plan made, beside the loop.
func (r *restoreScreen) ask(a *app) tea.Cmd {
	r.stage, r.plan, r.err, r.busy, r.script, r.text = showingPlan, nil, nil, true, false, scroll{}
	r.asked++
	n, d, ctx := r.asked, a.d, a.ctx
	req := restore.Request{Target: r.target, Mode: r.mode}
	if !a.data.mine() || a.data.facts.DBID == 0 {
		req.DBID = a.data.db.id // the instance cannot tell
	}
	return func() tea.Msg {
		p, err := d.PlanRestore(ctx, req)
		return restorePlanMsg{r, n, p, err}
	}
}

func (r *restoreScreen) beginName() tea.Cmd {
	r.name.SetValue("")
	return r.name.Focus()
}

// typedName takes the database's name; only that starts the restore.
func (r *restoreScreen) typedName(a *app, msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "esc":
			r.name.Blur()
			return nil
		case "enter":
			return r.go1(a)
		}
	}
	var cmd tea.Cmd
	r.name, cmd = r.name.Update(msg)
	return cmd
}

// go1 starts the restore as a process of its own, if the name is right and
// nothing has changed since the plan was made.
func (r *restoreScreen) go1(a *app) tea.Cmd {
	name := r.name.Value()
	r.name.Blur()
	if why := r.refused(a); why != "" {
		return a.complain(fmt.Errorf("%s; nothing was changed", why))
	}
	if !strings.EqualFold(strings.TrimSpace(name), r.plan.DBName) {
		return a.complain(errors.New("that is not the database's name; nothing was changed"))
	}
	args := append(targetArgs(r.target), "--mode", string(r.mode), "--dbid", strconv.FormatInt(r.plan.DBID, 10), "--confirm", r.plan.DBName)
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
		return []string{"--until-scn", fmt.Sprint(t.SCN)}
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
