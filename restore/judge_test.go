package restore

import (
	"strings"
	"testing"

	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
)

// hear parses what RMAN said.
func hear(lines string) (*rman.Summary, []rman.Event) {
	sum, events := rman.NewSummary(), []rman.Event(nil)
	p := rman.NewParser(func(e rman.Event) {
		sum.Add(e)
		events = append(events, e)
	})
	for line := range strings.Lines(lines) {
		p.Line(line)
	}
	p.End()
	return sum, events
}

const goodRestore = `
Starting restore at 2026-11-23 01:02:03
channel d1: starting datafile backup set restore
channel d1: specifying datafile(s) to restore from backup set
channel d1: restoring datafile 00001 to /data/system01.dbf
channel d1: reading from backup piece /restore/p1
channel d1: piece handle=/restore/p1 tag=T1
channel d1: restored backup piece 1
channel d1: restore complete, elapsed time: 00:00:07
`

// TestFinishedIsNotSuccess: lines that RMAN prints before "Finished restore"
// although datafiles are missing or empty.
func TestFinishedIsNotSuccess(t *testing.T) {
	plan := &Plan{Files: []FileUse{{Number: 1, Level0: "set"}, {Number: 2, Level0: "set"}}}
	second := "channel d1: restoring datafile 00002 to /data/users01.dbf\n"
	const finished = "Finished restore at 2026-11-23 01:03:03\n"
	for name, c := range map[string]struct {
		lines string
		want  string // in the error; empty = success
		plan  *Plan
	}{
		"good":     {goodRestore + second + finished, "", plan},
		"already":  {goodRestore + "skipping datafile 2; already restored to file /data/users01.dbf\n" + finished, "", plan},
		"not done": {goodRestore + second, "did not say", plan},
		"piece error": {goodRestore + second + `channel d1: ORA-19870: error while restoring backup piece /restore/p2
ORA-19505: failed to identify file "/restore/p2"
ORA-27037: unable to obtain file status
` + finished, "after an error", plan},
		"failover": {goodRestore + second + `ORA-19870: error while restoring backup piece /restore/p2
failover to previous backup

` + finished, "", nil},
		"created empty": {goodRestore + "creating datafile file number=2 name=/data/users01.dbf\n" + finished, "created datafile 2 empty", plan},
		"created on purpose": {goodRestore + "creating datafile file number=2 name=/data/users01.dbf\n" + finished, "",
			&Plan{Files: []FileUse{{Number: 1, Level0: "set"}, {Number: 2}}}},
		"ASM leftovers": {goodRestore + second + "ORA-15028: ASM file '+DATA/x' not dropped; currently being accessed\n" + finished, "", plan},
	} {
		t.Run(name, func(t *testing.T) {
			sum, events := hear(c.lines)
			p, fails := c.plan, c.want != ""
			if p == nil {
				p, fails = plan, true
			}
			err := p.judgeRestore(sum)
			if left := untouched(events, plan.Files); err == nil && len(left) > 0 {
				t.Errorf("nothing was said of %v", left)
			}
			if (err != nil) != fails || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestJudgeRecover(t *testing.T) {
	plan := &Plan{Files: []FileUse{{Number: 1, Level0: "set"}}}
	const good = "Starting recover at x\nstarting media recovery\narchived log file name=/a thread=1 sequence=5\nmedia recovery complete, elapsed time: 00:00:01\nFinished recover at x\n"
	for name, c := range map[string]struct{ lines, want string }{
		"good":          {good, ""},
		"added file":    {"creating datafile file number=9 name=/data/new.dbf\n" + good, ""},
		"lost file":     {"creating datafile file number=1 name=/data/system01.dbf\n" + good, "after an error"},
		"failed inside": {strings.Replace(good, "media recovery complete, elapsed time: 00:00:01", "media recovery failed", 1), "after an error"},
		"not done":      {"Starting recover at x\nstarting media recovery\n", "did not say"},
	} {
		sum, _ := hear(c.lines)
		if err := plan.judgeRecover(sum); (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestHeadersHaveTheLastWord(t *testing.T) {
	plan := &Plan{Files: []FileUse{{Number: 1, Level0: "set", level0: 100}}}
	for name, c := range map[string]struct {
		file oracle.Datafile
		ok   bool
	}{
		"restored": {oracle.Datafile{Number: 1, HeaderSCN: 100}, true},
		"missing":  {oracle.Datafile{Number: 1, HeaderError: "FILE NOT FOUND"}, false},
		"stale":    {oracle.Datafile{Number: 1, HeaderSCN: 90}, false},
		"not ours": {oracle.Datafile{Number: 2, HeaderError: "FILE NOT FOUND"}, true},
	} {
		if err := plan.judgeHeaders(&oracle.Facts{Datafiles: []oracle.Datafile{c.file}}); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUntouched: RMAN finished without a word of a datafile.
func TestUntouched(t *testing.T) {
	_, events := hear(goodRestore + "Finished restore at x\n")
	if got := untouched(events, []FileUse{{Number: 1}, {Number: 2}}); len(got) != 1 || got[0] != 2 {
		t.Errorf("untouched %v, want 2", got)
	}
}
