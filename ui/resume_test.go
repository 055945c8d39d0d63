package ui

import "testing"

func TestInterruptedBackupCanBeResumed(t *testing.T) {
	d := fixtureDeps(t)
	starts := recordStarts(t, &d)
	k := openedDesk(t, d)
	k.a.data.runs = fixtureRuns()[1:]
	k.press("L", "R")
	if !contains(k.a.toast.text, "nothing of this run") {
		t.Fatalf("toast %q", k.a.toast.text)
	}
	k.press("G", "R", "right", "enter")
	k.sees("resume is starting")
	if len(*starts) != 1 || (*starts)[0][0] != "resume" {
		t.Fatalf("started %v", *starts)
	}
}
