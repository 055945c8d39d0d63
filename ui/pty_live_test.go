package ui_test

import (
	"regexp"
	"strings"
	"testing"
)

var channelShare = regexp.MustCompile(`(?m)^ c[12] +level 0 .* \d+ % `)

// channels sees how far each channel is, as the instance tells.
func channels(t *testing.T, w *world) {
	cmd := w.command()
	cmd.Env = append(w.env, `RMANSIM_FAULTS={"write_rate":400000}`) // the run inherits it
	x := w.start(t, cmd)
	sees(t, x, "DEMO › backups", "as of")
	startBackup(t, x, 0, "full")
	until(t, x, "the share of a channel", channelShare.MatchString)
	sees(t, x, "OK exit 0")
}

// plain appends lines in the terminal's own screen, with the cursor on the
// selected row.
func plain(t *testing.T, w *world) {
	x := w.start(t, w.command("--plain"))
	sees(t, x, "DEMO > backups", "as of", "enter open")
	types(t, x, "b\t\t")
	sees(t, x, "archivelog backup of DEMO")
	types(t, x, "\r")
	sees(t, x, "Start a backup: archivelog?", "> not now")
	types(t, x, "\t")
	sees(t, x, "> start")
	types(t, x, "\r")
	sees(t, x, "ended: done, exit code 0", "OK exit 0")
	types(t, x, "q")
	exits(t, x, 0)
	if raw := x.Raw(); strings.Contains(raw, "\x1b[?1049h") || strings.ContainsAny(raw, "─│╭●✓") {
		t.Error("plain mode paints a screen")
	}
}
