package batch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
	"orabak-tui/s3store"
)

// list prints the sets, newest first.
func (a *App) list(ctx context.Context) error {
	st, err := a.Store(ctx)
	if err != nil {
		return err
	}
	sets, err := st.List(ctx, s3store.Filter{DBName: a.Options.DBName, Foreign: true})
	if err != nil {
		return err
	}
	if a.Options.JSON {
		if sets == nil {
			sets = []s3store.Set{}
		}
		return a.printJSON(sets)
	}
	if len(sets) == 0 {
		fmt.Fprintf(a.Stdout, "no sets in s3://%s/%s\n", a.Config.Bucket, a.Config.Prefix)
		return nil
	}
	return a.table(func(w io.Writer) {
		fmt.Fprintln(w, "SET\tKIND\tLEVEL\tSTATUS\tDATABASE\tSTARTED\tTOOK\tSIZE\tPIECES\tLOGS\tRECOVERABLE TO")
		for _, s := range sets {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\n", run.Clean(s.ID), s.Kind, level(s.Level), s.Status,
				run.Clean(s.DBName), clock(s.StartedAt), took(s.StartedAt, s.CompletedAt), config.Bytes(s.Bytes), s.Pieces, s.Logs, clock(s.RecoverableTo))
		}
	})
}

// table prints aligned columns. A tabwriter writes each cell and its padding by
// itself, which without a buffer is a system call each: half a second for
// 10,000 sets.
func (a *App) table(rows func(io.Writer)) error {
	out := bufio.NewWriterSize(a.Stdout, 64<<10)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	rows(w)
	return errors.Join(w.Flush(), out.Flush())
}

func level(n int) string {
	if n < 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// clock prints a time in the zone of this host, with the zone.
func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04:05 -0700")
}

func took(from, to time.Time) string {
	if from.IsZero() || to.Before(from) {
		return "-"
	}
	return to.Sub(from).Round(time.Second).String()
}

// show prints one set: pieces, log ranges, chain.
func (a *App) show(ctx context.Context) error {
	st, err := a.Store(ctx)
	if err != nil {
		return err
	}
	set, err := st.Find(ctx, a.Options.Args[0])
	if err != nil {
		return err
	}
	m, err := st.Manifest(ctx, set)
	if err != nil {
		return err
	}
	if a.Options.JSON {
		return a.printJSON(m)
	}
	return a.showManifest(m)
}

func (a *App) showManifest(m *s3store.Manifest) error {
	p := func(name, format string, args ...any) {
		fmt.Fprintf(a.Stdout, "%-15s %s\n", name, run.Clean(fmt.Sprintf(format, args...)))
	}
	p("set", "%s", m.ID)
	p("kind", "%s, level %s", m.Kind, level(m.Level))
	p("database", "%s, DBID %d, on %s, Oracle %s", m.DBName, m.DBID, m.Host, m.OracleVersion)
	p("taken", "%s to %s", clock(m.StartedAt), clock(m.CompletedAt))
	p("SCN", "%d to %d (RESETLOGS %d)", m.FromSCN, m.ToSCN, m.ResetlogsSCN)
	p("recoverable to", "%s", clock(m.RecoverableTo))
	if m.BuildsOn != "" {
		p("builds on", "%s", m.BuildsOn)
	}
	for _, r := range logRanges(m) {
		p("logs", "%s", r)
	}
	for _, w := range m.Warnings {
		p("warning", "%s", w)
	}
	for _, n := range m.Notes {
		p("note", "%s", n)
	}
	fmt.Fprintln(a.Stdout)
	return a.table(func(w io.Writer) {
		fmt.Fprintln(w, "PIECE\tSIZE\tCRC64NVME\tCONTENT")
		for _, pc := range m.Pieces {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", run.Clean(pc.Name), config.Bytes(pc.Bytes), run.Clean(pc.CRC64NVME), run.Clean(content(pc)))
		}
	})
}
