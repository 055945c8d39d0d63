package restore

import (
	"fmt"
	"strings"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// Lines is the plan for people, one line each, without colour.
func (p *Plan) Lines() []string {
	head := fmt.Sprintf("restore %s (DBID %d) to %s", p.DBName, p.DBID, p.Target)
	if !p.Reachable {
		lines := []string{head + ": NOT REACHABLE"}
		if p.Why != nil {
			lines = append(lines, p.Why.Lines()...)
		}
		return lines
	}
	lines := []string{head + ": REACHABLE",
		"What you get  " + p.gain()}
	for i, part := range p.from() {
		lines = append(lines, []string{"From          ", "              "}[min(i, 1)]+part)
	}
	lines = append(lines, "Download      "+p.download())
	for _, n := range p.Needs {
		lines = append(lines, "Disk          "+n.String())
	}
	for _, w := range p.Warnings {
		lines = append(lines, "Warning       "+w)
	}
	return lines
}

// gain says what the restored database holds, and what it does not.
func (p *Plan) gain() string {
	if p.Complete {
		return "everything: recovery is complete, nothing is lost"
	}
	if p.keepsFiles() {
		return "everything: the database was closed cleanly, its datafiles stay as they are"
	}
	s := "everything committed"
	if !p.Time.IsZero() {
		s += " up to " + p.local(p.Time)
	}
	if p.SCN != 0 {
		s += fmt.Sprintf(" (before SCN %d)", p.SCN)
	}
	if l := p.Left; l != nil {
		s += fmt.Sprintf("; what came after (%s, %d sets) is left behind", run.Span(l.Until.Sub(p.Time)), l.Sets)
	}
	return s
}

// from names the sets of the chain and the logs, one a line.
func (p *Plan) from() []string {
	var parts []string
	for _, s := range p.Sets {
		if strings.HasPrefix(s.Use, "level") {
			parts = append(parts, s.ID)
		}
	}
	logs, ranges := 0, []string{}
	for _, l := range p.Logs {
		logs += int(l.To - l.From + 1)
		where := ""
		if l.Local {
			where = " on this host"
		}
		to := ""
		if l.To > l.From {
			to = fmt.Sprintf(" – %d", l.To)
		}
		ranges = append(ranges, fmt.Sprintf("thread %d: %d%s%s", l.Thread, l.From, to, where))
	}
	if logs > 0 {
		word := "logs"
		if logs == 1 {
			word = "log"
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", logs, word, strings.Join(ranges, ", ")))
	}
	if len(parts) == 0 {
		return []string{"what is on this host"}
	}
	return parts
}

func (p *Plan) download() string {
	n := 0
	for _, u := range p.Pieces {
		if !u.Here {
			n++
		}
	}
	s := fmt.Sprintf("%s in %d pieces", config.Bytes(p.Bytes), n)
	if p.BytesHere > 0 {
		s += fmt.Sprintf("; %s are here already", config.Bytes(p.BytesHere))
	}
	return s
}

// String is the room a folder needs and has.
func (n Need) String() string {
	s := fmt.Sprintf("%s %s in %s", n.What, config.Bytes(n.Bytes), n.Dir)
	switch {
	case n.Short:
		return s + fmt.Sprintf(", only %s free", config.Bytes(n.Free))
	case n.Free >= 0:
		return s + fmt.Sprintf(" of %s free", config.Bytes(n.Free))
	}
	return s
}

// local shows an instant in the database host's zone.
func (p *Plan) local(t time.Time) string {
	zone := time.FixedZone("", p.Zone*60)
	return t.In(zone).Format(timeLayout + " -07:00")
}

// Script is every script of the plan in order, as RMAN gets them.
func (p *Plan) Script() string {
	var b strings.Builder
	for _, s := range p.Steps {
		if s.Script != "" {
			fmt.Fprintf(&b, "# %s: %s\n%s\n", s.Name, s.Detail, s.Script)
		}
	}
	return b.String()
}
