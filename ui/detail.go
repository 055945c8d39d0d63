package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"orabak-tui/internal/config"
	"orabak-tui/s3store"
)

// view is the detail of a set, as far as it is known.
func (x *manifests) view(a *app, set *s3store.Set, w, h int) string {
	if set == nil {
		return ""
	}
	lines := x.lines(a, set, w)
	if len(lines) > h {
		lines = append(lines[:h-1], a.th.Muted.Render(fmt.Sprintf("%d more lines: enter", len(lines)-h+1)))
	}
	return strings.Join(lines, "\n")
}

// lines are all that is known of a set.
func (x *manifests) lines(a *app, set *s3store.Set, w int) []string {
	out := []string{
		spread(a.th.Title.Render(clean(set.Kind))+"  "+a.clock(set.StartedAt, "2006-01-02 15:04:05 -07"), a.th.state(stateOf(set)), w),
		a.th.Muted.Render(cut(clean(set.ID), w)), "",
	}
	switch m, err := x.have[set.ID], x.bad[set.ID]; {
	case m != nil:
		return append(out, describe(a, m, x.more[set.ID], w)...)
	case err != nil:
		return append(out, wrap(a.th.state("FAIL")+" "+clean(err.Error()), w)...)
	case set.Status == s3store.StatusForeign:
		return append(out, wrap("A folder of the old script: pieces without a manifest. They are not counted as recoverable here. Make a set of them: orabak-tui --batch adopt "+clean(set.ID), w)...)
	case set.Status == s3store.StatusIncomplete:
		return append(out, wrap("Pieces without a manifest: a run that is under way or was interrupted. Nothing in it counts before its manifest is written.", w)...)
	default:
		return append(out, a.th.Muted.Render("reading the manifest"))
	}
}

// describe says what a set holds: chain, range, logs, pieces.
func describe(a *app, m *s3store.Manifest, k known, w int) []string {
	var out []string
	styled := func(name, text string) {
		out = append(out, indented(a.th.Muted.Render(pad(name, 12)), text, w)...)
	}
	say := func(name, format string, args ...any) { styled(name, clean(fmt.Sprintf(format, args...))) }
	to, dash := a.th.sign("→", "->"), a.th.sign("–", "-")
	if m.Level == 1 {
		for i, l := range chainLines(a, m) {
			styled([...]string{"builds on", "chain"}[min(i, 1)], l)
		}
	}
	say("SCN", "%s %s %s", digits(m.FromSCN), to, digits(m.ToSCN))
	spans := logSpans(m, dash)
	for _, r := range spans {
		say("logs", "%s", r)
	}
	if gap := len(spans) - len(threads(m)); gap > 0 && len(threads(m)) > 0 {
		out = append(out, "            "+a.th.state("GAP")+" between these logs")
	}
	if !m.RecoverableTo.IsZero() {
		say("reaches", "%s", a.clock(m.RecoverableTo, "2006-01-02 15:04:05 -07"))
	}
	say("took", "%s on %s, Oracle %s", clockTime(m.CompletedAt.Sub(m.StartedAt)), m.Host, orDash(m.OracleVersion))
	verified, locked := k.lines(a)
	if verified != "" {
		styled("verified", verified)
	}
	if locked != "" {
		styled("locked", locked)
	}
	for _, warning := range m.Warnings {
		out = append(out, indented(a.th.state("WARN")+" ", clean(warning), w)...)
	}
	return append(out, pieceLines(a, m, w)...)
}

// chainLines say what a level 1 builds on, and that all of it down to a level 0
// is there.
func chainLines(a *app, m *s3store.Manifest) []string {
	word := "differential"
	if m.Cumulative {
		word = "cumulative"
	}
	out := []string{fmt.Sprintf("%s (%s)", clean(orDash(m.BuildsOn)), word)}
	sets, lost := a.data.list.chain(m)
	switch {
	case lost != "":
		return append(out, a.th.state("GAP")+" "+clean(lost)+" is not in the bucket: the level 1 backups here have no base")
	case len(sets) > 1:
		base := sets[len(sets)-1]
		return append(out, fmt.Sprintf("%s of %s and %s", clean(base.Kind), a.clock(base.StartedAt, "2 Jan 15:04"), plural(len(sets)-1, "level 1")))
	}
	return out
}

