package batch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"orabak-tui/internal/run"
	"orabak-tui/restore"
)

// restore plans, asks for the database's name where a person is there, and
// restores under a run.
func (a *App) restore(ctx context.Context) int {
	if a.Options.DryRun {
		return a.dryRun(ctx)
	}
	if a.Options.Confirm == "" {
		if !a.StdinTerminal {
			return a.Fail(usagef("a restore overwrites the database: --confirm NAME is required without a terminal (--dry-run shows the plan)"))
		}
		if code := a.askName(ctx); code != ExitDone {
			return code
		}
	}
	return a.underRun(ctx, "restore", func(ctx context.Context, j *job) (achieved, error) {
		d, err := a.restoreDeps(ctx)
		if err != nil {
			return achieved{}, err
		}
		d.Sink, d.RunDir, d.Log = j.sink, j.journal.Dir(), j.journal.RMANLog()
		r, err := restore.Run(ctx, d, a.restoreRequest())
		return achieved{bytes: r.Bytes, pieces: r.Pieces, warnings: len(r.Warnings)}, err
	})
}

func (a *App) restoreRequest() restore.Request {
	return restore.Request{Target: a.Options.Target, Mode: a.Options.Mode, DBID: a.Options.DBID, Confirm: a.Options.Confirm}
}

func (a *App) restoreDeps(ctx context.Context) (restore.Deps, error) {
	st, err := a.Store(ctx)
	return restore.Deps{Config: a.Config, Oracle: Instance(a.Config), RMAN: Runner(a.Config), Store: st, Now: a.Now, Free: Free}, err
}

// dryRun prints the plan and changes nothing.
func (a *App) dryRun(ctx context.Context) int {
	ctx, stop, cause := run.WithSignals(ctx)
	defer stop()
	d, err := a.restoreDeps(ctx)
	if err != nil {
		return a.Fail(err)
	}
	p, err := restore.Preview(ctx, d, a.restoreRequest())
	if p == nil {
		return a.failBy(err, cause())
	}
	if a.Options.JSON {
		_ = a.printJSON(p)
	} else {
		a.printPlan(p)
	}
	if err == nil {
		return ExitDone
	}
	if !errors.Is(err, restore.ErrUnreachable) {
		fmt.Fprintln(a.Stderr, "orabak-tui:", run.Clean(err.Error()))
	}
	return exitCode(err, 0, nil)
}

func (a *App) printPlan(p *restore.Plan) {
	for _, l := range p.Lines() {
		fmt.Fprintln(a.Stdout, run.Clean(l))
	}
	for _, s := range p.Steps {
		head := "\n-- " + s.Name
		if s.Detail != "" {
			head += ": " + run.Clean(s.Detail)
		}
		fmt.Fprintln(a.Stdout, head)
		if s.Script != "" {
			fmt.Fprint(a.Stdout, run.CleanText(s.Script))
		}
	}
}

// askName shows the plan to a person and has the name typed.
func (a *App) askName(ctx context.Context) int {
	if code := a.dryRun(ctx); code != ExitDone {
		return code
	}
	fmt.Fprint(a.Stdout, "\nType the database name to restore over it: ")
	line, err := bufio.NewReader(a.Stdin).ReadString('\n')
	if name := strings.TrimSpace(line); name != "" {
		a.Options.Confirm = name
		return ExitDone
	}
	if err == nil {
		err = restore.ErrNotConfirmed
	}
	return a.Fail(fmt.Errorf("nothing was changed: %w", err))
}
