package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// setView is one set over the whole screen.
type setView struct {
	set    s3store.Set
	detail *manifests
	top    int
}

func newSetView(s s3store.Set, m *manifests) *setView { return &setView{set: s, detail: m} }

func (v *setView) crumb() string { return run.Clean(v.set.ID) }

func (v *setView) enter(a *app) tea.Cmd { return v.detail.want(a, &v.set) }

func (v *setView) keys(a *app) []binding {
	committed := v.set.Status == s3store.StatusComplete
	return []binding{
		bind("v", "verify", "v").when(committed, "the set has no manifest"),
		a.act(bind("r", "restore to it", "r")), bind("y", "copy", "y"), keyUp, keyDown, keyBack,
	}
}

func (v *setView) update(a *app, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	switch {
	case key.Matches(k, keyUp.Binding):
		v.top = max(0, v.top-1)
	case key.Matches(k, keyDown.Binding):
		v.top++
	case key.Matches(k, keyPageUp.Binding):
		v.top = max(0, v.top-10)
	case key.Matches(k, keyPageDn.Binding):
		v.top += 10
	}
	switch k.String() {
	case "v":
		return a.push(newVerify(v.set))
	case "r":
		return a.push(newRestore(&v.set))
	case "y":
		return a.copyText("s3://" + a.d.Config.Bucket + "/" + v.set.Key)
	}
	return nil
}

func (v *setView) view(a *app, w, h int) string {
	lines := strings.Split(v.detail.view(a, &v.set, w-2, h), "\n")
	v.top = max(0, min(v.top, len(lines)-h))
	for i, l := range lines {
		lines[i] = " " + l
	}
	return fit(strings.Join(lines[v.top:], "\n"), w, h)
}

// verify checks the objects of a set against its manifest.
type verify struct {
	set    s3store.Set
	deep   bool
	busy   bool
	report *s3store.Report
	err    error
}

type verifyMsg struct {
	id     string
	report s3store.Report
	err    error
}

func newVerify(s s3store.Set) *verify { return &verify{set: s} }

func (v *verify) crumb() string { return "verify " + run.Clean(v.set.ID) }

func (v *verify) enter(a *app) tea.Cmd { return v.start(a) }

func (v *verify) start(a *app) tea.Cmd {
	if v.busy {
		return nil
	}
	v.busy, v.report, v.err = true, nil, nil
	d, ctx, set, deep := a.d, a.ctx, v.set, v.deep
	return func() tea.Msg {
		m, err := d.Store.Manifest(ctx, set)
		if err != nil {
			return verifyMsg{id: set.ID, err: err}
		}
		r, err := d.Store.Verify(ctx, m, s3store.VerifyOptions{Deep: deep})
		return verifyMsg{set.ID, r, err}
	}
}

func (v *verify) keys(*app) []binding {
	return []binding{bind("D", "deep: read every byte", "D").when(!v.busy, "a verification is under way"), keyRefresh, keyBack}
}

func (v *verify) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case verifyMsg:
		if msg.id == v.set.ID {
			v.busy, v.report, v.err = false, &msg.report, msg.err
		}
	case tea.KeyPressMsg:
		switch msg.String() {
		case "D":
			v.deep = true
			return v.start(a)
		case "ctrl+r":
			return v.start(a)
		}
	}
	return nil
}

func (v *verify) view(a *app, w, h int) string {
	how := "size and checksum of every object, as the store tells them"
	if v.deep {
		how = "every byte read and hashed"
	}
	lines := []string{" " + a.th.Muted.Render(how), ""}
	switch {
	case v.busy:
		lines = append(lines, a.th.Muted.Render(" verifying "+config.Bytes(v.set.Bytes).String()))
	case v.err != nil:
		lines = append(lines, wrap(" "+a.th.state("FAIL")+" "+run.Clean(v.err.Error()), w)...)
	case v.report != nil:
		lines = append(lines, v.result(a)...)
	}
	return fit(strings.Join(lines, "\n"), w, h)
}

func (v *verify) result(a *app) []string {
	r := v.report
	word := "OK"
	if !r.Intact() {
		word = "FAIL"
	} else if len(r.Surplus) > 0 {
		word = "WARN"
	}
	out := []string{fmt.Sprintf(" %s  %d objects, %s", a.th.state(word), r.OK, config.Bytes(r.Bytes))}
	for _, f := range r.Missing {
		out = append(out, "   "+a.th.Bad.Render("missing ")+run.Clean(f.Key))
	}
	for _, f := range r.Corrupt {
		out = append(out, "   "+a.th.Bad.Render("corrupt ")+run.Clean(f.Key)+"  want "+run.Clean(f.Want)+", have "+run.Clean(f.Have))
	}
	for _, k := range r.Surplus {
		out = append(out, "   "+a.th.Warn.Render("surplus ")+run.Clean(k))
	}
	for _, k := range r.SizeOnly {
		out = append(out, "   size only; D reads it: "+run.Clean(k))
	}
	return out
}
