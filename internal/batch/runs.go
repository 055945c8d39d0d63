package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"orabak-tui/internal/config"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// runs lists the runs on this host.
func (a *App) runs(context.Context) error {
	list, err := run.List(a.Config.LogDir)
	if err != nil {
		return err
	}
	if a.Options.JSON {
		if list == nil {
			list = []run.Info{}
		}
		return a.printJSON(list)
	}
	if len(list) == 0 {
		fmt.Fprintf(a.Stdout, "no runs in %s\n", a.Config.LogDir)
		return nil
	}
	return a.table(func(w io.Writer) {
		fmt.Fprintln(w, "RUN\tKIND\tSTATE\tEXIT\tSTARTED\tTOOK\tSIZE\tBY\tERROR")
		for _, i := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", i.ID, i.Kind, i.State, level(i.Exit), clock(i.Started),
				took(i.Started, i.Ended), config.Bytes(i.Bytes), run.Clean(i.StartedBy), short(run.Clean(i.Error)))
		}
	})
}

// short keeps a table's last column from wrapping on most terminals.
func short(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// pick finds the run that was named, or the newest one.
func (a *App) pick(named []string) (run.Info, error) {
	if len(named) > 0 {
		return run.Stat(a.Config.LogDir, named[0])
	}
	list, err := run.List(a.Config.LogDir)
	if err != nil {
		return run.Info{}, err
	}
	for _, i := range list {
		if i.State == run.Running {
			return i, nil
		}
	}
	if len(list) == 0 || a.Options.Action != "follow" {
		return run.Info{}, fmt.Errorf("%w is running in %s", run.ErrNoRun, a.Config.LogDir)
	}
	return list[0], nil
}

// follow prints a run's events live and ends with the run's own exit code.
func (a *App) follow(ctx context.Context) int {
	i, err := a.pick(a.Options.Args)
	if err != nil {
		return a.Fail(err)
	}
	ctx, stop, cause := run.WithSignals(ctx)
	defer stop()
	p := &printer{app: a}
	code := ExitFailed
	err = run.Follow(ctx, i.Dir, a.Options.From == "start", func(e run.Event) error {
		p.event(e)
		if e.End != nil {
			code = e.End.Exit
		}
		return nil
	})
	switch {
	case errors.Is(err, run.ErrOwnerGone):
		a.Fail(err)
		return ExitResumable
	case err != nil:
		return a.failBy(err, cause())
	default:
		return code
	}
}

// cancel asks a run to stop.
func (a *App) cancel(context.Context) error {
	i, err := a.pick(a.Options.Args)
	if err != nil {
		return err
	}
	if err := run.Cancel(i); err != nil {
		return err
	}
	if a.Options.JSON {
		return a.printJSON(map[string]string{"run": i.ID, "state": "cancelling"})
	}
	fmt.Fprintf(a.Stdout, "%s was asked to stop; it keeps what can be resumed (follow %s)\n", i.ID, i.ID)
	return nil
}

// explain reads any RMAN log.
func (a *App) explain(context.Context) error {
	in := a.Stdin
	if len(a.Options.Args) > 0 && a.Options.Args[0] != "-" {
		f, err := os.Open(a.Options.Args[0])
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		defer f.Close()
		in = f
	}
	report, err := rman.Explain(in)
	if err != nil && !errors.Is(err, rman.ErrLocalized) {
		return err
	}
	if err != nil {
		fmt.Fprintln(a.Stderr, "orabak-tui: warning:", err)
	}
	if a.Options.JSON {
		return a.printJSON(report)
	}
	a.explainText(report)
	return nil
}

func (a *App) explainText(r *rman.Report) {
	say := func(format string, args ...any) { fmt.Fprintln(a.Stdout, run.Clean(fmt.Sprintf(format, args...))) }
	db := "unknown database"
	if r.DBName != "" {
		db = r.DBName
	}
	if r.DBID != nil {
		db += fmt.Sprintf(" (DBID %d)", *r.DBID)
	}
	release := r.Version
	if release == "" {
		release = "of unknown release"
	}
	say("outcome   %s", r.Outcome)
	say("RMAN      %s, %s", release, db)
	for _, s := range r.Summary.Steps {
		state := "not finished"
		if s.Finished {
			state = "finished"
		}
		say("step      %s: %s", s.Name, state)
	}
	for i, p := range r.PiecesWritten {
		say("wrote     %s  %s", p, r.Tags[i])
	}
	for _, p := range r.PiecesRead {
		say("read      %s", p)
	}
	for _, d := range r.Summary.Dangers {
		say("danger    line %d: %s", d.Line, d.Text)
	}
	for _, f := range r.Findings {
		a.explainFinding(f, say)
	}
}

func (a *App) explainFinding(f rman.Finding, say func(string, ...any)) {
	kind := "message"
	if f.InStack {
		kind = "error"
	}
	if f.Root {
		kind = "CAUSE"
	}
	say("%-9s %s: %s", kind, f.Code, f.Text)
	if f.Entry.Code != "" && (f.Root || !f.InStack) {
		say("          why:  %s", f.Entry.Cause)
		say("          next: %s", f.Entry.Remedy)
	}
}
