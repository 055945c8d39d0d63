package ui

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/config"
	"orabak-tui/s3store"
)

// verify checks the objects of a set against its manifest. It reads only, so
// it needs no run of its own; closing the screen stops it.
type verify struct {
	scroll
	set    s3store.Set
	deep   bool
	busy   bool
	began  time.Time
	done   *atomic.Int64 // bytes looked at so far
	stop   context.CancelFunc
	asked  int // tells the answer to the newest question from older ones
	report *s3store.Report
	err    error
}

type (
	verifyMsg struct {
		of     *verify
		asked  int
		report s3store.Report
		err    error
	}
	verifyTickMsg struct {
		of    *verify
		asked int
	}
)

func newVerify(s s3store.Set) *verify { return &verify{set: s} }

func (v *verify) crumb() string { return "verify " + clean(v.set.ID) }

func (v *verify) enter(a *app) tea.Cmd {
	if v.report != nil || v.busy {
		return nil
	}
	return v.start(a)
}

func (v *verify) close(*app) {
	if v.stop != nil {
		v.stop()
	}
}

func (v *verify) start(a *app) tea.Cmd {
	v.close(a)
	ctx, stop := context.WithCancel(a.ctx)
	v.busy, v.report, v.err, v.stop, v.done, v.began = true, nil, nil, stop, &atomic.Int64{}, a.now()
	v.asked++
	d, set, o, n := a.d, v.set, s3store.VerifyOptions{Deep: v.deep, Progress: v.done.Store}, v.asked
	return tea.Batch(v.tick(), func() tea.Msg {
		defer stop()
		m, err := d.Store.Manifest(ctx, set)
		if err != nil {
			return verifyMsg{v, n, s3store.Report{}, err}
		}
		r, err := d.Store.Verify(ctx, m, o)
		return verifyMsg{v, n, r, err}
	})
}

func (v *verify) tick() tea.Cmd { return every(500*time.Millisecond, verifyTickMsg{v, v.asked}) }

func (v *verify) keys(a *app) []binding {
	deep := func() tea.Cmd {
		v.deep = true
		return v.start(a)
	}
	return append([]binding{
		bind("D", "deep: read every byte", deep, "D").when(!v.busy || !v.deep, "it is under way"),
		bind("v", "verify again", func() tea.Cmd { return v.start(a) }, "v").when(!v.busy, "it is under way"),
	}, v.scroll.keys()...)
}

func (v *verify) update(_ *app, msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case verifyMsg:
		if m.of == v && m.asked == v.asked {
			v.busy, v.report, v.err = false, &m.report, m.err
		}
	case verifyTickMsg:
		if m.of == v && m.asked == v.asked && v.busy {
			return v.tick()
		}
	}
	return nil
}

func (v *verify) view(a *app, w, h int) string {
	how := "size and checksum of every object, as the store tells them"
	if v.deep {
		how = "every byte is read and hashed"
	}
	lines := []string{" " + a.th.Muted.Render(how), ""}
	switch {
	case v.busy:
		done := v.done.Load()
		share := float64(done) / float64(max(1, v.set.Bytes))
		lines = append(lines, fmt.Sprintf(" %s %s of %s  %s %3.0f %%  %s", a.th.state("RUN"), config.Bytes(done), config.Bytes(v.set.Bytes),
			a.th.bar(share, 24), min(1, share)*100, clockTime(a.now().Sub(v.began))))
	case v.err != nil:
		lines = append(lines, wrap(" "+a.th.state("FAIL")+" "+clean(v.err.Error()), w)...)
	case v.report != nil:
		lines = append(lines, v.result(a)...)
	}
	return strings.Join(v.window(lines, h), "\n")
}

func (v *verify) result(a *app) []string {
	r := v.report
	word, next := "OK", ""
	switch {
	case !r.Intact():
		word, next = "FAIL", "a restore that needs these pieces leans on an older set; take a full backup now"
	case len(r.Surplus) > 0:
		word, next = "WARN", "objects that no manifest names do no harm"
	}
	out := []string{fmt.Sprintf(" %s  %d objects as they should be, %s", a.th.state(word), r.OK, config.Bytes(r.Bytes))}
	if next != "" {
		out = append(out, " "+a.th.Accent.Render(a.th.sign("→ ", "> ")+next))
	}
	for _, f := range r.Missing {
		out = append(out, "   "+a.th.Bad.Render("missing ")+clean(f.Key))
	}
	for _, f := range r.Corrupt {
		out = append(out, "   "+a.th.Bad.Render("corrupt ")+clean(f.Key), "           want "+clean(f.Want)+", have "+clean(f.Have))
	}
	for _, k := range r.Surplus {
		out = append(out, "   "+a.th.Warn.Render("surplus ")+clean(k))
	}
	for _, k := range r.SizeOnly {
		out = append(out, "   size only; D reads it: "+clean(k))
	}
	return out
}
