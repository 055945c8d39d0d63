package ui

import (
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// setView is one set over the whole screen.
type setView struct {
	scroll
	set    s3store.Set
	detail *manifests
}

func newSetView(s s3store.Set, m *manifests) *setView { return &setView{set: s, detail: m} }

func (v *setView) crumb() string { return clean(v.set.ID) }

func (v *setView) enter(a *app) tea.Cmd { return v.detail.load(a, v.set) }

func (v *setView) update(*app, tea.Msg) tea.Cmd { return nil }

func (v *setView) keys(a *app) []binding {
	committed := v.set.Status == s3store.StatusComplete
	m := v.detail.have[v.set.ID]
	return append([]binding{
		bind("v", "verify", func() tea.Cmd { return a.push(newVerify(v.set)) }, "v").when(committed, "the set has no manifest"),
		a.act(bind("r", "restore to it", func() tea.Cmd { return a.push(newRestore(a, &v.set)) }, "r")),
		bind("y", "copy key", func() tea.Cmd { return a.copyKey(&v.set) }, "y"),
		bind("s", "save manifest", func() tea.Cmd { return saveManifest(m) }, "s").when(m != nil, "the manifest is not here"),
	}, v.scroll.keys()...)
}

// saveManifest writes a manifest into the folder the console was started in.
func saveManifest(m *s3store.Manifest) tea.Cmd {
	return func() tea.Msg {
		b, err := json.MarshalIndent(m, "", "  ")
		to := fileName("orabak-" + m.ID + ".json")
		if err == nil {
			err = run.WriteFile(to, append(b, '\n'))
		}
		return doneMsg{what: "saved to " + to, err: err}
	}
}

// fileName makes a name safe: a name that came from outside stays in the
// folder.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("._-", r):
			return r
		}
		return '_'
	}, name)
}

func (v *setView) view(a *app, w, h int) string {
	lines := v.detail.lines(a, &v.set, w-2)
	for i, l := range lines {
		lines[i] = " " + l
	}
	return strings.Join(v.window(lines, h), "\n")
}
