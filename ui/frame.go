package ui

import (
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Lines of the frame: the breadcrumbs above a screen, news and keys below.
const (
	frameAbove = 1
	frameBelow = 2
)

// View draws breadcrumbs, the screen on top, news, and the footer; a dialog
// lies above. Below the smallest size it says so and nothing else.
func (a *app) View() tea.View {
	v := tea.NewView("")
	v.AltScreen = !a.d.Plain
	v.WindowTitle = "orabak-tui " + a.data.title(a.d.Config)
	a.native(&v)
	if a.small() {
		v.SetContent(fmt.Sprintf("orabak-tui needs %d columns and %d lines;\nthis terminal has %d x %d.\nq quits", minWidth, minHeight, a.w, a.h))
		return v
	}
	if a.d.Plain {
		a.plainView(&v)
		return v
	}
	if a.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	content, cur := a.frame()
	if a.th.ascii {
		content = ascii(content)
	}
	v.SetContent(content)
	v.Cursor = cur
	return v
}

// frame puts the parts above each other, exactly a.h lines of a.w columns.
func (a *app) frame() (string, *tea.Cursor) {
	h := a.h - frameAbove - frameBelow
	body := a.top().view(a, a.w, h)
	news := a.news()
	body = fit(body, a.w, h-len(news)+1)
	out := strings.Join(append([]string{a.headline(), body}, append(news, a.footer())...), "\n")
	if n := len(a.dialogs); n > 0 {
		return a.overlay(out, a.dialogs[n-1])
	}
	if p, ok := a.top().(placed); ok {
		if x, y, ok := p.place(); ok && y < h {
			return out, tea.NewCursor(x, y+frameAbove)
		}
	}
	return out, nil
}

// headline is the first line: where one is, what may be done, what runs.
func (a *app) headline() string {
	crumbs := []string{a.th.Title.Render(orDash(a.data.title(a.d.Config)))}
	for _, s := range a.stack {
		crumbs = append(crumbs, s.crumb())
	}
	left := " " + strings.Join(crumbs, a.th.Muted.Render(a.th.crumb()))
	right := a.indicator()
	if a.d.ReadOnly {
		right = strings.TrimSuffix(a.th.Warn.Render("READ-ONLY")+"  "+right, "  ")
	}
	if len(a.stack) > 1 {
		return spread(left, right+" ", a.w)
	}
	return a.whereabouts(left, right)
}

// whereabouts adds host, DBID and bucket to the first line, as many as fit.
func (a *app) whereabouts(left, right string) string {
	for _, part := range a.data.whoAndWhere(a) {
		if next := left + "  " + part; lipgloss.Width(next)+lipgloss.Width(right)+3 <= a.w {
			left = next
		}
	}
	return spread(left, right+" ", a.w)
}

// newsMost is how many lines an error may take, over the end of the screen.
const newsMost = 3

// news is what stands above the footer: the last toast.
func (a *app) news() []string {
	switch {
	case a.toast.text == "":
		return []string{a.more()}
	case a.toast.bad:
		lines := head(a, indented(" "+a.th.sign("✗ ", "")+"FAIL ", a.toast.text, a.w), newsMost)
		for i, l := range lines {
			lines[i] = a.th.Bad.Render(l)
		}
		return lines
	default:
		return []string{cut(" "+a.th.Accent.Render(a.toast.text), a.w)}
	}
}

// more is the line above the footer when there is no news: it tells of what is
// out of sight below.
func (a *app) more() string {
	s, ok := a.top().(interface{ below() int })
	if !ok || s.below() == 0 {
		return a.th.rule(a.w)
	}
	text := " " + plural(s.below(), "more line") + " "
	return a.th.rule(a.w-lipgloss.Width(text)-3) + a.th.Muted.Render(text) + a.th.rule(3)
}

// footer shows the keys that work here, as many as fit, made from the bindings
// themselves; the way to the rest and the way out are always among them.
func (a *app) footer() string {
	if n := len(a.dialogs); n > 0 {
		return a.dialogFooter(a.dialogs[n-1].hints())
	}
	if t, ok := a.top().(typist); ok && t.typing() {
		return a.dialogFooter(t.fieldKeys())
	}
	var own, last []string
	for _, b := range a.top().keys(a) {
		if !b.quiet {
			own = append(own, a.footerItem(b))
		}
	}
	for _, b := range a.everywhere() {
		if !b.quiet {
			last = append(last, a.footerItem(b))
		}
	}
	end := "  " + strings.Join(last, "  ")
	out := ""
	for _, item := range own {
		if lipgloss.Width(out)+lipgloss.Width(item)+2+lipgloss.Width(end) > a.w {
			break
		}
		out += "  " + item
	}
	return cut(strings.TrimPrefix(out+end, " "), a.w)
}

// dialogFooter shows the keys of a dialog or a field.
func (a *app) dialogFooter(hints []hint) string {
	out := ""
	for _, h := range hints {
		out += "  " + a.th.Accent.Render(a.th.keyName(h.key)) + " " + h.does
	}
	return cut(strings.TrimPrefix(out, " "), a.w)
}

func (a *app) footerItem(b binding) string {
	name := shownKey(a.th, b)
	if b.off != "" {
		return a.th.Muted.Render(name + " " + b.Help().Desc)
	}
	return a.th.Accent.Render(name) + " " + b.Help().Desc
}

// overlay draws a dialog in a box in the middle of the screen.
func (a *app) overlay(under string, d *opened) (string, *tea.Cursor) {
	w, h := min(a.w-6, 90), a.h-frameAbove-frameBelow-2
	inside := strings.TrimRight(d.view(a, w-4, h-2), "\n")
	text := fit(a.th.Title.Render(cut(d.title(), w-4))+"\n\n"+inside, w-4, min(h, 2+lipgloss.Height(inside)))
	if a.d.Plain {
		return a.placeDialog(fit(text, a.w, a.h), d, 0, 2)
	}
	box := lipgloss.NewStyle().Border(a.th.border()).BorderForeground(a.th.Accent.GetForeground()).Padding(0, 1).Width(w).Render(text)
	x, y := max(0, (a.w-lipgloss.Width(box))/2), max(0, (a.h-lipgloss.Height(box))/2)
	all := lipgloss.NewCompositor(lipgloss.NewLayer(under), lipgloss.NewLayer(box).X(x).Y(y).Z(1)).Render()
	return a.placeDialog(all, d, x+2, y+3)
}

// placeDialog finds the place of the cursor of a dialog whose inside begins at
// x, y.
func (a *app) placeDialog(all string, d *opened, x, y int) (string, *tea.Cursor) {
	if p, ok := d.dialog.(placed); ok {
		if cx, cy, ok := p.place(); ok {
			return all, tea.NewCursor(x+cx, y+cy)
		}
	}
	return all, nil
}

// native sets the terminal's own progress bar and status, for terminals that
// have them. The renderer does not take the status back, so the last view
// does.
func (a *app) native(v *tea.View) {
	if a.leaving || !a.liveRuns() {
		return
	}
	v.ProgramStatus = &tea.ProgramStatus{State: tea.ProgramStateWorking}
	if share, known := a.live.state.share(); known && share < 1 {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarDefault, int(share*100))
	} else {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	}
}

// liveRuns says whether a run is under way that the console follows.
func (a *app) liveRuns() bool { return a.live != nil && a.live.running() }

// indicator says in the first line what runs, and how far it is; once all bytes
// have moved, what it is doing.
func (a *app) indicator() string {
	if !a.liveRuns() {
		return ""
	}
	s := &a.live.state
	out := a.th.state("RUN") + " " + clean(a.live.kind)
	share, known := s.share()
	switch {
	case known && share < 1:
		out += " " + percent(share)
	default:
		if p := s.doing(); p != "" {
			return out + ": " + clean(p)
		}
	}
	if left, known := s.eta(a.now()); known {
		return out + " ETA " + a.clock(a.now().Add(left), "15:04")
	}
	return out
}

// forceSync turns synchronized output on where the library does not ask for
// it, as over SSH; terminals without mode 2026 ignore it.
func forceSync() tea.Msg {
	if os.Getenv("SSH_TTY") == "" || os.Getenv("ORABAK_NO_SYNC") != "" {
		return nil
	}
	return tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}
}
