package batch

import (
	"context"
	"fmt"
	"io"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// finding is one line of the preflight.
type finding struct {
	Area   string `json:"area"`  // oracle | rman | s3 | disk | schedule | runs
	State  string `json:"state"` // ok | warn | fail
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// check is the preflight: everything a backup needs, each with a remedy.
func (a *App) check(ctx context.Context) int {
	findings := Preflight(ctx, a)
	worst := ExitDone
	for _, f := range findings {
		switch {
		case f.State == "fail":
			worst = ExitFailed
		case f.State == "warn" && worst == ExitDone:
			worst = ExitWarnings
		}
	}
	if a.Options.JSON {
		_ = a.printJSON(map[string]any{"exit": worst, "findings": findings})
		return worst
	}
	_ = a.table(func(w io.Writer) {
		for _, f := range findings {
			fmt.Fprintf(w, "%s\t%s\t%s\n", word(f.State), f.Area, run.Clean(f.Text))
			if f.Remedy != "" {
				fmt.Fprintf(w, "\t\t→ %s\n", run.Clean(f.Remedy))
			}
		}
	})
	return worst
}

func word(state string) string {
	return map[string]string{"ok": "OK", "warn": "WARN", "fail": "FAIL"}[state]
}

// Preflight looks at everything a backup needs and changes nothing but a probe
// object in the bucket.
func Preflight(ctx context.Context, a *App) []finding {
	p := &preflight{app: a}
	p.database(ctx)
	p.bucket(ctx)
	p.disk()
	p.leftovers()
	return p.found
}

type preflight struct {
	app   *App
	facts *oracle.Facts
	found []finding
}

func (p *preflight) add(area, state, text, remedy string) {
	p.found = append(p.found, finding{Area: area, State: state, Text: text, Remedy: remedy})
}

func (p *preflight) database(ctx context.Context) {
	c := p.app.Config
	if err := Runner(c).Check(); err != nil {
		p.add("rman", "fail", err.Error(), "")
	} else {
		p.add("rman", "ok", "rman is in "+c.OracleHome+"/bin", "")
	}
	facts, err := Instance(c).Facts(ctx)
	if err != nil {
		p.add("oracle", "fail", err.Error(), "")
		return
	}
	p.facts = facts
	fatal := false
	for _, f := range backup.Check(c, facts) {
		state := "warn"
		if f.Fatal {
			state, fatal = "fail", true
		}
		text := f.Text
		if f.Code != "" {
			text = f.Code + ": " + text
		}
		p.add("oracle", state, text, f.Remedy)
	}
	if !fatal {
		p.add("oracle", "ok", fmt.Sprintf("%s (DBID %d) is %s in %s mode, Oracle %s", facts.Name, facts.DBID, facts.Status, facts.LogMode, facts.Version), "")
	}
}

func (p *preflight) bucket(ctx context.Context) {
	c := p.app.Config
	st, err := p.app.Store(ctx)
	if err != nil {
		p.add("s3", "fail", err.Error(), "")
		return
	}
	caps, err := st.Probe(ctx)
	if err != nil {
		p.add("s3", "fail", err.Error(), "")
		return
	}
	p.add("s3", "ok", fmt.Sprintf("s3://%s/%s can be listed, written and read", c.Bucket, c.Prefix), "")
	if !caps.ConditionalCreate {
		p.add("s3", "warn", "the store has no conditional create: manifests are protected by looking first only", "see the README's table of stores")
	}
	if !caps.ChecksumStored {
		p.add("s3", "warn", "the store keeps no CRC64NVME: uploads are confirmed another way, verify reads the bytes", "run verify --deep from time to time")
	}
	if p.facts != nil && p.facts.DBID != 0 {
		p.schedule(ctx, st)
	}
}

// schedule compares the newest set of each kind with the age it may have.
func (p *preflight) schedule(ctx context.Context, st *s3store.Store) {
	sets, err := st.List(ctx, s3store.Filter{DBName: p.facts.Name, DBID: p.facts.DBID})
	if err != nil {
		p.add("schedule", "fail", err.Error(), "")
		return
	}
	newest := map[string]time.Time{}
	for _, s := range sets {
		if s.StartedAt.After(newest[s.Kind]) {
			newest[s.Kind] = s.StartedAt
		}
	}
	// A full backup is also as good as an incremental, and both hold logs.
	incr := later(newest[s3store.KindFull], newest[s3store.KindIncremental])
	logs := later(incr, newest[s3store.KindArchivelog])
	p.age("level 0", newest[s3store.KindFull], p.app.Config.ScheduleFull, "orabak-tui --batch full")
	p.age("level 1", incr, p.app.Config.ScheduleIncremental, "orabak-tui --batch incremental")
	p.age("archived logs", logs, p.app.Config.ScheduleLogs, "orabak-tui --batch archivelog")
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (p *preflight) age(what string, newest time.Time, most time.Duration, remedy string) {
	if most <= 0 {
		return
	}
	if newest.IsZero() {
		p.add("schedule", "warn", "no "+what+" on S3 yet", remedy)
		return
	}
	age := p.app.Now().Sub(newest).Round(time.Minute)
	if age > most {
		p.add("schedule", "warn", fmt.Sprintf("the newest %s is %s old; it should be at most %s", what, run.Span(age), run.Span(most)), remedy)
		return
	}
	p.add("schedule", "ok", fmt.Sprintf("the newest %s is %s old", what, run.Span(age)), "")
}

func (p *preflight) disk() {
	c := p.app.Config
	for _, d := range []struct{ what, path string }{{"staging", c.StagingDir}, {"restore", c.RestoreDir}, {"logs", c.LogDir}} {
		n, err := Free(d.path)
		if err != nil {
			p.add("disk", "fail", fmt.Sprintf("%s folder: %v", d.what, err), "create "+d.path)
			continue
		}
		state, remedy := "ok", ""
		if limit := int64(c.StagingLimit); d.what == "staging" && limit > 0 && n < limit {
			state, remedy = "warn", "lower STAGING_LIMIT or free room"
		}
		p.add("disk", state, fmt.Sprintf("%s: %s free in %s", d.what, config.Bytes(n), d.path), remedy)
	}
}

func (p *preflight) leftovers() {
	left, err := backup.Leftovers(p.app.Config.StagingDir, 0)
	if err != nil {
		p.add("runs", "fail", err.Error(), "")
	}
	for _, l := range left {
		p.add("runs", "warn", fmt.Sprintf("run %s was interrupted and left pieces in %s", l.RunID, l.Dir), "orabak-tui --batch resume")
	}
}
