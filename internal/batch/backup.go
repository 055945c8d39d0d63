package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/notify"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// job is one run of an engine under the run's journal, lock and signals.
type job struct {
	app     *App
	id      string
	journal *run.Journal
	sink    run.Sink
	facts   notify.Facts
}

// outcome of an engine's work, for the run's last event.
type achieved struct {
	setID    string
	bytes    int64
	pieces   int
	warnings int

	setKind       string
	recoverableTo time.Time
}

// underRun does work as a run: it takes the database's lock, opens the
// journal, tees events to the screen, turns signals into a cancelled context,
// and closes with the end event.
func (a *App) underRun(ctx context.Context, kind string, work func(context.Context, *job) (achieved, error)) int {
	if a.Config.ReadOnly {
		return a.Fail(usagef("READ_ONLY is set: %s changes something", kind))
	}
	if err := a.usable(ctx); err != nil {
		return a.Fail(err)
	}
	if a.Config.RunsKeepDays > 0 {
		_, _ = run.Prune(a.Config.LogDir, a.Config.RunsKeepDays, a.Now(), a.resumable)
	}
	j := &job{app: a, id: run.IDFromEnv(kind, a.Now(), nil)}
	lock, err := run.Acquire(a.Config.LogDir, a.lockKey(), run.Self(j.id, a.Now()))
	if err != nil {
		return a.Fail(err)
	}
	defer lock.Release() //nolint:errcheck // the kernel releases it at exit anyway
	if j.journal, err = run.Create(a.Config.LogDir, j.id, run.Options{Now: a.Now, Tee: (&printer{app: a}).event}); err != nil {
		return a.Fail(err)
	}
	return j.run(ctx, kind, work)
}

// usable finds what is configured wrong before a run begins.
func (a *App) usable(ctx context.Context) error {
	if err := Runner(a.Config).Check(); err != nil {
		return err
	}
	_, err := a.Store(ctx)
	return err
}

func (j *job) run(ctx context.Context, kind string, work func(context.Context, *job) (achieved, error)) int {
	ctx, stop, cause := run.WithSignals(ctx)
	defer stop()
	j.sink = j.journal
	j.sink.Emit(run.Event{Type: run.TypeStart, Start: &run.Start{
		ID: j.id, Kind: kind, StartedBy: j.app.StartedBy, Version: j.app.Version, DBName: j.app.Config.OracleSID, Args: os.Args[1:],
	}})
	n := j.notifyStart(ctx, kind)
	got, err := work(ctx, j)
	code := exitCode(err, got.warnings, cause())
	if err == nil {
		j.app.settleRuns(j.id, kind)
	}
	end := j.end(code, got, err)
	if jerr := j.journal.Close(); jerr != nil && code == ExitDone {
		fmt.Fprintln(j.app.Stderr, "orabak-tui: the run's log is incomplete:", run.Clean(jerr.Error()))
		code = ExitWarnings
	}
	j.notifyEnd(ctx, n, code, end, got)
	return code
}

// end emits the problem that ended the run, if one did, and the last event,
// which it returns.
func (j *job) end(code int, got achieved, err error) *run.End {
	e := &run.End{Exit: code, Outcome: outcome(code), SetID: got.setID, Bytes: got.bytes, Pieces: got.pieces, Warnings: got.warnings}
	if err != nil {
		e.Error, e.Code = run.Clean(err.Error()), rootCode(err)
		p := &run.Problem{Severity: "error", Code: e.Code, Text: e.Error}
		var re *rman.Error
		if errors.As(err, &re) {
			p.Remedy, e.Remedy = re.Remedy, re.Remedy
			p.Stack = stackLines(re.Stack)
		}
		if entry, ok := rman.Lookup(e.Code); ok {
			p.Cause = entry.Cause
		}
		j.sink.Emit(run.Event{Type: run.TypeProblem, Problem: p})
	}
	if code == ExitResumable || errors.Is(err, backup.ErrResumable) { // cancelled ones, too
		e.Remedy = "orabak-tui --batch resume"
	}
	j.sink.Emit(run.Event{Type: run.TypeEnd, End: e})
	return e
}

func stackLines(s *rman.Stack) []string {
	if s == nil {
		return nil
	}
	var out []string
	for _, l := range s.Lines {
		out = append(out, run.Clean(l.Code+": "+l.Text))
	}
	return out
}

// lockKey names the database for the lock: one run per instance and host.
func (a *App) lockKey() string {
	if a.Config.OracleSID != "" {
		return a.Config.OracleSID
	}
	return "default"
}

// resumable says whether a run left something in staging.
func (a *App) resumable(i run.Info) bool {
	left, err := backup.Leftovers(a.Config.StagingDir, 0)
	if err != nil {
		return true
	}
	for _, l := range left {
		if l.RunID == i.ID {
			return true
		}
	}
	return false
}

// backup runs full, incremental, archivelog and resume.
func (a *App) backup(ctx context.Context) int {
	kind := a.Options.Action
	return a.underRun(ctx, kind, func(ctx context.Context, j *job) (achieved, error) {
		d, err := a.backupDeps(ctx, j)
		if err != nil {
			return achieved{}, err
		}
		var r backup.Result
		if kind == "resume" {
			r, err = backup.Resume(ctx, d, j.id)
		} else {
			r, err = backup.Run(ctx, d, backup.Request{RunID: j.id, Kind: kind})
		}
		return achieved{setID: r.SetID, bytes: r.Bytes, pieces: r.Pieces, warnings: len(r.Warnings),
			setKind: r.Kind, recoverableTo: r.RecoverableTo}, err
	})
}

func (a *App) backupDeps(ctx context.Context, j *job) (backup.Deps, error) {
	st, err := a.Store(ctx)
	if err != nil {
		return backup.Deps{}, err
	}
	if _, err := st.Probe(ctx); err != nil {
		return backup.Deps{}, err
	}
	host, _ := os.Hostname()
	return backup.Deps{
		Config: a.Config, Oracle: Instance(a.Config), RMAN: Runner(a.Config), Store: st, Sink: j.sink,
		RunDir: j.journal.Dir(), Log: j.journal.RMANLog(), Version: a.Version, Host: host, Now: a.Now, Free: Free,
	}, nil
}
