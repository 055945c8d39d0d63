package harness

import (
	"context"
	"io"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/batch"
	"orabak-tui/internal/config"
	"orabak-tui/internal/demo/sqlsim"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/run"
	"orabak-tui/restore"
	"orabak-tui/s3store"
)

// engine runs the engines inside of the test where a fault needs what the
// command line does not give: a store that gives up after seconds, a clock that
// jumps. RMAN and SQL*Plus are processes as ever.
type engine struct {
	w      *world
	kind   string
	now    func() time.Time
	store  s3store.Options
	around func(backup.Store) backup.Store       // nil: nothing stands before the store
	oracle func(backup.Instance) backup.Instance // nil: nothing stands before the instance
	rman   backup.Driver                         // nil: a process
	heard  func(run.Event)                       // nil: nobody
}

// engine makes one whose requests are tried again at once and not for long.
func (w *world) engine(kind string) *engine {
	o := w.options()
	o.CacheDir = w.path("cache")
	o.RetryBudget, o.StallTimeout = 14*w.stall, w.stall
	o.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return &engine{w: w, kind: kind, now: time.Now, store: o}
}

// run runs a backup or a resume under a journal of its own.
func (e *engine) run(ctx context.Context) (backup.Result, error) {
	w := e.w
	w.t.Helper()
	c, st, j := e.open(ctx)
	d := backup.Deps{Config: c, Oracle: instance(c), RMAN: e.driver(c), Store: st, Sink: j, RunDir: j.Dir(), Log: j.RMANLog(),
		Version: "harness", Host: "harness", Now: e.now, Free: func(string) (int64, error) { return 1 << 40, nil }}
	if e.around != nil {
		d.Store = e.around(st)
	}
	if e.oracle != nil {
		d.Oracle = e.oracle(d.Oracle)
	}
	var r backup.Result
	var err error
	if e.kind == "resume" {
		r, err = backup.Resume(ctx, d, j.ID())
	} else {
		r, err = backup.Run(ctx, d, backup.Request{RunID: j.ID(), Kind: e.kind})
	}
	e.end(j, r.SetID, err)
	return r, err
}

// restore restores the latest there is.
func (e *engine) restore(ctx context.Context, r restore.Request) (restore.Result, error) {
	e.w.t.Helper()
	c, st, j := e.open(ctx)
	res, err := restore.Run(ctx, restore.Deps{Config: c, Oracle: instance(c), RMAN: e.driver(c), Store: st, Sink: j, RunDir: j.Dir(),
		Log: j.RMANLog(), Now: e.now, Free: func(string) (int64, error) { return 1 << 40, nil }}, r)
	e.end(j, "", err)
	return res, err
}

func (e *engine) driver(c *config.Config) backup.Driver {
	if e.rman != nil {
		return e.rman
	}
	return batch.Runner(c)
}

// instance asks the simulated database without a process for each question.
func instance(c *config.Config) *oracle.Instance {
	return oracle.New(oracle.Options{Home: c.OracleHome, SID: c.OracleSID, SQLPlus: func(args []string, in io.Reader, out io.Writer, env []string) int {
		return sqlsim.Main(args, in, out, out, env)
	}})
}

func (e *engine) open(ctx context.Context) (*config.Config, *s3store.Store, *run.Journal) {
	w := e.w
	w.t.Helper()
	c, _, err := config.Load(config.Options{EnvFile: w.path(".env"), Dir: w.dir})
	must(w.t, err)
	st, err := s3store.Open(ctx, e.store)
	must(w.t, err)
	j, err := run.Create(c.LogDir, run.NewID(e.kind, e.now(), nil), run.Options{Now: e.now, Tee: e.heard})
	must(w.t, err)
	j.Emit(run.Event{Type: run.TypeStart, Start: &run.Start{ID: j.ID(), Kind: e.kind, DBName: sid, Version: "harness"}})
	return c, st, j
}

func (e *engine) end(j *run.Journal, set string, err error) {
	end := &run.End{Outcome: "done", SetID: set}
	if err != nil {
		end.Exit, end.Outcome, end.Error = 1, "failed", run.Clean(err.Error())
	}
	j.Emit(run.Event{Type: run.TypeEnd, End: end})
	must(e.w.t, j.Close())
	e.w.tell("engine %s → %v", e.kind, err)
}
