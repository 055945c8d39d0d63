package main

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/batch"
	"orabak-tui/internal/oracle"
	"orabak-tui/internal/rman"
	orarun "orabak-tui/internal/run"
	"orabak-tui/restore"
	"orabak-tui/s3store"
	"orabak-tui/ui"
)

// console shows the console on what the headless front works with.
func console(ctx context.Context, app *batch.App) int {
	app.Stderr = io.Discard // the screen is the console's
	w := &wiring{app: app}
	c, o := app.Config, app.Options
	host, _ := os.Hostname()
	place := strings.Join([]string{c.Endpoint, c.Bucket, c.Prefix}, "\n")
	if o.Demo { // its server listens on another port each time
		place = "demo"
	}
	return ui.Run(ctx, ui.Deps{
		Config: c, Store: ui.NewCachedStore(c.CacheDir, place, func(ctx context.Context) (ui.Remote, error) { return w.store(ctx) }),
		Facts:     func(ctx context.Context) (*oracle.Facts, error) { return batch.Instance(c).Facts(ctx) },
		Preflight: w.preflight, PlanBackup: w.planBackup, PlanRestore: w.planRestore, Start: w.start, Advice: advice,
		Host: host, Version: app.Version, Now: app.Now,
		ReadOnly: o.ReadOnly || c.ReadOnly, Plain: o.Plain || os.Getenv("ORABAK_PLAIN") != "",
		ASCII: o.ASCII || ui.Locale(os.Getenv), NoColor: o.NoColor || os.Getenv("NO_COLOR") != "",
	})
}

// wiring gives the console the engines' views; its methods may be called from
// any goroutine.
type wiring struct {
	app *batch.App
	mu  sync.Mutex // guards the opening of the store
}

// store opens the bucket, once.
func (w *wiring) store(ctx context.Context) (*s3store.Store, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.app.Store(ctx)
}

func (w *wiring) preflight(ctx context.Context) []ui.Finding {
	if _, err := w.store(ctx); err != nil { // Preflight tries again and tells why
		w.mu.Lock()
		defer w.mu.Unlock()
	}
	var out []ui.Finding
	for _, f := range batch.Preflight(ctx, w.app) {
		out = append(out, ui.Finding{Area: f.Area, State: f.State, Text: f.Text, Remedy: f.Remedy})
	}
	return out
}

func (w *wiring) planBackup(ctx context.Context, kind string) (*orarun.Plan, error) {
	st, err := w.store(ctx)
	if err != nil {
		return nil, err
	}
	c := w.app.Config
	return backup.Preview(ctx, backup.Deps{Config: c, Oracle: batch.Instance(c), Store: st, Now: w.app.Now, Free: batch.Free}, kind)
}

func (w *wiring) planRestore(ctx context.Context, r restore.Request) (*restore.Plan, error) {
	st, err := w.store(ctx)
	if err != nil {
		return nil, err
	}
	c := w.app.Config
	return restore.Preview(ctx, restore.Deps{Config: c, Oracle: batch.Instance(c), Store: st, Now: w.app.Now, Free: batch.Free}, r)
}

// start begins a run as a process of its own: this program with --batch, on
// the same configuration.
func (w *wiring) start(kind string, args ...string) (orarun.Started, error) {
	o := w.app.Options
	all := []string{"--batch", kind}
	if o.Demo {
		all = append(all, "--demo")
	}
	if o.DemoDir != "" {
		all = append(all, "--demo-dir", o.DemoDir)
	}
	if o.EnvFile != "" {
		all = append(all, "--env-file", o.EnvFile)
	}
	return orarun.StartDetached(orarun.Detached{
		Args: append(all, args...), Env: append(os.Environ(), envStartedBy+"=console"),
		LogDir: w.app.Config.LogDir, ID: orarun.NewID(kind, time.Now(), nil),
	})
}

// advice is what the error catalogue knows of a code.
func advice(code string) (ui.Advice, bool) {
	e, ok := rman.Lookup(code)
	return ui.Advice{Cause: e.Cause, Remedy: e.Remedy}, ok
}