// pieceLines is the table of pieces.
func pieceLines(a *app, m *s3store.Manifest, w int) []string {
	sum := 8
	if w >= 70 {
		sum = 12 // all of it
	}
	head := plural(len(m.Pieces), "piece") + ", " + config.Bytes(m.Bytes()).String()
	if n := datafiles(m); n > 0 {
		head += ", " + plural(n, "datafile")
	}
	out := []string{"", cut(head, w), a.th.Muted.Render(spread("piece", padLeft("size", 10)+"  "+pad("checksum", sum), w))}
	for _, p := range m.Pieces {
		right := padLeft(config.Bytes(p.Bytes).String(), 10) + "  " + pad(clean(p.CRC64NVME), sum)
		left := clean(p.Name)
		if w >= 90 {
			left = pad(left, 44) + " " + a.th.Muted.Render(holds(p))
		}
		out = append(out, spread(left, right, w))
	}
	return out
}

// datafiles counts those that a set holds.
func datafiles(m *s3store.Manifest) int {
	seen := map[int]bool{}
	for _, p := range m.Pieces {
		for _, f := range p.Files {
			seen[f.Number] = true
		}
	}
	return len(seen)
}

// holds says in words what is in a piece.
func holds(p s3store.Piece) string {
	var parts []string
	switch n := len(p.Files); {
	case n == 1:
		parts = append(parts, fmt.Sprintf("datafile %d level %d", p.Files[0].Number, p.Files[0].Level))
	case n > 1:
		parts = append(parts, fmt.Sprintf("%d datafiles", n))
	}
	if n := len(p.Logs); n > 0 {
		parts = append(parts, plural(n, "log"))
	}
	if p.ControlFile {
		parts = append(parts, "control file")
	}
	if p.Spfile {
		parts = append(parts, "SPFILE")
	}
	if p.Of > 1 {
		parts = append(parts, fmt.Sprintf("part %d of %d", p.Number, p.Of))
	}
	return strings.Join(parts, ", ")
}

// digits groups the digits of an SCN for reading.
func digits(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// number groups the digits of a count.
func number(n int) string { return digits(int64(n)) }

// threads are the redo threads whose logs a set holds.
func threads(m *s3store.Manifest) map[[2]int64]bool {
	out := map[[2]int64]bool{}
	for _, p := range m.Pieces {
		for _, l := range p.Logs {
			out[[2]int64{l.ResetlogsSCN, int64(l.Thread)}] = true
		}
	}
	return out
}

// logSpans are the archived logs of a set as ranges, per thread; a gap shows
// as two ranges.
func logSpans(m *s3store.Manifest, dash string) []string {
	var logs []s3store.Log
	for _, p := range m.Pieces {
		logs = append(logs, p.Logs...)
	}
	slices.SortFunc(logs, func(x, y s3store.Log) int {
		return cmp.Or(cmp.Compare(x.ResetlogsSCN, y.ResetlogsSCN), cmp.Compare(x.Thread, y.Thread), cmp.Compare(x.Sequence, y.Sequence))
	})
	var out []string
	for i := 0; i < len(logs); {
		j := i
		for j+1 < len(logs) && logs[j+1].ResetlogsSCN == logs[i].ResetlogsSCN && logs[j+1].Thread == logs[i].Thread && logs[j+1].Sequence <= logs[j].Sequence+1 {
			j++
		}
		span := fmt.Sprintf("thread %d: %d %s %d", logs[i].Thread, logs[i].Sequence, dash, logs[j].Sequence)
		if logs[i].Sequence == logs[j].Sequence {
			span = fmt.Sprintf("thread %d: %d", logs[i].Thread, logs[i].Sequence)
		}
		out = append(out, span)
		i = j + 1
	}
	return out
}
